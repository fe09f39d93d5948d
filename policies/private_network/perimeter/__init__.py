"""Perimeters of VPC Service Controls, where a stack makes one.

Whether there must be one is the organisation's business, and no stack can tell.
"""

from policies.private_network.perimeter.perimeter import enforced, ingress_named

POLICIES = (enforced, ingress_named)
