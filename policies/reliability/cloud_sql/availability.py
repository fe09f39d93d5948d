"""A Cloud SQL instance outlives the failure of its zone."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, primaries
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="sql-high-availability",
    title="A Cloud SQL instance that keeps data has a standby in another zone",
    severity=Severity.HIGH,
    why="""When a zone fails, an instance in one zone is away until the zone is back or somebody restores a
    backup; each call in progress and each new one fails meanwhile. With a standby it is a minute.""",
    fix="Set `highly_available` of the profile's `DatabaseSize` (stacks/profiles.py); `Postgres` takes REGIONAL.",
    fix_raw="Set `settings.availabilityType` to REGIONAL, with backups and point-in-time recovery on.",
    rows=(57,),
    types=[INSTANCE],
    # A replica is no copy to fall back on, and may be in one zone.
    elements=primaries,
)
def high_availability(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # ZONAL by default: https://www.pulumi.com/registry/packages/gcp/api-docs/sql/databaseinstance/
    kind = instance.at("settings.availabilityType")
    if kind.text("ZONAL") != "REGIONAL":
        said = "is not REGIONAL" if kind.present else "is left out, which means ZONAL"
        yield f"{kind.path} {said}: the database is away as long as its zone"
