"""A small stack that breaks one policy in three ways, for the tests of what runs policies."""

import pulumi
import pulumi_gcp as gcp

from tests.policies.unknowns import unknown


def databases() -> None:
    """One private database, three that anybody can reach, two of which nobody can tell yet."""
    _instance("good-private", False)
    _instance("bad-public", True)
    _instance("absent-flag", None)
    gcp.sql.DatabaseInstance(
        "absent-block",
        name="absent-block",
        region="europe-west1",
        database_version="POSTGRES_17",
        settings=gcp.sql.DatabaseInstanceSettingsArgs(tier="db-f1-micro"),
    )
    _instance("unknown-flag", unknown().apply(bool))
    _instance("secret-flag", pulumi.Output.secret(False))


def _instance(name: str, address: pulumi.Input[bool] | None) -> None:
    gcp.sql.DatabaseInstance(
        name,
        name=name,
        region="europe-west1",
        database_version="POSTGRES_17",
        settings=gcp.sql.DatabaseInstanceSettingsArgs(
            tier="db-f1-micro",
            ip_configuration=gcp.sql.DatabaseInstanceSettingsIpConfigurationArgs(
                ipv4_enabled=address, ssl_mode="ENCRYPTED_ONLY"
            ),
        ),
    )
