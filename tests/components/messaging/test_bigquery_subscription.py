"""BigQuery subscriptions: Pub/Sub's agent may write into the one table, before it has to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_gcp import bigquery

from components.component import Environment
from components.database.table import PUBSUB_METADATA, Column, TableRef, Type
from components.errors import ComponentError
from components.messaging.bigquery_subscription import BigQuerySubscription, Columns
from components.messaging.topic import Topic
from tests.components.harness import PROJECT, of_type, only, plan_of
from tests.components.messaging.parts import (
    AGENT,
    ALERT,
    AVRO,
    PUBSUB_AGENT,
    SUBSCRIPTION,
    TOPIC_GRANT,
    is_refused,
    named,
    query_of,
    routing,
    waits_for,
    with_agents,
)

DATASET = "voicestack_prod_analytics"
TABLE_GRANT = "gcp:bigquery/iamMember:IamMember"
COLUMNS = (Column("id", Type.STRING, required=True), Column("data", Type.JSON), *PUBSUB_METADATA)
UTC_TIME = {"type": "long", "logicalType": "timestamp-micros"}


def avro(**fields: object) -> str:
    """A record with these fields and their types."""
    return json.dumps(
        {
            "type": "record",
            "name": "Event",
            "fields": [{"name": key, "type": kind} for key, kind in fields.items()],
        }
    )


def written(
    env: Environment, *, schema: str | None = AVRO, table_columns: tuple[Column, ...] = COLUMNS, **changes: Any
) -> BigQuerySubscription:
    env = with_agents(env)
    table = bigquery.Table("events", dataset_id=DATASET, table_id="events")
    return BigQuerySubscription(
        "events-archive",
        env=env,
        topic=Topic("events", env=env, schema=schema),
        table=TableRef(
            project=env.project, dataset=DATASET, table="events", columns=table_columns, resource=table
        ),
        **changes,
    )


def test_pubsubs_agent_may_write_into_the_one_table_only() -> None:
    grant = only(plan_of(written), TABLE_GRANT)
    assert grant.inputs == {
        "project": PROJECT,
        "datasetId": DATASET,
        "tableId": "events",
        "role": "roles/bigquery.dataEditor",
        "member": PUBSUB_AGENT,
    }


def test_table_agent_and_grants_are_there_before_the_subscription() -> None:
    found = plan_of(written)
    subscription, grant = named(found, SUBSCRIPTION, "events-archive"), only(found, TABLE_GRANT)
    assert waits_for(found, subscription, grant), "Google checks the right when it makes the subscription"
    assert waits_for(found, subscription, only(found, TOPIC_GRANT)), "dead letters would be lost"
    assert waits_for(found, grant, named(found, AGENT, "pubsub"))
    assert waits_for(found, grant, named(found, "gcp:bigquery/table:Table", "events")), "the table is granted on"


def test_rows_have_the_topics_columns_and_the_messages_metadata() -> None:
    config = named(plan_of(written), SUBSCRIPTION, "events-archive").inputs["bigqueryConfig"]
    assert config == {
        "table": f"{PROJECT}.{DATASET}.events",
        "useTopicSchema": True,
        "useTableSchema": False,
        "writeMetadata": True,
        "dropUnknownFields": True,
    }


@pytest.mark.parametrize("columns", list(Columns))
def test_google_is_asked_for_at_most_one_schema(columns: Columns) -> None:
    optional = (Column("id", Type.STRING), *COLUMNS[1:])
    found = plan_of(lambda env: written(env, columns=columns, table_columns=optional))
    config = named(found, SUBSCRIPTION, "events-archive").inputs["bigqueryConfig"]
    assert config["useTopicSchema"] is (columns is Columns.TOPIC_SCHEMA)
    assert config["useTableSchema"] is (columns is Columns.TABLE_SCHEMA)
    assert config["dropUnknownFields"] is (columns is not Columns.PAYLOAD), "there is nothing to drop"


def test_the_columns_of_a_schema_that_the_topic_lacks_are_refused() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: written(env, schema=None))
    is_refused(error, "events-archive", "events", "TABLE_SCHEMA")


def accepted(**changes: Any) -> None:
    """Such a subscription is planned."""
    assert named(plan_of(lambda env: written(env, **changes)), SUBSCRIPTION, "events-archive")


def refused(*words: str, **changes: Any) -> None:
    """Such a subscription is refused before anything is registered, in words that name these."""
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: written(env, **changes))
    is_refused(error, "events-archive", *words)


@pytest.mark.parametrize("lost", [column.name for column in PUBSUB_METADATA])
@pytest.mark.parametrize("columns", list(Columns))
def test_metadata_is_written_into_columns_that_the_table_has(columns: Columns, lost: str) -> None:
    others = tuple(column for column in COLUMNS if column.name != lost)
    others = (Column("id", Type.STRING), *others[1:])
    refused(f"'{lost}'", "PUBSUB_METADATA", table_columns=others, columns=columns)
    accepted(table_columns=others, columns=columns, metadata=False)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("subscription_name", {Type.STRING}),
        ("message_id", {Type.STRING}),
        ("publish_time", {Type.TIMESTAMP}),
        ("attributes", {Type.STRING, Type.JSON}),
    ],
)
def test_metadata_columns_have_the_types_that_pubsub_writes(name: str, fits: set[Type]) -> None:
    others = tuple(column for column in COLUMNS if column.name != name)
    for type_ in Type:
        columns = (*others, Column(name, type_))
        if type_ in fits:
            accepted(table_columns=columns)
        else:
            refused(f"'{name}'", type_.value, table_columns=columns)


def test_a_field_without_a_column_is_dropped_or_refused_but_never_lost_unsaid() -> None:
    schema = avro(id="string", later="string")
    accepted(schema=schema)
    refused("'later'", schema=schema, drop_unknown=False)


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("boolean", {Type.BOOLEAN}),
        ("int", {Type.INTEGER, Type.NUMERIC}),
        ("long", {Type.INTEGER, Type.NUMERIC}),
        ("double", {Type.FLOAT, Type.NUMERIC}),
        ("bytes", {Type.BYTES, Type.NUMERIC}),
        ("string", {Type.STRING, Type.JSON, Type.TIMESTAMP, Type.DATE, Type.NUMERIC}),
        (["null", "string"], {Type.STRING, Type.JSON, Type.TIMESTAMP, Type.DATE, Type.NUMERIC}),
        (UTC_TIME, {Type.TIMESTAMP}),
        (["null", UTC_TIME], {Type.TIMESTAMP}),
        ({"type": "int", "logicalType": "date"}, {Type.DATE}),
        ({"type": "bytes", "logicalType": "decimal"}, {Type.NUMERIC}),
        (
            {"type": "string", "logicalType": "uuid"},
            {Type.STRING, Type.JSON, Type.TIMESTAMP, Type.DATE, Type.NUMERIC},
        ),
        ({"type": "enum", "name": "Kind", "symbols": ["A"]}, {Type.INTEGER}),
        ({"type": "long", "logicalType": "time-micros"}, set()),
        ({"type": "array", "items": "string"}, set()),
        (["string", "long"], set()),
        (["null", "string", "long"], set()),
        ("Elsewhere", set()),
    ],
)
def test_a_field_goes_into_a_column_of_a_type_that_takes_it(kind: object, fits: set[Type]) -> None:
    for type_ in Type:
        changes: dict[str, Any] = {
            "schema": avro(id=kind),
            "table_columns": (Column("id", type_), *PUBSUB_METADATA),
        }
        if type_ in fits:
            accepted(**changes)
        else:
            refused("'id'", **changes)


def test_every_message_fills_every_required_column() -> None:
    refused("'id'", schema=avro(id=["null", "string"]))
    refused("'id'", schema=avro(other="string"))
    refused("'id'", columns=Columns.PAYLOAD)
    accepted(schema=avro(other="string"), columns=Columns.TABLE_SCHEMA)


def test_a_payload_goes_into_the_column_data() -> None:
    for type_ in Type:
        changes: dict[str, Any] = {
            "table_columns": (Column("data", type_), *PUBSUB_METADATA),
            "columns": Columns.PAYLOAD,
        }
        if type_ in (Type.STRING, Type.BYTES, Type.JSON):
            accepted(**changes)
        else:
            refused("'data'", **changes)
    refused("'data'", table_columns=PUBSUB_METADATA, columns=Columns.PAYLOAD)


def test_rows_that_do_not_arrive_raise_alerts() -> None:
    found = plan_of(lambda env: written(env, alerts=routing()))
    assert {one.name for one in of_type(found, ALERT)} == {"events-archive-stuck", "events-archive-strain"}
    strain = query_of(named(found, ALERT, "events-archive-strain"))
    for problem in ("backlog", "failing"):
        assert f'"problem", "{problem}"' in strain
