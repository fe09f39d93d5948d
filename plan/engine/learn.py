"""Makes the bundled table from real previews: defaults from `__defaults`, planned outputs from probes.

What differs between two resources of a type cannot be a constant: it is left out and reported. Values that a
formula makes (an e-mail from an account's ID) are reported too; they belong into `computed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from plan.engine.computed import FROM_PROVIDER, SAME_LABELS
from plan.plan import Plan, Resource
from plan.probe.__main__ import TYPE as PROBE
from plan.sentinels import UNKNOWN, holds_unknown, is_secret

_LABELS = frozenset({"effectiveLabels", "pulumiLabels"})
_SETTINGS = ("project", "region", "zone")
_NAMELESS = ("docker-build:",)
"""Packages whose provider adds defaults without naming them: its empty values are taken for defaults."""

_TELLING = 3
"""A text that holds a given text at least this long is taken to be made from it."""


@dataclass
class Learned:
    """A table in the making, and what could not go into it."""

    types: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    _dropped: set[tuple[str, str, str]] = field(default_factory=set)

    def note(self, type_: str, part: str, path: str, value: Any) -> None:
        """Takes one observation; drops what contradicts an earlier one."""
        if (type_, part, path) in self._dropped:
            return
        entries = self.types.setdefault(type_, {}).setdefault(part, {})
        if path in entries and entries[path] != value:
            self.reports.append(f"{type_} {part} {path}: {entries[path]!r} and {value!r}")
            self._dropped.add((type_, part, path))
            del entries[path]
        else:
            entries[path] = value

    def as_json(self) -> dict[str, Any]:
        """The table, sorted, empty entries left out."""
        return {
            "types": {
                type_: {part: dict(sorted(entries.items())) for part, entries in sorted(parts.items()) if entries}
                for type_, parts in sorted(self.types.items())
                if any(parts.values())
            }
        }


def learn(plans: Iterable[Plan]) -> Learned:
    """The table that follows from real previews."""
    learned = Learned()
    for plan in plans:
        for resource in plan:
            if resource.is_cloud:
                found = resource.defaults
                if resource.type.startswith(_NAMELESS):
                    found = dict(_empty_values(resource.inputs))
                for path, value in found.items():
                    learned.note(resource.type, "defaults", re.sub(r"\[\d+\]", "[*]", path), value)
            elif resource.type == PROBE and resource.parent is not None:
                _planned(learned, plan, plan.by_urn[resource.parent], resource)
    return learned


def _planned(learned: Learned, plan: Plan, resource: Resource, probe: Resource) -> None:
    # A preview does not show default providers, which have no settings anyway.
    owner = plan.by_urn.get(resource.provider or "")
    provider = owner.inputs if owner else {}
    for key, value in probe.inputs.items():
        given = resource.inputs.get(key, resource.defaults.get(key))
        if given is not None:
            if value == UNKNOWN and not holds_unknown(given):
                learned.note(resource.type, "planned", key, UNKNOWN)
            elif isinstance(given, str | int | float) and value != given and not is_secret(value):
                learned.reports.append(f"{resource.type} {key}: {given!r} is planned as {value!r}")
            continue
        if key in _LABELS and is_secret(value):
            learned.note(resource.type, "planned", key, SAME_LABELS)
            continue
        if holds_unknown(value) or is_secret(value):
            continue
        setting = next((name for name in _SETTINGS if key == name and value == provider.get(name)), None)
        if setting:
            learned.note(resource.type, "planned", key, f"{FROM_PROVIDER}{setting}}}")
        elif _made_from(value, resource.inputs.values()):
            learned.reports.append(f"{resource.type} {key}: {value!r} looks computed from the inputs")
        else:
            learned.note(resource.type, "planned", key, value)


def _empty_values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The places in `value` where there is only False or no text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _empty_values(item, f"{path}.{key}" if path else key)
    elif value is False or value == "":
        yield path, value


def _made_from(value: Any, given: Iterable[Any]) -> bool:
    return isinstance(value, str) and any(
        isinstance(text, str) and len(text) >= _TELLING and text in value for text in given
    )
