"""Cloud SQL instances as they may and may not be reached."""

import pulumi
import pulumi_gcp as gcp

from policies.private_network.cloud_sql.public_address import public_address
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _instance(name: str, address: pulumi.Input[bool] | None, **more: object) -> None:
    gcp.sql.DatabaseInstance(
        name,
        name=name,
        region="europe-west1",
        database_version="POSTGRES_17",
        settings=gcp.sql.DatabaseInstanceSettingsArgs(
            tier="db-f1-micro",
            ip_configuration=gcp.sql.DatabaseInstanceSettingsIpConfigurationArgs(ipv4_enabled=address),
        ),
    )


@judged(
    public_address,
    {
        "good-private": PASSED,
        "bad-public": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def instances() -> None:
    _instance("good-private", False)
    _instance("bad-public", True)
    _instance("absent-flag", None)
    gcp.sql.DatabaseInstance("absent-block", name="absent-block", database_version="POSTGRES_17")
    _instance("unknown-flag", unknown().apply(bool))
    _instance("secret-flag", pulumi.Output.secret(False))
