"""Postgres: private, encrypted, backed up; what Google would refuse is refused first."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components.errors import ComponentError
from tests.components.database.parts import INSTANCE, SIZE, postgres
from tests.components.database.surroundings import encryption_key
from tests.components.harness import Registered, of_type, only, plan_of


def flags_of(instance: Registered) -> dict[str, str]:
    return {flag["name"]: flag["value"] for flag in instance.inputs["settings"]["databaseFlags"]}


def test_the_database_has_no_public_address_and_takes_tls_only() -> None:
    found = plan_of(lambda env: postgres(env, replicas=2))
    assert len(of_type(found, INSTANCE)) == 3
    for instance in of_type(found, INSTANCE):
        address = instance.inputs["settings"]["ipConfiguration"]
        assert address["ipv4Enabled"] is False, f"{instance.name}: absent means public, so it must be said"
        assert address["privateNetwork"] == "main-id"
        assert address["sslMode"] == "ENCRYPTED_ONLY"
        assert "authorizedNetworks" not in address
        assert instance.inputs["settings"]["connectorEnforcement"] == "REQUIRED"


def test_the_database_waits_for_the_private_range() -> None:
    found = plan_of(postgres)
    connection = only(found, "gcp:servicenetworking/connection:Connection")
    assert connection.urn in only(found, INSTANCE).dependencies


@pytest.mark.parametrize("protect", [True, False])
def test_the_three_deletion_guards_follow_from_one_intent(protect: bool) -> None:
    found = plan_of(lambda env: postgres(env, replicas=1), protect=protect)
    for instance in of_type(found, INSTANCE):
        assert instance.protect is protect
        assert instance.inputs["deletionProtection"] is protect
        assert instance.inputs["settings"]["deletionProtectionEnabled"] is protect


@pytest.mark.parametrize("disposable", [True, False])
def test_a_database_leaves_backups_behind_when_it_goes_unless_its_data_is_disposable(disposable: bool) -> None:
    found = plan_of(lambda env: postgres(env, replicas=1), protect=False, disposable=disposable)
    for instance in of_type(found, INSTANCE):
        assert instance.inputs["settings"]["retainBackupsOnDelete"] is not disposable, instance.name
    primary = next(one for one in of_type(found, INSTANCE) if one.name == "main")
    final = primary.inputs["settings"]["finalBackupConfig"]
    assert final == ({"enabled": False} if disposable else {"enabled": True, "retentionDays": 30})


def test_a_database_goes_with_its_instance_and_is_not_dropped_before() -> None:
    """Postgres drops no database that somebody is connected to: `down` would stop there."""
    assert only(plan_of(postgres), "gcp:sql/database:Database").inputs["deletionPolicy"] == "ABANDON"


def test_every_database_is_backed_up_and_can_go_back_to_any_moment() -> None:
    backup = only(plan_of(postgres, protect=False), INSTANCE).inputs["settings"]["backupConfiguration"]
    assert backup["enabled"] is True
    assert backup["pointInTimeRecoveryEnabled"] is True
    assert backup["transactionLogRetentionDays"] == 7
    assert backup["backupRetentionSettings"]["retainedBackups"] == 30
    assert backup["location"] == "europe-west1"


def test_the_disk_grows_up_to_its_limit() -> None:
    settings = only(plan_of(postgres), INSTANCE).inputs["settings"]
    assert (settings["diskAutoresize"], settings["diskAutoresizeLimit"]) == (True, 500)


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("cloudsql.iam_authentication", "on"),
        ("cloudsql.enable_pgaudit", "on"),
        ("pgaudit.log", "ddl,role"),
        ("log_checkpoints", "on"),
        ("log_connections", "on"),
        ("log_disconnections", "on"),
        ("log_error_verbosity", "default"),
        ("log_lock_waits", "on"),
        ("log_min_duration_statement", "-1"),
        ("log_min_error_statement", "error"),
        ("log_min_messages", "warning"),
        ("log_statement", "ddl"),
        ("log_temp_files", "0"),
        ("max_connections", "500"),
    ],
)
def test_the_flags_that_auditors_read_are_set_on_the_primary_and_its_replicas(flag: str, value: str) -> None:
    for instance in of_type(plan_of(lambda env: postgres(env, replicas=1)), INSTANCE):
        assert flags_of(instance)[flag] == value, instance.name


def test_query_insights_record_no_client_addresses() -> None:
    insights = only(plan_of(postgres), INSTANCE).inputs["settings"]["insightsConfig"]
    assert (insights["queryInsightsEnabled"], insights["recordClientAddress"]) == (True, False)


def test_the_data_is_encrypted_by_the_projects_key_once_google_may_use_it() -> None:
    found = plan_of(lambda env: postgres(env, key=encryption_key(env)), cmek=True)
    instance = only(found, INSTANCE)
    assert instance.inputs["encryptionKeyName"] == "data-id"
    assert only(found, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").urn in instance.dependencies


def test_an_environment_with_keys_of_its_own_refuses_a_database_without() -> None:
    with pytest.raises(ComponentError, match="no encryption key"):
        plan_of(postgres, cmek=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tier": "db-n1-standard-1"}, "no tier"),
        ({"tier": "db-custom-3-7680"}, "no tier"),
        ({"tier": "db-custom-2-3072"}, "no tier"),
        ({"tier": "db-custom-1-8192"}, "no tier"),
        ({"disk_gb": 600}, "disk_limit_gb is 500"),
        ({"log_days": 8}, "log_days is 8"),
        ({"backups": 3}, "backups is 3"),
        ({"max_connections": 5}, "max_connections is 5"),
    ],
)
def test_a_size_that_google_would_refuse_is_refused_first(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        dataclasses.replace(SIZE, **changes)


def test_the_edition_follows_from_the_tier() -> None:
    assert SIZE.edition == "ENTERPRISE"
    plus = dataclasses.replace(SIZE, tier="db-perf-optimized-N-2", log_days=14)
    assert plus.edition == "ENTERPRISE_PLUS"
