"""The network: closed to begin with, private addresses only, one way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.component import Environment
from components.errors import ComponentError, NamingError
from components.naming import Naming
from components.network.destination import INTERNET, POSTGRES, VALKEY, Destination
from components.network.nat import NatSize
from components.network.network import Network
from components.network.ranges import private_range, public_range
from components.network.subnets import Tier
from components.observability.alert import AlertRouting
from components.observability.alerting import Alerting
from components.security.identity import Identity
from tests.components.harness import PROJECT, Registered, environment, of_type, only, plan_of
from tests.components.security.parts import not_waiting_for_apis, with_apis

RANGES: Mapping[Tier, str] = {Tier.APP: "10.0.1.0/24", Tier.DATA: "10.0.2.0/24", Tier.ML: "10.0.3.0/24"}
SERVICES = "10.1.0.0/20"
FIREWALL = "gcp:compute/firewall:Firewall"
SUBNET = "gcp:compute/subnetwork:Subnetwork"


def network(env: Environment, **changes: Any) -> Network:
    given: dict[str, Any] = {"ranges": RANGES, "private_services_range": SERVICES}
    return Network("network", env=env, **(given | changes))


def with_egress(env: Environment, *needs: Destination | None) -> None:
    vpc = network(env)
    api = Identity("api", env=env, description="Runs the API.")
    vpc.allow_egress("api", api, needs=needs, opts=pulumi.ResourceOptions(parent=api))


def egress_of(*needs: Destination | None) -> dict[str, Registered]:
    """The egress allows of a workload with those needs, by name."""
    found = plan_of(lambda env: with_egress(env, *needs))
    return {one.name: one for one in of_type(found, FIREWALL) if one.inputs.get("allows")}


def routing() -> AlertRouting:
    channel = pulumi.Output.from_input("projects/p/notificationChannels/1")
    return AlertRouting(page=(channel,), notify=(channel,))


def test_a_new_network_lets_nothing_in_or_out() -> None:
    rules = of_type(plan_of(network), FIREWALL)
    assert {one.name for one in rules} == {"network-deny-ingress", "network-deny-egress"}
    for rule in rules:
        assert rule.inputs["denies"] == [{"protocol": "all"}]
        assert rule.inputs["priority"] == 65534, "an allow must be able to come before it"
        assert rule.inputs["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}


def test_google_makes_neither_subnets_nor_routes_of_its_own() -> None:
    found = plan_of(network)
    vpc = only(found, "gcp:compute/network:Network").inputs
    assert vpc["autoCreateSubnetworks"] is False
    assert vpc["deleteDefaultRoutesOnCreate"] is True
    assert only(found, "gcp:compute/route:Route").inputs["destRange"] == "0.0.0.0/0"


def test_every_subnet_is_logged_and_reaches_google_privately() -> None:
    subnets = of_type(plan_of(network), SUBNET)
    assert {one.inputs["ipCidrRange"] for one in subnets} == set(RANGES.values())
    for subnet in subnets:
        assert subnet.inputs["logConfig"]["flowSampling"] == 1.0
        assert subnet.inputs["privateIpGoogleAccess"] is True
        assert subnet.inputs["stackType"] == "IPV4_ONLY"


def test_a_proxy_subnet_is_made_only_when_asked_for_and_takes_no_flow_logs() -> None:
    found = plan_of(lambda env: network(env, ranges={**RANGES, Tier.PROXY: "10.0.4.0/24"}))
    proxy = next(one for one in of_type(found, SUBNET) if one.name == "network-proxy").inputs
    assert proxy["purpose"] == "REGIONAL_MANAGED_PROXY"
    assert "logConfig" not in proxy
    assert "privateIpGoogleAccess" not in proxy
    assert not [one for one in of_type(plan_of(network), SUBNET) if one.name == "network-proxy"]


def test_only_workloads_go_out_and_from_reserved_addresses() -> None:
    found = plan_of(lambda env: network(env, nat=NatSize(addresses=2)))
    nat = only(found, "gcp:compute/routerNat:RouterNat")
    assert nat.inputs["natIpAllocateOption"] == "MANUAL_ONLY"
    assert nat.inputs["sourceSubnetworkIpRangesToNat"] == "LIST_OF_SUBNETWORKS"
    assert nat.inputs["enableEndpointIndependentMapping"] is False
    assert nat.inputs["logConfig"]["enable"] is True
    used = {urn.split("::")[-1] for urn in nat.property_dependencies["subnetworks"]}
    assert {"network-app", "network-ml"} <= used
    assert "network-data" not in used, "data stores have no business outside"
    addresses = of_type(found, "gcp:compute/address:Address")
    assert len(addresses) == 2
    assert all(one.protect for one in addresses), "partners allow these addresses: they must not be lost"


def test_google_apis_and_other_services_answer_at_one_private_address() -> None:
    found = plan_of(network)
    endpoint = only(found, "gcp:compute/globalForwardingRule:GlobalForwardingRule").inputs
    assert endpoint["target"] == "all-apis"
    assert endpoint["loadBalancingScheme"] == ""
    assert endpoint["name"] == "voicestackapis"
    records = {one.inputs["name"]: one.inputs["rrdatas"] for one in of_type(found, "gcp:dns/recordSet:RecordSet")}
    assert records == {"*.googleapis.com.": ["10.255.255.254"], "*.run.app.": ["10.255.255.254"]}
    zones = of_type(found, "gcp:dns/managedZone:ManagedZone")
    assert {one.inputs["visibility"] for one in zones} == {"private"}


def test_a_destroy_does_not_hang_on_the_peering_with_google() -> None:
    connection = only(plan_of(network), "gcp:servicenetworking/connection:Connection").inputs
    assert connection["deletionPolicy"] == "ABANDON"


def test_a_subnet_that_workloads_ran_in_is_given_the_time_to_be_let_go() -> None:
    """Cloud Run holds its addresses there for up to two hours."""
    found = {one.name: one.delete_within for one in of_type(plan_of(network), SUBNET)}
    assert found["network-app"] == "3h"
    assert found["network-data"] == ""


def test_the_range_lent_to_google_is_the_one_that_was_chosen() -> None:
    addresses = of_type(plan_of(network), "gcp:compute/globalAddress:GlobalAddress")
    lent = next(one for one in addresses if one.inputs["purpose"] == "VPC_PEERING").inputs
    assert (lent["address"], lent["prefixLength"]) == ("10.1.0.0", 20)


def test_valkey_gets_its_endpoints_in_the_data_subnet() -> None:
    policy = only(plan_of(network), "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy")
    assert policy.inputs["serviceClass"] == "gcp-memorystore"
    assert any(urn.endswith("network-data") for urn in policy.property_dependencies["pscConfig"])


def test_dns_queries_are_logged() -> None:
    assert only(plan_of(network), "gcp:dns/policy:Policy").inputs["enableLogging"] is True


def test_a_workload_may_call_google_and_nothing_else_by_default() -> None:
    (rule,) = egress_of().values()
    assert rule.inputs["destinationRanges"] == ["10.255.255.254/32"]
    assert rule.inputs["allows"] == [{"protocol": "tcp", "ports": ["443"]}]
    assert rule.inputs["direction"] == "EGRESS"
    assert rule.inputs["targetServiceAccounts"] == [f"voicestack-api@{PROJECT}.iam.gserviceaccount.com"]


def test_each_need_opens_its_own_ports_to_its_own_addresses() -> None:
    atlas = Destination.peered("atlas", "192.168.248.0/21", ports=("27015-27017",))
    rules = egress_of(POSTGRES, VALKEY, INTERNET, atlas, None)
    seen = {
        name.removeprefix("api-to-"): (rule.inputs["destinationRanges"], rule.inputs["allows"][0]["ports"])
        for name, rule in rules.items()
    }
    assert seen == {
        "google-apis": (["10.255.255.254/32"], ["443"]),
        "postgres": (["10.1.0.0/20"], ["3307"]),
        "valkey": (["10.0.2.0/24"], ["6379", "11000-13047"]),
        "internet": (["0.0.0.0/0"], ["443"]),
        "atlas": (["192.168.248.0/21"], ["27015-27017"]),
    }


def test_an_identity_goes_out_only_if_it_asks() -> None:
    assert "api-to-internet" not in egress_of(POSTGRES)


def test_two_equal_needs_are_one_rule() -> None:
    assert len(egress_of(POSTGRES, POSTGRES)) == 2


def test_who_waits_for_the_allow_waits_for_the_way_too() -> None:
    rules = egress_of(INTERNET)
    assert any("RouterNat" in urn for urn in rules["api-to-internet"].dependencies)
    assert any("GlobalForwardingRule" in urn for urn in rules["api-to-google-apis"].dependencies)


def test_everything_of_the_network_waits_for_the_apis() -> None:
    def program(env: Environment) -> None:
        ready = with_apis(env)
        alerts = Alerting("alerting", env=ready, emails=["oncall@example.com"]).routing
        vpc = network(ready, nat=NatSize(addresses=2), alerts=alerts)
        api = Identity("api", env=ready, description="Runs the API.")
        vpc.allow_egress("api", api, needs=[POSTGRES, INTERNET], opts=pulumi.ResourceOptions(parent=api))

    assert not not_waiting_for_apis(plan_of(program)), "give it depends_on=list(env.apis)"


def test_ingress_is_allowed_from_subnet_to_subnet() -> None:
    def program(env: Environment) -> None:
        network(env).firewall.allow_ingress("models", source=Tier.APP, destination=Tier.ML, ports=["8080"])

    rule = next(one for one in of_type(plan_of(program), FIREWALL) if one.name == "network-models").inputs
    assert (rule["sourceRanges"], rule["destinationRanges"]) == (["10.0.1.0/24"], ["10.0.3.0/24"])
    assert rule["allows"] == [{"protocol": "tcp", "ports": ["8080"]}]


def test_alerts_follow_from_the_size_of_the_way_out() -> None:
    size = NatSize(addresses=3)
    found = plan_of(lambda env: network(env, nat=size, alerts=routing()))
    queries = [
        one.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
        for one in of_type(found, "gcp:monitoring/alertPolicy:AlertPolicy")
    ]
    assert len(queries) == 2
    assert any(query.endswith(f"> {int(0.8 * 3 * 64512)}") for query in queries)
    assert all('gateway_name="voicestack-prod-network-nat"' in query for query in queries)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ranges": {Tier.APP: "10.0.1.0/24"}}, ["data"]),
        ({"ranges": {**RANGES, Tier.DATA: "10.0.1.128/25"}}, ["10.0.1.0/24", "10.0.1.128/25"]),
        ({"private_services_range": "10.0.0.0/20"}, ["10.0.1.0/24", "10.0.0.0/20"]),
        ({"google_apis_address": "10.1.0.9"}, ["10.1.0.0/20", "10.1.0.9/32"]),
        ({"google_apis_address": "8.8.8.8"}, ["8.8.8.8", "private"]),
        ({"google_apis_address": "10.9.0.0/24"}, ["10.9.0.0/24", "one private address"]),
        ({"ranges": {**RANGES, Tier.APP: "8.8.8.0/24"}}, ["8.8.8.0/24", "not private"]),
        ({"ranges": {**RANGES, Tier.APP: "10.0.1.5/24"}}, ["10.0.1.5/24", "10.0.1.0/24 does"]),
        ({"ranges": {**RANGES, Tier.APP: "10.0.1.0/33"}}, ["10.0.1.0/33"]),
        ({"ranges": {**RANGES, Tier.APP: "10.0.0.0/8"}}, ["wider than a /16"]),
        ({"ranges": {**RANGES, Tier.APP: "10.0.1.0/27"}}, ["/26"]),
        ({"ranges": {**RANGES, Tier.APP: "172.17.8.0/24"}}, ["172.17.0.0/16"]),
        ({"ranges": {**RANGES, Tier.APP: "fd00::/64"}}, ["IPv4"]),
        ({"private_services_range": "10.1.0.0/25"}, ["/24"]),
        ({"flow_sampling": 0.0}, ["0.0"]),
    ],
)
def test_ranges_that_cannot_work_are_refused_before_anything_is_made(
    changes: dict[str, Any], told: list[str]
) -> None:
    with pytest.raises(ComponentError) as refused:
        network(environment(), **changes)
    for words in told:
        assert words in str(refused.value)


def test_a_tier_without_a_range_has_no_subnet_and_says_so() -> None:
    def program(env: Environment) -> None:
        vpc = network(env, ranges={Tier.APP: "10.0.1.0/24", Tier.DATA: "10.0.2.0/24"})
        with pytest.raises(ComponentError, match="no ml subnet"):
            vpc.subnets[Tier.ML]
        with pytest.raises(ComponentError, match="the ml tier"):
            vpc.firewall.allow_ingress("models", source=Tier.APP, destination=Tier.ML, ports=["8080"])
        with pytest.raises(ComponentError, match="no ports"):
            vpc.firewall.allow_ingress("models", source=Tier.APP, destination=Tier.DATA, ports=[])

    plan_of(program)


@pytest.mark.parametrize(
    ("range_", "ports"), [("0.0.0.0/0", ("443",)), ("10.5.0.0/16", ()), ("10.5.0.0/16", ("all",))]
)
def test_a_peered_destination_is_private_and_names_its_ports(range_: str, ports: tuple[str, ...]) -> None:
    with pytest.raises(ComponentError, match="destination 'atlas'"):
        Destination.peered("atlas", range_, ports=ports)


def test_a_peered_range_must_not_meet_the_networks_own() -> None:
    with pytest.raises(ComponentError, match="overlap"):
        egress_of(Destination.peered("atlas", "10.0.0.0/16", ports=("27017",)))


def test_two_destinations_of_one_purpose_are_refused() -> None:
    one = Destination.peered("atlas", "192.168.248.0/21", ports=("27017",))
    other = Destination.peered("atlas", "192.168.240.0/21", ports=("27017",))
    with pytest.raises(ComponentError, match="two destinations"):
        egress_of(one, other)


@pytest.mark.parametrize(
    "size",
    [
        {"addresses": 0},
        {"least_ports": 100},
        {"most_ports": 131072},
        {"least_ports": 4096, "most_ports": 4096},
    ],
)
def test_nat_sizes_that_google_refuses_are_refused_here(size: dict[str, int]) -> None:
    with pytest.raises(ComponentError):
        NatSize(**size)


def test_nat_tells_how_many_instances_it_carries() -> None:
    assert NatSize(addresses=2, least_ports=64).instances == 2016


def test_a_system_name_too_long_for_an_endpoint_is_told_early() -> None:
    with pytest.raises(NamingError, match="1 to 20"):
        Naming("a-very-long-system-name", "prod", PROJECT).endpoint("apis")


def test_setting_files_get_one_line_about_a_bad_range() -> None:
    assert str(private_range("10.0.1.0/24")) == "10.0.1.0/24"
    for text in ("10.0.1.5/24", "1.2.3.4", "nonsense"):
        with pytest.raises(ValueError, match=text.replace(".", r"\.")) as told:
            private_range(text)
        assert "\n" not in str(told.value)
    with pytest.raises(ValueError, match="wider"):
        public_range("0.0.0.0/0")
