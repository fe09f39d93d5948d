"""A subnet reaches Google's APIs without going out to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.subnet.purposes import SUBNET, has_ipv6, holds_workloads


@resource_policy(
    id="subnet-private-google-access",
    title="A subnet reaches Google's APIs privately",
    severity=Severity.MEDIUM,
    why="""Without it a machine without a public address reaches no API of Google's, unless traffic goes out
    through NAT: then every call for a secret leaves the network, and the firewall must let it.""",
    fix="Use the `Network` component: it turns it on for every subnet.",
    fix_raw="""Set `privateIpGoogleAccess` to true; where the subnet has IPv6, `privateIpv6GoogleAccess` to
    ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE.""",
    rows=(6, 7),
    types=[SUBNET],
)
def google_access(subnet: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not holds_workloads(subnet):
        return
    # Both are off by default: https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    private = subnet["privateIpGoogleAccess"]
    if subnet["stackType"].text("IPV4_ONLY") != "IPV6_ONLY" and not private.flag(False):
        said = "is false" if private.present else "is left out, which means false"
        yield f"{private.path} {said}: calls to Google's APIs go out to the internet, or nowhere"
    if has_ipv6(subnet):
        private = subnet["privateIpv6GoogleAccess"]
        if private.text("DISABLE_GOOGLE_ACCESS") == "DISABLE_GOOGLE_ACCESS":
            said = "is off" if private.present else "is left out, which means off"
            yield f"{private.path} {said}: calls to Google's APIs by IPv6 go out to the internet, or nowhere"
