"""The log archive: everything kept, locked by choice, and one dataset that its sink alone may fill."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.component import Environment
from components.errors import ComponentError
from components.observability.log_archive import Lock, LogArchive
from components.security.keys import EncryptionKey
from tests.components.harness import Registered, of_type, only, plan_of

BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
SINK = "gcp:logging/projectSink:ProjectSink"


def _plan(*, lock: Lock = Lock.LOCKED, retention_days: int = 400, **changes: Any) -> list[Registered]:
    return plan_of(lambda env: LogArchive("logs", env=env, retention_days=retention_days, lock=lock, **changes))


def _sinks(plan: list[Registered]) -> dict[str, Registered]:
    return {one.name: one for one in of_type(plan, SINK)}


def test_the_bucket_is_kept_where_data_is_protected_and_locked_by_choice() -> None:
    bucket = only(_plan(), BUCKET)
    assert bucket.protect is True
    assert bucket.inputs["locked"] is True
    assert bucket.inputs["retentionDays"] == 400
    assert bucket.inputs["location"] == "europe-west1"
    assert only(_plan(lock=Lock.OPEN), BUCKET).inputs["locked"] is False


def test_the_bucket_receives_every_entry_but_healthy_probes() -> None:
    sink = _sinks(_plan())["logs"].inputs
    assert "filter" not in sink, "a filter would leave entries out (CIS 2.2)"
    (exclusion,) = sink["exclusions"]
    assert "httpRequest.status<400" in exclusion["filter"], "a failed probe is worth keeping"
    assert sink["destination"] == (
        "logging.googleapis.com/projects/acme-voice-prod/locations/europe-west1/buckets/voicestack-prod-logs"
    )


def test_without_a_dataset_nothing_is_granted() -> None:
    plan = _plan()
    assert set(_sinks(plan)) == {"logs"}
    assert not of_type(plan, "gcp:bigquery/datasetIamMember:DatasetIamMember")


def test_the_sink_may_write_into_its_dataset_only() -> None:
    plan = _plan(dataset_id="logs_archive")
    sink = _sinks(plan)["logs-warehouse"]
    assert sink.inputs["uniqueWriterIdentity"] is True
    assert sink.inputs["destination"].endswith("/datasets/logs_archive")
    grant = only(plan, "gcp:bigquery/datasetIamMember:DatasetIamMember")
    assert grant.inputs["role"] == "roles/bigquery.dataEditor"
    assert grant.inputs["datasetId"] == "logs_archive"
    assert grant.property_dependencies["member"] == {sink.urn}, "the member is the sink's own writer"


def test_a_key_of_ones_own_is_usable_before_the_bucket_is_made() -> None:
    def program(env: Environment) -> None:
        ready = pulumi.ComponentResource("test:Grant", "grant")
        key = EncryptionKey(id=pulumi.Output.from_input("projects/p/k"), ready=[ready])
        LogArchive("logs", env=env, retention_days=30, lock=Lock.OPEN, key=key)

    bucket = only(plan_of(program), BUCKET)
    assert bucket.inputs["cmekSettings"] == {"kmsKeyName": "projects/p/k"}


@pytest.mark.parametrize("retention_days", [29, 3651])
def test_a_retention_out_of_range_is_refused(retention_days: int) -> None:
    with pytest.raises(ComponentError, match="keeps logs for"):
        _plan(retention_days=retention_days)
