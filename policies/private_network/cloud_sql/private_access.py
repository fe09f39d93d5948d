"""A Cloud SQL instance is reached through a VPC, and by nothing that goes around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

NETWORK: Final = "gcp:compute/network:Network"
IP: Final = "settings.ipConfiguration"


@resource_policy(
    id="sql-private-access",
    title="A Cloud SQL instance is reached by a private address or Private Service Connect",
    severity=Severity.HIGH,
    why="""An instance in no VPC can be reached over the internet only: its traffic leaves the network whose
    firewall and logs would see it, and its public address cannot be taken away.""",
    fix="Use the `Postgres` component and give it the stack's `network`.",
    fix_raw="Set `settings.ipConfiguration.privateNetwork` to the VPC, or `pscConfigs` with `pscEnabled`.",
    rows=(48,),
    cis_4=("6.6",),
    cis_5=("6.7",),
    types=[INSTANCE],
    elements=hosted,
)
def private_access(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    configuration = instance.at(IP)
    network = configuration["privateNetwork"]
    if stack.is_given(network, NETWORK):
        return
    # https://cloud.google.com/sql/docs/postgres/about-private-service-connect: one of the two is enough.
    if not any(psc["pscEnabled"].flag(False) for psc in configuration["pscConfigs"].items()):
        yield f"{network.path} is left out and Private Service Connect is not on: the instance is in no VPC"


@resource_policy(
    id="sql-no-data-api",
    title="A Cloud SQL instance takes no SQL through Google's API",
    severity=Severity.HIGH,
    why="""With the data API whoever has the right permission runs SQL from anywhere on the internet, on a private
    instance too: no VPC, firewall or TLS rule of the stack stands in between.""",
    fix="Use the `Postgres` component, which leaves the data API off.",
    fix_raw="Leave `settings.dataApiAccess` out, or set it to DISALLOW_DATA_API.",
    types=[INSTANCE],
    elements=hosted,
)
def no_data_api(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    access = instance.at("settings.dataApiAccess")
    if access.text() == "ALLOW_DATA_API":
        yield f"{access.path} is ALLOW_DATA_API: authorised users run SQL on the instance from the internet"
