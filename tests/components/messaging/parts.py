"""What the messaging family's tests share: Google's agents, a target, a workload that uses accesses, order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulumi
import pytest
from pulumi_gcp import projects

from components.component import Environment
from components.errors import ComponentError
from components.links import Access, grants_of, variables_of
from components.observability.alert import AlertRouting
from components.security.identity import Identity
from components.security.service_agents import Agent
from components.service.endpoint import ServiceEndpoint
from tests.components.harness import NUMBER, Registered, of_type

TOPIC = "gcp:pubsub/topic:Topic"
TOPIC_GRANT = "gcp:pubsub/topicIAMMember:TopicIAMMember"
SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
SUBSCRIPTION_GRANT = "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember"
ACCOUNT = "gcp:serviceaccount/account:Account"
ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember"
SERVICE_GRANT = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
AGENT = "gcp:projects/serviceIdentity:ServiceIdentity"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"

PUBSUB_AGENT = f"serviceAccount:service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"

AVRO = '{"type": "record", "name": "Job", "fields": [{"name": "id", "type": "string"}]}'


def with_agents(env: Environment) -> Environment:
    """`env` with the resources that make Google's agents, as ProjectBaseline has them."""
    made = {
        agent: projects.ServiceIdentity(agent.name.lower(), project=env.project, service=agent.api)
        for agent in (Agent.PUBSUB, Agent.CLOUD_TASKS, Agent.CLOUD_SCHEDULER, Agent.SECRET_MANAGER)
    }
    return replace(env, agents=made)


def worker(env: Environment) -> ServiceEndpoint:
    """The service that is called."""
    return ServiceEndpoint.of("worker", env=env)


def use(env: Environment, name: str, *accesses: Access) -> Identity:
    """What a workload does with its uses, as far as grants go."""
    identity = Identity(name, env=env, description="Uses things.")
    for grant in grants_of(accesses):
        grant.make(f"{name}-{grant.key}", identity, pulumi.ResourceOptions(parent=identity))
    pulumi.export("variables", variables_of(accesses, identity))
    return identity


def routing() -> AlertRouting:
    """Channels to tell."""
    return AlertRouting(page=(pulumi.Output.from_input("pager"),), notify=(pulumi.Output.from_input("mail"),))


def named(found: Sequence[Registered], type_: str, name: str) -> Registered:
    """The one of its type with that logical name."""
    matching = [one for one in of_type(found, type_) if one.name == name]
    assert len(matching) == 1, f"no {type_} '{name}' among {[one.name for one in of_type(found, type_)]}"
    return matching[0]


def waits_for(found: Sequence[Registered], later: Registered, earlier: Registered) -> bool:
    """Whether `later` is made after `earlier`, directly or through others."""
    by_urn = {one.urn: one for one in found}
    seen: set[str] = set()
    ahead = set(later.dependencies)
    while ahead:
        urn = ahead.pop()
        if urn == earlier.urn:
            return True
        if urn not in seen and urn in by_urn:
            seen.add(urn)
            ahead |= by_urn[urn].dependencies
    return False


def query_of(policy: Registered) -> str:
    """An alert's PromQL."""
    text: str = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
    return text


def duration_of(policy: Registered) -> str:
    """How long its problem must last, as the API takes it."""
    text: str = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["duration"]
    return text


def urgency_of(policy: Registered) -> str:
    """CRITICAL wakes somebody, WARNING does not."""
    text: str = policy.inputs["severity"]
    return text


def is_refused(error: pytest.ExceptionInfo[ComponentError], *words: str) -> None:
    """The message names what is wrong and how to mend it."""
    for word in words:
        assert word in str(error.value), f"the message should say '{word}': {error.value}"
    assert error.value.fix
