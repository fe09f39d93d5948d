"""A comparison as Markdown for a pull request's comment.

Everything that comes from a plan is untrusted text: it is escaped so that it can be neither markup nor a mention.
It keeps under GitHub's limit of 65,536 characters a comment by leaving rows out and saying how many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from review.comparison import Comparison, PropertyChange
from review.grants import GrantRow
from review.plan import Resource
from review.sentinels import UNKNOWN, is_secret

MARKER = "<!-- voicestack preview -->"
"""Finds the comment again, so that one comment is kept and edited."""

_Item = TypeVar("_Item")

_LIMIT = 60_000
"""Bytes of one comment; GitHub takes 65,536 characters."""
_ROWS = (200, 60, 20, 5, 0)
"""How many rows a table shows; the first number that keeps the whole under the limit."""
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
    counts = f"{len(comparison.added)} added, {len(comparison.changed)} changed, {len(comparison.removed)} removed"
    lines = [title + counts, ""]
    if comparison.gained or comparison.lost:
        lines += ["**Access**", "", "| | who | role | on | only if |", "|---|---|---|---|---|"]
        lines += _rows(comparison.gained, most, lambda row: _grant("gains", row))
        lines += _rows(comparison.lost, most, lambda row: _grant("loses", row))
        lines.append("")
    lines += _resources("Added", comparison.added, most)
    lines += _resources("Removed", comparison.removed, most)
    if comparison.changed:
        lines += [f"<details><summary>Changed ({len(comparison.changed)})</summary>", ""]
        lines += ["| resource | property | before | after |", "|---|---|---|---|"]
        flat = [(one.resource, change) for one in comparison.changed for change in one.changes]
        lines += _rows(flat, most, lambda pair: _change(*pair))
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _resources(title: str, resources: Sequence[Resource], most: int) -> list[str]:
    shown = [resource for resource in resources if not resource.is_component]
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


def _grant(verb: str, row: GrantRow) -> str:
    cells = (verb, row.member, row.role, row.entity, row.condition)
    return "| " + " | ".join(_plain(_short(cell)) for cell in cells) + " |"


def _change(resource: Resource, change: PropertyChange) -> str:
    before, after = _from_where_they_differ(_value(change.before), _value(change.after))
    cells = (resource.name, change.path, _short(before), _short(after))
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if is_secret(value):
        return "(secret)"
    if value == UNKNOWN:
        return "(known after up)"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text.replace(UNKNOWN, "(known after up)")


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
