"""Virtual machines have no address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.virtual_machines import MACHINES, is_left_to_template
from policies.engine.policy import Result, Settings, Severity, each, resource_policy


@resource_policy(
    id="vm-no-public-address",
    title="A virtual machine has no public address",
    severity=Severity.HIGH,
    why="""Every port that a firewall rule leaves open on a machine with a public address is tried within minutes,
    and what runs there can send data anywhere, past the NAT and its log.""",
    fix="""Run it as a `Service` behind the `Edge`; nothing here makes a machine. One that takes calls over
    SIP gets a waiver.""",
    fix_raw="""Leave `accessConfigs` and `ipv6AccessConfigs` out: a load balancer lets requests in, Cloud NAT
    out, and Identity-Aware Proxy the operators.""",
    rows=(195,),
    cis_4=("4.9",),
    cis_5=("4.9",),
    types=MACHINES,
)
def no_public_address(machine: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    nics = machine["networkInterfaces"]
    if not is_left_to_template(machine, nics, stack):
        yield from each(nics.items(), _public)


def _public(nic: Value) -> Iterator[str]:
    # A block with nothing in it is an address of Google's choice:
    # https://cloud.google.com/compute/docs/reference/rest/v1/instances (networkInterfaces[].accessConfigs)
    for key in ("accessConfigs", "ipv6AccessConfigs"):
        if list(nic[key].items()):
            yield f"{nic[key].path} is set: the machine has an address on the internet"
