"""A peered network brings no routes of its own, and does not get this one's way to the internet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.network.addresses import INTERNET, addresses_at
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words
from policies.private_network.networks import NETWORK, called

_PEERING: Final = "gcp:compute/networkPeering:NetworkPeering"
_ROUTES_CONFIG: Final = "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig"
_ROUTE: Final = "gcp:compute/route:Route"
_GOOGLES: Final = "servicenetworking-googleapis-com"
"""What the peering for private services access is called."""


class PeeringSettings(Settings):
    """Who may bring routes."""

    import_from: Words = Field(
        default=(),
        description="Names of peerings that may bring custom routes, e.g. to a hub with the office behind it.",
    )


@resource_policy(
    id="peering-exchanges-no-default-route",
    title="A peering brings in no custom routes and hands out no default route",
    severity=Severity.MEDIUM,
    why="""Who may bring routes can draw this network's traffic to itself, Google's APIs and the internet
    included. Who gets this network's default route has a way out through it that no firewall rule of theirs
    shows.""",
    fix="""Leave the routes of a peering as they are by default (`AtlasCluster` does), or name a peering that
    must bring routes in this policy's `importFrom`.""",
    fix_raw="""Set `importCustomRoutes` to false; set `exportCustomRoutes` to false, or drop the route to
    0.0.0.0/0.""",
    rows=(25,),
    types=[_PEERING, _ROUTES_CONFIG],
    settings=PeeringSettings,
)
def no_foreign_routes(peering: Value, stack: Stack, settings: PeeringSettings) -> Iterator[str]:
    # Both are false by default: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/networkpeering/
    imports = peering["importCustomRoutes"]
    if imports.flag(False):
        name = peering["peering" if peering.resource.type == _ROUTES_CONFIG else "name"].text("")
        if name != _GOOGLES and name not in settings.import_from:
            yield f"{imports.path} is true: the peer can draw this network's traffic to itself"
    exports = peering["exportCustomRoutes"]
    if exports.flag(False):
        ways, unknown = stack.once(_ways_out)
        way = ways.get(called(peering["network"], stack, NETWORK) or "")
        if way:
            yield f"{exports.path} is true, and the route '{way}' to the internet goes with it"
        elif unknown is not None:
            raise unknown.with_traceback(None)


def _ways_out(stack: Stack) -> tuple[dict[str, str], NotKnown | None]:
    """By network a route to the internet that a peering would hand out; and why some routes cannot be read.

    Routes by the internet gateway and routes for tagged machines stay at home:
    https://cloud.google.com/vpc/docs/vpc-peering#route-exchange-options
    """
    found: dict[str, str] = defaultdict(str)
    unknown = None
    for route in stack.of_type(_ROUTE):
        try:
            gateway = route["nextHopGateway"].text("").rsplit("/", 1)[-1] == "default-internet-gateway"
            if gateway or any(True for _ in route["tags"].items()):
                continue
            if addresses_at(route["destRange"]).share >= INTERNET:
                found[called(route["network"], stack, NETWORK) or ""] = route.resource.name
        except NotKnown as reason:
            unknown = reason
    return dict(found), unknown
