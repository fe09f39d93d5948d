"""Edits of the Firestore database and its backups, and databases that no system of ours uses."""

from __future__ import annotations

from tests.policies.mutation import Draft, mutant

DATABASE = "firestore/database:Database"
SCHEDULE = "firestore/backupSchedule:BackupSchedule"


@mutant("firestore-own-key", also=("service-agent-nothing-wider",))
def the_documents_lose_their_key(draft: Draft) -> None:
    del draft.inputs(DATABASE)["cmekConfig"]


@mutant("firestore-own-key", also=("service-agent-nothing-wider",))
def the_key_is_left_out_of_its_block(draft: Draft) -> None:
    draft.inputs(DATABASE)["cmekConfig"] = {}


@mutant("firestore-deletion-guards")
def googles_guard_of_the_documents_is_off(draft: Draft) -> None:
    draft.inputs(DATABASE)["deleteProtectionState"] = "DELETE_PROTECTION_DISABLED"


@mutant("firestore-deletion-guards")
def googles_guard_of_the_documents_is_left_out(draft: Draft) -> None:
    del draft.inputs(DATABASE)["deleteProtectionState"]


@mutant("firestore-deletion-guards")
def pulumis_guard_of_the_documents_is_off(draft: Draft) -> None:
    draft.options(DATABASE, "firestore", protect=False)


@mutant("firestore-point-in-time-recovery")
def the_last_week_cannot_be_read(draft: Draft) -> None:
    draft.inputs(DATABASE)["pointInTimeRecoveryEnablement"] = "POINT_IN_TIME_RECOVERY_DISABLED"


@mutant("firestore-point-in-time-recovery")
def recovery_of_the_documents_is_left_out(draft: Draft) -> None:
    del draft.inputs(DATABASE)["pointInTimeRecoveryEnablement"]


@mutant("firestore-backup-schedule")
def no_backup_of_the_documents_is_made(draft: Draft) -> None:
    draft.drop(SCHEDULE, "documents-daily")
    draft.drop(SCHEDULE, "documents-weekly")


@mutant("firestore-backup-schedule")
def backups_of_the_documents_are_kept_a_day(draft: Draft) -> None:
    for schedule in draft.all(SCHEDULE):
        schedule.inputs["retention"] = "86400s"


@mutant("firestore-backup-schedule")
def backups_are_of_another_database(draft: Draft) -> None:
    for schedule in draft.all(SCHEDULE):
        schedule.inputs["database"] = "another"
        schedule.propertyDependencies.pop("database")


@mutant("database-deletion-guards")
def an_alloydb_without_a_guard_is_added(draft: Draft) -> None:
    draft.add("alloydb/cluster:Cluster", "another", {"clusterId": "another", "deletionProtection": False})


@mutant("database-deletion-guards")
def a_bigtable_that_takes_its_backups_along_is_added(draft: Draft) -> None:
    draft.add("bigtable/instance:Instance", "another", {"name": "another", "forceDestroy": True})


@mutant("database-deletion-guards")
def a_spanner_database_that_may_be_dropped_is_added(draft: Draft) -> None:
    draft.add("spanner/database:Database", "another", {"name": "another", "instance": "i"})
