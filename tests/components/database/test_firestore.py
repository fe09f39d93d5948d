"""Firestore: the database keeps its past, its backups are made, and a link reaches this one database."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.database.firestore import Firestore, Index, Order
from components.database.firestore_database import FirestoreDatabase
from components.errors import ComponentError
from tests.components.database.surroundings import encryption_key, use
from tests.components.harness import of_type, only, plan_of

DATABASE = "gcp:firestore/database:Database"
UP, DOWN = Order.ASCENDING, Order.DESCENDING
INDEXES = (
    Index("sessions", (("user_id", UP), ("created_at", DOWN))),
    Index("checkpoints", (("session_id", UP), ("position", UP))),
    Index("webhooks", (("user_id", UP), ("active", UP), ("created_at", DOWN))),
)


def documents(env: Environment, **changes: Any) -> Firestore:
    database = FirestoreDatabase("firestore", env=env)
    given: dict[str, Any] = {"indexes": INDEXES, "expiry": {"cache": "expires_at"}}
    return Firestore("documents", env=env, database=database.database, **(given | changes))


@pytest.mark.parametrize("protect", [True, False])
def test_the_database_keeps_a_week_of_its_past_wherever_it_is(protect: bool) -> None:
    database = only(plan_of(documents, protect=protect), DATABASE)
    assert database.inputs["name"] == "(default)"
    assert database.inputs["pointInTimeRecoveryEnablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    guard = "DELETE_PROTECTION_ENABLED" if protect else "DELETE_PROTECTION_DISABLED"
    assert database.inputs["deleteProtectionState"] == guard
    assert database.protect is protect


def test_the_database_is_encrypted_by_the_projects_key() -> None:
    found = plan_of(lambda env: FirestoreDatabase("firestore", env=env, key=encryption_key(env)), cmek=True)
    assert only(found, DATABASE).inputs["cmekConfig"] == {"kmsKeyName": "data-id"}


def test_the_seeds_three_indexes_are_planned_in_their_order() -> None:
    planned = {
        one.inputs["collection"]: [(field["fieldPath"], field["order"]) for field in one.inputs["fields"]]
        for one in of_type(plan_of(documents), "gcp:firestore/index:Index")
    }
    assert planned == {
        "sessions": [("user_id", "ASCENDING"), ("created_at", "DESCENDING")],
        "checkpoints": [("session_id", "ASCENDING"), ("position", "ASCENDING")],
        "webhooks": [("user_id", "ASCENDING"), ("active", "ASCENDING"), ("created_at", "DESCENDING")],
    }


def test_cached_documents_expire() -> None:
    field = only(plan_of(documents), "gcp:firestore/field:Field").inputs
    assert (field["collection"], field["field"], field["ttlConfig"]) == ("cache", "expires_at", {})


def test_backups_are_daily_and_weekly() -> None:
    schedules = {
        one.name: one.inputs for one in of_type(plan_of(documents), "gcp:firestore/backupSchedule:BackupSchedule")
    }
    assert schedules["documents-daily"]["retention"] == "604800s"
    assert "dailyRecurrence" in schedules["documents-daily"]
    assert schedules["documents-weekly"]["weeklyRecurrence"] == {"day": "SUNDAY"}


@pytest.mark.parametrize(("verb", "role"), [("read", "roles/datastore.viewer"), ("write", "roles/datastore.user")])
def test_a_link_reaches_this_one_database(verb: str, role: str) -> None:
    variables: dict[str, Any] = {}

    def program(env: Environment) -> None:
        store = documents(env)
        variables.update(use(env, "api", store.read() if verb == "read" else store.write()))

    member = only(plan_of(program), "gcp:projects/iAMMember:IAMMember")
    assert member.inputs["role"] == role
    assert member.inputs["condition"]["expression"] == (
        "resource.service == 'firestore.googleapis.com' && "
        "resource.name == 'projects/acme-voice-prod/databases/(default)'"
    )
    assert variables == {"FIRESTORE_PROJECT": "acme-voice-prod", "FIRESTORE_DATABASE": "(default)"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"daily_backup_days": 0}, "daily_backup_days"),
        ({"weekly_backup_days": 99}, "weekly_backup_days"),
        ({"indexes": (INDEXES[0], INDEXES[0])}, "index twice"),
    ],
)
def test_arguments_that_firestore_would_refuse_are_refused_first(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        plan_of(lambda env: documents(env, **changes))


def test_an_index_of_one_field_is_firestores_own_business() -> None:
    with pytest.raises(ComponentError, match="1 field"):
        Index("sessions", (("user_id", UP),))
