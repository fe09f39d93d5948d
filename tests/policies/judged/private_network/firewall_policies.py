"""Rules of firewall policies: the same demands as of a VPC's own rules, in every type that holds one."""

from typing import Any

import pulumi
from pulumi_gcp import compute, networksecurity

from policies.private_network.firewall.from_internet import no_ingress, no_management
from policies.private_network.firewall.narrowness import egress_by_identity, ingress_names_targets, names_ports
from policies.private_network.firewall.sources import public_sources
from policies.private_network.firewall.told import described, logs
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

SSH = [{"ip_protocol": "tcp", "ports": ["22"]}]
INTERNET = {"src_ip_ranges": ["0.0.0.0/0"]}


def _rule(
    name: str, match: dict[str, Any] | None = None, *, policy: str | None = None, type_: Any = None, **more: Any
) -> None:
    """A rule in a policy of its own, unless `policy` names one."""
    (type_ or compute.NetworkFirewallPolicyRule)(
        name,
        **{
            "firewall_policy": policy or f"policy-{name}",
            "priority": 1000,
            "action": "allow",
            "direction": "INGRESS",
            "match": {"layer4_configs": SSH, **(match or {})},
            **more,
        },
    )


def _held(name: str, *rules: dict[str, Any], type_: Any = compute.NetworkFirewallPolicyWithRules) -> None:
    """A policy that holds its rules."""
    named = (
        {"short_name": name, "parent": "folders/1"} if type_ is compute.FirewallPolicyWithRules else {"name": name}
    )
    type_(name, rules=[{"priority": 1000 + number, **rule} for number, rule in enumerate(rules)], **named)


def _allow(match: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"action": "allow", "direction": "INGRESS", "match": {"layer4_configs": SSH, **match}, **more}


@judged(
    no_management,
    {
        "good-private": PASSED,
        "good-scope": PASSED,
        "good-tags": PASSED,
        "good-names": PASSED,
        "good-goto-next": PASSED,
        "good-deny": PASSED,
        "good-shadowed": PASSED,
        "good-group": PASSED,
        "good-held": PASSED,
        "bad-global": VIOLATED,
        "bad-regional": VIOLATED,
        "bad-hierarchical": VIOLATED,
        "bad-held": VIOLATED,
        "bad-held-in-a-region": VIOLATED,
        "bad-held-by-a-folder": VIOLATED,
        "bad-held-besides-unknown": VIOLATED,
        "bad-halves-in-one-policy": VIOLATED,
        "bad-inspected": VIOLATED,
        "bad-country": VIOLATED,
        "bad-list-of-strangers": VIOLATED,
        "bad-internet-scope": VIOLATED,
        "bad-group": VIOLATED,
        "bad-no-layer-4": VIOLATED,
        "bad-target-accounts-unknown": VIOLATED,
        "absent-sources": VIOLATED,
        "unknown-action": NOT_EVALUATED,
        "unknown-scope": NOT_EVALUATED,
        "unknown-group": NOT_EVALUATED,
        "unknown-rules": NOT_EVALUATED,
        "unknown-direction-held": NOT_EVALUATED,
        "offices": PASSED,
        "strangers": PASSED,
        "secret-match": NOT_EVALUATED,
        "secret-sources": NOT_EVALUATED,
    },
)
def management() -> None:
    _rule("good-private", {"src_ip_ranges": ["10.0.0.0/8"]})
    _rule("good-scope", {**INTERNET, "src_network_scope": "INTRA_VPC"})
    _rule("good-tags", {"src_secure_tags": [{"name": "tagValues/1"}]})
    _rule("good-names", {"src_fqdns": ["partner.example"]})
    _rule("good-goto-next", INTERNET, action="goto_next")
    _rule("good-deny", INTERNET, policy="shadow", action="deny", priority=1)
    _rule("good-shadowed", INTERNET, policy="shadow")
    _held(
        "good-held",
        {**_allow(INTERNET), "action": "deny"},
        _allow(INTERNET),
        _allow(INTERNET, disabled=True),
        _allow({"src_ip_ranges": ["35.235.240.0/20"]}),
    )
    _rule("bad-global", INTERNET, target_secure_tags=[{"name": "tagValues/1"}])
    _rule("bad-regional", INTERNET, type_=compute.RegionNetworkFirewallPolicyRule)
    _rule("bad-hierarchical", {"src_ip_ranges": ["::/0"]}, type_=compute.FirewallPolicyRule)
    _held("bad-held", _allow({"src_ip_ranges": ["10.0.0.0/8"]}), _allow(INTERNET))
    _held("bad-held-in-a-region", _allow(INTERNET), type_=compute.RegionNetworkFirewallPolicyWithRules)
    _held("bad-held-by-a-folder", _allow(INTERNET), type_=compute.FirewallPolicyWithRules)
    _held("bad-held-besides-unknown", _allow({"src_ip_ranges": [unknown("u1")]}), _allow(INTERNET))
    _held(
        "bad-halves-in-one-policy",
        _allow({"src_ip_ranges": ["64.0.0.0/11"]}),
        _allow({"src_ip_ranges": ["64.32.0.0/11"]}),
    )
    _rule("bad-inspected", INTERNET, action="apply_security_profile_group", security_profile_group="group")
    _rule("bad-country", {"src_region_codes": ["US"]})
    _rule("bad-list-of-strangers", {"src_threat_intelligences": ["iplist-public-clouds"]})
    _rule("bad-internet-scope", {"src_network_scope": "INTERNET"})
    group = networksecurity.AddressGroup(
        "strangers",
        name="strangers",
        location="global",
        capacity=10,
        type="IPV4",
        items=["0.0.0.0/1", "128.0.0.0/1"],
    )
    _rule("bad-group", {"src_address_groups": [group.id]})
    offices = networksecurity.AddressGroup(
        "offices", name="offices", location="global", capacity=10, type="IPV4", items=["10.1.0.0/16"]
    )
    _rule("good-group", {"src_address_groups": [offices.id]})
    _rule("bad-no-layer-4", {**INTERNET, "layer4_configs": []})
    accounts = unknown("u2").apply(lambda one: [one])
    _rule("bad-target-accounts-unknown", INTERNET, target_service_accounts=accounts)
    _rule("absent-sources")
    _rule("unknown-action", INTERNET, action=unknown("u3"))
    _rule("unknown-scope", {**INTERNET, "src_network_scope": unknown("u4")})
    _rule("unknown-group", {"src_address_groups": ["projects/other/locations/global/addressGroups/theirs"]})
    rules: Any = unknown("u5").apply(lambda _: [_allow(INTERNET)])
    compute.NetworkFirewallPolicyWithRules("unknown-rules", name="unknown-rules", rules=rules)
    _held("unknown-direction-held", _allow(INTERNET, direction=unknown("u6")))
    match: Any = {"layer4_configs": SSH, **INTERNET}
    compute.NetworkFirewallPolicyRule(
        "secret-match",
        firewall_policy="policy-secret-match",
        priority=1,
        action="allow",
        direction="INGRESS",
        match=pulumi.Output.secret(match),
    )
    _rule("secret-sources", {"src_ip_ranges": pulumi.Output.secret(["0.0.0.0/0"])})


HTTPS = {"layer4_configs": [{"ip_protocol": "tcp", "ports": ["443"]}]}


@judged(no_ingress, {"bad-https": VIOLATED, "bad-held-https": VIOLATED, "good-inside": PASSED})
def anything() -> None:
    _rule("bad-https", {**INTERNET, **HTTPS})
    _held("bad-held-https", _allow({**INTERNET, **HTTPS}))
    _rule("good-inside", {**INTERNET, **HTTPS, "src_network_scope": "VPC_NETWORKS"})


@judged(public_sources, {"bad-partner": VIOLATED, "bad-held": VIOLATED, "good-inside": PASSED})
def sources() -> None:
    _rule("bad-partner", {"src_ip_ranges": ["203.0.113.0/24"]})
    _held("bad-held", _allow({"src_ip_ranges": ["10.0.0.0/8", "203.0.113.0/24"]}))
    _rule("good-inside", {"src_ip_ranges": ["10.0.0.0/8"]})


@judged(
    names_ports,
    {"bad-all": VIOLATED, "absent-ports": VIOLATED, "bad-held": VIOLATED, "good-next": PASSED, "good-one": PASSED},
)
def ports() -> None:
    every = {"layer4_configs": [{"ip_protocol": "all"}]}
    _rule("bad-all", {"src_ip_ranges": ["10.0.0.0/8"], **every})
    _rule("absent-ports", {"src_ip_ranges": ["10.0.0.0/8"], "layer4_configs": [{"ip_protocol": "tcp"}]})
    _held("bad-held", _allow({"src_ip_ranges": ["10.0.0.0/8"], **every}))
    _rule("good-next", {**INTERNET, **every}, action="goto_next")
    _rule("good-one", {"src_ip_ranges": ["10.0.0.0/8"]})


@judged(
    ingress_names_targets,
    {
        "good-tagged": PASSED,
        "good-account": PASSED,
        "good-balancer": PASSED,
        "good-range": PASSED,
        "bad-held": VIOLATED,
        "bad-whole-networks": VIOLATED,
        "absent-target": VIOLATED,
    },
)
def targets() -> None:
    private = {"src_ip_ranges": ["10.0.0.0/8"]}
    _rule("good-tagged", private, target_secure_tags=[{"name": "tagValues/1"}])
    _rule("good-account", private, target_service_accounts=["worker@demo.iam.gserviceaccount.com"])
    _rule("good-balancer", private, target_type="INTERNAL_MANAGED_LB", target_forwarding_rules=["internal"])
    _rule("good-range", {**private, "dest_ip_ranges": ["10.0.3.0/24"]})
    _held("bad-held", _allow(private))
    _rule("bad-whole-networks", private, type_=compute.FirewallPolicyRule, target_resources=["networks/one"])
    _rule("absent-target", private)


@judged(
    egress_by_identity,
    {
        "good-account": PASSED,
        "good-tagged": PASSED,
        "bad-range": VIOLATED,
        "bad-held": VIOLATED,
        "good-deny": PASSED,
    },
)
def ways_out() -> None:
    anywhere = {"dest_ip_ranges": ["0.0.0.0/0"]}
    out = {"direction": "EGRESS"}
    _rule("good-account", anywhere, target_service_accounts=["worker@demo.iam.gserviceaccount.com"], **out)
    _rule("good-tagged", anywhere, target_secure_tags=[{"name": "tagValues/1"}], **out)
    _rule("bad-range", {**anywhere, "src_ip_ranges": ["10.0.1.0/24"]}, **out)
    _held("bad-held", {**_allow(anywhere), **out})
    _rule("good-deny", anywhere, action="deny", **out)


@judged(
    logs,
    {
        "good-logged": PASSED,
        "good-next": PASSED,
        "bad-off": VIOLATED,
        "bad-held": VIOLATED,
        "absent-flag": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def logging() -> None:
    _rule("good-logged", enable_logging=True)
    # Google refuses to log a rule that only passes on.
    _rule("good-next", action="goto_next")
    _rule("bad-off", enable_logging=False)
    _held("bad-held", _allow(INTERNET, enable_logging=True), _allow(INTERNET))
    _rule("absent-flag", type_=compute.FirewallPolicyRule)
    _rule("unknown-flag", enable_logging=unknown("u7").apply(bool))
    _rule("secret-flag", enable_logging=pulumi.Output.secret(True))


@judged(described, {"good-said": PASSED, "absent-text": VIOLATED, "bad-held": VIOLATED})
def descriptions() -> None:
    _rule("good-said", description="The bastion.")
    _rule("absent-text")
    _held("bad-held", _allow(INTERNET, description="said"), _allow(INTERNET, description=""))
