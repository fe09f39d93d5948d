"""A service agent gets what its service needs, on the one entity it needs it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.agent_needs import KEYED_AGENTS, Need, agent_of, needs, places
from analysis.access.powers import is_of_agents, powers_of
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity

_KNOWN: Final = KEYED_AGENTS | {"gcp-sa-pubsub", "gcp-sa-secretmanager", "gcp-sa-bigquerydatatransfer"}
"""The agents of which all needs are known here; what others need, their grants on single entities, is let be."""


@grant_policy(
    id="service-agent-nothing-wider",
    title="A service agent of Google's holds a grant only where something needs it, on that one entity",
    severity=Severity.MEDIUM,
    why="""An agent works for everybody who may use its service in the project: a topic that Pub/Sub's agent may
    publish to, or a key that an agent may decrypt with, is open to whoever can make a subscription or a bucket. A
    grant that nothing needs is a way around the grants that are counted.""",
    fix="""Remove the grant: the components make each agent's grants where they are needed, on the topic, the
    table, the key or the account.""",
    fix_raw="Grant the role on the one entity that needs it instead, or remove the grant where nothing does.",
    rows=(108, 170),
)
def agent_nothing_wider(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    domain = agent_of(grant)
    if domain is None or is_of_agents(grant.role):
        return
    words = f"{grant.role_name} on {grant.entity_name}"
    if grant.scope is not Scope.ENTITY:
        yield f"Google's agent @{domain} gets {words}: it needs that on single entities, not on all of them"
        return
    if domain not in _KNOWN:
        return
    if grant.entity is None:
        raise NotKnown("", f"what {words} is for: it is on something outside this stack, or not known yet")
    needed = stack.once(_by_place).get((domain, grant.entity.urn))
    if needed and needed & powers_of(grant).permissions:
        return
    yield f"Google's agent @{domain} gets {words}, which nothing in this stack needs"


def _by_place(stack: Stack) -> dict[tuple[str, str], set[str]]:
    """The permissions that are needed, by the agent's domain and the URN of what a grant of them may be on."""
    found: dict[tuple[str, str], set[str]] = {}
    for need in stack.once(needs):
        if isinstance(need, Need):
            for place in places(stack, need):
                found.setdefault((need.domain, place), set()).add(need.permission)
    return found
