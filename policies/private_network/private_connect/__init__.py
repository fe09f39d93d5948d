"""Private Service Connect: what is offered to others, and the way to Google's APIs."""

from policies.private_network.private_connect.google_apis import google_apis_inside
from policies.private_network.private_connect.offered import connections_approved

POLICIES = (connections_approved, google_apis_inside)
