"""A Firestore database cannot be deleted by accident, and what was changed by accident can be had back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.firestore import DATABASE, schedules_of
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

DAY: Final = 86_400
"""Seconds."""


@resource_policy(
    id="firestore-deletion-guards",
    title="A Firestore database that keeps data is guarded against deletion",
    severity=Severity.HIGH,
    why="""One wrong `destroy`, console click or changed location deletes every document; a change of location
    replaces the database. Google's guard stops all of them, Pulumi's `protect` says so before anything has
    begun.""",
    fix="Let the environment's profile keep `protect`: `FirestoreDatabase` sets both guards from it.",
    fix_raw="Set `deleteProtectionState` to DELETE_PROTECTION_ENABLED and the resource option `protect`.",
    rows=(82,),
    types=[DATABASE],
)
def firestore_guards(database: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if stack.disposable:
        return
    if not database.resource.options.protect:
        message = "the resource option protect is off: Pulumi plans to delete or replace it without a word"
        yield Problem(database.resource, message, key="protect")
    # Off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/firestore/database/
    state = database["deleteProtectionState"]
    if state.text() != "DELETE_PROTECTION_ENABLED":
        said = "is not DELETE_PROTECTION_ENABLED" if state.present else "is left out, which means none"
        yield f"{state.path} {said}: anybody who may administer Firestore deletes it with one call"


@resource_policy(
    id="firestore-point-in-time-recovery",
    title="A Firestore database that keeps data can be read as it was at any minute of the last week",
    severity=Severity.MEDIUM,
    why="""A faulty release that overwrites documents is noticed hours later; without point-in-time recovery
    there is only last night's backup, which lacks the day.""",
    fix="Use the `FirestoreDatabase` component, which takes no argument for it.",
    fix_raw="Set `pointInTimeRecoveryEnablement` to POINT_IN_TIME_RECOVERY_ENABLED.",
    rows=(82,),
    types=[DATABASE],
)
def firestore_recovery(database: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # Off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/firestore/database/
    enabled = database["pointInTimeRecoveryEnablement"]
    if enabled.text() != "POINT_IN_TIME_RECOVERY_ENABLED":
        said = "is not POINT_IN_TIME_RECOVERY_ENABLED" if enabled.present else "is left out, which means none"
        yield f"{enabled.path} {said}: what was overwritten an hour ago is gone"


class BackupSettings(Settings):
    """How long backups must be kept."""

    days: int = Field(default=7, ge=1, le=98)
    """Days for which one of the schedules keeps its backups at least; Google's most is 14 weeks."""


@resource_policy(
    id="firestore-backup-schedule",
    title="A Firestore database that keeps data has a backup schedule",
    severity=Severity.HIGH,
    why="""Point-in-time recovery reaches a week back and goes with its database; a backup outlives both. Google
    makes none unless a schedule says so.""",
    fix="Make a `Firestore` component on the database: it has a daily and a weekly schedule.",
    fix_raw="Add a `gcp.firestore.BackupSchedule` for the database with a `retention` of a week or more.",
    rows=(84,),
    settings=BackupSettings,
    types=[DATABASE],
)
def firestore_backups(database: Value, stack: Stack, settings: BackupSettings) -> Iterator[Result | str]:
    if stack.disposable:
        return
    schedules = stack.once(schedules_of)
    mine = schedules.of.get(database.resource.urn, [])
    unread: list[str] = []
    for schedule in mine:
        try:
            if (schedule["retention"].seconds() or 0) >= settings.days * DAY:
                return
        except NotKnown as reason:
            unread.append(f"{schedule.resource.name}: {reason}")
    unread += [f"{one.resource.name}: its database is known only after creation" for one in schedules.unplaced]
    if unread:
        yield Unseen(database.resource, "; ".join(unread))
    elif mine:
        yield f"no backup schedule of this database has a retention of {settings.days} days: old losses stay lost"
    else:
        yield "no backup schedule is for this database: what is deleted stays deleted after a week"
