"""Encryption keys are kept where the data is."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="kms-ring-in-region",
    title="A key ring is in a region or a multi-region, not global",
    severity=Severity.LOW,
    why="""Key material of a global ring may be kept in any country, and regional services do not take its keys.
    A ring's location cannot be changed. Only secrets with automatic replication need a global key.""",
    fix="Make keys by `Keys`, whose ring is in the environment's region.",
    fix_raw="Make a key ring with `location` set to the region of the data.",
    rows=(167,),
    enforcement=Enforcement.ADVISORY,
    types=["gcp:kms/keyRing:KeyRing"],
)
def ring_in_region(ring: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if ring["location"].text("").strip().lower() == "global":
        yield "location is global: the ring's keys may be kept anywhere, and regional services take none of them"
