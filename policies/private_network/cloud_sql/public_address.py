"""No Cloud SQL instance has an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="sql-no-public-address",
    title="A Cloud SQL instance has no public address",
    severity=Severity.CRITICAL,
    why="""With a public address anybody may try passwords and exploits against the database. Google gives an
    instance one unless `ipv4Enabled` is false: to leave it out is to open it.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="Set `settings.ipConfiguration.ipv4Enabled` to false and `privateNetwork` to the VPC.",
    rows=(47,),
    cis_4=("6.6",),
    cis_5=("6.7",),
    types=[INSTANCE],
    elements=hosted,
)
def public_address(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The provider's default is true: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    enabled = instance.at("settings.ipConfiguration.ipv4Enabled")
    if enabled.flag(True):
        said = "is true" if enabled.present else "is left out, which means true"
        yield f"{enabled.path} {said}: the instance gets a public address"
