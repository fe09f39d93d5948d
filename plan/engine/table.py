"""The bundled table of what the provider adds: defaults among the inputs, and outputs known at plan time.

Made from real previews by `voicestack learn`, never by hand; one entry a resource type. A type without an entry
gets nothing added, which the test against the real engine shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plan.sentinels import SIGNATURE

TABLE = Path(__file__).with_name("provider_table.json")
EVERY = "*"
Path_ = tuple[str | int, ...]
"""Where a value stands: keys, and positions in lists (`*` in the table: each position)."""


@dataclass(frozen=True)
class TypeFacts:
    """What the provider adds to one type; paths that go into nested values last."""

    defaults: tuple[tuple[Path_, Any], ...] = ()
    planned: tuple[tuple[Path_, Any], ...] = ()


_NOTHING = TypeFacts()


@cache
def _raw() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    if not TABLE.exists():
        return {}
    read: dict[str, dict[str, dict[str, Any]]] = json.loads(TABLE.read_text(encoding="utf-8"))["types"]
    return read


@cache
def facts_of(type_: str) -> TypeFacts:
    """The table's entry for `type_`."""
    raw = _raw().get(type_)
    if raw is None:
        return _NOTHING
    return TypeFacts(*(_paths(raw.get(part, {})) for part in ("defaults", "planned")))


def _paths(entries: Mapping[str, Any]) -> tuple[tuple[Path_, Any], ...]:
    return tuple(sorted(((parse(path), value) for path, value in entries.items()), key=lambda it: len(it[0])))


def parse(path: str) -> Path_:
    """`a.b[*].c` as its parts."""
    parts: list[str | int] = []
    for piece in path.split("."):
        name, *positions = piece.replace("]", "").split("[")
        parts += [name, *(position if position == EVERY else int(position) for position in positions)]
    return tuple(parts)


def written(path: Path_) -> str:
    """The parts of a path as text."""
    text = "".join(f"[{part}]" if isinstance(part, int) or part == EVERY else f".{part}" for part in path)
    return text.removeprefix(".")


def absent(value: Any, path: Path_, done: Path_ = ()) -> Iterator[Path_]:
    """The concrete places in `value` that `path` means, where its last key is not set."""
    head, rest = path[0], path[1:]
    if head == EVERY:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from absent(item, rest, (*done, index))
    elif isinstance(value, dict) and SIGNATURE not in value:
        if not rest:
            if head not in value:
                yield (*done, head)
        elif head in value:
            yield from absent(value[head], rest, (*done, head))
