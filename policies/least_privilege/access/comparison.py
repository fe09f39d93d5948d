"""Grants beside declared uses: what each account holds, and whether a use of its component is the reason.

The policies of this folder read it; it is made once a stack.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analysis.access.permission_kinds import accesses_data, escalation
from analysis.access.permissions import Holding, holdings
from analysis.access.powers import custom_powers
from analysis.access.role_table import role_table
from analysis.access.uses import Use, Where, role_key, role_of, uses
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from plan.plan import Resource


class Verdict(enum.Enum):
    """What a grant is, beside what its holder declares."""

    DECLARED = "a use needs it"
    WIDER = "a use needs the role on less than that"
    BEYOND = "no use needs all of it"
    UNSURE = "the plan does not tell"


_PLACED: Final = {
    Where.ON: Verdict.DECLARED,
    Where.UNSURE: Verdict.UNSURE,
    Where.WIDER: Verdict.WIDER,
}


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One grant to an account whose component declares what it uses."""

    holding: Holding
    declarer: Resource
    verdict: Verdict
    use: Use | None = None
    """The use that is exceeded, where the role is declared at all."""
    beyond: frozenset[str] = frozenset()
    """The permissions that no use needs there."""
    why: str = ""
    """Why the plan does not tell."""


def compared(stack: Stack) -> list[Compared]:
    """Every grant to an account that somebody declares for; ask with `stack.once(compared)`."""
    declared, found = stack.once(uses), []
    for identity, held in stack.once(holdings):
        declarer = declared.declarer_of(identity.account) if identity.account is not None else None
        if declarer is None:
            continue
        told = declared.by_component.get(declarer.urn, ())
        roles = {(use, role): role_key(stack, role) for use in told for role in use.roles}
        found += [_compare(stack, holding, declarer, roles) for holding in held]
    return found


def _compare(
    stack: Stack,
    holding: Holding,
    declarer: Resource,
    roles: dict[tuple[Use, str], str],
) -> Compared:
    grant = holding.grant
    granted = role_of(stack, grant)
    where_is = stack.once(uses).where
    same = {use: where_is(grant, use) for (use, _), key in roles.items() if key == granted}
    for where, verdict in _PLACED.items():
        use = next((use for use, place in same.items() if place is where), None)
        if use is not None:
            return Compared(holding, declarer, verdict, use, why=_untold(grant))
    places = {use: same.get(use) or where_is(grant, use) for use, _ in roles}
    allowed = {key: _permissions(stack, key) for (use, _), key in roles.items() if places[use] is Where.ON}
    doubts = [f"what {key} permits is not known" for key, one in allowed.items() if one is None]
    beyond = holding.permissions.difference(*(one for one in allowed.values() if one is not None))
    if beyond and not doubts:
        perhaps = [_permissions(stack, key) for (use, _), key in roles.items() if places[use] is Where.UNSURE]
        if beyond.difference(*(one for one in perhaps if one is not None)):
            return Compared(holding, declarer, Verdict.BEYOND, next(iter(same), None), beyond)
        doubts.append(_untold(grant))
    if holding.doubt:
        doubts.append(holding.doubt)
    verdict = Verdict.UNSURE if doubts else Verdict.DECLARED
    return Compared(holding, declarer, verdict, why="; ".join(doubts))


def _untold(grant: Grant) -> str:
    if grant.scope is Scope.ENTITY:
        return "what it is on is not in the plan"
    return "whether its condition holds it to what is used cannot be told"


def _permissions(stack: Stack, role: str) -> frozenset[str] | None:
    """All permissions of a declared role; None where not all are known."""
    custom = stack.plan.by_urn.get(role)
    if custom is not None:
        powers = custom_powers(custom)
        return powers.permissions if powers.doubt is None else None
    found = role_table().expand(role)
    return found.permissions if found is not None and found.complete else None


@lru_cache(maxsize=65_536)
def worst_first(permission: str) -> tuple[int, str]:
    """Sorts permissions: those that escalate, those that reach data, the others."""
    return 0 if escalation(permission) else 1 if accesses_data(permission) else 2, permission


def nothing_declared(stack: Stack) -> str:
    """Why there is nothing to compare, or ''."""
    if stack.once(uses).any or not any(held for _, held in stack.once(holdings)):
        return ""
    return "no component of this stack declares what it uses: there is nothing to compare the grants with"
