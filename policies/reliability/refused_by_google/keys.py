"""What Google refuses of customer-managed keys: keys of another place, and grants to agents that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.agent_needs import agent_of
from analysis.grants import Grant
from analysis.stack import Stack
from analysis.stores.encryption import KEYS
from analysis.stores.key_places import KEYED, Keyed, elements, key_places, places_for
from analysis.value import NotKnown, Value
from components.security.service_agents import Agent
from plan.references import texts_in
from policies.engine.doubts import Doubts
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity, resource_policy

_KEYS: Final = frozenset({"kms/cryptoKey", "kms/keyRing"})
_IDENTITY: Final = "gcp:projects/serviceIdentity:ServiceIdentity"
_AGENTS: Final = {agent.value[1]: agent for agent in Agent}


@resource_policy(
    id="key-where-the-data-is",
    title="A key is kept where what it encrypts is",
    severity=Severity.MEDIUM,
    why="""Each of Google's services takes a key only from the place of its data, and calls that in its own way:
    data in EU takes a key in `europe`, a secret with automatic replication one in `global`. A preview accepts any
    key; the resource is then refused, and a key ring's place can never be changed.""",
    fix="Make the key by `Keys`, whose ring is in the environment's region, for what is in that region.",
    fix_raw="Take a key from a key ring in the location that the message names.",
    types=tuple(KEYED),
)
def key_where_the_data_is(resource: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    doubts = Doubts()
    for keyed in KEYED[resource.resource.type]:
        with doubts:
            for one in elements(resource, keyed):
                with doubts:
                    yield from _elsewhere(stack, one, keyed)
    doubts.tell()


def _elsewhere(stack: Stack, one: Value, keyed: Keyed) -> Iterator[str]:
    name = one.at(keyed.key)
    if not stack.is_given(name, *KEYS):
        return
    kept = key_places(stack, name)
    place, accepted = places_for(stack, one, keyed)
    if not kept & set(accepted):
        yield (
            f"{name.path} is a key in {' or '.join(sorted(kept))}: what is in {place} takes one in "
            f"{' or '.join(accepted)} ({keyed.page})"
        )
    elif len(kept) > 1:
        raise NotKnown(name.path, f"may be a key in {' or '.join(sorted(kept))}")


@grant_policy(
    id="key-grant-to-an-agent-that-is-there",
    title="An agent of Google's is made before it is granted a key",
    severity=Severity.MEDIUM,
    why="""Many of Google's agents do not exist before somebody asks for them, and IAM refuses a grant to an
    account that does not exist. In a project that was used by hand nobody notices; the first `up` of a new
    environment stops there.""",
    fix="""Name the agent in `agents` of `ProjectBaseline`, which makes it, and export `asked_for_by` as
    `runOnceBeforeUp` for those that only a command makes.""",
    fix_raw="""Make a `gcp.projects.ServiceIdentity` of the service and let the grant depend on it. Storage,
    BigQuery and Logging have none: export the command that makes their agent as a stack output
    (`runOnceBeforeUp`).""",
)
def key_grant_to_an_agent_that_is_there(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/iam/docs/create-service-agents: "you must create the service agent before granting"
    if grant.kind not in _KEYS or grant.by.outputs is not None:
        # What is there already was not refused.
        return
    if grant.member is None and not (grant.holder and grant.holder.type.startswith("gcp:")):
        raise NotKnown("member", "is known only after creation")
    agent = _AGENTS.get(agent_of(grant) or "")
    if agent is None or grant.holder is not None:
        return
    command = agent.asked_for_by("")
    if command is not None:
        if not stack.plan.outputs and not any(one.source for one in stack.plan):
            raise NotKnown("", f"whether somebody is told to run `{command}…` stands in outputs that are not here")
        told = (" ".join(text.split()) for text in texts_in(stack.plan.outputs))
        if not any(text.startswith(command.rpartition(" ")[0]) for text in told):
            yield f"member is Google's agent @{_domain(agent)}, and nobody is told to run `{command}PROJECT` first"
        return
    made = [one.resource for one in stack.of_type(_IDENTITY) if one["service"].text("") == agent.api]
    if not made:
        yield f"member is Google's agent @{_domain(agent)}, which nothing makes: IAM refuses the grant"
    elif not any(stack.precedes(one, grant.by) for one in made):
        yield f"member is Google's agent @{_domain(agent)}, and the grant does not wait for what makes it"


def _domain(agent: Agent) -> str:
    domain: str = agent.value[1]
    return domain
