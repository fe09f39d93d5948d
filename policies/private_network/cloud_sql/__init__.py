"""Cloud SQL's ways in."""

from policies.private_network.cloud_sql.public_address import public_address

POLICIES = (public_address,)
