"""Log sinks and log buckets: what they keep, for how long, as whom they write."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import bigquery, logging, projects, pubsub, serviceaccount, storage

from policies.data_protection.logs.everything import keeps_everything
from policies.data_protection.logs.retention import keeps_long_enough
from policies.data_protection.logs.writer import may_write, own_writer
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

ARCHIVE = "logging.googleapis.com/projects/acme/locations/europe-west1/buckets/archive"
PROBES = (
    'resource.type="cloud_run_revision" AND httpRequest.requestUrl=~"/(health|ready)$" AND httpRequest.status<400'
)


def _sink(name: str, *, destination: Any = ARCHIVE, **more: Any) -> logging.ProjectSink:
    return logging.ProjectSink(name, name=name, project="acme", destination=destination, **more)


def _leaving_out(filter_: Any, **more: Any) -> list[logging.ProjectSinkExclusionArgs]:
    return [logging.ProjectSinkExclusionArgs(name="some", filter=filter_, **more)]


@judged(keeps_everything, {"good-whole": PASSED, "narrow": PASSED, "stack": PASSED})
def good_one_of_two() -> None:
    _sink("narrow", filter="severity>=ERROR")
    _sink("good-whole")


@judged(keeps_everything, {"good-probes-left-out": PASSED, "stack": PASSED})
def good_without_probes() -> None:
    _sink("good-probes-left-out", exclusions=_leaving_out(PROBES))


@judged(keeps_everything, {"stack": PASSED})
def good_exclusion_switched_off() -> None:
    _sink("archive", exclusions=_leaving_out('logName:"cloudaudit.googleapis.com"', disabled=True))


@judged(keeps_everything, {"stack": PASSED})
def good_of_the_organisation() -> None:
    logging.OrganizationSink(
        "everything", name="everything", org_id="1", destination=ARCHIVE, include_children=True
    )


@judged(keeps_everything, {"stack": VIOLATED})
def bad_only_filtered() -> None:
    _sink("errors", filter="severity>=ERROR")
    _sink("disabled", disabled=True)


@judged(keeps_everything, {"stack": VIOLATED})
def bad_audit_left_out() -> None:
    _sink("archive", exclusions=_leaving_out('logName:"cloudaudit.googleapis.com"'))


@judged(keeps_everything, {"stack": VIOLATED})
def bad_reads_left_out() -> None:
    _sink("archive", exclusions=_leaving_out("severity<NOTICE"))


@judged(keeps_everything, {"stack": VIOLATED})
def absent_sink() -> None:
    pubsub.Topic("another", name="another")


@judged(keeps_everything, {"unknown-filter": NOT_EVALUATED})
def unknown_filters() -> None:
    _sink("unknown-filter", filter=unknown())
    _sink("narrow", filter="severity>=ERROR")


@judged(
    keeps_everything, {"unknown-exclusion": NOT_EVALUATED, "bad-exclusion-that-is-not-understood": NOT_EVALUATED}
)
def unknown_exclusions() -> None:
    _sink("unknown-exclusion", exclusions=_leaving_out(unknown()))
    _sink("bad-exclusion-that-is-not-understood", exclusions=_leaving_out("sample(insertId, 0.9)"))


@judged(keeps_everything, {"secret-filter": NOT_EVALUATED})
def secret_filters() -> None:
    _sink("secret-filter", filter=pulumi.Output.secret("severity>=ERROR"))


@judged(
    keeps_long_enough,
    {
        "good-year": PASSED,
        "bad-week": VIOLATED,
        "absent-days": PASSED,
        "good-zero-is-thirty": PASSED,
        "unknown-days": NOT_EVALUATED,
        "secret-days": NOT_EVALUATED,
    },
)
def buckets() -> None:
    def bucket(name: str, days: Any) -> None:
        logging.ProjectBucketConfig(name, project="acme", location="global", bucket_id=name, retention_days=days)

    bucket("good-year", 365)
    bucket("bad-week", 7)
    bucket("absent-days", None)
    bucket("good-zero-is-thirty", 0)
    bucket("unknown-days", unknown().apply(len))
    bucket("secret-days", pulumi.Output.secret(365))


@judged(
    own_writer,
    {
        "good-unique": PASSED,
        "bad-shared": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def writers() -> None:
    _sink("good-unique", unique_writer_identity=True)
    _sink("bad-shared", unique_writer_identity=False)
    _sink("absent-flag")
    _sink("unknown-flag", unique_writer_identity=unknown().apply(bool))
    _sink("secret-flag", unique_writer_identity=pulumi.Output.secret(True))


@judged(
    may_write,
    {
        "good-own-project": PASSED,
        "good-dataset": PASSED,
        "good-bucket": PASSED,
        "good-own-account": PASSED,
        "good-disabled": PASSED,
        "bad-topic-without-a-grant": VIOLATED,
        "bad-may-only-read": VIOLATED,
        "bad-other-project": VIOLATED,
        "absent-grant-of-its-own-account": VIOLATED,
        "unknown-destination": NOT_EVALUATED,
        "unknown-dataset-elsewhere": NOT_EVALUATED,
        "secret-destination": NOT_EVALUATED,
        "bad-kind": NOT_EVALUATED,
    },
)
def destinations() -> None:
    logs = bigquery.Dataset("logs", dataset_id="logs")
    topic = pubsub.Topic("siem", name="siem")
    bucket, other = (storage.Bucket(name, name=name, location="EU") for name in ("exports", "other-exports"))
    account = serviceaccount.Account("exporter", account_id="exporter")
    idle = serviceaccount.Account("idle", account_id="idle-exporter")
    _sink("good-own-project")
    to_logs = _sink("good-dataset", destination=logs.id.apply(lambda id_: f"bigquery.googleapis.com/{id_}"))
    bigquery.DatasetIamMember(
        "logs-writer", dataset_id="logs", role="roles/bigquery.dataEditor", member=to_logs.writer_identity
    )
    to_bucket = _sink("good-bucket", destination="storage.googleapis.com/exports")
    storage.BucketIAMMember(
        "writer", bucket=bucket.name, role="roles/storage.objectCreator", member=to_bucket.writer_identity
    )
    # Sinks of one project write as one identity, so a right to read here is that of every sink.
    storage.BucketIAMMember(
        "reader", bucket=other.name, role="roles/storage.objectViewer", member=to_bucket.writer_identity
    )
    _sink("bad-may-only-read", destination="storage.googleapis.com/other-exports")
    by_account = {"destination": "storage.googleapis.com/other-exports"}
    _sink("good-own-account", custom_writer_identity=account.member, **by_account)
    storage.BucketIAMMember(
        "account-writer", bucket=other.name, role="roles/storage.objectUser", member=account.member
    )
    _sink("absent-grant-of-its-own-account", custom_writer_identity=idle.member, **by_account)
    _sink("good-disabled", destination=topic.id.apply(lambda id_: f"pubsub.googleapis.com/{id_}"), disabled=True)
    _sink("bad-topic-without-a-grant", destination="pubsub.googleapis.com/projects/acme/topics/siem")
    _sink("bad-other-project", destination=ARCHIVE.replace("acme", "central-logs"))
    _sink("unknown-destination", destination=unknown())
    _sink("unknown-dataset-elsewhere", destination="bigquery.googleapis.com/projects/central/datasets/trail")
    _sink("secret-destination", destination=pulumi.Output.secret(ARCHIVE))
    _sink("bad-kind", destination="somewhere.googleapis.com/x")


@judged(may_write, {"good-by-the-project": PASSED, "good-other-project": PASSED, "bad-organisation": VIOLATED})
def rights_on_projects() -> None:
    pubsub.Topic("wide", name="wide")
    _sink("good-by-the-project", destination="pubsub.googleapis.com/projects/acme/topics/wide")
    _sink("good-other-project", destination=ARCHIVE.replace("acme", "central-logs"))
    agent = "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com"
    for role in ("roles/pubsub.publisher", "roles/logging.bucketWriter"):
        projects.IAMMember(role.rpartition(".")[2], project="acme", role=role, member=agent)
    logging.OrganizationSink(
        "bad-organisation", name="o", org_id="1", destination="logging.googleapis.com/projects/central"
    )
