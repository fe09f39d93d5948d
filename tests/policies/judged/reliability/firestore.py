"""Firestore databases by what becomes of their documents after an accident."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.firestore.protection import firestore_backups, firestore_guards, firestore_recovery
from tests.policies.databases import disposable, firestore
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

GUARDED = "DELETE_PROTECTION_ENABLED"


@judged(
    firestore_guards,
    {
        "good-both": PASSED,
        "bad-googles-off": VIOLATED,
        "bad-pulumis-off": VIOLATED,
        "bad-pulumis-off-beside-an-unknown-one": VIOLATED,
        "absent": VIOLATED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def guarded() -> None:
    firestore("good-both", delete_protection_state=GUARDED, protect=True)
    firestore("bad-googles-off", delete_protection_state="DELETE_PROTECTION_DISABLED", protect=True)
    firestore("bad-pulumis-off", delete_protection_state=GUARDED)
    firestore("bad-pulumis-off-beside-an-unknown-one", delete_protection_state=unknown("a"))
    firestore("absent", protect=True)
    firestore("unknown", delete_protection_state=unknown("b"), protect=True)
    firestore("secret", delete_protection_state=pulumi.Output.secret(GUARDED), protect=True)


RECOVERED = "POINT_IN_TIME_RECOVERY_ENABLED"


@judged(
    firestore_recovery,
    {
        "good-on": PASSED,
        "bad-off": VIOLATED,
        "absent": VIOLATED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def recoverable() -> None:
    firestore("good-on", point_in_time_recovery_enablement=RECOVERED)
    firestore("bad-off", point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_DISABLED")
    firestore("absent")
    firestore("unknown", point_in_time_recovery_enablement=unknown("other"))
    firestore("secret", point_in_time_recovery_enablement=pulumi.Output.secret(RECOVERED))


WEEK = "604800s"


def _schedule(name: str, database: pulumi.Input[str] | None, retention: pulumi.Input[str] = WEEK) -> None:
    more: dict[str, Any] = {"daily_recurrence": {}}
    gcp.firestore.BackupSchedule(name, database=database, retention=retention, **more)


@judged(
    firestore_backups,
    {
        "good-by-name": PASSED,
        "good-schedule-of-this-stack": PASSED,
        "good-one-of-two-is-long-enough": PASSED,
        "bad-two-days": VIOLATED,
        "absent-schedule": VIOLATED,
        "unknown-retention": NOT_EVALUATED,
        "secret-retention": NOT_EVALUATED,
    },
)
def scheduled() -> None:
    firestore("good-by-name")
    _schedule("by-name", "good-by-name")
    made = firestore("good-schedule-of-this-stack")
    _schedule("made", made.name)
    firestore("good-one-of-two-is-long-enough")
    _schedule("daily", "good-one-of-two-is-long-enough", "86400s")
    _schedule("weekly", "good-one-of-two-is-long-enough")
    firestore("bad-two-days")
    _schedule("two-days", "bad-two-days", "172800s")
    firestore("absent-schedule")
    firestore("unknown-retention")
    _schedule("some-time", "unknown-retention", unknown())
    firestore("secret-retention")
    _schedule("secret-time", "secret-retention", pulumi.Output.secret(WEEK))


@judged(firestore_backups, {"good-default": PASSED, "another": VIOLATED})
def default_database() -> None:
    firestore("good-default", name="(default)")
    firestore("another")
    _schedule("of-the-default-one", None)


@judged(firestore_backups, {"good-placed": PASSED, "unknown-whether-this": NOT_EVALUATED})
def schedule_of_an_unknown_database() -> None:
    firestore("good-placed")
    _schedule("placed", "good-placed")
    firestore("unknown-whether-this")
    _schedule("unplaced", unknown())


@judged(firestore_guards, {"good-without": PASSED})
@judged(firestore_recovery, {"good-without": PASSED})
@judged(firestore_backups, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    firestore("good-without")
