"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack
from policies.private_network import (
    api_gateway,
    cache,
    calls,
    cloud_dns,
    cloud_run,
    cloud_sql,
    firewall,
    internet,
    load_balancer,
    nat,
    perimeter,
    private_connect,
    private_services,
    subnet,
    vertex,
    virtual_machines,
    vpc,
)

PACK = Pack(
    name="private_network",
    title="Nothing is reachable from the internet but what stands behind the load balancer",
    policies=(
        *api_gateway.POLICIES,
        *cache.POLICIES,
        *calls.POLICIES,
        *cloud_dns.POLICIES,
        *cloud_run.POLICIES,
        *cloud_sql.POLICIES,
        *firewall.POLICIES,
        *internet.POLICIES,
        *load_balancer.POLICIES,
        *nat.POLICIES,
        *perimeter.POLICIES,
        *private_connect.POLICIES,
        *private_services.POLICIES,
        *subnet.POLICIES,
        *vertex.POLICIES,
        *virtual_machines.POLICIES,
        *vpc.POLICIES,
    ),
)
