"""Buckets whose objects can be brought back, and those whose cannot."""

from typing import Any

import pulumi

from policies.reliability.storage.destruction import bucket_kept_on_destroy
from policies.reliability.storage.recovery import bucket_objects_recoverable, bucket_versioned
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.stores import DAY, bucket, deleting
from tests.policies.unknowns import unknown

ON: Any = {"versioning": {"enabled": True}}
NO_SOFT_DELETE: Any = {"soft_delete_policy": {"retention_duration_seconds": 0}}


def _retained(days: int, **more: Any) -> dict[str, Any]:
    return {"retention_policy": {"retention_period": str(days * DAY), **more}}


@judged(
    bucket_objects_recoverable,
    {
        "good-soft-delete": PASSED,
        "good-versions": PASSED,
        "good-counted-versions": PASSED,
        "good-retention": PASSED,
        "good-goes-within-a-week-anyway": PASSED,
        "good-all-go-together": PASSED,
        "good-one-way-known": PASSED,
        "bad-all-off": VIOLATED,
        "bad-versions-for-a-day": VIOLATED,
        "bad-versions-by-age": VIOLATED,
        "bad-only-the-newest-counts": VIOLATED,
        "bad-retention-for-a-day": VIOLATED,
        "bad-only-some-go": VIOLATED,
        # Google's default is seven days of soft delete.
        "absent-everything": PASSED,
        "absent-seconds": PASSED,
        "absent-versioning-without-soft-delete": VIOLATED,
        "unknown-soft-delete": NOT_EVALUATED,
        "unknown-versioning": NOT_EVALUATED,
        "secret-retention": NOT_EVALUATED,
    },
)
def recoverable() -> None:
    bucket("good-soft-delete", soft_delete_policy={"retention_duration_seconds": 30 * DAY})
    bucket("good-versions", **ON, **NO_SOFT_DELETE)
    counted = deleting(num_newer_versions=3, with_state="ARCHIVED")
    bucket("good-counted-versions", lifecycle_rules=[counted], **ON, **NO_SOFT_DELETE)
    bucket("good-retention", **_retained(30), **NO_SOFT_DELETE)
    bucket("good-goes-within-a-week-anyway", lifecycle_rules=[deleting(age=1)], **NO_SOFT_DELETE)
    # Old versions go with live ones that were due as well: nothing goes before its time.
    bucket("good-all-go-together", lifecycle_rules=[deleting(age=30)], **ON, **NO_SOFT_DELETE)
    soon = {"retention_duration_seconds": unknown("seconds").apply(int)}
    bucket("good-one-way-known", soft_delete_policy=soon, **ON)
    bucket("bad-all-off", versioning={"enabled": False}, **NO_SOFT_DELETE)
    day = deleting(days_since_noncurrent_time=1, with_state="ARCHIVED")
    bucket("bad-versions-for-a-day", lifecycle_rules=[day], **ON, **NO_SOFT_DELETE)
    aged = deleting(age=30, with_state="ARCHIVED")
    bucket("bad-versions-by-age", lifecycle_rules=[aged], **ON, **NO_SOFT_DELETE)
    newest = deleting(num_newer_versions=1, with_state="ARCHIVED")
    bucket("bad-only-the-newest-counts", lifecycle_rules=[newest], **ON, **NO_SOFT_DELETE)
    bucket("bad-retention-for-a-day", **_retained(1), **NO_SOFT_DELETE)
    some = deleting(age=1, matches_prefixes=["tmp/"])
    bucket("bad-only-some-go", lifecycle_rules=[some], **NO_SOFT_DELETE)
    bucket("absent-everything")
    bucket("absent-seconds", soft_delete_policy={})
    bucket("absent-versioning-without-soft-delete", **NO_SOFT_DELETE)
    bucket("unknown-soft-delete", soft_delete_policy=soon)
    bucket("unknown-versioning", versioning={"enabled": unknown("flag").apply(bool)}, **NO_SOFT_DELETE)
    retention = pulumi.Output.secret({"retention_period": str(30 * DAY)})
    bucket("secret-retention", retention_policy=retention, **NO_SOFT_DELETE)


@judged(bucket_objects_recoverable, {"bad-but-disposable": PASSED})
def recoverable_for_a_while() -> None:
    disposable()
    bucket("bad-but-disposable", **NO_SOFT_DELETE)


@judged(
    bucket_versioned,
    {
        "good-on": PASSED,
        "good-retained": PASSED,
        "good-with-folders": PASSED,
        "good-short-lived": PASSED,
        "good-for-access-logs": PASSED,
        "bad-off": VIOLATED,
        "bad-versions-for-a-day": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def versioned() -> None:
    bucket("good-on", **ON, logging={"log_bucket": "good-for-access-logs"})
    bucket("good-retained", **_retained(30))
    bucket("good-with-folders", hierarchical_namespace={"enabled": True})
    bucket("good-short-lived", lifecycle_rules=[deleting(age=3, with_state="LIVE")])
    bucket("good-for-access-logs")
    bucket("bad-off", versioning={"enabled": False})
    day = deleting(days_since_noncurrent_time=1, with_state="ARCHIVED")
    bucket("bad-versions-for-a-day", lifecycle_rules=[day], **ON)
    bucket("absent-block")
    bucket("unknown-flag", versioning={"enabled": unknown().apply(bool)})
    bucket("secret-flag", versioning={"enabled": pulumi.Output.secret(True)})


@judged(bucket_versioned, {"absent-but-disposable": PASSED})
def versioned_for_a_while() -> None:
    disposable()
    bucket("absent-but-disposable")


@judged(
    bucket_kept_on_destroy,
    {
        "good-kept": PASSED,
        "bad-emptied": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def kept() -> None:
    bucket("good-kept", force_destroy=False)
    bucket("bad-emptied", force_destroy=True)
    bucket("absent-flag")
    bucket("unknown-flag", force_destroy=unknown().apply(bool))
    bucket("secret-flag", force_destroy=pulumi.Output.secret(False))


@judged(bucket_kept_on_destroy, {"bad-but-disposable": PASSED})
def kept_for_a_while() -> None:
    disposable()
    bucket("bad-but-disposable", force_destroy=True)
