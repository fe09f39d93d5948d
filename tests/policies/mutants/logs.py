"""Edits after which the trail of logs has gaps, or ends."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

SINK = "logging/projectSink:ProjectSink"
BUCKET = "logging/projectBucketConfig:ProjectBucketConfig"


@mutant("log-sink-keeps-everything")
def the_archive_keeps_errors_only(draft: Draft) -> None:
    draft.inputs(SINK, "archive")["filter"] = "severity>=ERROR"


@mutant("log-sink-keeps-everything", stack="staging")
def the_archive_leaves_audit_logs_out(draft: Draft) -> None:
    draft.inputs(SINK, "archive")["exclusions"].append(
        {"name": "audit", "filter": 'log_id("cloudaudit.googleapis.com/data_access")'}
    )


@mutant("log-sink-keeps-everything")
def the_archive_leaves_out_whatever_is_no_error(draft: Draft) -> None:
    draft.inputs(SINK, "archive")["exclusions"][0]["filter"] = "severity<ERROR"


@mutant("log-sink-keeps-everything")
def the_archive_is_switched_off(draft: Draft) -> None:
    draft.inputs(SINK, "archive")["disabled"] = True


@mutant("log-bucket-keeps-long-enough")
def logs_are_kept_for_a_day(draft: Draft) -> None:
    draft.inputs(BUCKET, "archive")["retentionDays"] = 1


@mutant("log-bucket-keeps-long-enough")
def what_services_log_is_kept_for_a_week(draft: Draft) -> None:
    draft.inputs(BUCKET, "project-logs")["retentionDays"] = 7


@mutant("log-sink-own-writer")
def the_sink_writes_as_everybodys_account(draft: Draft) -> None:
    draft.inputs(SINK, "archive-warehouse")["uniqueWriterIdentity"] = False


@mutant("log-sink-own-writer", stack="staging")
def the_archive_writes_as_everybodys_account(draft: Draft) -> None:
    draft.inputs(SINK, "archive")["uniqueWriterIdentity"] = False


@mutant("log-sink-may-write")
def the_sink_loses_its_grant(draft: Draft) -> None:
    draft.drop("bigquery/datasetIamMember:DatasetIamMember", "archive-warehouse-writer")


@mutant("log-sink-may-write", stack="staging")
def the_sink_may_only_read(draft: Draft) -> None:
    draft.inputs("bigquery/datasetIamMember:DatasetIamMember", "archive-warehouse-writer")["role"] = (
        "roles/bigquery.dataViewer"
    )


@mutant("log-sink-may-write")
def the_grant_is_on_another_dataset(draft: Draft) -> None:
    grant = draft.find("bigquery/datasetIamMember:DatasetIamMember", "archive-warehouse-writer")
    grant.inputs["datasetId"] = "voicestack_prod_analytics"
    grant.propertyDependencies["datasetId"] = [draft.find("bigquery/dataset:Dataset", "analytics").urn]


def _bucket(draft: Draft, **more: Any) -> None:
    draft.add(
        BUCKET, "another", {"bucketId": "another", "location": "global", "project": "acme-voice-prod", **more}
    )


@mutant("log-bucket-keeps-long-enough")
def another_bucket_keeps_a_fortnight(draft: Draft) -> None:
    _bucket(draft, retentionDays=14)
