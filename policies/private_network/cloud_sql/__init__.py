"""Cloud SQL's ways in."""

from policies.private_network.cloud_sql.authorized_networks import authorized_networks
from policies.private_network.cloud_sql.encryption_in_transit import connectors_only, server_certificate, tls
from policies.private_network.cloud_sql.private_access import no_data_api, private_access
from policies.private_network.cloud_sql.public_address import public_address

POLICIES = (
    public_address,
    private_access,
    no_data_api,
    authorized_networks,
    tls,
    connectors_only,
    server_certificate,
)
