"""Duties that one member must not have both of, in whatever order and by whatever roles it gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from analysis.access.members import Kind
from analysis.access.permissions import Holding, Identity, holdings
from analysis.access.powers import BASIC, is_of_agents, powers_of
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Unseen

Places = Callable[[Grant], Sequence[str]]


@dataclass(frozen=True)
class Duties:
    """Two duties, each by the permissions that are its own, and the harm of having both.

    The permissions are such as escalate or reach data: of the others the table of roles is not complete. `places`
    says what a grant on an entity is on and what that is in, itself first; nothing where the duties are no matter
    of such entities. A grant on a project, folder or organisation is on all of them.
    """

    first: frozenset[str]
    second: frozenset[str]
    harm: str
    places: Places


@dataclass
class _Held:
    """What one member has of the first duty."""

    anywhere: Grant | None = None
    everywhere: Grant | None = None
    at: dict[str, Grant] = field(default_factory=dict)
    """By what the grant is on."""
    within: dict[str, Grant] = field(default_factory=dict)
    """By what that is in."""


def held_together(stack: Stack, duties: Duties) -> Iterator[Result]:
    """Problems where a member has both duties for the same thing."""
    found = stack.once(holdings)
    for grant, reason in found.unknown:
        if _matters(grant, duties):
            yield Looked(grant.by)
            if _part(grant, duties) != (False, False):
                yield Unseen(grant.by, reason)
    for by, reason in found.unread:
        yield Unseen(by, reason)
    for identity, held in found:
        mine = [one.grant for one in held if _matters(one.grant, duties) and not _is_agents(identity, one.grant)]
        seconds: list[Grant] = []
        first = _Held()
        for grant in mine:
            yield Looked(grant.by)
            has_first, has_second = _part(grant, duties) or (False, False)
            if has_first:
                _note(first, grant, duties)
            if has_second:
                seconds.append(grant)
            if not (has_first and has_second):
                doubt = _doubt(grant)
                if doubt:
                    yield Unseen(grant.by, doubt)
        yield from _met(identity, first, seconds, duties, _Groups(held))


def _matters(grant: Grant, duties: Duties) -> bool:
    return grant.role not in BASIC and (grant.scope is not Scope.ENTITY or bool(duties.places(grant)))


def _is_agents(identity: Identity, grant: Grant) -> bool:
    return identity.kind is Kind.AGENT and is_of_agents(grant.role)


def _part(grant: Grant, duties: Duties) -> tuple[bool, bool] | None:
    """Whether the grant gives the first duty, and the second; None where its role is not known."""
    try:
        told = powers_of(grant).permissions
    except NotKnown:
        return None
    return bool(told & duties.first), bool(told & duties.second)


def _doubt(grant: Grant) -> str:
    try:
        powers_of(grant).settle()
    except NotKnown as reason:
        return str(reason)
    return ""


def _note(first: _Held, grant: Grant, duties: Duties) -> None:
    first.anywhere = first.anywhere or grant
    if grant.scope is not Scope.ENTITY:
        first.everywhere = first.everywhere or grant
        return
    itself, *around = duties.places(grant)
    first.at.setdefault(itself, grant)
    for place in (itself, *around):
        first.within.setdefault(place, grant)


class _Groups:
    """By which group an identity holds a grant."""

    def __init__(self, held: Sequence[Holding]) -> None:
        self._through = {id(one.grant): one.through[-1].key for one in held if one.through}

    def have(self, grant: Grant, other: Grant) -> bool:
        """Whether one group holds both: that is told of the group, not of everybody in it."""
        group = self._through.get(id(grant))
        return group is not None and group == self._through.get(id(other))


def _met(
    identity: Identity, first: _Held, seconds: list[Grant], duties: Duties, groups: _Groups
) -> Iterator[Result]:
    """A problem for each grant of the second duty that meets one of the first."""
    for grant in seconds:
        other = first.anywhere if grant.scope is not Scope.ENTITY else first.everywhere
        if other is None and grant.scope is Scope.ENTITY:
            places = duties.places(grant)
            other = first.within.get(places[0]) or next(
                (first.at[place] for place in places if place in first.at), None
            )
        if other is not None and not groups.have(grant, other):
            second = f"{grant.role_name} on {grant.entity_name}"
            both = second if other is grant else f"{other.role_name} on {other.entity_name} and {second}"
            yield Problem(
                grant.by, f"{identity.member or identity.name} has {both}: {duties.harm}", key=key_of(grant)
            )


def place_of(grant: Grant) -> str:
    """What a grant on an entity is on: the resource of the plan, else the name that stands there."""
    return grant.entity.urn if grant.entity is not None else grant.entity_name.rpartition(" ")[2]
