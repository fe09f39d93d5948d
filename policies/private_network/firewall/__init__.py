"""The rules of a network's firewall, in VPCs and in firewall policies."""

from policies.private_network.firewall.default_deny import egress_denied, ingress_denied
from policies.private_network.firewall.from_internet import no_ingress, no_management
from policies.private_network.firewall.narrowness import egress_by_identity, ingress_names_targets, names_ports
from policies.private_network.firewall.sources import public_sources
from policies.private_network.firewall.told import described, logs

POLICIES = (
    no_management,
    no_ingress,
    public_sources,
    names_ports,
    ingress_names_targets,
    egress_by_identity,
    egress_denied,
    ingress_denied,
    logs,
    described,
)
