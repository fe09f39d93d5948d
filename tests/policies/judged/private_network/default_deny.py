"""Networks with and without a last rule that denies the rest."""

from typing import Any

import pulumi
from pulumi_gcp import compute

from policies.private_network.firewall.default_deny import egress_denied, ingress_denied
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

ALL = [{"protocol": "all"}]


def _network(name: str, stack_type: Any = None) -> compute.Network:
    network = compute.Network(name, name=name, auto_create_subnetworks=False)
    if stack_type is not None:
        compute.Subnetwork(
            f"{name}-subnet", name=name, network=network.id, ip_cidr_range="10.0.0.0/24", stack_type=stack_type
        )
    return network


def _deny(name: str, network: compute.Network, *, out: bool = False, **changes: Any) -> None:
    ranges = "destination_ranges" if out else "source_ranges"
    compute.Firewall(
        name,
        **{
            "name": name,
            "network": network.id,
            "direction": "EGRESS" if out else "INGRESS",
            "priority": 65534,
            "denies": ALL,
            ranges: ["0.0.0.0/0"],
            **changes,
        },
    )


def _policy(name: str, network: pulumi.Input[str], *rules: dict[str, Any]) -> None:
    """A firewall policy for a network."""
    policy = compute.NetworkFirewallPolicy(f"{name}-policy", name=name)
    for number, rule in enumerate(rules):
        compute.NetworkFirewallPolicyRule(
            f"{name}-rule-{number}",
            **{
                "firewall_policy": policy.name,
                "priority": number,
                "action": "deny",
                "direction": "EGRESS",
                "match": {"layer4_configs": [{"ip_protocol": "all"}], "dest_ip_ranges": ["0.0.0.0/0"]},
                **rule,
            },
        )
    compute.NetworkFirewallPolicyAssociation(
        f"{name}-association", name=name, firewall_policy=policy.name, attachment_target=network
    )


@judged(
    egress_denied,
    {
        "good-rule": PASSED,
        "good-rule-without-destination": PASSED,
        "good-halves": PASSED,
        "good-ipv6": PASSED,
        "good-policy": PASSED,
        "good-policy-that-holds-its-rules": PASSED,
        "bad-only-ingress": VIOLATED,
        "bad-some-ports": VIOLATED,
        "bad-some-machines": VIOLATED,
        "bad-some-sources": VIOLATED,
        "bad-half": VIOLATED,
        "bad-disabled": VIOLATED,
        "bad-ipv4-only": VIOLATED,
        "bad-policy-passes-on-first": VIOLATED,
        "absent-rule": VIOLATED,
        "unknown-denies": NOT_EVALUATED,
        "unknown-destination": NOT_EVALUATED,
        "unknown-stack-type": NOT_EVALUATED,
        "secret-destination": NOT_EVALUATED,
    },
)
def ways_out() -> None:
    _deny("r1", _network("good-rule", "IPV4_ONLY"), out=True)
    _deny("r2", _network("good-rule-without-destination"), out=True, destination_ranges=None)
    halves = _network("good-halves")
    _deny("r3", halves, out=True, destination_ranges=["0.0.0.0/1"])
    _deny("r4", halves, out=True, destination_ranges=["128.0.0.0/1"])
    ipv6 = _network("good-ipv6", "IPV4_IPV6")
    _deny("r5", ipv6, out=True)
    _deny("r6", ipv6, out=True, destination_ranges=["::/0"])
    _policy("good-policy", _network("good-policy").id, {})
    _deny("r7", _network("bad-only-ingress"))
    _deny("r8", _network("bad-some-ports"), out=True, denies=[{"protocol": "tcp"}, {"protocol": "udp"}])
    _deny("r9", _network("bad-some-machines"), out=True, target_tags=["web"])
    _deny("r10", _network("bad-some-sources"), out=True, source_ranges=["10.0.0.0/24"])
    _deny("r11", _network("bad-half"), out=True, destination_ranges=["128.0.0.0/1"])
    _deny("r12", _network("bad-disabled"), out=True, disabled=True)
    _deny("r13", _network("bad-ipv4-only", "IPV4_IPV6"), out=True)
    _policy("bad-next", _network("bad-policy-passes-on-first").id, {"action": "goto_next"}, {})
    _network("absent-rule")
    _deny("r14", _network("unknown-denies"), out=True, denies=unknown("u1").apply(lambda _: ALL))
    _deny("r15", _network("unknown-destination"), out=True, destination_ranges=[unknown("u2")])
    _deny("r16", _network("unknown-stack-type", unknown("u3")), out=True)
    _deny("r17", _network("secret-destination"), out=True, destination_ranges=pulumi.Output.secret(["0.0.0.0/0"]))
    holds = compute.NetworkFirewallPolicyWithRules(
        "holding",
        name="holding",
        rules=[
            {
                "action": "deny",
                "direction": "EGRESS",
                "priority": 9,
                "match": {"layer4_configs": [{"ip_protocol": "all"}], "dest_ip_ranges": ["0.0.0.0/0"]},
            }
        ],
    )
    compute.NetworkFirewallPolicyAssociation(
        "holding",
        name="holding",
        firewall_policy=holds.name,
        attachment_target=_network("good-policy-that-holds-its-rules").id,
    )


@judged(egress_denied, {"unknown-attachment": NOT_EVALUATED, "good-of-its-own": PASSED})
def a_policy_of_somebody_else() -> None:
    network = _network("unknown-attachment")
    compute.NetworkFirewallPolicyAssociation(
        "theirs", name="theirs", firewall_policy="the-organisations", attachment_target=network.id
    )
    _deny("deny", _network("good-of-its-own"), out=True)


@judged(
    ingress_denied,
    {
        "good-rule": PASSED,
        "good-rule-without-source": PASSED,
        "good-ipv6": PASSED,
        "bad-only-egress": VIOLATED,
        "bad-ipv4-only": VIOLATED,
        "bad-one-destination": VIOLATED,
        "absent-rule": VIOLATED,
        "unknown-sources": NOT_EVALUATED,
        "secret-targets": NOT_EVALUATED,
    },
)
def ways_in() -> None:
    _deny("r1", _network("good-rule"))
    _deny("r2", _network("good-rule-without-source"), source_ranges=None)
    ipv6 = _network("good-ipv6", "IPV6_ONLY")
    _deny("r3", ipv6)
    _deny("r4", ipv6, source_ranges=["::/0"])
    _deny("r5", _network("bad-only-egress"), out=True)
    _deny("r6", _network("bad-ipv4-only", "IPV4_IPV6"))
    _deny("r7", _network("bad-one-destination"), destination_ranges=["10.0.0.0/24"])
    _network("absent-rule")
    _deny("r8", _network("unknown-sources"), source_ranges=unknown("u4").apply(lambda text: [text]))
    _deny("r9", _network("secret-targets"), target_tags=pulumi.Output.secret(["web"]))
