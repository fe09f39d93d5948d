"""The IDs of what the components make, by type, as of a date: the table that is bundled as ids.json.

A type's entry is one of four. `id`: the text that an import takes follows from the inputs (`state`: how the state
writes it, where that differs). `grantOn`: an IAM member, imported as `ENTITY ROLE MEMBER [CONDITION'S TITLE]`.
`named`: Google makes the ID up, and a query finds it `by` an input. `again`: making it once more does no harm.
`data` says that it holds something that nobody can make again.

Templates take inputs in braces: `{region}`, `{topic:name}` (what follows the last slash), `{network:quoted}` (as
in an address), `{dashboardJson.displayName}` (inside JSON), `{displayName:filter}` (a text of gcloud's filters:
https://cloud.google.com/sdk/gcloud/reference/topic/filters). Each type's page
describes what its import takes, section "Import": https://www.pulumi.com/registry/packages/gcp/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

from components.errors import VoicestackError
from plan.sentinels import UNKNOWN

BUNDLED: Final = Path(__file__).with_name("ids.json")
_PLACE: Final = re.compile(r"\{(?P<path>\w+(?:\.\w+)*)(?::(?P<way>\w+))?\}")
_WAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": lambda text: text.rstrip("/").rsplit("/", 1)[-1],
    "quoted": quote_plus,
    "filter": lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
}


class NoId(VoicestackError):
    """An ID that cannot be put together from the inputs that a state holds."""


@dataclass(frozen=True, slots=True)
class Named:
    """A query by the input `by`; `id` is the text that an import takes, with the word ID for Google's part.

    `made` is the field of the answer that tells when; empty where Google tells no time.
    """

    by: str
    id: str
    find: Sequence[str]
    made: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one type; exactly one of `id`, `grant_on`, `named` and `again` is there."""

    id: str | None = None
    state: str | None = None
    grant_on: str | None = None
    named: Named | None = None
    again: str | None = None
    data: bool = False

    def import_id(self, inputs: Mapping[str, Any]) -> str:
        """The text that an import takes; NoId where it does not follow from `inputs`."""
        if self.grant_on is None:
            return filled(self.id or "", inputs)
        # The provider reads the parts between blanks, and joins what is left to the title with single ones.
        parts = [filled(one, inputs) for one in (self.grant_on, "{role}", "{member}")]
        condition = inputs.get("condition")
        title = filled("{title}", condition) if isinstance(condition, Mapping) else ""
        if any(part.split() != [part] for part in parts) or " ".join(title.split()) != title:
            raise NoId(
                "blanks in the parts of a grant's ID",
                why="an import takes them apart at blanks",
                fix="look by hand",
            )
        return " ".join([*parts, title] if title else parts)

    def state_id(self, inputs: Mapping[str, Any]) -> str:
        """The ID as the state writes it once the resource is there."""
        if self.grant_on is None:
            return filled(self.state or self.id or "", inputs)
        parts = [filled(one, inputs) for one in (self.grant_on, "{role}", "{member}")]
        condition = inputs.get("condition")
        if isinstance(condition, Mapping):
            parts += [str(condition.get(key) or "") for key in ("title", "description", "expression")]
        return "/".join(parts)


def filled(template: str, inputs: Mapping[str, Any]) -> str:
    """`template` with the inputs in it; NoId, with no value in it, where one is missing, unknown or secret."""

    def one(place: re.Match[str]) -> str:
        value: Any = inputs
        for key in place["path"].split("."):
            value = _read(value).get(key)
        if not isinstance(value, str) or not value or UNKNOWN in value:
            raise NoId(
                f"the input '{place['path']}' is not known",
                why="it is missing, secret or was not yet known",
                fix="look for the resource by hand",
            )
        way = place["way"]
        return _WAYS[way](value) if way else value

    return _PLACE.sub(one, template)


def _read(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class IdTable:
    """The entries by type as of a date. A type that is not here is not known, never harmless."""

    as_of: date
    source: str
    types: Mapping[str, Entry]


@cache
def id_table() -> IdTable:
    """The bundled table, read once a process."""
    raw = json.loads(BUNDLED.read_text(encoding="utf-8"))
    return IdTable(
        as_of=date.fromisoformat(raw["asOf"]),
        source=raw["source"],
        types={type_: _entry(entry) for type_, entry in raw["types"].items()},
    )


def _entry(raw: Mapping[str, Any]) -> Entry:
    named = raw.get("named")
    return Entry(
        id=raw.get("id"),
        state=raw.get("state"),
        grant_on=raw.get("grantOn"),
        named=Named(**named) if named else None,
        again=raw.get("again"),
        data=raw.get("data", False),
    )
