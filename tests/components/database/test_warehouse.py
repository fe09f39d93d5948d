"""The warehouse: typed, partitioned tables; grants on single tables; views for those who may see no table."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from components.component import Environment
from components.database.scheduled_queries import ScheduledQueries, ScheduledQuery
from components.database.table import Column, Table, Type
from components.database.table_snapshots import TableSnapshots
from components.database.warehouse import Warehouse
from components.errors import ComponentError, LinkError
from tests.components.database.surroundings import encryption_key, routing, use
from tests.components.harness import PROJECT, of_type, only, plan_of

DATASET = "gcp:bigquery/dataset:Dataset"
TABLE = "gcp:bigquery/table:Table"
TABLE_MEMBER = "gcp:bigquery/iamMember:IamMember"
DATASET_MEMBER = "gcp:bigquery/datasetIamMember:DatasetIamMember"
PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember"
CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
TRANSFER = "gcp:bigquery/dataTransferConfig:DataTransferConfig"
RUNS = Table(
    columns=(
        Column("started_at", Type.TIMESTAMP, "When it began.", required=True),
        Column("user_id", Type.STRING),
        Column("duration_ms", Type.INTEGER),
    ),
    partition_by="started_at",
    cluster_by=("user_id",),
    description="One row a run.",
    keep_days=400,
)


def warehouse(env: Environment, **changes: Any) -> Warehouse:
    given: dict[str, Any] = {"tables": {"test_runs": RUNS, "daily_runs": RUNS}}
    return Warehouse("analytics", env=env, **(given | changes))


@pytest.mark.parametrize("protect", [True, False])
def test_tables_are_partitioned_clustered_and_protected_by_intent(protect: bool) -> None:
    found = plan_of(warehouse, protect=protect)
    assert only(found, DATASET).inputs["deleteContentsOnDestroy"] is not protect
    for table in of_type(found, TABLE):
        assert table.inputs["timePartitioning"] == {
            "type": "DAY",
            "field": "started_at",
            "expirationMs": 400 * 86_400_000,
        }
        assert table.inputs["requirePartitionFilter"] is True
        assert table.inputs["clusterings"] == ["user_id"]
        assert table.inputs["deletionProtection"] is protect
        assert table.protect is protect


def test_the_schema_is_the_typed_columns() -> None:
    assert json.loads(RUNS.schema)[0] == {
        "name": "started_at",
        "type": "TIMESTAMP",
        "mode": "REQUIRED",
        "description": "When it began.",
    }


def test_the_dataset_lists_no_accesses_of_its_own() -> None:
    assert "accesses" not in only(plan_of(warehouse), DATASET).inputs, "the list would undo the members' grants"


def test_a_writer_may_touch_its_one_table_and_runs_no_queries() -> None:
    found = plan_of(lambda env: use(env, "worker", warehouse(env).append("test_runs")))
    member = only(found, TABLE_MEMBER)
    assert (member.inputs["tableId"], member.inputs["role"]) == ("test_runs", "roles/bigquery.dataEditor")
    assert not of_type(found, PROJECT_MEMBER)


def test_a_reader_may_query_what_it_names_or_all() -> None:
    one = plan_of(lambda env: use(env, "api", warehouse(env).read("test_runs")))
    every = plan_of(lambda env: use(env, "api", warehouse(env).read()))
    assert [member.inputs["tableId"] for member in of_type(one, TABLE_MEMBER)] == ["test_runs"]
    assert {member.inputs["tableId"] for member in of_type(every, TABLE_MEMBER)} == {"test_runs", "daily_runs"}
    assert only(one, PROJECT_MEMBER).inputs["role"] == "roles/bigquery.jobUser"


def test_a_use_names_a_table_that_exists() -> None:
    with pytest.raises(LinkError, match="no table 'runs'"):
        plan_of(lambda env: use(env, "api", warehouse(env).read("runs")))


def test_readers_of_views_cannot_reach_the_tables() -> None:
    views = {
        "runs_a_day": "SELECT DATE(started_at) AS day, COUNT(*) AS runs FROM `{dataset}.test_runs` GROUP BY day"
    }
    variables: dict[str, Any] = {}

    def program(env: Environment) -> None:
        variables.update(use(env, "report", warehouse(env, views=views).read_views()))

    found = plan_of(program)
    member = only(found, DATASET_MEMBER)
    assert member.inputs["datasetId"] == "voicestack_prod_analytics_views" == variables["BIGQUERY_VIEWS"]
    assert not of_type(found, TABLE_MEMBER)
    authorised = only(found, "gcp:bigquery/datasetAccess:DatasetAccess").inputs
    assert authorised["datasetId"] == "voicestack_prod_analytics"
    assert authorised["authorizedDataset"]["dataset"]["datasetId"] == "voicestack_prod_analytics_views"
    view = next(one for one in of_type(found, TABLE) if "view" in one.inputs).inputs["view"]
    assert "`acme-voice-prod.voicestack_prod_analytics.test_runs`" in view["query"]
    assert view["useLegacySql"] is False


def test_a_sink_gets_a_dataset_whose_views_it_cannot_break() -> None:
    with pytest.raises(LinkError, match="which has views"):
        plan_of(lambda env: warehouse(env, views={"all": "SELECT 1"}).sink_dataset())
    with pytest.raises(LinkError, match="no views"):
        plan_of(lambda env: warehouse(env).read_views())


def test_rows_that_a_sink_wrote_go_by_their_own_age_and_never_with_the_whole_table() -> None:
    dataset = only(plan_of(lambda env: warehouse(env, tables={}, partition_days=30)), DATASET).inputs
    assert dataset["defaultPartitionExpirationMs"] == 30 * 86_400_000
    assert "defaultTableExpirationMs" not in dataset, "it takes the table, yesterday's rows with it"


@pytest.mark.parametrize("changes", [{"partition_days": 30}, {"partition_days": 0, "tables": {}}])
def test_partitions_of_own_tables_go_by_what_each_table_says(changes: dict[str, Any]) -> None:
    with pytest.raises(ComponentError, match="partition"):
        plan_of(lambda env: warehouse(env, **changes))


def test_whoever_writes_into_a_table_knows_its_columns() -> None:
    known: list[tuple[Column, ...]] = []
    plan_of(lambda env: known.append(warehouse(env).tables["test_runs"].columns))
    assert known == [RUNS.columns]


def test_everything_is_encrypted_by_the_projects_key() -> None:
    found = plan_of(lambda env: warehouse(env, key=encryption_key(env)), cmek=True)
    assert only(found, DATASET).inputs["defaultEncryptionConfiguration"] == {"kmsKeyName": "data-id"}
    assert all(one.inputs["encryptionConfiguration"] == {"kmsKeyName": "data-id"} for one in of_type(found, TABLE))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"partition_by": "user_id"}, "partitioned by 'user_id'"),
        ({"partition_by": "lost"}, "partitioned by 'lost'"),
        ({"cluster_by": ("lost",)}, "clustered by lost"),
        ({"columns": (*RUNS.columns, Column("a-b", Type.STRING))}, "called 'a-b'"),
    ],
)
def test_a_table_whose_columns_do_not_fit_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        dataclasses.replace(RUNS, **changes)


DAILY = ScheduledQuery(
    name="daily",
    sql="""
MERGE `{dataset}.daily_runs` AS kept
USING (SELECT suite FROM `{dataset}.test_runs` WHERE started_at < @run_time) AS run
ON kept.suite = run.suite
WHEN NOT MATCHED THEN INSERT (suite) VALUES (run.suite)
""",
    schedule="every day 03:00",
    reads=("test_runs",),
    writes=("daily_runs",),
)


def test_scheduled_queries_run_as_an_identity_that_touches_only_what_they_name() -> None:
    found = plan_of(
        lambda env: ScheduledQueries(
            "rollups", env=env, warehouse=warehouse(env), queries=[DAILY], alerts=routing()
        )
    )
    rights = {(one.inputs["tableId"], one.inputs["role"]) for one in of_type(found, TABLE_MEMBER)}
    assert rights == {("test_runs", "roles/bigquery.dataViewer"), ("daily_runs", "roles/bigquery.dataEditor")}
    transfer = only(found, TRANSFER)
    assert transfer.inputs["serviceAccountName"] == "voicestack-rollups@acme-voice-prod.iam.gserviceaccount.com"
    assert "`acme-voice-prod.voicestack_prod_analytics.daily_runs`" in transfer.inputs["params"]["query"]
    grants = {one.urn for one in found if one.type in (TABLE_MEMBER, PROJECT_MEMBER)}
    assert grants <= transfer.dependencies, "the first run would fail without its grants"


def test_googles_transfer_agent_makes_tokens_for_that_one_identity() -> None:
    found = plan_of(lambda env: ScheduledQueries("rollups", env=env, warehouse=warehouse(env), queries=[DAILY]))
    member = only(found, "gcp:serviceaccount/iAMMember:IAMMember").inputs
    assert member["role"] == "roles/iam.serviceAccountTokenCreator"
    assert member["serviceAccountId"].endswith("/voicestack-rollups@acme-voice-prod.iam.gserviceaccount.com")
    assert member["member"].endswith("@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO `{dataset}.t` SELECT 1",
        " -- sums\n insert `{dataset}.t` SELECT 1",
        "DECLARE a INT64;\nINSERT t",
    ],
)
def test_a_query_that_would_write_twice_what_runs_twice_is_refused(sql: str) -> None:
    with pytest.raises(ComponentError, match="MERGE"):
        dataclasses.replace(DAILY, sql=sql)


def test_two_queries_of_one_name_are_refused() -> None:
    with pytest.raises(ComponentError, match="daily, daily"):
        plan_of(lambda env: ScheduledQueries("rollups", env=env, warehouse=warehouse(env), queries=[DAILY, DAILY]))


def test_tables_are_copied_every_six_hours_by_who_cannot_change_them() -> None:
    found = plan_of(lambda env: TableSnapshots("snapshots", env=env, warehouse=warehouse(env)))
    transfer = only(found, TRANSFER).inputs
    assert transfer["schedule"] == "every 6 hours"
    for table in ("test_runs", "daily_runs"):
        assert f"CLONE `acme-voice-prod.voicestack_prod_analytics.{table}`" in transfer["params"]["query"]
    assert {one.inputs["role"] for one in of_type(found, TABLE_MEMBER)} == {"roles/bigquery.dataViewer"}
    assert only(found, DATASET_MEMBER).inputs["datasetId"] == "voicestack_prod_snapshots"


def test_a_snapshot_that_ends_may_be_made_and_its_dataset_not_given_away() -> None:
    found = plan_of(lambda env: TableSnapshots("snapshots", env=env, warehouse=warehouse(env), keep_days=9))
    transfer, role, member = only(found, TRANSFER), only(found, CUSTOM_ROLE), only(found, DATASET_MEMBER)
    assert transfer.inputs["params"]["query"].count("INTERVAL 9 DAY") == 2, "each copy has an end"
    assert role.inputs["roleId"] == "voicestack_prod_snapshots_maker"
    assert set(role.inputs["permissions"]) == {
        "bigquery.datasets.get",
        "bigquery.tables.create",
        "bigquery.tables.deleteSnapshot",
        "bigquery.tables.get",
        "bigquery.tables.updateData",
    }, "Google asks deleteSnapshot of whoever gives a snapshot an end; nothing here changes or deletes a table"
    assert member.inputs["role"] == f"projects/{PROJECT}/roles/voicestack_prod_snapshots_maker"
    assert role.urn in member.dependencies, "the dataset's grant names the role"
    assert member.urn in transfer.dependencies, "the first run would fail without its grant"


def test_snapshots_divide_the_day() -> None:
    with pytest.raises(ComponentError, match="every 5 hours"):
        plan_of(lambda env: TableSnapshots("snapshots", env=env, warehouse=warehouse(env), every_hours=5))
