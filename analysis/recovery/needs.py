"""What each operation that was cut off needs, and whether all are settled.

It decides; `review.recovery_text` says it. Nothing here deletes, and nothing proposes to delete what holds data.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analysis.recovery.id_table import Entry, NoId, filled, id_table
from analysis.recovery.pending import CutOff
from plan.errors import PlanFileError
from plan.plan import STACK_TYPE, Resource

_KEPT_WHOLE = "\n\t"


class Need(StrEnum):
    """What a create that was cut off needs."""

    IMPORT = "import"
    """Its ID follows from its inputs: take it in, if it is there."""
    FIND = "find"
    """Google made its ID up: a query finds it."""
    UNKNOWN = "unknown"
    """Its type or its ID is not known here."""
    NOTHING = "nothing"
    """The state holds it, or making it again does no harm."""
    ABSENT = "absent"
    """Somebody looked, and it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A create that was cut off. `id` is what an import takes: with the word ID for what only Google knows."""

    urn: str
    type: str
    name: str
    need: Need
    why: str
    id: str = ""
    find: tuple[str, ...] = ()
    by: str = ""
    """What a person looks for in the query's answer."""
    made: str = ""
    held: tuple[str, ...] = ()
    """IDs of the same type in the state: none of these is what is looked for."""
    data: bool
    parent: str = ""
    provider: str = ""

    @property
    def settled(self) -> bool:
        """Whether its pending operation may be forgotten."""
        return self.need in (Need.NOTHING, Need.ABSENT)


@dataclass(frozen=True, slots=True)
class Other:
    """An operation that was cut off and that makes nothing."""

    operation: str
    urn: str
    type: str
    name: str
    data: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """All that one stack needs."""

    stack: str
    project: str
    creates: tuple[Create, ...]
    others: tuple[Other, ...]

    def of(self, need: Need) -> Sequence[Create]:
        """The creates that need this."""
        return [one for one in self.creates if one.need is need]

    @property
    def settled(self) -> bool:
        """Whether every create may be forgotten: only then is clearing them safe."""
        return all(one.settled for one in self.creates)


def recovery_of(cut: CutOff, *, absent: Collection[str] = ()) -> Recovery:
    """What `cut` needs; `absent` are URNs of what was looked for and is not there.

    PlanFileError where one of them is no create that was cut off: an answer to a question that nobody asked.
    """
    creates = [one.resource for one in cut.pending if one.operation == "creating"]
    strangers = set(absent) - {one.urn for one in creates}
    if strangers:
        raise PlanFileError(
            f"--absent names '{min(strangers)}', which is no create that was cut off",
            why="only such a create can be told to be absent",
            fix="name the URN as this command prints it",
        )
    return Recovery(
        stack=cut.stack,
        project=cut.project,
        creates=tuple(_create(cut, one, absent) for one in creates),
        others=tuple(
            Other(
                one.operation,
                one.resource.urn,
                one.resource.type,
                one.resource.name,
                holds_data(one.resource.type),
            )
            for one in cut.pending
            if one.operation != "creating"
        ),
    )


def holds_data(type_: str) -> bool:
    """Whether a resource of this type may hold what nobody can make again; a type that is not known may."""
    entry = id_table().types.get(type_)
    return entry is None or entry.data


def _create(cut: CutOff, one: Resource, absent: Collection[str]) -> Create:
    entry = id_table().types.get(one.type)
    about: dict[str, Any] = {
        "urn": one.urn,
        "type": one.type,
        "name": one.name,
        "data": holds_data(one.type),
        "parent": _parent(cut, one),
        "provider": one.provider or "",
    }
    if one.urn in cut.held:
        return Create(**about, need=Need.NOTHING, id=cut.held[one.urn][1], why="the state holds it")
    nothing = _nothing(one, entry)
    if nothing:
        return Create(**about, need=Need.NOTHING, why=nothing)
    if one.urn in absent:
        return Create(**about, need=Need.ABSENT, why="you looked, and it is not there")
    if entry is None:
        return Create(**about, need=Need.UNKNOWN, why=f"the type {one.type} is not known here")
    try:
        return _with_id(cut, one, entry, about)
    except NoId as error:
        return Create(**about, need=Need.UNKNOWN, why=error.what)


def _nothing(one: Resource, entry: Entry | None) -> str:
    """Why nothing needs to be looked for, or nothing."""
    if not one.custom:
        return "it only groups others"
    again = entry.again if entry else None
    return f"making it again does no harm: {again}" if again else ""


def _with_id(cut: CutOff, one: Resource, entry: Entry, about: dict[str, Any]) -> Create:
    inputs = _inputs(cut, one)
    named = entry.named
    if named is None:
        made = Create(**about, need=Need.IMPORT, id=entry.import_id(inputs), why="its ID follows from its inputs")
    else:
        made = Create(
            **about,
            need=Need.FIND,
            why="Google makes its ID up",
            id=filled(named.id, inputs),
            find=tuple(filled(part, inputs) for part in named.find),
            by=filled(f"{{{named.by}}}", inputs),
            made=named.made,
            held=tuple(sorted(id_ for other, id_ in cut.held.values() if other.type == one.type and id_)),
        )
    written = [made.urn, made.id, made.parent, made.provider, *made.find]
    if any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs") for text in written for sign in text.translate(_PLAIN)
    ):
        raise NoId(
            "a name in it holds signs that a terminal would obey",
            why="a command with them could show what it does not do",
            fix="look by hand",
        )
    return made


_PLAIN = str.maketrans("", "", _KEPT_WHOLE)


def _inputs(cut: CutOff, one: Resource) -> dict[str, Any]:
    """The inputs, with the provider's project and region where they do not say their own."""
    provider = cut.held.get(one.provider or "")
    of_provider = provider[0].inputs if provider else {}
    return {
        **{key: of_provider[key] for key in ("project", "region") if of_provider.get(key)},
        **one.defaults,
        **one.inputs,
    }


def _parent(cut: CutOff, one: Resource) -> str:
    """The parent as an import must name it; the stack is the parent of what names none."""
    parent = cut.held.get(one.parent or "")
    return one.parent or "" if parent and parent[0].type != STACK_TYPE else ""
