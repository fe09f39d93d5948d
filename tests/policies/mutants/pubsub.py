"""Edits after which messages are lost, or lie where they should not."""

from typing import Any

from tests.policies.mutation import Draft, mutant

TOPIC = "pubsub/topic:Topic"
SUBSCRIPTION = "pubsub/subscription:Subscription"
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
SOUND: dict[str, Any] = {
    "expirationPolicy": {"ttl": ""},
    "retryPolicy": {"minimumBackoff": "10s"},
    "messageRetentionDuration": "604800s",
    "deletionPolicy": "PREVENT",
}
"""A subscription that has all but dead letters."""
AGENTS = ("service-agent-may-do-its-part", "service-agent-nothing-wider")
"""What Pub/Sub does by itself needs rights of its own: other policies see those that are missing or left over."""

TOLD = ("dead-letters-told",)
"""Nor can anybody be told of dead letters that no subscription has."""


def _subscribe(draft: Draft, name: str, topic: str, **more: Any) -> None:
    draft.add(SUBSCRIPTION, name, {**SOUND, "name": name, "topic": topic, **more})


def _topic(draft: Draft, name: str, **more: Any) -> None:
    regions = {"allowedPersistenceRegions": ["europe-west1"]}
    sound = {"name": name, "messageStoragePolicy": regions, "kmsKeyName": KEY, "deletionPolicy": "PREVENT"}
    draft.add(TOPIC, name, {**sound, **more})


@mutant("topic-own-key")
def a_topic_loses_its_key(draft: Draft) -> None:
    del draft.inputs(TOPIC, "jobs")["kmsKeyName"]


@mutant("topic-own-key")
def dead_letters_lose_their_key(draft: Draft) -> None:
    draft.inputs(TOPIC, "jobs-dead-letter")["kmsKeyName"] = ""


@mutant("topic-own-key")
def a_topic_without_a_key_is_added(draft: Draft) -> None:
    _topic(draft, "more", kmsKeyName=None)


@mutant("topic-keeps-to-regions")
def a_topic_keeps_messages_anywhere(draft: Draft) -> None:
    del draft.inputs(TOPIC, "jobs")["messageStoragePolicy"]


@mutant("topic-keeps-to-regions", stack="staging")
def no_region_is_named(draft: Draft) -> None:
    draft.inputs(TOPIC, "activity")["messageStoragePolicy"] = {"allowedPersistenceRegions": []}


@mutant("topic-keeps-to-regions")
def a_topic_for_anywhere_is_added(draft: Draft) -> None:
    _topic(draft, "more", messageStoragePolicy={"enforceInTransit": True})


@mutant("subscription-dead-letters", also=AGENTS)
def the_push_subscription_loses_its_dead_letters(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "jobs")["deadLetterPolicy"]


@mutant("subscription-dead-letters", stack="staging", also=AGENTS)
def the_table_subscription_loses_its_dead_letters(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "activity")["deadLetterPolicy"]


@mutant("subscription-dead-letters")
def a_pull_subscription_without_dead_letters_is_added(draft: Draft) -> None:
    _subscribe(draft, "audit", draft.find(TOPIC, "jobs").inputs["name"])


@mutant("subscription-dead-letters", also=AGENTS)
def dead_letters_come_back_to_their_own_topic(draft: Draft) -> None:
    subscription = draft.find(SUBSCRIPTION, "jobs")
    subscription.inputs["deadLetterPolicy"]["deadLetterTopic"] = subscription.inputs["topic"]
    urns = subscription.propertyDependencies
    urns["deadLetterPolicy"] = list(urns["topic"])


@mutant("dead-letters-kept", also=TOLD)
def nobody_keeps_the_dead_letters(draft: Draft) -> None:
    draft.drop(SUBSCRIPTION, "jobs-dead-letter")


@mutant("dead-letters-kept", stack="staging", also=TOLD)
def nobody_keeps_the_dead_letters_of_the_table(draft: Draft) -> None:
    draft.drop(SUBSCRIPTION, "activity-dead-letter")


@mutant("dead-letters-kept", also=("subscription-dead-letters", *AGENTS, *TOLD))
def dead_letters_go_to_a_topic_that_nobody_reads(draft: Draft) -> None:
    _topic(draft, "void")
    draft.inputs(SUBSCRIPTION, "jobs")["deadLetterPolicy"]["deadLetterTopic"] = "projects/p/topics/void"


@mutant("subscription-never-expires")
def the_subscription_for_dead_letters_expires(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "jobs-dead-letter")["expirationPolicy"]


@mutant("subscription-never-expires", also=("messaging-within-limits", "messaging-within-limits"))
def the_push_subscription_expires_after_a_day(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs")["expirationPolicy"]["ttl"] = "86400s"


@mutant("subscription-never-expires")
def the_table_subscription_expires(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "activity")["expirationPolicy"]


@mutant("subscription-backs-off")
def the_push_subscription_tries_again_at_once(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "jobs")["retryPolicy"]


@mutant("subscription-backs-off", stack="staging")
def the_table_subscription_tries_again_at_once(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "activity")["retryPolicy"] = {"minimumBackoff": "0s", "maximumBackoff": "600s"}


@mutant("subscription-backs-off")
def no_pause_gets_longer_than_nothing(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "activity")["retryPolicy"] = {"minimumBackoff": "0s", "maximumBackoff": "0s"}


@mutant("subscription-schema-exists")
def the_topic_loses_the_schema_that_is_written_by(draft: Draft) -> None:
    del draft.inputs(TOPIC, "activity")["schemaSettings"]


@mutant("subscription-schema-exists", stack="staging")
def the_topic_loses_its_schema_in_staging(draft: Draft) -> None:
    draft.inputs(TOPIC, "activity")["schemaSettings"] = None


@mutant("subscription-schema-exists", also=AGENTS)
def a_subscription_writes_by_a_schema_that_is_not_there(draft: Draft) -> None:
    dead = draft.find(TOPIC, "jobs-dead-letter").inputs["name"]
    table = {"table": "acme-voice-prod.voicestack_prod_analytics.user_activity", "useTopicSchema": True}
    _subscribe(draft, "dead-into-table", dead, bigqueryConfig=table)
