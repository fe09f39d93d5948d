"""Which steps from one identity to another are meant: declared, or needed by a service of Google's.

A stack that declares uses is held to them. In one that declares nothing, only what runs and strangers are asked:
that a pipeline may act as what it deploys is no news there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.access.escalation import Becoming, GrantStep, becoming
from analysis.access.members import Kind
from analysis.access.permissions import Identity, holdings
from analysis.access.powers import is_of_agents
from analysis.access.running import TRIGGER, Running
from analysis.access.uses import Uses, Where, role_key, role_of, uses
from analysis.grants import ACCOUNT, Grant, Scope
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import WORKLOADS
from plan.plan import Resource

_POOL: Final = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
_TOKENS: Final = ("oidcToken.serviceAccountEmail", "oauthToken.serviceAccountEmail")
_SERVES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    # The agent that becomes an account, and where its service is told which.
    # https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
    "@gcp-sa-pubsub.": {"gcp:pubsub/subscription:Subscription": ("pushConfig.oidcToken.serviceAccountEmail",)},
    # https://cloud.google.com/bigquery/docs/enable-transfer-service#service_agent
    "@gcp-sa-bigquerydatatransfer.": {
        "gcp:bigquery/dataTransferConfig:DataTransferConfig": ("serviceAccountName",)
    },
    # https://cloud.google.com/scheduler/docs/http-target-auth
    "@gcp-sa-cloudscheduler.": {"gcp:cloudscheduler/job:Job": tuple(f"httpTarget.{one}" for one in _TOKENS)},
    # https://cloud.google.com/eventarc/docs/troubleshooting
    "@gcp-sa-eventarc.": {"gcp:eventarc/trigger:Trigger": ("serviceAccount",)},
    # https://cloud.google.com/workflows/docs/authentication
    "@gcp-sa-workflows.": {"gcp:workflows/workflow:Workflow": ("serviceAccount",)},
    # https://cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts
    "@gcp-sa-cloudbuild.": {TRIGGER: ("serviceAccount",)},
}
_INVOKING: Final = ("cloudtasks.", "cloudscheduler.")


@dataclass(frozen=True)
class Lawful:
    """The steps that are meant in a stack."""

    stack: Stack
    graph: Becoming
    declared: Uses
    runs: dict[str, Running]
    """What runs as an identity, by its key; of several, one that faces the internet."""
    members: frozenset[str] = frozenset()
    """Members that may become accounts anyway, as settings say."""
    _served: dict[str, frozenset[str]] = field(default_factory=dict)
    _judged: dict[int, bool] = field(default_factory=dict)

    def sources(self) -> Iterator[Identity]:
        """The identities that are asked whom they can become."""
        for identity, _ in self.graph.holdings:
            if self._is_let(identity):
                continue
            if self.declared.any or identity.key in self.runs or identity.kind in (Kind.PUBLIC, Kind.CROWD):
                yield identity

    def is_meant(self, step: GrantStep) -> bool:
        """Whether all that makes a step possible is meant. What takes no grant is a fact, and nobody's choice."""
        if step.start in self.graph.controls:
            # Whoever has the project needs no further right: that is told of the step before.
            return False
        return all(self.is_meant_grant(grant, step) for grant in step.by)

    def is_meant_grant(self, grant: Grant, step: GrantStep) -> bool:
        """Whether one of the grants that make a step possible is meant."""
        if not self.declared.any and self._is_only_invoking(step):
            return True
        identity = self.graph.holdings.holder_of(grant)
        ours = identity is not None and identity.account is not None
        if ours and grant is step.by[0] and grant.scope is not Scope.ENTITY:
            # A use is of one account, and never of all of a project, whatever the role may hold besides.
            return self._is_let(identity)
        found = self._judged.get(id(grant))
        if found is None:
            found = self._judged[id(grant)] = self._judge(grant, identity)
        return found

    def who(self, key: str) -> str:
        """An identity in words, with what runs as it where strangers reach that."""
        runs, name = self.runs.get(key), f"'{self.graph.name(key)}'"
        if runs is not None and runs.faces_internet:
            return f"{name}, as which {runs.name} runs that takes requests from the internet,"
        return name

    def rank(self, key: str) -> int:
        """The worst first: what strangers reach, strangers themselves, then the others."""
        runs, kind = self.runs.get(key), self.graph.holdings.identities[key].kind
        if kind is Kind.PUBLIC or (runs is not None and runs.faces_internet):
            return 0
        return 1 if kind in (Kind.CROWD, Kind.FEDERATED) else 2

    def _is_let(self, identity: Identity | None) -> bool:
        return identity is not None and (identity.member or "").strip().lower() in self.members

    def _judge(self, grant: Grant, identity: Identity | None) -> bool:
        if identity is None or self._is_let(identity):
            return identity is not None
        if identity.account is not None:
            return self._is_declared(identity.account, grant)
        if identity.kind is Kind.AGENT:
            return self._is_served(identity, grant)
        return identity.kind is Kind.FEDERATED and self._is_admitted(identity, grant)

    def _is_declared(self, account: Resource, grant: Grant) -> bool:
        told = self.declared.of(account) or ()
        granted = role_of(self.stack, grant)
        return any(
            granted in {role_key(self.stack, role) for role in use.roles}
            and self.declared.where(grant, use) is Where.ON
            for use in told
        )

    def _is_served(self, agent: Identity, grant: Grant) -> bool:
        """Whether the agent's service is told to act as the account, or is one of which the plan need not tell."""
        if is_of_agents(grant.role):
            # Google's own role for the agent, which it would grant itself.
            return True
        if grant.scope is not Scope.ENTITY:
            return False
        mark = next((mark for mark in _SERVES if mark in (agent.member or "")), None)
        return mark is None or (grant.entity is not None and grant.entity.urn in self._accounts_of(mark))

    def _accounts_of(self, mark: str) -> frozenset[str]:
        if mark not in self._served:
            self._served[mark] = frozenset(_told(self.stack, _SERVES[mark]))
        return self._served[mark]

    def _is_admitted(self, identity: Identity, grant: Grant) -> bool:
        """Whether one component made both the pool that admits and the account that is taken on."""
        if not self.declared.any:
            return True
        if grant.entity is None:
            return False
        pools = self.stack.named(_POOL, identity.key.partition("/workloadidentitypools/")[2].partition("/")[0])
        if len(pools) != 1:
            return False
        owner = self.stack.owner(pools[0])
        return owner is not None and any(one is owner for one in self.stack.owners(grant.entity))

    def _is_only_invoking(self, step: GrantStep) -> bool:
        """Whether it only has Cloud Tasks or Scheduler call as an account that nothing runs as."""
        return step.end not in self.runs and any(f" and {one}" in step.how for one in _INVOKING)


def lawful(stack: Stack, members: Iterable[str] = ()) -> Lawful:
    """What is meant in `stack`."""
    runs: dict[str, Running] = {}
    for key, all_of_it in stack.once(holdings).runs.items():
        ours = [one for one in all_of_it if one.resource.type in WORKLOADS]
        if ours:
            runs[key] = min(ours, key=lambda one: not one.faces_internet)
    return Lawful(
        stack, stack.once(becoming), stack.once(uses), runs, frozenset(one.strip().lower() for one in members)
    )


def _told(stack: Stack, served: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for type_, places in served.items():
        for one in stack.of_type(type_):
            for place in places:
                try:
                    value = one.at(place)
                except NotKnown:
                    # The block as a whole is known after creation: what it may name is what it depends on.
                    value = Value(one.resource, one.resource.inputs.get(place.partition(".")[0]), place)
                yield from (account.urn for account in stack.referred(value, ACCOUNT))
