"""Postgres: private, encrypted, without passwords, backed up; each workload has the rights its link says."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pulumi
import pytest

from components.component import Environment
from components.database.postgres import Postgres
from components.database.postgres_rights import Right
from components.database.postgres_settings import Availability, PostgresSize
from components.errors import ComponentError, LinkError, NamingError
from components.naming import Naming
from tests.components.database.surroundings import encryption_key, private_network, routing, use
from tests.components.harness import Registered, of_type, only, plan_of

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
USER = "gcp:sql/user:User"
MEMBER = "gcp:projects/iAMMember:IAMMember"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"
SIZE = PostgresSize(tier="db-custom-4-16384", disk_limit_gb=500, max_connections=500, backups=30, log_days=7)


def postgres(env: Environment, **changes: Any) -> Postgres:
    given: dict[str, Any] = {
        "network": private_network(env),
        "size": SIZE,
        "availability": Availability.REGIONAL,
    }
    return Postgres("main", env=env, **(given | changes))


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
        assert instance.inputs["settings"]["retainBackupsOnDelete"] is protect


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


def test_there_is_no_user_with_a_password() -> None:
    def program(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.WRITE))
        use(env, "migrations", database.own())

    for user in of_type(plan_of(program), USER):
        assert user.inputs["type"] == "CLOUD_IAM_SERVICE_ACCOUNT"
        assert not {"password", "passwordWo"} & user.inputs.keys()


def test_a_link_grants_login_to_this_one_instance_and_its_replicas() -> None:
    def program(env: Environment) -> None:
        use(env, "api", postgres(env, replicas=1).connect(Right.READ))

    members = of_type(plan_of(program), MEMBER)
    assert sorted(one.inputs["role"] for one in members) == [
        "roles/cloudsql.client",
        "roles/cloudsql.instanceUser",
    ]
    for member in members:
        expression = member.inputs["condition"]["expression"]
        assert expression.count("resource.service == 'sqladmin.googleapis.com'") == 2
        assert "'projects/acme-voice-prod/instances/voicestack-prod-main'" in expression
        assert "'projects/acme-voice-prod/instances/voicestack-prod-main-read-1'" in expression


def test_removing_a_use_removes_exactly_its_grants() -> None:
    def program(env: Environment, *, web: bool) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.WRITE))
        use(env, "web", *([database.connect(Right.READ)] if web else []))

    more = {one.urn for one in plan_of(lambda env: program(env, web=True))}
    less = {one.urn for one in plan_of(lambda env: program(env, web=False))}
    assert sorted(urn.split("::")[-1] for urn in more - less) == [
        "web-main-client",
        "web-main-login",
        "web-main-user",
    ]
    assert less <= more


def test_a_workload_learns_the_connection_and_its_user() -> None:
    variables: dict[str, Any] = {}

    def program(env: Environment) -> None:
        variables.update(use(env, "api", postgres(env, replicas=1).connect(Right.WRITE)))

    user = only(plan_of(program), USER)
    assert variables == {
        "DATABASE_INSTANCE": "acme-voice-prod:europe-west1:voicestack-prod-main",
        "DATABASE_READ_INSTANCES": "acme-voice-prod:europe-west1:voicestack-prod-main-read-1",
        "DATABASE_NAME": "voicestack_prod",
        "DATABASE_USER": "voicestack-api@acme-voice-prod.iam",
    }
    assert user.inputs["name"] == variables["DATABASE_USER"]


@pytest.mark.parametrize("owner_first", [True, False])
def test_the_migrations_are_told_every_right_whatever_the_order_of_links(owner_first: bool) -> None:
    told: list[str] = []

    def program(env: Environment) -> None:
        database = postgres(env)

        def own() -> None:
            pulumi.Output.from_input(use(env, "migrations", database.own())["DATABASE_RIGHTS"]).apply(told.append)

        if owner_first:
            own()
        use(env, "api", database.connect(Right.WRITE))
        use(env, "web", database.connect(Right.READ))
        if not owner_first:
            own()

    found = plan_of(program)
    assert [json.loads(one) for one in told] == [
        {"voicestack-api@acme-voice-prod.iam": "write", "voicestack-web@acme-voice-prod.iam": "read"}
    ]
    owner = next(one for one in of_type(found, USER) if one.name == "migrations-main-user")
    assert owner.inputs["databaseRoles"] == ["cloudsqlsuperuser"], "nobody else may create in the schema public"


def test_a_link_made_after_the_rights_were_told_is_refused() -> None:
    refused: list[str] = []

    def program(env: Environment) -> None:
        database = postgres(env)
        told = pulumi.Output.from_input(use(env, "migrations", database.own())["DATABASE_RIGHTS"])

        def late(_: str) -> None:
            try:
                use(env, "late", database.connect(Right.READ))
            except LinkError as error:
                refused.append(error.what)

        told.apply(late)

    plan_of(program)
    assert len(refused) == 1, "its user would never be granted its rights"
    assert "after its rights were told" in refused[0]


def test_one_workload_with_two_rights_is_told_to_keep_one() -> None:
    def program(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.READ), database.connect(Right.WRITE))

    with pytest.raises(LinkError, match="two rights"):
        plan_of(program)


def test_a_schema_has_one_owner_that_serves_no_requests() -> None:
    def two(env: Environment) -> None:
        database = postgres(env)
        use(env, "migrations", database.own())
        use(env, "others", database.own())

    def both(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.own(), database.connect(Right.WRITE))

    with pytest.raises(LinkError, match="two owners"):
        plan_of(two)
    with pytest.raises(LinkError, match="both owns and uses"):
        plan_of(both)


def test_a_user_name_that_postgres_would_cut_is_refused() -> None:
    def program(env: Environment) -> None:
        use(env, "abcdefghijklmnopqrs", postgres(env).connect(Right.READ))

    project = "p" * 30
    with pytest.raises(NamingError, match="65 characters"):
        plan_of(program, project=project, naming=Naming("voicestack", "prod", project))


def alerts_of(**changes: Any) -> dict[str, Registered]:
    return {
        one.name: one for one in of_type(plan_of(lambda env: postgres(env, alerts=routing(), **changes)), ALERT)
    }


def promql_of(policy: Registered) -> dict[str, Any]:
    found: dict[str, Any] = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]
    return found


def test_what_is_measured_shares_a_policy_by_urgency_and_backups_have_their_own() -> None:
    found = alerts_of(replicas=1)
    assert {name: one.inputs["severity"] for name, one in found.items()} == {
        "main-limits": "CRITICAL",
        "main-strain": "WARNING",
        "main-backup": "CRITICAL",
    }
    assert "conditionMatchedLog" in found["main-backup"].inputs["conditions"][0]


def test_alerts_are_parts_of_the_sizes_that_were_given() -> None:
    found = alerts_of(replicas=2)
    limits, strain = promql_of(found["main-limits"]), promql_of(found["main-strain"])
    assert limits["duration"] == strain["duration"] == "300s"
    assert limits["query"].count('"problem"') == 3
    assert (
        '_cpu_utilization{database_id="acme-voice-prod:voicestack-prod-main"}[5m]) > 0.8, "problem", "cpu"'
        in (limits["query"])
    )
    assert '> 400, "problem", "connections"' in limits["query"], "80 % of max_connections"
    disk = int(500 * 1024**3 * 0.8)
    assert f'[5m]) > {disk}, "problem", "disk"' in limits["query"], (
        "80 % of the disk's limit, for ten minutes in all"
    )
    assert strain["query"].count('"problem"') == 3
    assert '[5m]) > 0.9, "problem", "memory"' in strain["query"], "for ten minutes in all"
    for number in (1, 2):
        replica = f'database_id="acme-voice-prod:voicestack-prod-main-read-{number}"'
        assert f'_replication_replica_lag{{{replica}}} > 60, "problem", "replica {number} lag"' in strain["query"]


def test_a_database_without_replicas_says_nothing_of_lag() -> None:
    strain = alerts_of()["main-strain"]
    assert promql_of(strain)["query"].count('"problem"') == 1
    for text in (
        promql_of(strain)["query"],
        strain.inputs["displayName"],
        strain.inputs["documentation"]["content"],
    ):
        assert "replica" not in text


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
