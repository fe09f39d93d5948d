"""BigQuery subscriptions: Pub/Sub's agent may write into the one table, before it has to."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi_gcp import bigquery

from components.component import Environment
from components.database.table import TableRef
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


def written(env: Environment, *, schema: str | None = AVRO, **changes: Any) -> BigQuerySubscription:
    env = with_agents(env)
    table = bigquery.Table("events", dataset_id=DATASET, table_id="events")
    return BigQuerySubscription(
        "events-archive",
        env=env,
        topic=Topic("events", env=env, schema=schema),
        table=TableRef(project=env.project, dataset=DATASET, table="events", resource=table),
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
    found = plan_of(lambda env: written(env, columns=columns))
    config = named(found, SUBSCRIPTION, "events-archive").inputs["bigqueryConfig"]
    assert config["useTopicSchema"] is (columns is Columns.TOPIC_SCHEMA)
    assert config["useTableSchema"] is (columns is Columns.TABLE_SCHEMA)
    assert config["dropUnknownFields"] is (columns is not Columns.PAYLOAD), "there is nothing to drop"


def test_the_columns_of_a_schema_that_the_topic_lacks_are_refused() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: written(env, schema=None))
    is_refused(error, "events-archive", "events", "TABLE_SCHEMA")


def test_rows_that_do_not_arrive_raise_alerts() -> None:
    found = plan_of(lambda env: written(env, alerts=routing()))
    assert {one.name for one in of_type(found, ALERT)} == {"events-archive-stuck", "events-archive-strain"}
    strain = query_of(named(found, ALERT, "events-archive-strain"))
    for problem in ("backlog", "failing"):
        assert f'"problem", "{problem}"' in strain
