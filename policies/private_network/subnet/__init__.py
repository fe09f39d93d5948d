"""Subnets: what they hold, what they log, how they reach Google's APIs."""

from policies.private_network.subnet.flow_logs import flow_logs
from policies.private_network.subnet.google_access import google_access
from policies.private_network.subnet.ipv6 import no_external_ipv6
from policies.private_network.subnet.ranges import disjoint, private_range

POLICIES = (flow_logs, google_access, no_external_ipv6, private_range, disjoint)
