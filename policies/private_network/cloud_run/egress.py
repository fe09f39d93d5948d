"""What leaves a workload leaves through the VPC, where firewall rules and Cloud NAT are."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import (
    PLACES,
    WORKLOADS,
    Egress,
    What,
    egress_input,
    egress_of,
    find,
    place_of,
)
from policies.engine.policy import Settings, Severity, resource_policy

_WAYS: Final[tuple[What, ...]] = ("interfaces", "connector")


class Through(enum.StrEnum):
    """What must go through the VPC."""

    EVERYTHING = "everything"
    PRIVATE_RANGES = "privateRanges"


class EgressSettings(Settings):
    """How much of the traffic must go through the VPC."""

    through_network: Through = Through.EVERYTHING
    """everything, or privateRanges where what goes to the internet may leave past the VPC."""


@resource_policy(
    id="run-egress-through-network",
    title="All traffic of a service, job, worker pool or function leaves through the VPC",
    severity=Severity.MEDIUM,
    why="""Outside the VPC a workload connects to anything on the internet from addresses that Google's customers
    share: no firewall rule stops data on its way out, no log shows it, and nobody can allow this system by its
    address. Without VPC access, or with egress left out, that is what happens.""",
    fix="Give the `Service`, `Job` or `WorkerPool` the network (`network=`): all its traffic goes there.",
    fix_raw="""Set `vpcAccess.networkInterfaces` (Direct VPC egress) or `vpcAccess.connector`, and
    `vpcAccess.egress` to ALL_TRAFFIC; in the v1 API the annotations run.googleapis.com/network-interfaces and
    run.googleapis.com/vpc-access-egress (all-traffic).""",
    rows=(37, 46),
    settings=EgressSettings,
    types=WORKLOADS,
)
def egress_through_network(workload: Value, stack: Stack, settings: EgressSettings) -> Iterator[str]:
    # Absent egress means private ranges only: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
    match egress_of(workload):
        case Egress.OUTSIDE:
            ways = [place_of(workload, way) for way in _WAYS if way in PLACES[workload.resource.type]]
            are = "are both" if len(ways) > 1 else "is"
            yield f"{' and '.join(ways)} {are} left out: everything it sends leaves past the VPC"
        case Egress.PRIVATE_RANGES if settings.through_network is Through.EVERYTHING:
            what = egress_input(workload)
            said = find(workload, what).text()
            found = f"is {said}" if said else "is left out, which means private ranges only"
            yield f"{place_of(workload, what)} {found}: what goes to the internet leaves past the VPC"
