"""What of a plan is reachable from the internet: load balancers, and services that ask nobody who calls.

Only what stands open by itself; which path leads from an address to which service is not followed here.
"""

from __future__ import annotations

from analysis.grant_rows import grants_in
from plan.plan import Plan

_EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
_FORWARDING = frozenset(
    {"gcp:compute/globalForwardingRule:GlobalForwardingRule", "gcp:compute/forwardingRule:ForwardingRule"}
)


def exposed(plan: Plan) -> set[str]:
    """One sentence for each way in."""
    found = {
        f"{row.entity} is open to {row.member} ({row.role})" for row in grants_in(plan) if row.member in _EVERYONE
    }
    for one in plan:
        if one.type in _FORWARDING and str(one.get("loadBalancingScheme", "")).startswith("EXTERNAL"):
            found.add(f"load balancer {one.name} listens on port {one.get('portRange', 'of its own')}")
        if one.type == "gcp:cloudrunv2/service:Service":
            ingress = str(one.get("ingress", "INGRESS_TRAFFIC_ALL"))
            if ingress == "INGRESS_TRAFFIC_ALL":
                found.add(f"service {one.name} takes requests from the internet")
            if one.get("invokerIamDisabled") is True:
                found.add(f"service {one.name} asks nobody who calls (ingress {ingress.lower()})")
        if one.type == "gcp:sql/databaseInstance:DatabaseInstance":
            address = (one.get("settings") or {}).get("ipConfiguration") or {}
            if address.get("ipv4Enabled", True):
                found.add(f"database {one.name} has a public address")
    return found
