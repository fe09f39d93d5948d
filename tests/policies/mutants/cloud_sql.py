"""Edits of the ways into the Postgres instance, its replica and its users."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

SQL = "sql/databaseInstance:DatabaseInstance"
USER = "sql/user:User"


def _settings(draft: Draft, name: str = "postgres") -> dict[str, Any]:
    found: dict[str, Any] = draft.inputs(SQL, name)["settings"]
    return found


def _ip(draft: Draft, name: str = "postgres") -> dict[str, Any]:
    found: dict[str, Any] = _settings(draft, name)["ipConfiguration"]
    return found


def _flag(draft: Draft, flag: str, value: str | None, name: str = "postgres") -> None:
    """Sets a flag, or takes it away."""
    settings = _settings(draft, name)
    kept = [one for one in settings["databaseFlags"] if one["name"] != flag]
    settings["databaseFlags"] = kept if value is None else [*kept, {"name": flag, "value": value}]


@mutant("sql-no-public-address")
def the_replica_gets_a_public_address(draft: Draft) -> None:
    _ip(draft, "postgres-read-1")["ipv4Enabled"] = True


@mutant("sql-private-access")
def the_database_leaves_the_network(draft: Draft) -> None:
    del _ip(draft)["privateNetwork"]


@mutant("sql-private-access")
def the_replica_leaves_the_network_for_a_connect_that_is_off(draft: Draft) -> None:
    _ip(draft, "postgres-read-1").pop("privateNetwork")
    _ip(draft, "postgres-read-1")["pscConfigs"] = [{"pscEnabled": False}]


@mutant(
    "sql-private-access",
    stack="staging",
    also=("sql-no-public-address", "sql-tls", "sql-server-certificate"),
)
def the_ip_configuration_is_removed(draft: Draft) -> None:
    del _settings(draft)["ipConfiguration"]


@mutant("sql-no-data-api")
def sql_is_taken_through_the_api(draft: Draft) -> None:
    _settings(draft)["dataApiAccess"] = "ALLOW_DATA_API"


@mutant("sql-no-data-api")
def sql_is_taken_through_the_api_by_the_replica(draft: Draft) -> None:
    _settings(draft, "postgres-read-1")["dataApiAccess"] = "ALLOW_DATA_API"


@mutant("sql-no-data-api", stack="staging")
def sql_is_taken_through_the_api_in_staging(draft: Draft) -> None:
    _settings(draft)["dataApiAccess"] = "ALLOW_DATA_API"


def _authorize(draft: Draft, *ranges: str) -> None:
    _ip(draft)["authorizedNetworks"] = [{"name": one, "value": one} for one in ranges]


@mutant("sql-authorized-networks", also=("sql-no-public-address",))
def everybody_is_authorized(draft: Draft) -> None:
    _ip(draft)["ipv4Enabled"] = True
    _authorize(draft, "0.0.0.0/0")


@mutant("sql-authorized-networks", also=("sql-no-public-address",))
def everybody_is_authorized_in_halves(draft: Draft) -> None:
    _ip(draft)["ipv4Enabled"] = True
    _authorize(draft, "0.0.0.0/1", "128.0.0.0/1")


@mutant("sql-authorized-networks", stack="staging")
def an_office_is_authorized_on_the_private_database(draft: Draft) -> None:
    _authorize(draft, "198.51.100.0/24")


@mutant("sql-tls")
def unencrypted_connections_are_allowed(draft: Draft) -> None:
    _ip(draft)["sslMode"] = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"


@mutant("sql-tls")
def the_replica_leaves_the_mode_out(draft: Draft) -> None:
    del _ip(draft, "postgres-read-1")["sslMode"]


@mutant("sql-tls", stack="staging")
def the_mode_is_left_out_in_staging(draft: Draft) -> None:
    del _ip(draft)["sslMode"]


@mutant("sql-connectors-only")
def connections_without_a_connector_are_allowed(draft: Draft) -> None:
    _settings(draft)["connectorEnforcement"] = "NOT_REQUIRED"


@mutant("sql-connectors-only")
def the_replica_asks_for_no_connector(draft: Draft) -> None:
    del _settings(draft, "postgres-read-1")["connectorEnforcement"]


@mutant("sql-connectors-only", stack="staging")
def staging_asks_for_no_connector(draft: Draft) -> None:
    del _settings(draft)["connectorEnforcement"]


@mutant("sql-server-certificate")
def the_certificate_is_of_the_instances_own_authority(draft: Draft) -> None:
    _ip(draft)["serverCaMode"] = "GOOGLE_MANAGED_INTERNAL_CA"


@mutant("sql-server-certificate")
def the_certificate_is_not_renewed(draft: Draft) -> None:
    del _ip(draft, "postgres-read-1")["serverCertificateRotationMode"]


@mutant("sql-server-certificate", stack="staging")
def the_authority_is_left_out(draft: Draft) -> None:
    del _ip(draft)["serverCaMode"]


@mutant("sql-iam-authentication")
def iam_authentication_is_off(draft: Draft) -> None:
    _flag(draft, "cloudsql.iam_authentication", "off")


@mutant("sql-iam-authentication")
def iam_authentication_is_left_out_on_the_replica(draft: Draft) -> None:
    _flag(draft, "cloudsql.iam_authentication", None, "postgres-read-1")


@mutant("sql-iam-authentication", stack="staging")
def iam_authentication_is_left_out_in_staging(draft: Draft) -> None:
    _flag(draft, "cloudsql.iam_authentication", None)


@mutant("sql-users-of-iam")
def a_user_becomes_built_in(draft: Draft) -> None:
    draft.inputs(USER, "api-postgres-user").update(type="BUILT_IN", passwordWo="x")


@mutant("sql-users-of-iam")
def a_users_type_is_left_out(draft: Draft) -> None:
    del draft.inputs(USER, "worker-postgres-user")["type"]


@mutant("sql-users-of-iam", stack="staging")
def a_user_with_a_password_is_added(draft: Draft) -> None:
    draft.add(USER, "backdoor", {"name": "backdoor", "instance": "voicestack-staging-postgres", "passwordWo": "x"})


@mutant("sql-passwords-write-only")
def the_root_user_gets_a_password(draft: Draft) -> None:
    draft.inputs(SQL, "postgres")["rootPassword"] = "x"


@mutant("sql-passwords-write-only", also=("sql-iam-user-name", "sql-iam-user-name"))
def an_iam_user_gets_a_password(draft: Draft) -> None:
    draft.inputs(USER, "api-postgres-user")["password"] = "x"


@mutant("sql-passwords-write-only", stack="staging", also=("sql-users-of-iam",))
def a_user_with_an_open_password_is_added(draft: Draft) -> None:
    draft.add(USER, "tool", {"name": "tool", "instance": "voicestack-staging-postgres", "password": "x"})


@mutant("sql-password-policy")
def the_password_policy_is_removed(draft: Draft) -> None:
    del _settings(draft)["passwordValidationPolicy"]


@mutant("sql-password-policy")
def short_passwords_are_allowed(draft: Draft) -> None:
    _settings(draft)["passwordValidationPolicy"]["minLength"] = 6


@mutant("sql-password-policy", stack="staging")
def the_password_policy_is_switched_off(draft: Draft) -> None:
    _settings(draft)["passwordValidationPolicy"]["enablePasswordPolicy"] = False


@mutant("sql-own-key", also=("service-agent-nothing-wider",))
def the_database_loses_its_key(draft: Draft) -> None:
    del draft.inputs(SQL, "postgres")["encryptionKeyName"]
    draft.find(SQL, "postgres").propertyDependencies.pop("encryptionKeyName")


@mutant("sql-own-key")
def the_replica_moves_to_another_region(draft: Draft) -> None:
    draft.inputs(SQL, "postgres-read-1")["region"] = "europe-west4"
