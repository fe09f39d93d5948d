"""Google's predefined roles and their permissions, as of a date: the table that is bundled with the policies.

A plan names roles; what a role lets its holder do stands in no plan. The table answers without an account. What it
holds is decided in `role_selection`; `python -m analysis.access.refresh_roles` makes it anew.

The file names each permission once; a role's entry is the places of its permissions in that list, as numbers and
ranges (`0-3 7`), which are read when somebody asks for the role.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from components.errors import VoicestackError

BUNDLED: Final = Path(__file__).with_name("roles.json")
_REFRESH: Final = "make it anew: python -m analysis.access.refresh_roles"


class RoleTableError(VoicestackError):
    """A table of roles, or a dump to make one from, that cannot be read."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What the table holds of one role.

    Where it is not `complete`, `permissions` are all those that escalate or access data
    (`analysis.access.permission_kinds`); of the role's other permissions it says nothing.
    """

    permissions: frozenset[str]
    complete: bool


class RoleTable:
    """Roles and their permissions as of a date. A role that it lacks is not known, never harmless."""

    def __init__(
        self,
        *,
        as_of: date,
        source: str,
        permissions: Sequence[str],
        complete: Mapping[str, str],
        partial: Mapping[str, str],
        origin: str,
    ) -> None:
        self.as_of = as_of
        self.source = source
        """Where Google's own lists came from."""
        self._permissions = permissions
        self._complete = complete
        self._partial = partial
        self._origin = origin
        self._read: dict[str, Expansion] = {}

    @classmethod
    def read(cls, path: Path) -> RoleTable:
        """The table in the file `path`; RoleTableError where it is not one."""
        try:
            raw = json.loads(path.read_bytes())
        except OSError as error:
            raise RoleTableError(
                f"{path} cannot be read", why=error.strerror or str(error), fix=_REFRESH
            ) from error
        except ValueError as error:
            # UnicodeDecodeError is a ValueError too.
            raise RoleTableError(f"{path} is not JSON, or not all of it", why=str(error), fix=_REFRESH) from error
        wrong = _what_is_wrong(raw)
        if wrong:
            raise RoleTableError(f"{path} is not a table of roles", why=wrong, fix=_REFRESH)
        return cls(
            as_of=date.fromisoformat(raw["asOf"]),
            source=raw["source"],
            permissions=raw["permissions"],
            complete=raw["complete"],
            partial=raw["partial"],
            origin=str(path),
        )

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the table holds, wholly or in part."""
        return frozenset(self._complete) | frozenset(self._partial)

    def expand(self, role: str) -> Expansion | None:
        """The permissions of `role` (`roles/run.invoker`); None if the table lacks it: nothing is known of it."""
        found = self._read.get(role)
        if found is None:
            entry = self._complete.get(role)
            complete = entry is not None
            if entry is None:
                entry = self._partial.get(role)
            if entry is None:
                return None
            found = self._read[role] = Expansion(frozenset(self._named(role, entry)), complete)
        return found

    def _named(self, role: str, entry: str) -> list[str]:
        names: list[str] = []
        try:
            for part in entry.split():
                first, _, last = part.partition("-")
                start, end = int(first), int(last or first)
                if not start <= end < len(self._permissions):
                    raise ValueError(f"'{part}' is no place in a list of {len(self._permissions)} permissions")
                names += self._permissions[start : end + 1]
        except ValueError as error:
            raise RoleTableError(
                f"{self._origin}: the entry of {role} is damaged", why=str(error), fix=_REFRESH
            ) from error
        return names


@cache
def role_table() -> RoleTable:
    """The bundled table, read once a process."""
    return RoleTable.read(BUNDLED)


def table_text(roles: Mapping[str, Expansion], *, as_of: date, source: str) -> str:
    """The file of a table: the same bytes for the same content, a role or a permission a line."""
    permissions = sorted(set[str]().union(*(one.permissions for one in roles.values())))
    places = {name: place for place, name in enumerate(permissions)}
    entries: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for role, one in sorted(roles.items()):
        entries[one.complete][role] = _ranges(sorted(places[name] for name in one.permissions))
    content = {
        "asOf": as_of.isoformat(),
        "source": source,
        "permissions": permissions,
        "complete": entries[True],
        "partial": entries[False],
    }
    return json.dumps(content, indent=0, ensure_ascii=False) + "\n"


def _ranges(places: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _what_is_wrong(raw: Any) -> str:
    """Why `raw` is no table, or nothing. Entries are looked at when they are asked for."""
    if not isinstance(raw, dict):
        return "it holds no object"
    for key, kind in (
        ("asOf", str),
        ("source", str),
        ("permissions", list),
        ("complete", dict),
        ("partial", dict),
    ):
        if not isinstance(raw.get(key), kind):
            return f"'{key}' is missing, or of another kind"
    if not all(isinstance(name, str) for name in raw["permissions"]):
        return "'permissions' holds what is no name"
    if not all(isinstance(entry, str) for key in ("complete", "partial") for entry in raw[key].values()):
        return "a role's entry is no text of numbers and ranges"
    try:
        date.fromisoformat(raw["asOf"])
    except ValueError:
        return f"'asOf' is '{raw['asOf']}', no date"
    return ""
