"""API Gateway: who may call what, and as whom it calls on."""

from policies.private_network.api_gateway.account import own_account
from policies.private_network.api_gateway.operations import operations_secured

POLICIES = (operations_secured, own_account)
