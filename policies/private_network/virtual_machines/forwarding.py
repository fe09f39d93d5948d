"""Virtual machines pass on no packets of others."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.virtual_machines import MACHINES, is_left_to_template
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="vm-forwards-nothing",
    title="A virtual machine passes on no packets of others",
    severity=Severity.MEDIUM,
    why="""With IP forwarding Google no longer checks who a packet says it is from: the machine can speak as any
    other, and can be made a router into the network.""",
    fix="Leave routing to the `Network` and its NAT; nothing here makes a machine.",
    fix_raw="Leave `canIpForward` out, or set it to false; a machine that is a gateway gets a waiver.",
    rows=(196,),
    cis_4=("4.6",),
    cis_5=("4.6",),
    types=MACHINES,
)
def forwards_nothing(machine: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://cloud.google.com/vpc/docs/using-routes#canipforward
    forwards = machine["canIpForward"]
    if not is_left_to_template(machine, forwards, stack) and forwards.flag(False):
        yield f"{forwards.path} is true: the machine sends and takes packets that are not its own"
