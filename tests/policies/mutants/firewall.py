"""Edits of the firewall: what is opened, to whom, and what no longer tells of it."""

from typing import Any

from tests.policies.mutation import UNKNOWN, Draft, mutant

FIREWALL = "compute/firewall:Firewall"
NETWORK = "compute/network:Network"
WORKER = "voicestack-worker@acme-voice-prod.iam.gserviceaccount.com"
MANAGEMENT = "firewall-no-management-from-internet"
INTERNET = "firewall-no-ingress-from-internet"
SOURCES = "firewall-public-sources-named"
PORTS = "firewall-names-ports"
TARGETS = "firewall-ingress-names-targets"
IDENTITY = "firewall-egress-by-identity"
LOGS = "firewall-logs"
DESCRIBED = "firewall-described"
EGRESS = "network-egress-default-deny"
INGRESS = "network-ingress-default-deny"


def tcp(*ports: str) -> list[dict[str, Any]]:
    return [{"protocol": "tcp", "ports": list(ports)}]


def allow(draft: Draft, name: str, **changes: Any) -> None:
    """Adds a rule that lets something in and has nothing else against it."""
    inputs = {
        "name": name,
        "network": UNKNOWN,
        "description": "Somebody may call the worker.",
        "direction": "INGRESS",
        "priority": 1000,
        "allows": tcp("8080"),
        "sourceRanges": ["10.0.1.0/24"],
        "targetServiceAccounts": [WORKER],
        "logConfig": {"metadata": "INCLUDE_ALL_METADATA"},
        **changes,
    }
    kept = {key: value for key, value in inputs.items() if value is not None}
    draft.add(FIREWALL, name, kept, depends={"network": draft.find(NETWORK, "network")})


def policy_rule(draft: Draft, kind: str, name: str, match: dict[str, Any], **changes: Any) -> None:
    """Adds a rule of a firewall policy that has nothing against it but what it matches."""
    inputs = {
        "firewallPolicy": "policy",
        "priority": 1000,
        "action": "allow",
        "direction": "INGRESS",
        "description": "Somebody may call the worker.",
        "enableLogging": True,
        "targetServiceAccounts": [WORKER],
        "match": {"layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}], **match},
        **changes,
    }
    type_ = f"compute/{kind}:{kind[0].upper()}{kind[1:]}"
    draft.add(type_, name, inputs, depends={"project": draft.find(NETWORK, "network")})


@mutant(MANAGEMENT)
def ssh_is_opened_to_everybody(draft: Draft) -> None:
    allow(draft, "ssh", sourceRanges=["0.0.0.0/0"], allows=tcp("22"))


@mutant(MANAGEMENT, stack="staging")
def the_sources_of_ssh_are_left_out(draft: Draft) -> None:
    allow(draft, "ssh", sourceRanges=None, allows=tcp("22"))


@mutant(MANAGEMENT)
def rdp_is_opened_by_ipv6(draft: Draft) -> None:
    allow(draft, "rdp", sourceRanges=["::/0"], allows=tcp("3389"))


@mutant(MANAGEMENT)
def postgres_is_opened_to_the_halves_of_the_internet(draft: Draft) -> None:
    allow(draft, "postgres", sourceRanges=["0.0.0.0/1", "128.0.0.0/1"], allows=tcp("5432"))


@mutant(MANAGEMENT, also=(SOURCES,))
def redis_is_opened_by_two_rules(draft: Draft) -> None:
    # Each alone is less than what counts as the internet.
    allow(draft, "redis-one", sourceRanges=["64.0.0.0/11"], allows=tcp("6379"))
    allow(draft, "redis-two", sourceRanges=["64.32.0.0/11"], allows=tcp("6379", "6380"))


@mutant(MANAGEMENT, also=(PORTS, INTERNET))
def a_rule_for_tcp_forgets_its_ports(draft: Draft) -> None:
    allow(draft, "forgetful", sourceRanges=["0.0.0.0/0"], allows=[{"protocol": "tcp"}])


@mutant(MANAGEMENT, also=(PORTS, INTERNET))
def everything_is_opened(draft: Draft) -> None:
    allow(draft, "everything", sourceRanges=["0.0.0.0/0"], allows=[{"protocol": "all"}])


@mutant(MANAGEMENT)
def mysql_is_opened_by_the_number_of_tcp(draft: Draft) -> None:
    allow(draft, "mysql", sourceRanges=["0.0.0.0/0"], allows=[{"protocol": "6", "ports": ["3306"]}])


@mutant(MANAGEMENT)
def a_network_policy_opens_ssh(draft: Draft) -> None:
    policy_rule(draft, "networkFirewallPolicyRule", "ssh", {"srcIpRanges": ["0.0.0.0/0"]})


@mutant(MANAGEMENT, stack="staging")
def a_regional_policy_opens_ssh_to_a_country(draft: Draft) -> None:
    policy_rule(draft, "regionNetworkFirewallPolicyRule", "ssh", {"srcRegionCodes": ["US"]})


@mutant(MANAGEMENT)
def a_folders_policy_opens_ssh(draft: Draft) -> None:
    policy_rule(draft, "firewallPolicyRule", "ssh", {"srcIpRanges": ["0.0.0.0/0"]})


@mutant(MANAGEMENT)
def a_policy_that_holds_its_rules_opens_mongodb(draft: Draft) -> None:
    rule = {
        "priority": 1,
        "action": "allow",
        "direction": "INGRESS",
        "description": "The database.",
        "enableLogging": True,
        "targetServiceAccounts": [WORKER],
        "match": {"layer4Configs": [{"ipProtocol": "tcp", "ports": ["27017"]}], "srcIpRanges": ["::/0"]},
    }
    type_ = "compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules"
    inputs = {"name": "holding", "rules": [rule]}
    draft.add(type_, "holding", inputs, depends={"project": draft.find(NETWORK, "network")})


@mutant(INTERNET)
def http_is_opened_to_everybody(draft: Draft) -> None:
    allow(draft, "http", sourceRanges=["0.0.0.0/0"], allows=tcp("80"))


@mutant(INTERNET, stack="staging")
def a_debug_port_is_opened_by_leaving_the_sources_out(draft: Draft) -> None:
    allow(draft, "debug", sourceRanges=None)


@mutant(INTERNET)
def ping_is_answered_to_everybody(draft: Draft) -> None:
    allow(draft, "ping", sourceRanges=["0.0.0.0/0", "::/0"], allows=[{"protocol": "icmp"}])


@mutant(INTERNET, also=(SOURCES,))
def many_ranges_over_two_rules_are_opened(draft: Draft) -> None:
    for half in range(2):
        ranges = [f"{64 + half}.{number}.0.0/16" for number in range(40)]
        allow(draft, f"many-{half}", sourceRanges=ranges)


@mutant(INTERNET)
def a_policy_inspects_https_and_lets_it_in(draft: Draft) -> None:
    match = {"layer4Configs": [{"ipProtocol": "tcp", "ports": ["443"]}], "srcIpRanges": ["0.0.0.0/0"]}
    action = "apply_security_profile_group"
    policy_rule(draft, "networkFirewallPolicyRule", "https", match, action=action)


@mutant(SOURCES)
def a_partners_range_is_let_in(draft: Draft) -> None:
    allow(draft, "partner", sourceRanges=["203.0.113.0/24"])


@mutant(SOURCES, stack="staging")
def somebodys_home_is_let_in(draft: Draft) -> None:
    allow(draft, "home", sourceRanges=["10.0.1.0/24", "198.51.100.7/32"], allows=tcp("22"))


@mutant(SOURCES)
def a_range_beside_the_health_checks_is_let_in(draft: Draft) -> None:
    allow(draft, "checks", sourceRanges=["35.190.0.0/15"])


@mutant(SOURCES)
def a_policy_lets_a_partner_in(draft: Draft) -> None:
    policy_rule(draft, "networkFirewallPolicyRule", "partner", {"srcIpRanges": ["2001:db8::/48"]})


@mutant(PORTS)
def the_subnet_may_call_every_port(draft: Draft) -> None:
    allow(draft, "inside", allows=[{"protocol": "all"}])


@mutant(PORTS)
def the_worker_may_call_the_internet_by_any_port(draft: Draft) -> None:
    draft.inputs(FIREWALL, "worker-to-internet")["allows"] = [{"protocol": "tcp"}]


@mutant(PORTS, stack="staging")
def the_worker_may_call_the_database_by_any_protocol(draft: Draft) -> None:
    draft.inputs(FIREWALL, "worker-to-postgres")["allows"] = [{"protocol": "all"}]


@mutant(PORTS)
def the_api_may_call_the_cache_by_high_ports(draft: Draft) -> None:
    draft.inputs(FIREWALL, "api-to-valkey")["allows"] = tcp("1024-65535")


@mutant(TARGETS)
def an_ingress_rule_loses_its_target(draft: Draft) -> None:
    allow(draft, "untargeted", targetServiceAccounts=None)


@mutant(TARGETS, stack="staging")
def an_ingress_rule_has_an_empty_target(draft: Draft) -> None:
    allow(draft, "untargeted", targetServiceAccounts=[])


@mutant(TARGETS)
def an_ingress_rule_is_for_all_addresses(draft: Draft) -> None:
    allow(draft, "untargeted", targetServiceAccounts=None, destinationRanges=["0.0.0.0/0"])


@mutant(TARGETS)
def a_policy_lets_in_without_a_target(draft: Draft) -> None:
    match = {"srcIpRanges": ["10.0.1.0/24"]}
    policy_rule(draft, "networkFirewallPolicyRule", "untargeted", match, targetServiceAccounts=[])


@mutant(IDENTITY)
def everything_may_call_the_internet(draft: Draft) -> None:
    del draft.inputs(FIREWALL, "worker-to-internet")["targetServiceAccounts"]


@mutant(IDENTITY, stack="staging")
def everything_may_call_the_database(draft: Draft) -> None:
    draft.inputs(FIREWALL, "api-to-postgres")["targetServiceAccounts"] = []


@mutant(IDENTITY)
def whatever_has_a_tag_may_call_the_internet(draft: Draft) -> None:
    inputs = draft.inputs(FIREWALL, "worker-to-internet")
    del inputs["targetServiceAccounts"]
    inputs["targetTags"] = ["worker"]


@mutant(IDENTITY)
def whatever_is_in_a_subnet_may_call_googles_apis(draft: Draft) -> None:
    inputs = draft.inputs(FIREWALL, "api-to-google-apis")
    del inputs["targetServiceAccounts"]
    inputs["sourceRanges"] = ["10.0.1.0/24"]


@mutant(LOGS)
def the_last_deny_is_no_longer_logged(draft: Draft) -> None:
    del draft.inputs(FIREWALL, "network-deny-egress")["logConfig"]


@mutant(LOGS, stack="staging")
def a_way_out_is_no_longer_logged(draft: Draft) -> None:
    del draft.inputs(FIREWALL, "worker-to-internet")["logConfig"]


@mutant(LOGS)
def the_old_flag_turns_the_log_off(draft: Draft) -> None:
    allow(draft, "quiet", logConfig=None, enableLogging=False)


@mutant(LOGS)
def a_policys_rule_is_not_logged(draft: Draft) -> None:
    match = {"srcIpRanges": ["10.0.1.0/24"]}
    policy_rule(draft, "firewallPolicyRule", "quiet", match, enableLogging=False)


@mutant(DESCRIBED)
def a_rule_loses_its_description(draft: Draft) -> None:
    del draft.inputs(FIREWALL, "worker-to-internet")["description"]


@mutant(DESCRIBED, stack="staging")
def a_description_is_blank(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-ingress")["description"] = " "


@mutant(DESCRIBED)
def a_policys_rule_says_nothing(draft: Draft) -> None:
    policy_rule(draft, "networkFirewallPolicyRule", "mute", {"srcIpRanges": ["10.0.1.0/24"]}, description="")


@mutant(EGRESS)
def the_last_deny_of_egress_is_removed(draft: Draft) -> None:
    draft.drop(FIREWALL, "network-deny-egress")


@mutant(EGRESS, stack="staging")
def the_last_deny_of_egress_is_disabled(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-egress")["disabled"] = True


@mutant(EGRESS)
def the_last_deny_of_egress_is_for_tcp_only(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-egress")["denies"] = [{"protocol": "tcp"}]


@mutant(EGRESS)
def the_last_deny_of_egress_is_for_one_account(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-egress")["targetServiceAccounts"] = [WORKER]


@mutant(EGRESS)
def the_last_deny_of_egress_is_for_half_of_the_addresses(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-egress")["destinationRanges"] = ["128.0.0.0/1"]


@mutant(EGRESS, also=(INGRESS, "subnet-private-google-access"))
def a_subnet_gets_ipv6_that_no_rule_denies(draft: Draft) -> None:
    inputs = draft.inputs("compute/subnetwork:Subnetwork", "network-app")
    inputs |= {"stackType": "IPV4_IPV6", "ipv6AccessType": "INTERNAL"}


@mutant(EGRESS, also=(PORTS, IDENTITY))
def the_last_deny_of_egress_becomes_an_allow(draft: Draft) -> None:
    inputs = draft.inputs(FIREWALL, "network-deny-egress")
    inputs["allows"] = inputs.pop("denies")


@mutant(INGRESS)
def the_last_deny_of_ingress_is_removed(draft: Draft) -> None:
    draft.drop(FIREWALL, "network-deny-ingress")


@mutant(INGRESS, stack="staging")
def the_last_deny_of_ingress_is_for_one_range(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-ingress")["sourceRanges"] = ["10.0.0.0/8"]


@mutant(INGRESS)
def the_last_deny_of_ingress_protects_one_subnet(draft: Draft) -> None:
    draft.inputs(FIREWALL, "network-deny-ingress")["destinationRanges"] = ["10.0.1.0/24"]


@mutant(INGRESS, also=(MANAGEMENT, INTERNET, PORTS, TARGETS))
def the_last_deny_of_ingress_becomes_an_allow(draft: Draft) -> None:
    inputs = draft.inputs(FIREWALL, "network-deny-ingress")
    inputs["allows"] = inputs.pop("denies")
