"""Who can become whom: identities, and the steps by which one gets the rights of another.

A step is one grant or two (to act as an account *and* to run code). Hubs stand between, so that a grant on a
project is one step and not one for each account in it. To deploy what runs as an account takes the right to act as
it, so it is no step by itself (https://cloud.google.com/run/docs/securing/service-identity); a shell in what runs
already is one. A condition that holds a grant to names is followed; any other only says when.

Not followed: tags (they widen other grants' conditions), who pushes an image that somebody else deploys, clusters
of GKE, Dataproc and Composer, and what was granted outside the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from analysis.access.accounts import project_of
from analysis.access.conditions import Held, entities_in, reach_of
from analysis.access.members import Kind
from analysis.access.paths import Step, path, reached
from analysis.access.permissions import Holding, Holdings, Identity, holdings
from analysis.access.running import Running, running
from analysis.access.takeover import (
    ACT_AS,
    DELEGATION,
    DEPLOYING,
    INTO,
    POOLS,
    ROLE_UPDATE,
    SEIZING,
    TAKING,
    TOKEN,
    code_of,
    is_free,
    is_harmless,
)
from analysis.grants import ACCOUNT, Grant, Scope
from analysis.stack import Stack

GrantStep = Step[tuple[Grant, ...]]
_POOL: Final = re.compile(r"principal(?:set)?://iam\.googleapis\.com/(.*?pools/[^/]+)/.*", re.DOTALL)
_EVERYWHERE: Final = "*"
_ACCOUNTS: Final = "accounts"
_DELEGATES: Final = "delegates"
_POOLS: Final = "pools"


@dataclass(frozen=True)
class Becoming:
    """The graph. A node is the key of an identity, or a hub, which is nobody."""

    holdings: Holdings
    running: list[Running]
    steps: dict[str, list[GrantStep]] = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)
    """The hubs that are all of a project, folder or organisation, in words."""

    def add(self, start: str, end: str, how: str, *by: Grant) -> None:
        """One more step, if it leads anywhere."""
        if start != end:
            self.steps.setdefault(start, []).append(Step(start, end, how, by))

    def becomes(self, key: str) -> list[Identity]:
        """Whom the identity can become, the nearest first."""
        found = reached(self.steps, key)
        return [self.holdings.identities[end] for end in found if end in self.holdings.identities]

    def way(self, start: str, end: str) -> list[GrantStep]:
        """The shortest way from one to the other, without hubs; none where there is none."""
        return self.without_hubs(path(reached(self.steps, start), end))

    def without_hubs(self, steps: Iterable[GrantStep]) -> list[GrantStep]:
        """A path from identity to identity: what leads into a hub and what leads out of it is one step."""
        found: list[GrantStep] = []
        into: list[GrantStep] = []
        for step in steps:
            into.append(step)
            if step.end in self.holdings.identities or step.end in self.controls:
                how = ", ".join(dict.fromkeys(one.how for one in into if one.how))
                found.append(Step(into[0].start, step.end, how, tuple(grant for one in into for grant in one.by)))
                into = []
        return found

    def in_words(self, way: list[GrantStep]) -> str:
        """A path without hubs in one line: each identity, and how the one before becomes it."""
        if not way:
            return ""
        return " → ".join([self.name(way[0].start), *self.steps_in_words(way)])

    def steps_in_words(self, way: list[GrantStep]) -> list[str]:
        """Each identity on a path but the first, and how the one before becomes it."""
        return [f"{self.name(step.end)} ({step.how})" for step in way]

    def name(self, key: str) -> str:
        """A node in words."""
        identity = self.holdings.identities.get(key)
        return identity.name if identity else self.controls.get(key, key)


def becoming(stack: Stack) -> Becoming:
    """Who can become whom in `stack`; ask with `stack.once(becoming)`."""
    return _Builder(stack).built()


class _Builder:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._graph = Becoming(stack.once(holdings), stack.once(running))
        identities = self._graph.holdings.identities
        self._by_email = {
            one.member.partition(":")[2].lower(): key
            for key, one in identities.items()
            if one.account and one.member
        }
        self._projects = {
            one.resource.urn: project_of(stack, one.resource) or _EVERYWHERE for one in stack.of_type(ACCOUNT)
        }
        self._default = [one for one in identities.values() if one.kind is Kind.DEFAULT]
        self._as_whom: dict[int, list[str]] = {}
        for key, runs in self._graph.holdings.runs.items():
            for run in runs:
                self._as_whom.setdefault(id(run), []).append(key)
        self._runs: dict[str, list[Running]] = {}
        for one in self._graph.running:
            self._runs.setdefault(one.resource.type, []).append(one)
        self._by_urn = {one.resource.urn: (one,) for one in self._graph.running}
        self._hubs: set[str] = set()

    def built(self) -> Becoming:
        self._memberships()
        for identity, held in self._graph.holdings:
            harmful = [holding for holding in held if not is_harmless(holding.permissions)]
            if not harmful:
                continue
            code = code_of(held)
            custom = [holding.grant for holding in held if holding.grant.custom is not None]
            for holding in harmful:
                self._take(identity, holding, code)
                self._delegate(identity, holding)
                if holding.grant.scope is Scope.ENTITY:
                    self._enter_entity(identity, holding)
                else:
                    self._seize(identity, holding, custom)
        return self._graph

    def _memberships(self) -> None:
        """Everybody is one of `allUsers`, and who is of a pool is one of all that the pool admits."""
        identities = self._graph.holdings.identities
        public = [key for key, one in identities.items() if one.kind is Kind.PUBLIC]
        crowds = {_pool_of(key): key for key, one in identities.items() if one.kind is Kind.CROWD}
        for key, one in identities.items():
            crowd = crowds.get(_pool_of(key)) if one.kind is Kind.FEDERATED else None
            for wider in [*public, *([crowd] if crowd else [])]:
                self._graph.add(key, wider, "is one of them")

    def _take(self, identity: Identity, holding: Holding, code: tuple[str, Grant] | None) -> None:
        grant, permissions = holding.grant, holding.permissions
        taking = [name for name in TAKING if name in permissions]
        if taking:
            self._to_accounts(identity.key, grant, f"{TAKING[taking[0]]}: {taking[0]}")
        if ACT_AS in permissions and code is not None:
            using, by = code
            more = () if by is grant else (by,)
            self._to_accounts(identity.key, grant, f"runs code as it: {ACT_AS} and {using}", *more)

    def _to_accounts(self, start: str, grant: Grant, how: str, *more: Grant) -> None:
        for end in self._accounts(grant, _ACCOUNTS):
            self._graph.add(start, end, how, grant, *more)

    def _accounts(self, grant: Grant, hub: str) -> Iterator[str]:
        """The accounts that a grant is on; where it is on all of a project, their hub."""
        if grant.scope is Scope.ENTITY:
            if grant.entity is not None and grant.entity.type == ACCOUNT:
                yield grant.entity.urn
            return
        reach = reach_of(grant.condition)
        if not isinstance(reach, Held):
            yield self._hub(hub, grant)
            return
        for name in sorted(reach.names):
            for _, id_ in entities_in(name):
                if id_.lower() in self._by_email:
                    yield self._by_email[id_.lower()]

    def _delegate(self, identity: Identity, holding: Holding) -> None:
        """Through an account that may make others' tokens one may make them too, but not its own.

        https://cloud.google.com/iam/docs/create-short-lived-credentials-delegated
        """
        grant, mine = holding.grant, _delegate_of(identity.key)
        if TOKEN in holding.permissions:
            self._to_accounts(mine, grant, f"which makes access tokens of it: {TOKEN}")
        if DELEGATION in holding.permissions:
            for end in self._accounts(grant, _DELEGATES):
                node = _delegate_of(end) if end in self._graph.holdings.identities else end
                self._graph.add(identity.key, node, f"through {self._graph.name(end)}: {DELEGATION}", grant)
                self._graph.add(mine, node, f"and {self._graph.name(end)}: {DELEGATION}", grant)

    def _enter_entity(self, identity: Identity, holding: Holding) -> None:
        entity = holding.grant.entity
        if entity is None or entity.urn not in self._by_urn:
            return
        into = [name for name, types in INTO.items() if name in holding.permissions and entity.type in types]
        if into:
            here = self._by_urn.get(entity.urn, ())
            self._enter(identity.key, here, f"gets into what runs as it: {into[0]}", holding.grant)

    def _enter(self, start: str, what: Iterable[Running], how: str, *by: Grant) -> None:
        for one in what:
            for key in self._as_whom.get(id(one), ()):
                self._graph.add(start, key, how, *by)

    def _seize(self, identity: Identity, holding: Holding, custom: list[Grant]) -> None:
        grant, permissions, start = holding.grant, holding.permissions, identity.key
        seizing = [name for name in SEIZING if name in permissions and is_free(grant)]
        if seizing:
            self._graph.add(start, self._control(grant), f"{SEIZING[seizing[0]]}: {seizing[0]}", grant)
        if ROLE_UPDATE in permissions:
            # What it adds to a role, it has wherever it holds the role.
            for own in custom:
                how = f"adds any permission to {own.role_name}, which it holds: {ROLE_UPDATE}"
                ends = self._accounts(own, _ACCOUNTS) if own.scope is Scope.ENTITY else (self._control(own),)
                for end in ends:
                    self._graph.add(start, end, how, grant, own)
        for names, hub, how in (
            (POOLS, _POOLS, "says whom the pool admits"),
            (DEPLOYING, _ACCOUNTS, "deploys as the Google APIs service agent, an editor"),
            *(((name,), name, "gets into what runs as it") for name in INTO),
        ):
            told = [name for name in names if name in permissions]
            if told:
                self._graph.add(start, self._hub(hub, grant), f"{how}: {told[0]}", grant)

    def _control(self, grant: Grant) -> str:
        """The hub that is all of what the grant is on."""
        hub = f"control of {grant.entity_name}"
        if hub not in self._graph.controls:
            self._graph.controls[hub] = hub
            self._graph.add(hub, self._hub(_ACCOUNTS, grant), "may do anything there")
        return hub

    def _hub(self, what: str, grant: Grant) -> str:
        """The node that stands for all of a kind in the project of a grant."""
        project = (project_of(self._stack, grant.by) if grant.scope is Scope.PROJECT else None) or _EVERYWHERE
        hub = f"all {what} of {project}"
        if hub not in self._hubs:
            self._hubs.add(hub)
            self._fill(hub, what, project)
        return hub

    def _fill(self, hub: str, what: str, project: str) -> None:
        if what in INTO:
            for type_ in INTO[what]:
                here = [one for one in self._runs.get(type_, ()) if self._is_in(one, project)]
                self._enter(hub, here, "")
        elif what == _POOLS:
            for key, one in self._graph.holdings.identities.items():
                if one.kind in (Kind.FEDERATED, Kind.CROWD):
                    self._graph.add(hub, key, "")
        else:
            for urn, of in self._projects.items():
                if _EVERYWHERE in (project, of) or project == of:
                    self._graph.add(hub, urn if what == _ACCOUNTS else _delegate_of(urn), "")
            for default in self._default if what == _ACCOUNTS else ():
                self._graph.add(hub, default.key, "")

    def _is_in(self, one: Running, project: str) -> bool:
        return project == _EVERYWHERE or project_of(self._stack, one.resource) in (None, project)


def _delegate_of(key: str) -> str:
    return f"delegate of {key}"


def _pool_of(key: str) -> str:
    match = _POOL.fullmatch(key.lower())
    return match[1] if match else ""
