"""Topic: a Pub/Sub topic, its schema, and the dead letters of its subscriptions.

Messages stay in the environment's region. Messages that no subscription could handle go to the topic's own
dead-letter topic, where a subscription keeps them as long as Google allows. It delivers nothing: subscriptions
(push_subscription.py, pull_subscription.py, bigquery_subscription.py) do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import pubsub

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, Grant, variable_name
from components.messaging import limits
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, alert
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error
from components.security.service_agents import Agent

DEAD_LETTERS_KEPT_S = 31 * limits.DAY_S
"""The most that a subscription can keep (https://cloud.google.com/pubsub/docs/subscription-properties)."""


class Topic(Component):
    """A topic. `path` is `projects/<project>/topics/<name>`, known before it exists."""

    family: ClassVar[str] = "messaging"

    topic: pubsub.Topic
    path: pulumi.Output[str]
    schema: pubsub.Schema | None
    record: str | None
    """The schema's Avro record, as it was given."""
    dead_letter_topic: pubsub.Topic | None
    dead_letter_subscription: pubsub.Subscription | None
    ready: tuple[pulumi.Resource, ...]
    """The grants of Google's own publishers: what makes them publish waits for these."""
    forwarding: tuple[pulumi.Resource, ...]
    """What a subscription waits for so that its dead letters arrive."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        schema: str | None = None,
        retention_s: int = 7 * limits.DAY_S,
        dead_letters: bool = True,
        publishers: Sequence[Agent] = (),
        key: EncryptionKey | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`schema`: an Avro record as JSON text; messages are JSON that fits it. `retention_s`: how far back a
        subscription can be replayed, ten minutes to 31 days
        (https://cloud.google.com/pubsub/docs/topic-properties#message_retention). `dead_letters`: off only for a
        topic that nothing here subscribes to. `publishers`: Google services that publish to it by themselves.

        ComponentError for a retention outside Google's limits, a schema that is no Avro record, or no `key` where
        the environment encrypts with its own.
        """
        limits.TOPIC_RETENTION.check("retention_s", retention_s)
        if schema is not None:
            _check_avro(schema)
        self._key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.record = schema
        self.schema = self._schema(schema) if schema is not None else None
        # In transit too, messages keep to the region; Google's own services publish from wherever they run
        # and would be refused (https://cloud.google.com/pubsub/docs/resource-location-restriction).
        self.topic = self._topic(name, retention_s=retention_s, schema=self.schema, in_transit=not publishers)
        self.path = pulumi.Output.concat("projects/", env.project, "/topics/", self.topic.name)
        self.ready = tuple(self._publisher(agent, self.topic, name) for agent in publishers)
        self.dead_letter_topic, self.dead_letter_subscription = None, None
        self.forwarding = ()
        if dead_letters:
            self._keep_dead_letters(alerts)
        self.register_outputs({"path": self.path})

    def _schema(self, definition: str) -> pubsub.Schema:
        return pubsub.Schema(
            self.name,
            name=self.env.naming.name(Kind.PUBSUB, self.name),
            project=self.env.project,
            type="AVRO",
            definition=definition,
            # A topic whose schema is gone accepts nothing any more.
            deletion_policy="PREVENT" if self.env.protect else None,
            opts=self.guarded(depends_on=list(self.env.apis)),
        )

    def _topic(
        self, name: str, *, retention_s: int | None, schema: pubsub.Schema | None, in_transit: bool
    ) -> pubsub.Topic:
        env = self.env
        return pubsub.Topic(
            name,
            name=env.naming.name(Kind.PUBSUB, name),
            project=env.project,
            labels=self.labels(),
            kms_key_name=self._key.id if self._key else None,
            message_retention_duration=f"{retention_s}s" if retention_s else None,
            message_storage_policy=pubsub.TopicMessageStoragePolicyArgs(
                allowed_persistence_regions=[env.region], enforce_in_transit=in_transit
            ),
            schema_settings=(
                pubsub.TopicSchemaSettingsArgs(
                    schema=pulumi.Output.concat("projects/", env.project, "/schemas/", schema.name),
                    encoding="JSON",
                )
                if schema
                else None
            ),
            deletion_policy="PREVENT" if env.protect else None,
            opts=self.guarded(depends_on=[*(self._key.ready if self._key else ()), *env.apis]),
        )

    def _publisher(self, agent: Agent, topic: pubsub.Topic, name: str) -> pubsub.TopicIAMMember:
        return pubsub.TopicIAMMember(
            f"{name}-publisher-{agent.name.lower().replace('_', '-')}",
            project=self.env.project,
            topic=topic.name,
            role="roles/pubsub.publisher",
            member=agent.member(self.env),
            opts=self.child(depends_on=list(agent.made(self.env))),
        )

    def _keep_dead_letters(self, alerts: AlertRouting | None) -> None:
        env, name = self.env, f"{self.name}-dead-letter"
        kept_as = env.naming.name(Kind.PUBSUB, name)
        topic = self._topic(name, retention_s=None, schema=None, in_transit=True)
        subscription = pubsub.Subscription(
            name,
            name=kept_as,
            project=env.project,
            topic=pulumi.Output.concat("projects/", env.project, "/topics/", topic.name),
            labels=self.labels(),
            ack_deadline_seconds=60,
            message_retention_duration=f"{DEAD_LETTERS_KEPT_S}s",
            expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
            deletion_policy="PREVENT" if env.protect else None,
            opts=self.guarded(),
        )
        # Without this right Pub/Sub drops the policy silently and retries for ever
        # (https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions).
        forwards = self._publisher(Agent.PUBSUB, topic, name)
        self.dead_letter_topic, self.dead_letter_subscription = topic, subscription
        # A dead letter that arrives before the subscription exists is lost.
        self.forwarding = (forwards, subscription)
        if alerts is not None:
            alert(
                f"{name}-arrived",
                owner=self,
                routing=alerts,
                title=f"dead letters of {self.name}",
                query=(
                    "sum(pubsub_googleapis_com:subscription_num_undelivered_messages{"
                    f'monitored_resource="pubsub_subscription",subscription_id="{kept_as}"}}) > 0'
                ),
                duration_s=60,
                urgency=Urgency.NOTIFY,
                advice=(
                    f"Messages of **{self.name}** failed on every attempt and wait in `{kept_as}` for "
                    f"{DEAD_LETTERS_KEPT_S // limits.DAY_S} days at most. They keep to {env.region}, so ask that "
                    "region: the global endpoint refuses whoever is elsewhere (FAILED_PRECONDITION). Read one "
                    "without acknowledging it:\n\n"
                    f"    export CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=https://{env.region}-pubsub.googleapis.com/\n"
                    f"    gcloud pubsub subscriptions pull {kept_as} --project={env.project}\n\n"
                    "Its attributes name the subscription it came from. Mend the handler, publish the messages "
                    "again (from the same shell), then acknowledge them here."
                ),
            )

    def publish(self) -> Access:
        """Publishing to this topic: `roles/pubsub.publisher` on it; `TOPIC_<NAME>` is its path."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return pubsub.TopicIAMMember(
                name,
                project=self.env.project,
                topic=self.topic.name,
                role="roles/pubsub.publisher",
                member=identity.member,
                opts=opts,
            )

        return Access(
            verb="publish",
            target=self,
            grants=(Grant(key=f"{self.name}-publish", role="roles/pubsub.publisher", make=make),),
            variables={variable_name("topic", self.name): self.path},
        )

    def read_dead_letters(self) -> Access:
        """Reading and acknowledging the dead letters; `SUBSCRIPTION_<NAME>_DEAD_LETTER` is their subscription.

        ComponentError where the topic keeps none.
        """
        kept = self.dead_letter_subscription
        if kept is None:
            raise ComponentError(
                f"'{self.name}' keeps no dead letters",
                why="it was made with dead_letters=False",
                fix="leave dead_letters out",
            )

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return pubsub.SubscriptionIAMMember(
                name,
                project=self.env.project,
                subscription=kept.name,
                role="roles/pubsub.subscriber",
                member=identity.member,
                opts=opts,
            )

        path = pulumi.Output.concat("projects/", self.env.project, "/subscriptions/", kept.name)
        return Access(
            verb="read_dead_letters",
            target=self,
            grants=(Grant(key=f"{self.name}-dead-letters", role="roles/pubsub.subscriber", make=make),),
            variables={variable_name("subscription", self.name, "dead-letter"): path},
        )


def _check_avro(schema: str) -> None:
    """ComponentError unless `schema` is the JSON text of an Avro record with a name and fields
    (https://cloud.google.com/pubsub/docs/schemas)."""
    try:
        record = json.loads(schema)
    except ValueError as error:
        raise ComponentError(
            f"schema is not JSON: {error}",
            why="Pub/Sub takes an Avro schema as JSON text",
            fix="pass the content of the .avsc file",
        ) from None
    if not isinstance(record, dict) or record.get("type") != "record":
        raise ComponentError(
            "schema is not an Avro record",
            why="Pub/Sub takes one record as a topic's schema",
            fix='write {"type": "record", "name": …, "fields": […]}',
        )
    if not record.get("name") or not record.get("fields"):
        raise ComponentError(
            "schema has no name or no fields",
            why="an Avro record needs both",
            fix='write {"type": "record", "name": …, "fields": […]}',
        )
