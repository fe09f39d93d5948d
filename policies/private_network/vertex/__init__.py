"""Vertex AI: where its endpoints and notebooks can be reached from."""

from policies.private_network.vertex.endpoints import endpoint_private
from policies.private_network.vertex.notebooks import no_public_address

POLICIES = (endpoint_private, no_public_address)
