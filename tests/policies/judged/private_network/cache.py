"""Redis and Valkey caches as they may and may not be reached."""

import pulumi
import pulumi_gcp as gcp

from policies.private_network.cache.encryption_in_transit import cache_tls
from policies.private_network.cache.redis_network import redis_network
from tests.policies.databases import cluster, redis, valkey
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

PRIVATE = "PRIVATE_SERVICE_ACCESS"
VPC = "projects/p/global/networks/vpc"


@judged(
    redis_network,
    {
        "good-by-name": PASSED,
        "good-network-of-this-stack": PASSED,
        "bad-peered": VIOLATED,
        "bad-unknown-network-beside-a-peering": VIOLATED,
        "bad-unknown-mode-beside-the-default-network": VIOLATED,
        "absent-mode": VIOLATED,
        "absent-network": VIOLATED,
        "unknown-mode": NOT_EVALUATED,
        "unknown-network": NOT_EVALUATED,
        "secret-mode": NOT_EVALUATED,
    },
)
def networks() -> None:
    vpc = gcp.compute.Network("vpc", name="vpc", auto_create_subnetworks=False)
    redis("good-by-name", connect_mode=PRIVATE, authorized_network=VPC)
    redis("good-network-of-this-stack", connect_mode=PRIVATE, authorized_network=vpc.id)
    redis("bad-peered", connect_mode="DIRECT_PEERING", authorized_network=VPC)
    redis("bad-unknown-network-beside-a-peering", authorized_network=unknown("a"))
    redis("bad-unknown-mode-beside-the-default-network", connect_mode=unknown("b"))
    redis("absent-mode", authorized_network=VPC)
    redis("absent-network", connect_mode=PRIVATE)
    redis("unknown-mode", connect_mode=unknown("c"), authorized_network=VPC)
    redis("unknown-network", connect_mode=PRIVATE, authorized_network=unknown("d"))
    redis("secret-mode", connect_mode=pulumi.Output.secret(PRIVATE), authorized_network=VPC)


TLS = "SERVER_AUTHENTICATION"


@judged(
    cache_tls,
    {
        "good-redis": PASSED,
        "good-cluster": PASSED,
        "good-valkey": PASSED,
        "bad-redis": VIOLATED,
        "bad-cluster": VIOLATED,
        "bad-valkey": VIOLATED,
        "absent-redis": VIOLATED,
        "absent-cluster": VIOLATED,
        "absent-valkey": VIOLATED,
        "unknown-cluster": NOT_EVALUATED,
        "secret-valkey": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    redis("good-redis", transit_encryption_mode=TLS)
    cluster("good-cluster", transit_encryption_mode=f"TRANSIT_ENCRYPTION_MODE_{TLS}")
    valkey("good-valkey", transit_encryption_mode=TLS)
    redis("bad-redis", transit_encryption_mode="DISABLED")
    cluster("bad-cluster", transit_encryption_mode="TRANSIT_ENCRYPTION_MODE_DISABLED")
    valkey("bad-valkey", transit_encryption_mode="TRANSIT_ENCRYPTION_DISABLED")
    redis("absent-redis")
    cluster("absent-cluster")
    valkey("absent-valkey")
    cluster("unknown-cluster", transit_encryption_mode=unknown())
    valkey("secret-valkey", transit_encryption_mode=pulumi.Output.secret(TLS))
