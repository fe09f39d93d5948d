"""Edits of the network: its mode, its subnets, its ways out and its ways to Google."""

from typing import Any

from tests.policies.mutation import UNKNOWN, Draft, mutant

NETWORK = "compute/network:Network"
SUBNET = "compute/subnetwork:Subnetwork"
NAT = "compute/routerNat:RouterNat"
ADDRESS = "compute/globalAddress:GlobalAddress"
CONNECTION = "servicenetworking/connection:Connection"
ENDPOINT = "compute/globalForwardingRule:GlobalForwardingRule"
ZONE = "dns/managedZone:ManagedZone"
PEERING = "compute/networkPeering:NetworkPeering"
FIREWALL = "compute/firewall:Firewall"


@mutant("network-custom-mode")
def the_network_gets_a_subnet_in_every_region(draft: Draft) -> None:
    draft.inputs(NETWORK, "network")["autoCreateSubnetworks"] = True


@mutant("network-custom-mode", stack="staging")
def the_mode_is_left_out(draft: Draft) -> None:
    del draft.inputs(NETWORK, "network")["autoCreateSubnetworks"]


@mutant("network-custom-mode")
def the_network_is_a_legacy_one(draft: Draft) -> None:
    draft.inputs(NETWORK, "network")["ipv4Range"] = "10.240.0.0/16"


@mutant("network-not-default")
def the_network_is_called_default(draft: Draft) -> None:
    draft.inputs(NETWORK, "network")["name"] = "default"


@mutant("network-not-default")
def a_firewall_rule_is_made_in_the_default_network(draft: Draft) -> None:
    draft.inputs(FIREWALL, "worker-to-internet")["network"] = "projects/acme-voice-prod/global/networks/default"


@mutant("network-not-default", stack="staging")
def the_database_is_in_the_default_network(draft: Draft) -> None:
    instance = draft.inputs("sql/databaseInstance:DatabaseInstance", "postgres")
    instance["settings"]["ipConfiguration"]["privateNetwork"] = "projects/acme/global/networks/default"


@mutant("network-not-default")
def a_project_is_made_with_googles_network(draft: Draft) -> None:
    draft.add("organizations/project:Project", "lab", {"projectId": "acme-voice-lab", "name": "lab"})


@mutant("network-not-default")
def a_service_goes_out_by_a_subnet_of_the_default_network(draft: Draft) -> None:
    worker = draft.inputs("cloudrunv2/service:Service", "api")
    worker["template"]["vpcAccess"]["networkInterfaces"] = [{"subnetwork": "default"}]


def _add(draft: Draft, type_: str, name: str, inputs: dict[str, Any]) -> None:
    """Adds a resource that waits for what the stack's own do."""
    draft.add(type_, name, inputs, depends={"project": draft.find(ZONE, "network-apis-run-app")})


def _peering(draft: Draft, **inputs: Any) -> None:
    named = {"name": "hub", "network": UNKNOWN, "peerNetwork": "projects/hub/global/networks/hub", **inputs}
    draft.add(PEERING, "hub", named, depends={"network": draft.find(NETWORK, "network")})


@mutant("peering-exchanges-no-default-route")
def a_peer_may_bring_routes(draft: Draft) -> None:
    _peering(draft, importCustomRoutes=True)


@mutant("peering-exchanges-no-default-route", stack="staging")
def a_peer_may_bring_routes_by_a_configuration(draft: Draft) -> None:
    inputs = {"network": "net", "peering": "hub", "importCustomRoutes": True, "exportCustomRoutes": False}
    _add(draft, "compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig", "hub", inputs)


@mutant("peering-exchanges-no-default-route")
def the_way_out_is_handed_to_a_peer(draft: Draft) -> None:
    route = draft.inputs("compute/route:Route", "network-nat")
    del route["nextHopGateway"]
    route["nextHopIp"] = "10.0.1.9"
    _peering(draft, exportCustomRoutes=True)


LOGS = "subnet-flow-logs"


@mutant(LOGS)
def a_subnet_logs_no_flows(draft: Draft) -> None:
    del draft.inputs(SUBNET, "network-data")["logConfig"]


@mutant(LOGS, stack="staging")
def hardly_a_flow_is_logged(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-app")["logConfig"]["flowSampling"] = 0.01


@mutant(LOGS)
def flows_are_logged_without_names(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-app")["logConfig"]["metadata"] = "EXCLUDE_ALL_METADATA"


@mutant(LOGS)
def no_flow_passes_the_filter(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-ml")["logConfig"]["filterExpr"] = "false"


@mutant(LOGS)
def flows_are_added_up_for_ten_minutes(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-ml")["logConfig"]["aggregationInterval"] = "INTERVAL_10_MIN"


ACCESS = "subnet-private-google-access"


@mutant(ACCESS)
def a_subnet_has_no_private_access(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-app")["privateIpGoogleAccess"] = False


@mutant(ACCESS, stack="staging")
def the_private_access_is_left_out(draft: Draft) -> None:
    del draft.inputs(SUBNET, "network-ml")["privateIpGoogleAccess"]


@mutant(ACCESS, also=("network-egress-default-deny", "network-ingress-default-deny"))
def a_subnet_has_no_private_access_by_ipv6(draft: Draft) -> None:
    inputs = draft.inputs(SUBNET, "network-app")
    inputs |= {"stackType": "IPV4_IPV6", "ipv6AccessType": "INTERNAL"}
    inputs["privateIpv6GoogleAccess"] = "DISABLE_GOOGLE_ACCESS"


IPV6 = "subnet-no-external-ipv6"
DENIES = ("network-egress-default-deny", "network-ingress-default-deny")
OUTBOUND = "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE"


@mutant(IPV6, also=DENIES)
def a_subnet_gets_public_ipv6(draft: Draft) -> None:
    inputs = draft.inputs(SUBNET, "network-app")
    inputs |= {"stackType": "IPV4_IPV6", "ipv6AccessType": "EXTERNAL", "privateIpv6GoogleAccess": OUTBOUND}


@mutant(IPV6, stack="staging", also=DENIES)
def a_subnet_has_nothing_but_public_ipv6(draft: Draft) -> None:
    inputs = draft.inputs(SUBNET, "network-ml")
    inputs |= {"stackType": "IPV6_ONLY", "ipv6AccessType": "EXTERNAL", "privateIpv6GoogleAccess": OUTBOUND}


@mutant(IPV6, also=DENIES)
def a_subnet_gets_a_public_ipv6_prefix(draft: Draft) -> None:
    inputs = draft.inputs(SUBNET, "network-data")
    inputs |= {
        "stackType": "IPV4_IPV6",
        "externalIpv6Prefix": "2600:1900::/64",
        "privateIpv6GoogleAccess": OUTBOUND,
    }


RANGE = "subnet-private-range"
DISJOINT = "network-ranges-disjoint"


@mutant(RANGE)
def a_subnet_has_public_addresses(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-ml")["ipCidrRange"] = "203.0.113.0/24"


@mutant(RANGE, stack="staging")
def a_subnet_is_wide(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-ml")["ipCidrRange"] = "172.16.0.0/12"


@mutant(RANGE)
def pods_have_public_addresses(draft: Draft) -> None:
    pods = [{"rangeName": "pods", "ipCidrRange": "198.51.100.0/24"}]
    draft.inputs(SUBNET, "network-ml")["secondaryIpRanges"] = pods


@mutant(DISJOINT)
def two_subnets_overlap(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-ml")["ipCidrRange"] = "10.0.0.0/22"


@mutant(DISJOINT, stack="staging")
def the_lent_range_overlaps_a_subnet(draft: Draft) -> None:
    subnet = draft.inputs(SUBNET, "network-data")["ipCidrRange"]
    draft.inputs(ADDRESS, "network-services")["address"] = subnet.partition("/")[0]


@mutant(DISJOINT)
def the_endpoint_lies_in_a_subnet(draft: Draft) -> None:
    draft.inputs(ADDRESS, "network-apis")["address"] = "10.0.1.5"


@mutant("nat-logs")
def the_gateway_logs_nothing(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["logConfig"]["enable"] = False


@mutant("nat-logs", stack="staging")
def the_gateways_log_is_left_out(draft: Draft) -> None:
    del draft.inputs(NAT, "network-nat")["logConfig"]


@mutant("nat-logs")
def the_gateway_logs_errors_only(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["logConfig"]["filter"] = "ERRORS_ONLY"


@mutant("nat-named-subnets")
def the_gateway_serves_every_subnet(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["sourceSubnetworkIpRangesToNat"] = "ALL_SUBNETWORKS_ALL_IP_RANGES"


@mutant("nat-named-subnets", stack="staging")
def the_gateway_serves_the_first_range_of_every_subnet(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["sourceSubnetworkIpRangesToNat"] = "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"


@mutant("nat-named-subnets")
def the_gateway_serves_every_subnet_with_ipv6(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["sourceSubnetworkIpRangesToNat64"] = "ALL_IPV6_SUBNETWORKS"


@mutant("nat-no-endpoint-independent-mapping")
def the_mapping_is_endpoint_independent(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["enableEndpointIndependentMapping"] = True


@mutant("nat-no-endpoint-independent-mapping", stack="staging")
def the_mapping_is_endpoint_independent_by_a_text(draft: Draft) -> None:
    draft.inputs(NAT, "network-nat")["enableEndpointIndependentMapping"] = "true"


@mutant("nat-no-endpoint-independent-mapping")
def another_gateway_maps_independently(draft: Draft) -> None:
    inputs = {**draft.inputs(NAT, "network-nat"), "name": "other", "enableEndpointIndependentMapping": True}
    _add(draft, NAT, "other", inputs)


LENT = "private-services-range"


@mutant(LENT)
def the_lent_range_is_wide(draft: Draft) -> None:
    inputs = draft.inputs(ADDRESS, "network-services")
    inputs |= {"address": "172.16.0.0", "prefixLength": 12}


@mutant(LENT)
def the_lent_range_is_public(draft: Draft) -> None:
    draft.inputs(ADDRESS, "network-services")["address"] = "203.0.112.0"


@mutant(LENT, stack="staging")
def the_lent_range_is_of_external_addresses(draft: Draft) -> None:
    del draft.inputs(ADDRESS, "network-services")["addressType"]


@mutant(LENT)
def the_lent_range_is_one_address(draft: Draft) -> None:
    del draft.inputs(ADDRESS, "network-services")["prefixLength"]


@mutant(LENT)
def no_range_is_lent(draft: Draft) -> None:
    draft.inputs(CONNECTION, "network-services")["reservedPeeringRanges"] = []


@mutant(LENT)
def the_endpoints_address_is_lent(draft: Draft) -> None:
    draft.inputs(CONNECTION, "network-services")["reservedPeeringRanges"] = ["voicestack-prod-network-apis"]


APPROVED = "psc-connections-approved"


@mutant(APPROVED)
def a_service_is_offered_to_anybody(draft: Draft) -> None:
    inputs = {"name": "offer", "connectionPreference": "ACCEPT_AUTOMATIC", "natSubnets": ["nat"]}
    _add(draft, "compute/serviceAttachment:ServiceAttachment", "offer", inputs)


@mutant(APPROVED, stack="staging")
def the_network_takes_connections_from_anybody(draft: Draft) -> None:
    inputs = {"name": "offer", "connectionPreference": "ACCEPT_AUTOMATIC", "subnetworks": ["app"]}
    _add(draft, "compute/networkAttachment:NetworkAttachment", "offer", inputs)


@mutant(APPROVED)
def a_service_is_offered_without_saying_to_whom(draft: Draft) -> None:
    _add(draft, "compute/serviceAttachment:ServiceAttachment", "offer", {"name": "offer", "natSubnets": ["nat"]})


INSIDE = "google-apis-inside"


@mutant(INSIDE)
def the_endpoint_of_googles_apis_is_removed(draft: Draft) -> None:
    draft.drop(ENDPOINT, "network-apis")


@mutant(INSIDE, stack="staging")
def the_zone_of_googles_apis_is_shown_to_another_network(draft: Draft) -> None:
    shown = draft.inputs(ZONE, "network-apis-googleapis-com")["privateVisibilityConfig"]
    shown["networks"] = [{"networkUrl": "another"}]


@mutant(INSIDE)
def the_endpoint_leads_to_somebody_else(draft: Draft) -> None:
    target = "projects/theirs/regions/europe-west1/serviceAttachments/theirs"
    draft.inputs(ENDPOINT, "network-apis")["target"] = target


@mutant(INSIDE)
def the_zone_of_googles_apis_is_for_another_name(draft: Draft) -> None:
    draft.inputs(ZONE, "network-apis-googleapis-com")["dnsName"] = "example.com."


QUERIES = "dns-queries-logged"


@mutant(QUERIES)
def queries_are_not_logged(draft: Draft) -> None:
    draft.inputs("dns/policy:Policy", "network")["enableLogging"] = False


@mutant(QUERIES, stack="staging")
def the_flag_for_queries_is_left_out(draft: Draft) -> None:
    del draft.inputs("dns/policy:Policy", "network")["enableLogging"]


@mutant(QUERIES)
def the_policy_for_dns_is_removed(draft: Draft) -> None:
    draft.drop("dns/policy:Policy", "network")


@mutant(QUERIES)
def the_policy_for_dns_names_another_network(draft: Draft) -> None:
    draft.inputs("dns/policy:Policy", "network")["networks"] = [{"networkUrl": "another"}]


def _zone(draft: Draft, **inputs: Any) -> None:
    _add(
        draft,
        ZONE,
        "public",
        {"name": "public", "dnsName": "example.com.", "labels": {"owner": "platform"}, **inputs},
    )


@mutant("dns-public-zone-signed")
def a_public_zone_is_not_signed(draft: Draft) -> None:
    _zone(draft, visibility="public", dnssecConfig={"state": "off"})


@mutant("dns-public-zone-signed", stack="staging")
def a_zone_is_public_by_default_and_not_signed(draft: Draft) -> None:
    _zone(draft)


@mutant("dns-public-zone-signed", also=(INSIDE,))
def a_private_zone_becomes_public(draft: Draft) -> None:
    inputs = draft.inputs(ZONE, "network-apis-googleapis-com")
    inputs["visibility"] = "public"
    del inputs["privateVisibilityConfig"]


@mutant("dns-no-rsasha1")
def a_zone_is_signed_with_sha1(draft: Draft) -> None:
    _zone(
        draft, dnssecConfig={"state": "on", "defaultKeySpecs": [{"algorithm": "rsasha1", "keyType": "keySigning"}]}
    )


@mutant("dns-no-rsasha1", stack="staging")
def the_second_key_of_a_zone_signs_with_sha1(draft: Draft) -> None:
    keys = [{"algorithm": "rsasha256"}, {"algorithm": "rsasha1", "keyType": "zoneSigning"}]
    _zone(draft, dnssecConfig={"state": "on", "defaultKeySpecs": keys})


@mutant("dns-no-rsasha1", also=("dns-public-zone-signed",))
def a_zone_that_moves_is_signed_with_sha1(draft: Draft) -> None:
    _zone(draft, dnssecConfig={"state": "transfer", "defaultKeySpecs": [{"algorithm": "rsasha1"}]})


PERIMETER = "accesscontextmanager/servicePerimeter:ServicePerimeter"
GUARDED = {"restrictedServices": ["storage.googleapis.com"]}
ANYBODY = {"ingressFrom": {"identityType": "ANY_IDENTITY", "sources": [{"accessLevel": "*"}]}}


@mutant("perimeter-enforced")
def a_perimeter_runs_dry_only(draft: Draft) -> None:
    _add(draft, PERIMETER, "all", {"name": "all", "spec": GUARDED, "useExplicitDryRunSpec": True})


@mutant("perimeter-enforced", stack="staging")
def a_perimeter_is_a_bridge(draft: Draft) -> None:
    _add(draft, PERIMETER, "all", {"name": "all", "perimeterType": "PERIMETER_TYPE_BRIDGE", "status": {}})


@mutant("perimeter-enforced")
def a_perimeter_guards_no_service(draft: Draft) -> None:
    listed = {"servicePerimeters": [{"status": GUARDED}, {"status": {"resources": ["projects/1"]}}]}
    _add(draft, "accesscontextmanager/servicePerimeters:ServicePerimeters", "all", listed)


@mutant("perimeter-ingress-named")
def a_perimeter_lets_anybody_in(draft: Draft) -> None:
    _add(draft, PERIMETER, "all", {"name": "all", "status": {**GUARDED, "ingressPolicies": [ANYBODY]}})


@mutant("perimeter-ingress-named", stack="staging")
def a_rule_of_a_perimeter_lets_anybody_in(draft: Draft) -> None:
    type_ = "accesscontextmanager/servicePerimeterIngressPolicy:ServicePerimeterIngressPolicy"
    _add(draft, type_, "all", {"perimeter": "all", **ANYBODY})


@mutant("perimeter-ingress-named")
def one_of_several_perimeters_lets_anybody_in(draft: Draft) -> None:
    listed = {"servicePerimeters": [{"status": GUARDED}, {"status": {**GUARDED, "ingressPolicies": [ANYBODY]}}]}
    _add(draft, "accesscontextmanager/servicePerimeters:ServicePerimeters", "all", listed)
