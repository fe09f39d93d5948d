"""Answers of a public zone are signed, with an algorithm that holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_ZONE: Final = "gcp:dns/managedZone:ManagedZone"


def _is_public(zone: Value) -> bool:
    # Public is the default: https://www.pulumi.com/registry/packages/gcp/api-docs/dns/managedzone/
    return zone["visibility"].text("public") != "private"


@resource_policy(
    id="dns-public-zone-signed",
    title="A public zone is signed with DNSSEC",
    severity=Severity.MEDIUM,
    why="""Without signatures a forged answer sends callers, and their certificates' checks, to somebody else's
    machine. Google signs nothing unless it is told to.""",
    fix="No component makes a public zone; see the change for the resource.",
    fix_raw="Set `dnssecConfig.state` to on, then add the zone's DS record at the registrar.",
    rows=(30,),
    cis_4=("3.3",),
    cis_5=("3.3",),
    types=[_ZONE],
)
def signed(zone: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not _is_public(zone):
        return
    # `transfer` keeps the old signatures while a zone moves and makes no new ones.
    state = zone["dnssecConfig"]["state"]
    if state.text("off") != "on":
        said = f"is {state.text()}" if state.present else "is left out, which means off"
        yield f"{state.path} {said}: answers of this public zone can be forged"


@resource_policy(
    id="dns-no-rsasha1",
    title="No key of a public zone signs with SHA-1",
    severity=Severity.MEDIUM,
    why="""SHA-1 collisions can be made for little money: such a signature proves nothing, and resolvers stop
    taking it.""",
    fix="No component makes a public zone; see the change for the resource.",
    fix_raw="""Set `algorithm` of every entry of `dnssecConfig.defaultKeySpecs` to rsasha256 or ecdsap256sha256,
    or leave the specifications out.""",
    rows=(30,),
    cis_4=("3.4", "3.5"),
    cis_5=("3.4", "3.5"),
    types=[_ZONE],
    elements=lambda zone: zone["dnssecConfig"]["defaultKeySpecs"].items() if _is_public(zone) else (),
)
def no_sha1(spec: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Without specifications Google signs with RSASHA256: https://cloud.google.com/dns/docs/dnssec-advanced
    algorithm = spec["algorithm"]
    if algorithm.text("rsasha256").lower() == "rsasha1":
        yield f"{algorithm.path} is rsasha1: such signatures can be forged"
