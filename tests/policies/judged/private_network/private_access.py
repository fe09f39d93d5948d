"""Private services access and Private Service Connect."""

from typing import Any

import pulumi
from pulumi_gcp import compute, dns, servicenetworking

from policies.private_network.private_connect.google_apis import google_apis_inside
from policies.private_network.private_connect.offered import connections_approved
from policies.private_network.private_services.lent_range import lent_range
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _lent(name: str, **more: Any) -> compute.GlobalAddress:
    return compute.GlobalAddress(
        name,
        **{
            "name": name,
            "network": "net",
            "purpose": "VPC_PEERING",
            "address_type": "INTERNAL",
            "address": "10.1.0.0",
            "prefix_length": 20,
            **more,
        },
    )


def _connection(name: str, *ranges: Any) -> None:
    servicenetworking.Connection(
        name, network="net", service="servicenetworking.googleapis.com", reserved_peering_ranges=list(ranges)
    )


@judged(
    lent_range,
    {
        "good-range": PASSED,
        "good-chosen-by-google": PASSED,
        "good-other-purpose": PASSED,
        "good-public-entry": PASSED,
        "good-connection": PASSED,
        "good-connection-of-elsewhere": PASSED,
        "bad-wide": VIOLATED,
        "bad-narrow": VIOLATED,
        "bad-public": VIOLATED,
        "bad-external": VIOLATED,
        "bad-connection": VIOLATED,
        "bad-connection-by-name": VIOLATED,
        "bad-empty-connection": VIOLATED,
        "absent-type": VIOLATED,
        "absent-prefix": VIOLATED,
        "unknown-prefix": NOT_EVALUATED,
        "unknown-purpose": NOT_EVALUATED,
        "secret-prefix": NOT_EVALUATED,
    },
)
def lent() -> None:
    range_ = _lent("good-range")
    _lent("good-chosen-by-google", address=None)
    endpoint = _lent("good-other-purpose", purpose="PRIVATE_SERVICE_CONNECT", prefix_length=None)
    compute.GlobalAddress("good-public-entry", name="entry")
    _connection("good-connection", range_.name)
    _connection("good-connection-of-elsewhere", "made-by-hand")
    _lent("bad-wide", prefix_length=12)
    _lent("bad-narrow", prefix_length=28)
    _lent("bad-public", address="203.0.113.0", prefix_length=24)
    _lent("bad-external", address_type="EXTERNAL")
    _connection("bad-connection", range_.name, endpoint.name)
    _connection("bad-connection-by-name", "good-other-purpose")
    _connection("bad-empty-connection")
    _lent("absent-type", address_type=None)
    _lent("absent-prefix", prefix_length=None)
    _lent("unknown-prefix", prefix_length=unknown("u1").apply(int))
    _lent("unknown-purpose", purpose=unknown("u2"))
    _lent("secret-prefix", prefix_length=pulumi.Output.secret(20))


def _attachment(name: str, preference: Any) -> None:
    compute.ServiceAttachment(
        name,
        name=name,
        region="europe-west1",
        connection_preference=preference,
        enable_proxy_protocol=False,
        nat_subnets=["nat"],
        target_service="rule",
    )


@judged(
    connections_approved,
    {
        "good-manual": PASSED,
        "good-network": PASSED,
        "bad-automatic": VIOLATED,
        "bad-network": VIOLATED,
        "unknown-preference": NOT_EVALUATED,
        "secret-preference": NOT_EVALUATED,
    },
    absent="the provider requires the input",
)
def offered() -> None:
    _attachment("good-manual", "ACCEPT_MANUAL")
    _attachment("bad-automatic", "ACCEPT_AUTOMATIC")
    _attachment("unknown-preference", unknown("u3"))
    _attachment("secret-preference", pulumi.Output.secret("ACCEPT_MANUAL"))
    for name, preference in (("good-network", "ACCEPT_MANUAL"), ("bad-network", "ACCEPT_AUTOMATIC")):
        compute.NetworkAttachment(
            name, name=name, region="europe-west1", subnetworks=["app"], connection_preference=preference
        )


def _network(name: str) -> compute.Network:
    return compute.Network(name, name=name, auto_create_subnetworks=False)


def _endpoint(name: str, network: compute.Network, target: Any) -> None:
    compute.GlobalForwardingRule(
        name, name=name, network=network.id, target=target, ip_address="10.255.255.254", load_balancing_scheme=""
    )


def _zone(name: str, network: compute.Network, *, records: Any = "10.255.255.254", **more: Any) -> None:
    zone = dns.ManagedZone(
        name,
        **{
            "name": name,
            "dns_name": "googleapis.com.",
            "visibility": "private",
            "private_visibility_config": {"networks": [{"network_url": network.id}]},
            **more,
        },
    )
    dns.RecordSet(name, managed_zone=zone.name, name="*.googleapis.com.", type="A", ttl=300, rrdatas=[records])


@judged(
    google_apis_inside,
    {
        "good-endpoint": PASSED,
        "good-perimeter-bundle": PASSED,
        "good-restricted-range": PASSED,
        "bad-endpoint-without-a-name": VIOLATED,
        "bad-zone-that-leads-nowhere": VIOLATED,
        "bad-zone-of-the-public": VIOLATED,
        "bad-other-target": VIOLATED,
        "absent-everything": VIOLATED,
    },
)
def ways_to_google() -> None:
    good = _network("good-endpoint")
    _endpoint("e1", good, "all-apis")
    _zone("z1", good)
    bundle = _network("good-perimeter-bundle")
    _endpoint("e2", bundle, "vpc-sc")
    _zone("z2", bundle)
    _zone("z3", _network("good-restricted-range"), records="199.36.153.4")
    _endpoint("e3", _network("bad-endpoint-without-a-name"), "all-apis")
    _zone("z4", _network("bad-zone-that-leads-nowhere"))
    public = _network("bad-zone-of-the-public")
    _endpoint("e4", public, "all-apis")
    _zone("z5", public, visibility="public", private_visibility_config=None)
    other = _network("bad-other-target")
    _endpoint("e5", other, "projects/p/regions/r/serviceAttachments/theirs")
    _zone("z6", other)
    _network("absent-everything")


@judged(google_apis_inside, {"unknown-zone": NOT_EVALUATED, "good-all-the-same": PASSED})
def a_zone_in_doubt() -> None:
    network = _network("unknown-zone")
    _endpoint("e1", network, "all-apis")
    _zone("z1", network, dns_name=unknown("u4"))
    certain = _network("good-all-the-same")
    _endpoint("e2", certain, "all-apis")
    _zone("z2", certain)


@judged(google_apis_inside, {"secret-target": NOT_EVALUATED})
def an_endpoint_in_doubt() -> None:
    network = _network("secret-target")
    _endpoint("e1", network, pulumi.Output.secret("all-apis"))
    _zone("z1", network)
