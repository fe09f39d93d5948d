"""BigQuerySubscription: Pub/Sub writes each message into a table by itself, with no code of ours between.

It makes no table: the warehouse does, with the columns that `columns` asks for. A message that does not fit the
table becomes a dead letter.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import pubsub

from components.component import Component, Environment
from components.database.table import TableRef
from components.errors import ComponentError
from components.messaging import limits
from components.messaging.delivery import STANDARD, Delivery
from components.messaging.rows import METADATA, PAYLOAD, fields_of, require_fit
from components.messaging.subscription import require_dead_letters, subscribe, watch
from components.messaging.topic import Topic
from components.observability.alert import AlertRouting
from components.security.service_agents import Agent


class Columns(Enum):
    """How a message becomes a row (https://cloud.google.com/pubsub/docs/bigquery#schema_compatibility)."""

    TOPIC_SCHEMA = "topic"
    """The topic's schema names the columns."""
    TABLE_SCHEMA = "table"
    """The table's columns are looked up in the message, which is JSON."""
    PAYLOAD = "payload"
    """One column `data` takes the whole message."""


class BigQuerySubscription(Component):
    """A subscription of `topic` that writes into `table`.

    No other subscription may write into the same table: they would share one grant, and removing either would
    take it from both.
    """

    family: ClassVar[str] = "messaging"

    subscription: pubsub.Subscription

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        topic: Topic,
        table: TableRef,
        columns: Columns = Columns.TOPIC_SCHEMA,
        metadata: bool = True,
        drop_unknown: bool = True,
        delivery: Delivery = STANDARD,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`metadata`: also the columns subscription_name, message_id, publish_time and attributes, which the table
        must have (https://cloud.google.com/pubsub/docs/bigquery#write_metadata). `drop_unknown`: fields that the
        table lacks are left out, so that publishers may be deployed before the table is changed.

        ComponentError if `columns` asks for a schema that the topic does not have, and for a table whose columns
        do not take what would be written: Pub/Sub would refuse the subscription, or each message.
        """
        if columns is Columns.TOPIC_SCHEMA and topic.schema is None:
            raise ComponentError(
                f"'{name}' writes the columns of the schema of '{topic.name}', which has none",
                why="Pub/Sub would refuse the subscription",
                fix=f"give the topic '{topic.name}' a schema, or choose Columns.TABLE_SCHEMA",
            )
        written = dict(METADATA) if metadata else {}
        if columns is Columns.TOPIC_SCHEMA and topic.record is not None:
            there = {column.name for column in table.columns}
            fields = fields_of(topic.name, topic.record)
            written |= {field: one for field, one in fields.items() if field in there or not drop_unknown}
        elif columns is Columns.PAYLOAD:
            written["data"] = PAYLOAD
        # With the table's own schema, only the messages tell whether a required column has its value.
        require_fit(name, table=table, written=written, complete=columns is not Columns.TABLE_SCHEMA)
        dead_letters = require_dead_letters(name, topic)
        super().__init__(name, env=env, opts=opts)
        # On the one table; the role holds all that Google's page asks for, metadata included
        # (https://cloud.google.com/pubsub/docs/create-bigquery-subscription#assign_roles_bigquery).
        writes = table.allow(
            f"{name}-write",
            role="roles/bigquery.dataEditor",
            member=Agent.PUBSUB.member(env),
            opts=self.child(depends_on=list(Agent.PUBSUB.made(env))),
        )
        # Pub/Sub itself is the consumer here and has no handler to wait for: the shortest deadline.
        ack_deadline_s = int(limits.ACK_DEADLINE.least)
        self.subscription = subscribe(
            self,
            topic,
            dead_letters=dead_letters,
            delivery=delivery,
            ack_deadline_s=ack_deadline_s,
            waits_for=[writes],
            bigquery_config=pubsub.SubscriptionBigqueryConfigArgs(
                table=table.path,
                use_topic_schema=columns is Columns.TOPIC_SCHEMA,
                use_table_schema=columns is Columns.TABLE_SCHEMA,
                write_metadata=metadata,
                drop_unknown_fields=drop_unknown and columns is not Columns.PAYLOAD,
            ),
        )
        if alerts is not None:
            watch(self, alerts, delivery=delivery, ack_deadline_s=ack_deadline_s, pushed=True)
        self.register_outputs({"name": self.subscription.name})
