"""Who can do what in a stack: each identity with what it may do, whom it can become, who can become it.

One shape for the text and for machines. The ways are shortest; what the plan does not tell is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from analysis.access.attached import HELD
from analysis.access.blast_radius import Radius, Readership, radii, readerships
from analysis.access.escalation import Becoming, GrantStep, becoming
from analysis.access.groups import Membership
from analysis.access.members import Kind
from analysis.access.paths import Step, path, reached, turned
from analysis.access.permission_kinds import Escalation, accesses_data, escalation
from analysis.access.permissions import Holding, Identity, holdings
from analysis.access.running import Running
from analysis.grants import Grant
from analysis.stack import Stack
from plan.plan import Plan, Resource

_ORDER: Final = (
    Kind.ACCOUNT,
    Kind.DEFAULT,
    Kind.PUBLIC,
    Kind.DOMAIN,
    Kind.CROWD,
    Kind.FEDERATED,
    Kind.GROUP,
    Kind.PERSON,
    Kind.BASIC,
    Kind.OTHER,
    Kind.AGENT,
    Kind.DELETED,
)
_VERBS: Final = {
    # By how the last part of a permission begins; the first that fits.
    "read": (
        *("access", "consume", "createsnapshot", "download", "export", "fullview", "get", "list", "query", "read"),
        *("render", "replicate", "search", "view"),
    ),
    "delete": ("delete", "destroy", "drop", "purge"),
    "call": ("call", "execute", "invoke", "predict", "run"),
    "connect": ("attach", "connect", "login"),
    "use": ("use",),
    "write": ("",),
}
_OTHERWISE: Final = {"cloudtasks.tasks.create": "write", "run.jobs.run": "call"}
_WORDS: Final = {
    Escalation.IDENTITY: "act as",
    Escalation.CODE: "run code",
    Escalation.ACCESS: "administer",
}
WORDS: Final = ("read", "write", "delete", "call", "connect", "use", "act as", "run code", "administer")
"""What permissions come to, in the order in which it is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Who:
    """One identity of a stack."""

    identity: Identity
    runs: tuple[Running, ...]
    held: tuple[Holding, ...]
    becomes: tuple[tuple[str, list[GrantStep]], ...]
    """Whom it can become, or what it can take, each with the shortest way."""
    become_by: tuple[tuple[str, list[GrantStep]], ...]
    """Who can become it, each with the shortest way."""
    radius: Radius | None
    groups: tuple[tuple[Identity, Membership], ...] = ()
    """The groups that it is in."""
    members: tuple[tuple[Identity, Membership], ...] = ()
    """Who is in it by the plan, if it is a group; the plan never tells that nobody else is."""

    @property
    def not_told(self) -> str:
        """What an identity that the plan does not make may hold besides, and '' of one that it makes."""
        if self.identity.kind is Kind.DEFAULT:
            return next((held for end, held in HELD.items() if self.identity.name.lower().endswith(end)), "")
        if self.identity.kind is Kind.ACCOUNT and self.identity.account is None:
            return "the plan does not make it, and does not tell what it is granted elsewhere"
        return ""

    def is_called(self, name: str) -> bool:
        """Whether somebody may mean this identity by `name`: its name, its member, its e-mail or the ID in it."""
        member = self.identity.member or ""
        _, _, rest = member.partition(":")
        return name in {self.identity.name, self.identity.key, member, rest, rest.partition("@")[0]}


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Who can do what in one stack."""

    plan: Plan
    graph: Becoming
    everybody: tuple[Who, ...]
    secrets: tuple[Readership, ...]
    unknown: tuple[tuple[Grant, str], ...]
    """Grants to somebody whom only creation tells."""
    unread: tuple[tuple[Resource, str], ...]
    """Memberships of groups that may give more than is told here."""
    runs_as_unknown: tuple[Running, ...]
    """What runs as somebody whom only creation tells."""


def access_of(plan: Plan) -> Access:
    """Who can do what in the stack of `plan`."""
    stack = Stack(plan)
    graph = stack.once(becoming)
    radius = {one.identity.key: one for one in stack.once(radii)}
    back = turned(graph.steps)
    groups: dict[str, list[tuple[Identity, Membership]]] = {}
    members: dict[str, list[tuple[Identity, Membership]]] = {}
    for member, group, by in graph.holdings.memberships:
        groups.setdefault(member.key, []).append((group, by))
        members.setdefault(group.key, []).append((member, by))
    everybody = []
    for identity, held in graph.holdings:
        ways = reached(graph.steps, identity.key)
        ends = [end for end in ways if end in graph.holdings.identities or end in graph.controls]
        ways_back = reached(back, identity.key)
        starts = [start for start in ways_back if start in graph.holdings.identities]
        everybody.append(
            Who(
                identity,
                tuple(graph.holdings.runs.get(identity.key, ())),
                tuple(held),
                tuple((end, graph.without_hubs(path(ways, end))) for end in ends),
                tuple((start, graph.without_hubs(_forth(path(ways_back, start)))) for start in starts),
                radius.get(identity.key),
                tuple(groups.get(identity.key, ())),
                tuple(members.get(identity.key, ())),
            )
        )
    everybody.sort(key=lambda one: (_ORDER.index(one.identity.kind), one.identity.name))
    found = stack.once(holdings)
    return Access(
        plan,
        graph,
        tuple(everybody),
        tuple(stack.once(readerships)),
        tuple(found.unknown),
        tuple(found.unread),
        tuple(one for one in graph.running if one.why),
    )


def _forth(way_back: list[GrantStep]) -> list[GrantStep]:
    """A path that was found from its end."""
    return [Step(step.end, step.start, step.how, step.by) for step in reversed(way_back)]


def word_of(permission: str) -> str:
    """What a permission comes to, in one word."""
    if permission in _OTHERWISE:
        return _OTHERWISE[permission]
    kind = escalation(permission)
    if kind is not None:
        return _WORDS[kind]
    verb = permission.rpartition(".")[2].lower()
    return next(word for word, begins in _VERBS.items() if verb.startswith(begins))


def words_of(permissions: Iterable[str]) -> list[str]:
    """The words for several permissions, each once, in the order in which they are told.

    Where some of them escalate or reach data, only those are put in words: the others are names and settings.
    """
    every = frozenset(permissions)
    found = set(map(word_of, [one for one in every if escalation(one) or accesses_data(one)] or every))
    return [word for word in WORDS if word in found]


def as_json(found: Iterable[Access], *, only: str | None = None) -> dict[str, Any]:
    """The same for machines; `only` one identity."""
    return {"stacks": [_stack(one, only) for one in found]}


def _stack(access: Access, only: str | None) -> dict[str, Any]:
    chosen = [one for one in access.everybody if only is None or one.is_called(only)]
    return {
        "system": access.plan.system,
        "stack": access.plan.stack,
        "identities": [_who(access, one) for one in chosen],
        "secrets": [_secret(one) for one in access.secrets],
        "unknown": [{"urn": grant.by.urn, "role": grant.role_name, "why": why} for grant, why in access.unknown],
        "unreadMemberships": [{"urn": one.urn, "why": why} for one, why in access.unread],
        "runsAsUnknown": [
            {"kind": one.kind, "urn": one.resource.urn, "why": one.why} for one in access.runs_as_unknown
        ],
    }


def _who(access: Access, who: Who) -> dict[str, Any]:
    identity, radius = who.identity, who.radius
    return {
        "name": identity.name,
        "member": identity.member,
        "kind": identity.kind.name.lower(),
        "urn": identity.account.urn if identity.account else None,
        "runs": [
            {"kind": one.kind, "urn": one.resource.urn, "facesInternet": one.faces_internet} for one in who.runs
        ],
        "notTold": who.not_told or None,
        "groups": [_membership(*one) for one in who.groups],
        "members": [_membership(*one) for one in who.members] if identity.kind is Kind.GROUP else None,
        "access": [_holding(one) for one in who.held],
        "becomes": [{"name": access.graph.name(end), "way": _way(access, way)} for end, way in who.becomes],
        "becomeBy": [{"name": access.graph.name(start), "way": _way(access, way)} for start, way in who.become_by],
        "blastRadius": {
            "itself": radius.itself.number if radius else 0,
            "altogether": radius.altogether.number if radius else 0,
            "entities": sorted(radius.altogether.entities) if radius else [],
            "everywhere": sorted(radius.altogether.everywhere) if radius else [],
        },
    }


def _membership(other: Identity, one: Membership) -> dict[str, Any]:
    return {"name": other.name, "letsOthersIn": one.lets_in, "by": one.by.urn}


def _holding(holding: Holding) -> dict[str, Any]:
    grant = holding.grant
    return {
        "on": grant.entity_name,
        "scope": grant.scope.value,
        "urn": grant.entity.urn if grant.entity else None,
        "role": grant.role_name,
        "condition": grant.condition,
        "can": words_of(holding.permissions),
        "permissions": sorted(holding.permissions),
        "doubt": holding.doubt or None,
        "through": [group.name for group in holding.through],
        "by": grant.by.urn,
        "source": grant.by.source[0] if grant.by.source else None,
    }


def _way(access: Access, way: list[GrantStep]) -> list[dict[str, Any]]:
    return [
        {"to": access.graph.name(step.end), "how": step.how, "by": [grant.by.urn for grant in step.by]}
        for step in way
    ]


def _secret(one: Readership) -> dict[str, Any]:
    unlimited = one.number == float("inf")
    return {
        "name": one.secret.name,
        "urn": one.secret.urn,
        # JSON has no infinity.
        "blastRadius": None if unlimited else one.number,
        "unlimited": unlimited,
        "readers": [reader.name for reader in one.readers],
        "through": [reader.name for reader in one.through],
    }
