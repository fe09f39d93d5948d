"""Buckets that logs go to, and buckets whose use is logged."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.storage.access_logs import bucket_access_logged
from policies.data_protection.storage.log_bucket import log_sink_bucket_locked
from policies.data_protection.storage.old_versions import bucket_old_versions_go
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.stores import DAY, bucket, deleting, sink
from tests.policies.unknowns import unknown

YEAR = str(365 * DAY)
LOCKED: Any = {"retention_period": YEAR, "is_locked": True}


@judged(
    log_sink_bucket_locked,
    {
        "good-by-reference": PASSED,
        "good-by-name": PASSED,
        "good-nothing-exported": PASSED,
        "good-into-a-log-bucket": PASSED,
        "good-into-a-dataset": PASSED,
        "good-no-log-goes-there": PASSED,
        # The sink names it by a literal, where checkov looks away.
        "bad-by-name": VIOLATED,
        "bad-by-reference": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-not-locked": VIOLATED,
        "absent-lock": VIOLATED,
        "absent-retention": VIOLATED,
        "unknown-lock": NOT_EVALUATED,
        "unknown-destination": NOT_EVALUATED,
        "unknown-bucket-elsewhere": NOT_EVALUATED,
        "secret-retention": NOT_EVALUATED,
        "secret-destination": NOT_EVALUATED,
    },
)
def exported() -> None:
    good = bucket("good-by-reference", retention_policy=LOCKED)
    sink("to-good-by-reference", pulumi.Output.concat("storage.googleapis.com/", good.name))
    bucket("good-by-name", retention_policy=LOCKED)
    sink("to-good-by-name", "storage.googleapis.com/good-by-name")
    bucket("good-nothing-exported")
    sink("switched-off", "storage.googleapis.com/good-nothing-exported", disabled=True)
    sink("good-into-a-log-bucket", "logging.googleapis.com/projects/p/locations/global/buckets/b")
    dataset = gcp.bigquery.Dataset("logs", dataset_id="logs")
    sink("good-into-a-dataset", pulumi.Output.concat("bigquery.googleapis.com/", dataset.id))
    bucket("good-no-log-goes-there")
    bucket("bad-by-name")
    sink("to-bad-by-name", "storage.googleapis.com/bad-by-name")
    bad = bucket("bad-by-reference", versioning={"enabled": True})
    sink("to-bad-by-reference", pulumi.Output.concat("storage.googleapis.com/", bad.id))
    bucket("bad-organization", retention_policy={"retention_period": YEAR})
    gcp.logging.OrganizationSink(
        "all", name="all", org_id="1", destination="storage.googleapis.com/bad-organization"
    )
    bucket("bad-not-locked", retention_policy={"retention_period": YEAR, "is_locked": False})
    sink("to-bad-not-locked", "storage.googleapis.com/bad-not-locked")
    bucket("absent-lock", retention_policy={"retention_period": YEAR})
    sink("to-absent-lock", "storage.googleapis.com/absent-lock")
    bucket("absent-retention")
    sink("to-absent-retention", "storage.googleapis.com/absent-retention")
    bucket("unknown-lock", retention_policy={"retention_period": YEAR, "is_locked": unknown("l").apply(bool)})
    sink("to-unknown-lock", "storage.googleapis.com/unknown-lock")
    sink("unknown-destination", unknown("destination"))
    sink("unknown-bucket-elsewhere", "storage.googleapis.com/of-the-audit-team")
    bucket("secret-retention", retention_policy=pulumi.Output.secret(LOCKED))
    sink("to-secret-retention", "storage.googleapis.com/secret-retention")
    sink("secret-destination", pulumi.Output.secret("storage.googleapis.com/absent-retention"))


@judged(log_sink_bucket_locked, {"absent-but-disposable": PASSED})
def exported_for_a_while() -> None:
    disposable()
    bucket("absent-but-disposable")
    sink("all", "storage.googleapis.com/absent-but-disposable")


@judged(
    bucket_access_logged,
    {
        "good-logged": PASSED,
        "good-logged-by-reference": PASSED,
        "good-receives": PASSED,
        "good-receives-too": PASSED,
        "bad-into-itself": VIOLATED,
        "bad-empty": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-target": NOT_EVALUATED,
        "secret-target": NOT_EVALUATED,
    },
)
def accessed() -> None:
    bucket("good-receives")
    receiving = bucket("good-receives-too")
    bucket("good-logged", logging={"log_bucket": "good-receives"})
    bucket("good-logged-by-reference", logging={"log_bucket": receiving.id})
    bucket("bad-into-itself", logging={"log_bucket": "bad-into-itself"})
    bucket("bad-empty", logging={"log_bucket": ""})
    bucket("absent-block")
    bucket("unknown-target", logging={"log_bucket": unknown()})
    bucket("secret-target", logging={"log_bucket": pulumi.Output.secret("good-receives")})


def _audit(*types: Any, service: Any = "allServices") -> None:
    gcp.projects.IAMAuditConfig(
        "audit", project="p", service=service, audit_log_configs=[{"log_type": one} for one in types]
    )


@judged(bucket_access_logged, {"good-by-the-project": PASSED, "bad-into-itself": VIOLATED})
def accessed_and_audited() -> None:
    _audit("DATA_READ", "DATA_WRITE")
    bucket("good-by-the-project")
    bucket("bad-into-itself", logging={"log_bucket": "bad-into-itself"})


@judged(bucket_access_logged, {"bad-half-audited": VIOLATED})
def accessed_and_half_audited() -> None:
    _audit("ADMIN_READ", "DATA_WRITE", service="storage.googleapis.com")
    bucket("bad-half-audited")


@judged(bucket_access_logged, {"bad-another-service-audited": VIOLATED})
def accessed_and_audited_elsewhere() -> None:
    _audit("DATA_READ", "DATA_WRITE", service="sqladmin.googleapis.com")
    bucket("bad-another-service-audited")


@judged(bucket_access_logged, {"unknown-audit": NOT_EVALUATED})
def accessed_and_perhaps_audited() -> None:
    _audit("DATA_READ", unknown("type"))
    bucket("unknown-audit")


@judged(
    bucket_old_versions_go,
    {
        "good-after-thirty-days": PASSED,
        "good-counted": PASSED,
        "good-whatever-state": PASSED,
        "good-retained": PASSED,
        "good-without-versions": PASSED,
        "bad-only-live-ones-go": VIOLATED,
        "bad-only-some-go": VIOLATED,
        "bad-moved-to-a-colder-class": VIOLATED,
        "absent-rules": VIOLATED,
        "absent-versioning": PASSED,
        "unknown-rules": NOT_EVALUATED,
        "unknown-state": NOT_EVALUATED,
        "secret-versioning": NOT_EVALUATED,
    },
)
def versioned() -> None:
    on: Any = {"versioning": {"enabled": True}}
    old = deleting(days_since_noncurrent_time=30, with_state="ARCHIVED")
    bucket("good-after-thirty-days", lifecycle_rules=[old], **on)
    bucket("good-counted", lifecycle_rules=[deleting(num_newer_versions=3)], **on)
    bucket("good-whatever-state", lifecycle_rules=[deleting(age=90)], **on)
    bucket("good-retained", retention_policy={"retention_period": YEAR}, **on)
    bucket("good-without-versions", versioning={"enabled": False})
    bucket("bad-only-live-ones-go", lifecycle_rules=[deleting(age=30, with_state="LIVE")], **on)
    some = deleting(days_since_noncurrent_time=30, matches_prefixes=["tmp/"])
    bucket("bad-only-some-go", lifecycle_rules=[some], **on)
    colder = {"action": {"type": "SetStorageClass", "storage_class": "COLDLINE"}, "condition": {"age": 30}}
    bucket("bad-moved-to-a-colder-class", lifecycle_rules=[colder], **on)
    bucket("absent-rules", **on)
    bucket("absent-versioning")
    bucket("unknown-rules", lifecycle_rules=unknown("rules").apply(lambda _: [old]), **on)
    bucket("unknown-state", lifecycle_rules=[deleting(age=30, with_state=unknown("state"))], **on)
    bucket("secret-versioning", versioning={"enabled": pulumi.Output.secret(True)})
