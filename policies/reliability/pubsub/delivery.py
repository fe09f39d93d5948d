"""How long a subscription lasts, how it tries again, and whether what it writes can be written."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.subscriptions import DEAD_LETTERS, SUBSCRIPTION, TOPIC
from analysis.value import Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, Unseen, resource_policy


@resource_policy(
    id="subscription-never-expires",
    title="A subscription does not expire",
    severity=Severity.MEDIUM,
    why="""Pub/Sub deletes a subscription after 31 days without activity, unless it is told not to. After a quiet
    month, what is published goes nowhere, and the subscription for dead letters is the quietest of all.""",
    fix="Use the subscription components, none of which expires.",
    fix_raw='Set `expirationPolicy.ttl` to "", which means never.',
    rows=(111,),
    types=[SUBSCRIPTION],
)
def subscription_never_expires(subscription: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # The default is 31 days: https://cloud.google.com/pubsub/docs/subscription-properties#expiration_period
    policy = subscription["expirationPolicy"]
    if not policy.present:
        yield f"{policy.path} is left out: the subscription is deleted after 31 quiet days"
        return
    ttl = policy["ttl"].text("")
    if ttl:
        yield f"{policy['ttl'].path} is '{ttl}': the subscription is deleted after so long without activity"


@resource_policy(
    id="subscription-backs-off",
    title="A subscription waits between attempts where it gives up after some",
    severity=Severity.MEDIUM,
    # A consumer that answers at once for what it cannot take may want it back at once.
    enforcement=Enforcement.ADVISORY,
    why="""Without a retry policy Pub/Sub delivers again at once. A database that restarts for ten seconds is
    enough to use up every attempt, and all that was in flight becomes dead letters.""",
    fix="Use the subscription components; `delivery=Delivery(...)` sets the pauses.",
    fix_raw="Set `retryPolicy.minimumBackoff` and `maximumBackoff`.",
    rows=(108,),
    types=[SUBSCRIPTION],
)
def subscription_backs_off(subscription: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not stack.is_given(subscription.at(DEAD_LETTERS), TOPIC):
        return
    policy = subscription["retryPolicy"]
    if not policy.present:
        yield f"{policy.path} is left out: every attempt is made at once, and a short failure uses them all up"
        return
    # Within a policy, ten seconds and ten minutes are the defaults:
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions#RetryPolicy
    for key, otherwise in (("minimumBackoff", 10), ("maximumBackoff", 600)):
        if policy[key].seconds(otherwise) <= 0:
            yield f"{policy[key].path} is '{policy[key].text()}': every attempt is made at once"


@resource_policy(
    id="subscription-schema-exists",
    title="A subscription that writes by its topic's schema has a topic with one",
    severity=Severity.MEDIUM,
    why="""Pub/Sub refuses to make such a subscription, after a preview that showed nothing wrong: the deployment
    stops half-way.""",
    fix="Give the `Topic` its `schema`, or choose other `columns` for the `BigQuerySubscription`.",
    fix_raw="Set `schemaSettings.schema` on the topic, or `bigqueryConfig.useTopicSchema` to false.",
    rows=(111,),
    types=[SUBSCRIPTION],
)
def subscription_schema_exists(subscription: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    # https://cloud.google.com/pubsub/docs/bigquery#use-topic-schema
    used = subscription.at("bigqueryConfig.useTopicSchema")
    if not used.flag(False):
        return
    topics = stack.referred(subscription["topic"], TOPIC)
    if not topics:
        yield Unseen(subscription.resource, f"{used.path} is true, and the topic is not in this plan")
    for topic in topics:
        if not Value.of(topic)["schemaSettings"].present:
            yield f"{used.path} is true, and the topic '{topic.name}' has no schema"
