"""Google's APIs are called at an address inside the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.network.addresses import GOOGLE_APIS, addresses_at
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.policy import Enforcement, Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.private_network.networks import NETWORK, called, networks_in

_RULE: Final = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
_ZONE: Final = "gcp:dns/managedZone:ManagedZone"
_RECORDS: Final = "gcp:dns/recordSet:RecordSet"
_BUNDLES: Final = frozenset({"all-apis", "vpc-sc"})
"""Every API at one endpoint, or only those that VPC Service Controls guards."""


@stack_policy(
    id="google-apis-inside",
    title="A network calls Google's APIs at an address of its own",
    severity=Severity.LOW,
    # Private Google Access alone keeps the traffic off the internet as well, with a wider way out.
    enforcement=Enforcement.ADVISORY,
    why="""Otherwise googleapis.com resolves to public addresses, and the firewall has to let workloads call
    those: a way out that any machine behind such an address can receive from. With a private address one narrow
    allow will do.""",
    fix="Use the `Network` component: it makes the endpoint and the zones that lead to it.",
    fix_raw="""Make a `GlobalForwardingRule` with target all-apis (or vpc-sc) in the network, and a private zone
    for googleapis.com. whose records lead there.""",
    rows=(27,),
    cis_5=("3.9",),
)
def google_apis_inside(stack: Stack, settings: Settings) -> Iterator[Result]:
    networks = stack.of_type(NETWORK)
    if not networks:
        return
    endpoints, endpoints_unknown = _endpoints(stack)
    zones, zones_unknown = _zones(stack)
    for value in networks:
        network = value.resource
        yield Looked(network)
        inside = zones.get(network.urn)
        if inside is None and zones_unknown is not None:
            yield Unseen(network, str(zones_unknown))
        elif inside is None:
            has = "no private zone sends googleapis.com to the endpoint of Google's APIs"
            lacks = "the network has neither an endpoint of Google's APIs nor a private zone of googleapis.com"
            yield Problem(network, f"{has if network.urn in endpoints else lacks}: public addresses are called")
        elif network.urn not in endpoints and not inside:
            if endpoints_unknown is not None:
                yield Unseen(network, str(endpoints_unknown))
            else:
                yield Problem(network, "the zone of googleapis.com leads to no private endpoint of Google's APIs")


def _endpoints(stack: Stack) -> tuple[set[str], NotKnown | None]:
    """The networks with an endpoint of all of Google's APIs."""
    found: set[str] = set()
    unknown = None
    for rule in stack.of_type(_RULE):
        try:
            target = rule["target"]
            if not target.is_unknown and target.text("") in _BUNDLES:
                found.add(called(rule["network"], stack, NETWORK) or "")
        except NotKnown as reason:
            unknown = reason
    return found, unknown


def _zones(stack: Stack) -> tuple[dict[str, bool], NotKnown | None]:
    """By network whether its private zone of googleapis.com leads to Google's own private ranges."""
    found: dict[str, bool] = {}
    unknown: NotKnown | None = None
    leading = _leading(stack)
    for zone in stack.of_type(_ZONE):
        try:
            if zone["visibility"].text("public") == "private" and zone["dnsName"].text("") == "googleapis.com.":
                named, reason = networks_in(zone["privateVisibilityConfig"]["networks"], stack)
                unknown = reason or unknown
                found |= {network: zone.resource.urn in leading or found.get(network, False) for network in named}
        except NotKnown as reason:
            unknown = reason
    return found, unknown


def _leading(stack: Stack) -> set[str]:
    """The zones with records in private.googleapis.com's or restricted.googleapis.com's ranges."""
    found: set[str] = set()
    for records in stack.of_type(_RECORDS):
        try:
            if any(GOOGLE_APIS.meets(addresses_at(one)) for one in records["rrdatas"].items()):
                found |= {zone.urn for zone in stack.referred(records["managedZone"], _ZONE)}
        except NotKnown:
            # Names, or addresses that only creation will tell: no known range of Google's.
            continue
    return found
