"""Settings that Pulumi.yaml declares: type, default, secrecy; and the engine's check of a value against a type.

What a setting means, its range or its contradictions with others are the settings models' business.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from plan.engine.yaml_file import Document
from plan.errors import ConfigError

_TYPES = ("string", "integer", "boolean", "array", "object")
_WHOLE = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One declared setting; `type` is None where it is not typed, `items` the type inside an array."""

    key: str
    type: str | None = None
    items: Any = None
    default: Any = None
    secret: bool = False
    own: bool = True
    """Whether the key is the project's own: those must have a value somewhere."""

    @property
    def type_name(self) -> str:
        """The type as a reader writes it."""
        return _type_name(self.type or "string", self.items)

    def accepts(self, text: str, *, structured: bool) -> bool:
        """Whether the engine takes `text` (JSON where `structured`) for this type."""
        return self.type is None or _fits(self.type, self.items, json.loads(text) if structured else text)


def full_key(key: str, project: str) -> str:
    """A setting's key with its namespace; a key without one is the project's."""
    return key if ":" in key else f"{project}:{key}"


def declarations(document: Document, project: str) -> dict[str, Declared]:
    """The `config:` section of a Pulumi.yaml, by full key."""
    section = document.content.get("config")
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise ConfigError(
            f"{document.at('config')}: 'config' is not a mapping",
            why="it declares each setting under its key",
            fix="write `config:` and below it `<key>: {type: …}`",
        )
    found = {}
    for key, raw in section.items():
        declared = _declared(document, key, raw, project)
        found[declared.key] = declared
    return found


def _declared(document: Document, key: str, raw: Any, project: str) -> Declared:
    full = full_key(key, project)
    own = full.startswith(f"{project}:")
    at = document.at("config", key)
    if not isinstance(raw, dict):
        return Declared(key=full, default=raw, own=own)
    type_, items, value, default = raw.get("type"), raw.get("items"), raw.get("value"), raw.get("default")
    problem = None
    if value is not None and default is not None:
        problem = "has both 'default' and 'value'", "the engine takes one", "keep 'default'"
    elif type_ is not None and type_ not in _TYPES:
        problem = f"has the type '{type_}'", "the types are " + ", ".join(_TYPES), "use one of them"
    elif type_ == "array" and items is None:
        problem = "is an array of nothing", "an array needs 'items'", "add `items: {type: string}`"
    elif not own and type_ is not None:
        problem = "has a type", f"only keys of the project ({project}:…) are typed", "remove 'type'"
    elif not own and value is None:
        problem = "has no 'value'", "a key of another namespace sets a value for every stack", "add 'value'"
    elif type_ is not None and default is not None and not _fits(type_, items, default):
        problem = f"has a default that is no {_type_name(type_, items)}", "it must fit its type", "mend it"
    if problem:
        raise ConfigError(f"{at}: the setting '{key}' {problem[0]}", why=problem[1], fix=problem[2])
    return Declared(
        key=full,
        type=type_,
        items=items,
        default=value if default is None else default,
        secret=bool(raw.get("secret")),
        own=own,
    )


def _type_name(type_: str, items: Any) -> str:
    if isinstance(items, dict):
        return f"array of {_type_name(str(items.get('type')), items.get('items'))}"
    return type_


def _fits(type_: str, items: Any, value: Any) -> bool:  # noqa: PLR0911 - one a type
    """The engine's own idea of what fits: numbers and booleans may come as text, text never as a number."""
    if type_ == "string":
        return isinstance(value, str)
    if type_ == "integer":
        if isinstance(value, str):
            return _WHOLE.fullmatch(value) is not None
        return not isinstance(value, bool) and isinstance(value, int | float) and float(value).is_integer()
    if type_ == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if type_ == "object":
        return isinstance(value, dict)
    if not isinstance(value, list) or not isinstance(items, dict):
        return False
    return all(_fits(str(items.get("type")), items.get("items"), item) for item in value)
