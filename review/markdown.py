"""A comparison as Markdown for a pull request's comment.

Everything that comes from a plan is untrusted text: it is escaped so that it can be neither markup nor a mention.
It keeps under GitHub's limit of 65,536 characters a comment by leaving rows out and saying how many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from analysis.comparison import Comparison, PropertyChange
from analysis.grant_rows import GrantRow
from analysis.moves import Move
from plan.plan import Resource
from plan.sentinels import UNKNOWN, is_secret

MARKER = "<!-- voicestack preview -->"
"""Finds the comment again, so that one comment is kept and edited."""

_Item = TypeVar("_Item")

_LIMIT = 60_000
"""Bytes of one comment; GitHub takes 65,536 characters."""
_ROWS = (200, 60, 20, 5, 0)
"""How many rows a table shows; the first number that keeps the whole under the limit."""
_USUALLY_REPLACE = frozenset(
    {
        "accountId",
        "database",
        "datasetId",
        "location",
        "locationId",
        "name",
        "network",
        "project",
        "region",
        "zone",
    }
)
"""Properties that few types can change in place. Which really can, only the provider knows, in a real preview."""
_LONGEST_VALUE = 160
_CONTEXT = 30
"""Characters kept before the first that differs."""


def as_markdown(comparisons: Sequence[Comparison], before: str, after: str) -> str:
    """One comment for all stacks; `before` and `after` are what was compared, in the reader's words."""
    text = ""
    for rows in _ROWS:
        parts = [
            MARKER,
            "## Infrastructure preview",
            f"From `{_code(before)}` to `{_code(after)}`, planned offline.",
        ]
        parts += ["", *(_stack(comparison, rows) for comparison in comparisons)]
        text = "\n".join(parts).rstrip() + "\n"
        if len(text.encode()) <= _LIMIT:
            break
    return text


def _stack(comparison: Comparison, most: int) -> str:
    title = f"### {_plain(comparison.stack)}: "
    if comparison.empty:
        return f"{title}no change\n"
    added, removed = _shown(comparison.added), _shown(comparison.removed)
    # Components only group, but one that holds nothing has moved too.
    moved = [one for one in comparison.moved if not one.resource.is_component] or comparison.moved
    counts = f"{len(added)} added, {len(comparison.changed)} changed, {len(removed)} removed"
    if moved:
        counts += f", {len(moved)} moved"
    lines = [title + counts, ""]
    if comparison.opened or comparison.closed:
        lines += ["**Reachable from the internet**", ""]
        lines += [f"- newly: {_plain(one)}" for one in comparison.opened[:most]]
        lines += [f"- no longer: {_plain(one)}" for one in comparison.closed[:most]]
        lines.append("")
    if comparison.gained or comparison.lost:
        lines += ["**Access**", "", "| | who | role | on | only if |", "|---|---|---|---|---|"]
        lines += _rows(comparison.gained, most, lambda row: _grant("gains", row))
        lines += _rows(comparison.lost, most, lambda row: _grant("loses", row))
        lines.append("")
    lines += _resources("Added", added, most)
    lines += _resources("Removed", removed, most)
    if moved:
        lines += [f"<details><summary>Moved ({len(moved)})</summary>", ""]
        lines += ["| type | name | was |", "|---|---|---|"]
        lines += _rows(moved, most, _move)
        lines += ["", "</details>", ""]
    if comparison.changed:
        lines += [f"<details><summary>Changed ({len(comparison.changed)})</summary>", ""]
        lines += ["| resource | type | property | before | after |", "|---|---|---|---|---|"]
        flat = [(one.resource, change) for one in comparison.changed for change in one.changes]
        lines += _rows(flat, most, lambda pair: _change(*pair))
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _shown(resources: Sequence[Resource]) -> list[Resource]:
    """Components only group: what they hold is listed."""
    return [resource for resource in resources if not resource.is_component]


def _resources(title: str, shown: Sequence[Resource], most: int) -> list[str]:
    if not shown:
        return []
    lines = [f"<details><summary>{title} ({len(shown)})</summary>", "", "| type | name | from |", "|---|---|---|"]
    lines += _rows(
        shown,
        most,
        lambda one: f"| {_plain(one.type)} | {_plain(one.name)} | {_plain((one.source or [''])[-1])} |",
    )
    return [*lines, "", "</details>", ""]


def _rows(items: Sequence[_Item], most: int, row: Callable[[_Item], str]) -> list[str]:
    lines = [row(item) for item in items[:most]]
    if len(items) > most:
        lines.append(f"| … and {len(items) - most} more | | | | |")
    return lines


def _move(move: Move) -> str:
    """What moved, and what it was below the project: the types of its parents, its own, its name."""
    cells = (move.resource.type, move.resource.name, move.before.split("::", 2)[2])
    return "| " + " | ".join(_plain(_short(cell)) for cell in cells) + " |"


def _grant(verb: str, row: GrantRow) -> str:
    cells = (verb, row.member, row.role, row.entity, row.condition)
    return "| " + " | ".join(_plain(_short(cell)) for cell in cells) + " |"


def _change(resource: Resource, change: PropertyChange) -> str:
    before, after = _from_where_they_differ(_value(change.before), _value(change.after))
    path = f"{change.path} (usually replaces it)" if change.path in _USUALLY_REPLACE else change.path
    cells = (resource.name, resource.type.split(":")[-1], path, _short(before), _short(after))
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if is_secret(value):
        return "(secret)"
    if value == UNKNOWN:
        return "(known after up)"
    text = value if isinstance(value, str) else json.dumps(_without_marks(value), sort_keys=True)
    return text.replace(UNKNOWN, "(known after up)")


def _without_marks(value: Any) -> Any:
    """`value` with a word for each secret inside."""
    if is_secret(value):
        return "(secret)"
    if isinstance(value, dict):
        return {key: _without_marks(item) for key, item in value.items()}
    return [_without_marks(item) for item in value] if isinstance(value, list) else value


def _from_where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Two long texts without most of their common beginning."""
    pairs = enumerate(zip(before, after, strict=False))
    common = (
        next((index for index, (one, other) in pairs if one != other), min(len(before), len(after))) - _CONTEXT
    )
    if common <= 0 or max(len(before), len(after)) <= _LONGEST_VALUE:
        return before, after
    return "…" + before[common:], "…" + after[common:]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _code(text: str) -> str:
    return re.sub(r"[`\s]+", " ", text)


def _plain(text: str) -> str:
    """`text` as text: no markup, no HTML, no mention, no line break."""
    flat = re.sub(r"\s+", " ", text)
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~>-])", r"\\\1", flat)
    # A zero-width space keeps `@name` and `#1` from becoming a mention or a reference.
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b").replace("://", ":\u200b//")
