"""Networks as a whole: their mode, the default one, what their peerings exchange."""

from typing import Any

import pulumi
from pulumi_gcp import compute, container, dns, memcache, organizations, redis, sql

from policies.private_network.vpc.custom_mode import custom_mode
from policies.private_network.vpc.default_network import not_default
from policies.private_network.vpc.peering import no_foreign_routes
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    custom_mode,
    {
        "good-custom": PASSED,
        "bad-auto": VIOLATED,
        "absent-mode": VIOLATED,
        "unknown-mode": NOT_EVALUATED,
        "secret-mode": NOT_EVALUATED,
    },
)
def modes() -> None:
    compute.Network("good-custom", name="a", auto_create_subnetworks=False)
    compute.Network("bad-auto", name="b", auto_create_subnetworks=True)
    compute.Network("absent-mode", name="c")
    compute.Network("unknown-mode", name="d", auto_create_subnetworks=unknown("u1").apply(bool))
    compute.Network("secret-mode", name="e", auto_create_subnetworks=pulumi.Output.secret(False))


def _project(name: str, network: Any) -> None:
    organizations.Project(name, project_id=f"acme-{name}"[:30], name=name, auto_create_network=network)


def _sql(name: str, network: Any) -> None:
    sql.DatabaseInstance(
        name,
        name=name,
        database_version="POSTGRES_17",
        settings={"tier": "db-f1-micro", "ip_configuration": {"ipv4_enabled": False, "private_network": network}},
    )


def _instance(name: str, *nics: Any) -> None:
    compute.Instance(
        name,
        name=name,
        machine_type="e2-micro",
        zone="europe-west1-b",
        boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
        network_interfaces=[*nics],
    )


@judged(
    not_default,
    {
        "good-network": PASSED,
        "good-firewall": PASSED,
        "good-sql": PASSED,
        "good-instance": PASSED,
        "good-instance-by-subnet": PASSED,
        "good-cluster": PASSED,
        "good-named-alike": PASSED,
        "good-other-default": PASSED,
        "good-project": PASSED,
        "bad-project": VIOLATED,
        "absent-project-network": VIOLATED,
        "unknown-project-network": NOT_EVALUATED,
        "secret-project-network": NOT_EVALUATED,
        "bad-network": VIOLATED,
        "bad-firewall": VIOLATED,
        "bad-subnet": VIOLATED,
        "bad-sql-by-link": VIOLATED,
        "bad-redis": VIOLATED,
        "bad-dns-zone": VIOLATED,
        "bad-instance": VIOLATED,
        "absent-instance-network": VIOLATED,
        "absent-cluster-network": VIOLATED,
        "absent-memcache-network": VIOLATED,
        "unknown-network": NOT_EVALUATED,
        "secret-network": NOT_EVALUATED,
    },
)
def default_networks() -> None:
    network = compute.Network("good-network", name="net", auto_create_subnetworks=False)
    _project("good-project", False)
    _project("bad-project", True)
    _project("absent-project-network", None)
    _project("unknown-project-network", unknown("p").apply(bool))
    _project("secret-project-network", pulumi.Output.secret(False))
    compute.Firewall("good-firewall", name="a", network=network.id, allows=[{"protocol": "icmp"}])
    _sql("good-sql", network.id)
    _instance("good-instance", {"network": network.id})
    _instance("good-instance-by-subnet", {"subnetwork": "apps"})
    container.Cluster("good-cluster", name="c", location="europe-west1", network=network.id)
    compute.Firewall("good-named-alike", name="b", network="default-but-not", allows=[{"protocol": "icmp"}])
    compute.Address("good-other-default", name="default")
    compute.Network("bad-network", name="default", auto_create_subnetworks=False)
    compute.Firewall("bad-firewall", name="c", network="default", allows=[{"protocol": "icmp"}])
    compute.Subnetwork("bad-subnet", name="s", network="global/networks/default", ip_cidr_range="10.0.0.0/24")
    _sql("bad-sql-by-link", "projects/acme/global/networks/default")
    redis.Instance(
        "bad-redis", name="r", memory_size_gb=1, authorized_network="projects/acme/global/networks/default"
    )
    dns.ManagedZone(
        "bad-dns-zone",
        name="z",
        dns_name="internal.",
        visibility="private",
        private_visibility_config={"networks": [{"network_url": "projects/acme/global/networks/default"}]},
    )
    _instance("bad-instance", {"network": network.id}, {"network": "default"})
    _instance("absent-instance-network", {"access_configs": []})
    container.Cluster("absent-cluster-network", name="d", location="europe-west1")
    memcache.Instance(
        "absent-memcache-network", name="m", node_count=1, node_config={"cpu_count": 1, "memory_size_mb": 1024}
    )
    compute.Firewall("unknown-network", name="e", network=unknown("u2"), allows=[{"protocol": "icmp"}])
    compute.Firewall(
        "secret-network", name="f", network=pulumi.Output.secret("net"), allows=[{"protocol": "icmp"}]
    )


def _peering(name: str, network: pulumi.Input[str], **more: Any) -> None:
    compute.NetworkPeering(
        name, name=name, network=network, peer_network="projects/theirs/global/networks/net", **more
    )


@judged(
    no_foreign_routes,
    {
        "good-nothing": PASSED,
        "good-export-without-a-default-route": PASSED,
        "good-googles": PASSED,
        "bad-import": VIOLATED,
        "bad-import-configured": VIOLATED,
        "bad-export": VIOLATED,
        "bad-export-to-google": VIOLATED,
        "absent-flags": PASSED,
        "unknown-import": NOT_EVALUATED,
        "secret-import": NOT_EVALUATED,
    },
)
def peerings() -> None:
    plain = compute.Network("plain", name="plain", auto_create_subnetworks=False)
    routed = compute.Network("routed", name="routed", auto_create_subnetworks=False)
    way: dict[str, Any] = {"dest_range": "0.0.0.0/0"}
    # Neither of these leaves the network, whatever a peering exports.
    compute.Route("gateway", name="g", network=plain.id, next_hop_gateway="default-internet-gateway", **way)
    compute.Route("tagged", name="t", network=plain.id, next_hop_ip="10.0.0.9", tags=["web"], **way)
    compute.Route("office", name="o", network=plain.id, next_hop_ip="10.0.0.9", dest_range="192.168.0.0/16")
    compute.Route("appliance", name="a", network=routed.id, next_hop_ip="10.0.0.9", **way)
    _peering("good-nothing", routed.self_link, import_custom_routes=False, export_custom_routes=False)
    _peering("good-export-without-a-default-route", plain.self_link, export_custom_routes=True)
    googles: dict[str, Any] = {"peering": "servicenetworking-googleapis-com"}
    compute.NetworkPeeringRoutesConfig(
        "good-googles", network=plain.name, import_custom_routes=True, export_custom_routes=True, **googles
    )
    _peering("bad-import", plain.self_link, import_custom_routes=True)
    compute.NetworkPeeringRoutesConfig(
        "bad-import-configured",
        network=plain.name,
        peering="hub",
        import_custom_routes=True,
        export_custom_routes=False,
    )
    _peering("bad-export", routed.self_link, export_custom_routes=True)
    compute.NetworkPeeringRoutesConfig(
        "bad-export-to-google",
        network=routed.name,
        import_custom_routes=False,
        export_custom_routes=True,
        **googles,
    )
    _peering("absent-flags", routed.self_link)
    _peering("unknown-import", plain.self_link, import_custom_routes=unknown("u3").apply(bool))
    _peering("secret-import", plain.self_link, import_custom_routes=pulumi.Output.secret(True))


@judged(no_foreign_routes, {"unknown-way-out": NOT_EVALUATED, "bad-import-besides": VIOLATED})
def a_route_in_doubt() -> None:
    network = compute.Network("net", name="net", auto_create_subnetworks=False)
    compute.Route("way", name="w", network=network.id, dest_range=unknown("u4"), next_hop_ip="10.0.0.9")
    _peering("unknown-way-out", network.self_link, export_custom_routes=True)
    _peering("bad-import-besides", network.self_link, export_custom_routes=True, import_custom_routes=True)
