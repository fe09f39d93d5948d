"""Every instance finds an address in its subnet and ports on the gateway to the internet."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from analysis.network.addresses import addresses_at
from analysis.quantities import finite
from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value
from analysis.workloads.templates import JOB, WORKLOADS, Egress, egress_of, find
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Severity, Unseen, each, stack_policy
from policies.reliability.arithmetic.instances import Revisions, counted, most_instances, revisions
from policies.reliability.arithmetic.sums import Sum

SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"
NAT: Final = "gcp:compute/routerNat:RouterNat"
ROUTER: Final = "gcp:compute/router:Router"
NETWORK: Final = "gcp:compute/network:Network"
# https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet
_RESERVED: Final = 4
# https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation: twice as many addresses as
# instances in a steady state, one for each task of a job, and a /26 at least.
_FOR_AN_INSTANCE: Final = 2
_FOR_A_TASK: Final = 1
_LEAST: Final = 64
# https://cloud.google.com/nat/docs/ports-and-addresses#ports; what is left out, and how it is rounded:
# https://cloud.google.com/compute/docs/reference/rest/v1/routers
_PORTS: Final = 64_512
_STATIC_PORTS, _DYNAMIC_PORTS = 64, 32
_LISTED: Final = "LIST_OF_SUBNETWORKS"


@stack_policy(
    id="subnet-addresses-fit",
    title="A subnet has addresses for all instances that run in it",
    severity=Severity.HIGH,
    why="""Cloud Run takes two addresses of the subnet for each instance. When they run out it starts no more
    instances: under load requests wait and end with 429 or 503, though the maximum is not reached.""",
    fix="""Widen the subnet by its setting (`appRange`, `mlRange`), or lower the `Scaling` of services in it.""",
    fix_raw="""Widen `ipCidrRange` (in place), or lower `template.scaling.maxInstanceCount` of what runs there.""",
    settings=Revisions,
)
def subnet_addresses_fit(stack: Stack, settings: Revisions) -> Iterator[Result]:
    demands = _addresses(stack, settings)

    def fits(subnet: Value) -> Iterator[Result]:
        asked = demands.get(subnet.resource.urn)
        if asked is None:
            return
        cidr = subnet["ipCidrRange"]
        try:
            size = addresses_at(cidr).size
        except NotKnown as reason:
            yield Unseen(subnet.resource, str(reason))
            return
        if size == 0:
            # Google chooses, from an internal range that is named elsewhere.
            yield Unseen(subnet.resource, f"{cidr.path} is left out")
            return
        if size < _LEAST and (asked.terms or asked.unknown):
            message = f"{cidr.path} has {size} addresses: Cloud Run asks for a /26 ({_LEAST}) or more"
            yield Problem(subnet.resource, message, key="least")
        message = (
            f"{cidr.path} has {size} - {_RESERVED} addresses to give, and what runs there takes {asked.told}: "
            "instances beyond that do not start"
        )
        yield from asked.against(size - _RESERVED, subnet, message, key="sum")

    yield from each(stack.of_type(SUBNET), fits)


def _addresses(stack: Stack, settings: Revisions) -> dict[str, Sum]:
    """The addresses that are asked for in each subnet, by its URN."""
    found: dict[str, Sum] = {}
    for workload in stack.of_type(*WORKLOADS):
        subnets, unread = subnets_of(stack, workload)
        for subnet in subnets:
            asked = found.setdefault(subnet.urn, Sum())
            if unread is not None:
                asked.miss(workload.resource, unread)
                continue
            try:
                instances = most_instances(workload)
            except NotKnown as reason:
                asked.miss(workload.resource, reason)
                continue
            each_ = _FOR_A_TASK if workload.resource.type == JOB else _FOR_AN_INSTANCE
            amount = revisions(workload, settings) * instances * each_
            asked.add(amount, f"{counted(workload, instances, settings)} * {each_}")
    return found


def subnets_of(stack: Stack, workload: Value) -> tuple[list[Resource], NotKnown | None]:
    """The subnet of this plan that a workload's instances are in; several with a reason where it may be either."""
    try:
        interfaces = list(find(workload, "interfaces").items())
    except NotKnown as reason:
        return _either(stack, workload), reason
    found: dict[str, Resource] = {}
    for interface in interfaces:
        try:
            named = interface["subnetwork"]
            if named.raw is MISSING or named.raw == "":
                # Then it is the subnet that is called as the network is.
                named = interface["network"]
        except NotKnown as reason:
            return _either(stack, workload), reason
        subnets = stack.referred(named, SUBNET)
        if named.is_unknown and len(subnets) > 1:
            return subnets, NotKnown(named.path, "is one of several subnets")
        found.update({one.urn: one for one in subnets})
    return list(found.values()), None


def _either(stack: Stack, workload: Value) -> list[Resource]:
    """The subnets that some input of a workload is made from."""
    by_urn = stack.plan.by_urn
    urns = {urn for before in workload.resource.propertyDependencies.values() for urn in before}
    return [one for urn in sorted(urns) if (one := by_urn.get(urn)) is not None and one.type == SUBNET]


@stack_policy(
    id="nat-ports-fit",
    title="A NAT gateway has ports for all instances that go through it",
    severity=Severity.HIGH,
    why="""Each instance holds its least number of ports whether it needs them or not. When the gateway's addresses
    have no more, new instances cannot call anybody on the internet: the model's provider times out, for some.""",
    fix="Give the `Network` more `nat_addresses`, or its gateway fewer least ports.",
    fix_raw="Add addresses to `natIps`, lower `minPortsPerVm`, or lower the services' maximum of instances.",
    settings=Revisions,
)
def nat_ports_fit(stack: Stack, settings: Revisions) -> Iterator[Result]:
    users = _outgoing(stack, settings)

    def fits(nat: Value) -> Iterator[Result]:
        # With automatic addresses Google adds them as they are needed: AUTO_ONLY.
        addresses = nat["natIps"]
        if nat["natIpAllocateOption"].text("") != "MANUAL_ONLY" and not addresses.present:
            return
        count = len(list(addresses.items()))
        path = nat["minPortsPerVm"]
        dynamic = nat["enableDynamicPortAllocation"].flag(False)
        ports = _rounded(finite(path, 0) or (_DYNAMIC_PORTS if dynamic else _STATIC_PORTS))
        asked = Sum()
        for subnet in _served(stack, nat):
            for who, instances, how in users.get(subnet, ()):
                if isinstance(how, NotKnown):
                    asked.miss(who, how)
                else:
                    asked.add(instances * ports, f"{how} * {ports}")
        message = (
            f"{addresses.path} holds {count} * {_PORTS} ports, and with {path.path} {ports} the instances take "
            f"{asked.told}: those beyond that reach nobody on the internet"
        )
        yield from asked.against(count * _PORTS, nat, message)

    yield from each(stack.of_type(NAT), fits)


def _rounded(ports: float) -> int:
    """The power of two that Google makes of a number of ports."""
    return 1 << (math.ceil(ports) - 1).bit_length()


User = tuple[Resource, float, str | NotKnown]


def _outgoing(stack: Stack, settings: Revisions) -> dict[str, list[User]]:
    """What goes to the internet through the VPC, by the URN of its subnet: instances, and how they are counted."""
    found: dict[str, list[User]] = {}
    for workload in stack.of_type(*WORKLOADS):
        subnets, unread = subnets_of(stack, workload)
        if not subnets:
            continue
        entry: User
        try:
            if egress_of(workload) is not Egress.NETWORK:
                continue
            if unread is not None:
                raise unread
            instances = most_instances(workload)
            amount = revisions(workload, settings) * instances
            entry = (workload.resource, amount, counted(workload, instances, settings))
        except NotKnown as reason:
            entry = (workload.resource, 0, reason)
        for subnet in subnets:
            found.setdefault(subnet.urn, []).append(entry)
    return found


def _served(stack: Stack, nat: Value) -> list[str]:
    """The URNs of the subnets that a gateway serves, as far as they are of this plan."""
    if nat["sourceSubnetworkIpRangesToNat"].text(_LISTED) == _LISTED:
        listed = [one["name"] for one in nat["subnetworks"].items()]
        found = {subnet.urn for name in listed for subnet in stack.referred(name, SUBNET)}
        return sorted(found)
    networks = {
        network.urn
        for router in stack.referred(nat["router"], ROUTER)
        for network in stack.referred(Value.of(router)["network"], NETWORK)
    }
    place = nat["region"].text("")
    return [urn for network in sorted(networks) for urn in stack.once(_by_place).get((network, place), ())]


def _by_place(stack: Stack) -> dict[tuple[str, str], list[str]]:
    """The subnets of each network and region; one whose region cannot be read is nowhere."""
    found: dict[tuple[str, str], list[str]] = {}
    for subnet in stack.of_type(SUBNET):
        region = subnet.resource.get("region")
        try:
            networks = stack.referred(subnet["network"], NETWORK)
        except NotKnown:
            continue
        for network in networks if isinstance(region, str) else ():
            found.setdefault((network.urn, str(region)), []).append(subnet.resource.urn)
    return found
