"""Which entities the condition of a grant holds it to, by their names in Google.

Only what is sure counts: an expression that asks for something else than a name (a tag, a path, a negation) may
narrow a grant or not, and that is said.
https://cloud.google.com/iam/docs/conditions-overview, https://cloud.google.com/iam/docs/conditions-attribute-reference
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Final

from analysis.access.cel import Call, Listed, Literal, Name, Node, Operation
from analysis.access.cel_reader import NotRead, read


@dataclass(frozen=True, slots=True)
class Held:
    """The grant reaches only what is called one of `names`, or begins with one of `beginnings`."""

    names: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()

    def admits(self, name: str) -> bool:
        """Whether the grant reaches what is called `name`."""
        return name in self.names or any(name.startswith(one) for one in self.beginnings)


class Open(enum.Enum):
    """What a condition does that holds a grant to no name."""

    EVERYTHING = "it reaches every entity, if only for a time"
    UNSURE = "what it reaches cannot be told from the plan"


Reach = Held | Open
EVERYTHING, UNSURE = Open

_NAME: Final = Name(("resource", "name"))
_KIND: Final = (Name(("resource", "type")), Name(("resource", "service")))
_TIME: Final = Name(("request", "time"))
_COMPARED: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
_HOST: Final = re.compile(r"^//[^/]*/")
_PAIR: Final = re.compile(r"([^/]+)/([^/]+)(?=/|$)")


def reach_of(condition: str | None) -> Reach:
    """What a grant with this condition reaches; '' is no condition, None one that only creation tells."""
    if condition is None:
        return UNSURE
    return _read(condition) if condition.strip() else EVERYTHING


def entities_in(name: str) -> Iterator[tuple[str, str]]:
    """The (collection, id) pairs of a name: (projects, p), (instances, i) of `projects/p/instances/i`.

    What an object in a bucket is called is no part of it: whoever writes objects chooses that.
    """
    for pair in _PAIR.finditer(_HOST.sub("", name).partition("/objects/")[0]):
        yield pair[1], pair[2]


def whole_entities_in(beginning: str) -> Iterator[tuple[str, str]]:
    """The pairs that every name with this beginning has: not (buckets, b) of `projects/_/buckets/b`."""
    return entities_in(beginning if "/objects/" in beginning else beginning.rpartition("/")[0])


@lru_cache(maxsize=4096)
def _read(condition: str) -> Reach:
    try:
        return _reach(read(condition))
    except NotRead:
        return UNSURE


def _reach(node: Node) -> Reach:
    match node:
        case Operation("&&", operands):
            return reduce(_both, map(_reach, operands))
        case Operation("||", operands):
            return _either(map(_reach, operands))
        case Literal(bool() as always):
            return EVERYTHING if always else Held()
        case _:
            return _of_test(node)


def _of_test(node: Node) -> Reach:
    match node:
        case Operation("==", (Name() as name, Literal(str() as text)) | (Literal(str() as text), Name() as name)):
            if name == _NAME:
                return Held(names=frozenset({text}))
            return EVERYTHING if name in _KIND else UNSURE
        case Operation("in", (Name() as name, Listed(items))) if name == _NAME:
            texts = [one.value for one in items if isinstance(one, Literal) and isinstance(one.value, str)]
            return Held(names=frozenset(texts)) if len(texts) == len(items) else UNSURE
        case Operation(operator, operands) if operator in _COMPARED and _TIME in operands:
            return EVERYTHING
        case Call("startsWith", target, (Literal(str() as text),)) if target == _NAME:
            return Held(beginnings=frozenset({text}))
        case _:
            return UNSURE


def _both(one: Reach, other: Reach) -> Reach:
    if isinstance(one, Open) or isinstance(other, Open):
        # A name on one side holds whatever the other asks besides.
        held = [side for side in (one, other) if isinstance(side, Held)]
        return held[0] if held else UNSURE if UNSURE in (one, other) else EVERYTHING
    return Held(
        names=frozenset(
            [name for name in one.names if other.admits(name)] + [name for name in other.names if one.admits(name)]
        ),
        beginnings=frozenset(
            [*_within(one.beginnings, other.beginnings), *_within(other.beginnings, one.beginnings)]
        ),
    )


def _within(these: Iterable[str], those: frozenset[str]) -> list[str]:
    return [one for one in these if any(one.startswith(other) for other in those)]


def _either(found: Iterable[Reach]) -> Reach:
    sides = list(found)
    if EVERYTHING in sides:
        return EVERYTHING
    held = [side for side in sides if isinstance(side, Held)]
    if len(held) < len(sides):
        return UNSURE
    return Held(
        names=frozenset().union(*(side.names for side in held)),
        beginnings=frozenset().union(*(side.beginnings for side in held)),
    )
