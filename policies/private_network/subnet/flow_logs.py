"""Who talked to whom is on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.networks import NETWORK, called
from policies.private_network.subnet.purposes import SUBNET, holds_workloads

_CONFIG: Final = "gcp:networkmanagement/vpcFlowLogsConfig:VpcFlowLogsConfig"
_SECONDS: Final = {
    "INTERVAL_5_SEC": 5,
    "INTERVAL_30_SEC": 30,
    "INTERVAL_1_MIN": 60,
    "INTERVAL_5_MIN": 300,
    "INTERVAL_10_MIN": 600,
    "INTERVAL_15_MIN": 900,
}


class FlowLogsSettings(Settings):
    """How much is logged at least."""

    least_sampling: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="The share of the flows that must be logged; Google's default is 0.5, CIS asks for 1.",
    )
    longest_interval_s: int = Field(
        default=60,
        ge=5,
        le=900,
        description="Seconds over which flows may be added up; Google's default and CIS's is 5.",
    )
    metadata: bool = Field(
        default=True, description="Whether the names of machines and networks must be logged too."
    )


@resource_policy(
    id="subnet-flow-logs",
    title="A subnet logs who talks to whom",
    severity=Severity.MEDIUM,
    why="""After a break-in, flow logs say where the data went and what else was reached. They cannot be made
    afterwards. Cloud Run's traffic shows in them, while firewall rules log none of it.""",
    fix="Use the `Network` component: it logs every subnet; `flow_sampling` sets the share.",
    fix_raw="Set `logConfig` with `flowSampling`, `aggregationInterval` and `metadata` INCLUDE_ALL_METADATA.",
    rows=(5,),
    cis_4=("3.8",),
    cis_5=("3.10",),
    types=[SUBNET],
    settings=FlowLogsSettings,
)
def flow_logs(subnet: Value, stack: Stack, settings: FlowLogsSettings) -> Iterator[str]:
    if not holds_workloads(subnet):
        return
    config = subnet["logConfig"]
    if not config.present:
        logged, unknown = stack.once(_configured)
        names = {called(subnet["network"], stack, NETWORK), subnet.resource.urn, subnet["name"].text("")}
        if not names & logged:
            if unknown is not None:
                raise unknown.with_traceback(None)
            yield f"{config.path} is left out, which means no flow logs: nobody can tell where data went"
        return
    # The provider's defaults: 0.5, INTERVAL_5_SEC, INCLUDE_ALL_METADATA, 'true'.
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/subnetwork/#subnetworklogconfig
    sampling = config["flowSampling"]
    share = sampling.number(0.5)
    if share < settings.least_sampling:
        yield f"{sampling.path} is {share:g}: less than {settings.least_sampling:g} of the flows is logged"
    interval = config["aggregationInterval"]
    seconds = _SECONDS.get(interval.text("INTERVAL_5_SEC"), 0)
    if seconds > settings.longest_interval_s:
        yield f"{interval.path} adds up {seconds} s of flows, more than {settings.longest_interval_s} s"
    if settings.metadata and config["metadata"].text("INCLUDE_ALL_METADATA") == "EXCLUDE_ALL_METADATA":
        yield f"{config['metadata'].path} is EXCLUDE_ALL_METADATA: the logs do not say which machine it was"
    if config["filterExpr"].text("true").strip().lower() == "false":
        yield f"{config['filterExpr'].path} is false: no flow passes the filter, so none is logged"


def _configured(stack: Stack) -> tuple[set[str], NotKnown | None]:
    """The networks and subnets whose flows a configuration of their own logs; and why one cannot be read."""
    found: set[str] = set()
    unknown = None
    for config in stack.of_type(_CONFIG):
        try:
            if config["state"].text("ENABLED") == "ENABLED" and config["flowSampling"].number(1) > 0:
                for key, type_ in (("network", NETWORK), ("subnet", SUBNET)):
                    found.add(called(config[key], stack, type_) or "")
        except NotKnown as reason:
            unknown = reason
    return found - {""}, unknown
