"""What may be set about the network's policies changes their verdicts, and wrong settings are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_gcp import compute

from policies.engine.configuration import Configuration, PolicyConfigError
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from policies.private_network.firewall.from_internet import no_ingress, no_management
from policies.private_network.firewall.narrowness import egress_by_identity, names_ports
from policies.private_network.firewall.sources import public_sources
from policies.private_network.private_services.lent_range import lent_range
from policies.private_network.subnet.flow_logs import flow_logs
from policies.private_network.subnet.ranges import private_range
from policies.private_network.vpc.peering import no_foreign_routes
from tests.policies.surroundings import plan_of


def rule(**inputs: Any) -> Callable[[], None]:
    def program() -> None:
        compute.Firewall("rule", **{"name": "rule", "network": "net", **inputs})

    return program


def subnet(**inputs: Any) -> Callable[[], None]:
    def program() -> None:
        compute.Subnetwork("subnet", **{"name": "s", "network": "net", "ip_cidr_range": "10.0.0.0/24", **inputs})

    return program


def peering() -> None:
    compute.NetworkPeering("hub", name="hub", network="net", peer_network="hub", import_custom_routes=True)


def lent() -> None:
    compute.GlobalAddress(
        "lent", name="lent", purpose="VPC_PEERING", address_type="INTERNAL", address="10.16.0.0", prefix_length=12
    )


MEDIA = {"allows": [{"protocol": "udp", "ports": ["50000-60000"]}], "source_ranges": ["0.0.0.0/0"]}
LOGS = {"flow_sampling": 0.25, "aggregation_interval": "INTERVAL_5_MIN", "metadata": "EXCLUDE_ALL_METADATA"}
CASES: list[tuple[Policy, Callable[[], None], dict[str, Any]]] = [
    (no_ingress, rule(**MEDIA), {"openServices": ["udp:50000-60000"]}),
    (no_ingress, rule(allows=[{"protocol": "icmp"}]), {"openServices": ["icmp"]}),
    (no_ingress, rule(source_ranges=["8.0.0.0/8"], allows=[{"protocol": "icmp"}]), {"share": 0.5}),
    (names_ports, rule(**MEDIA), {"wide": ["udp:50000-60000"]}),
    (names_ports, rule(**MEDIA), {"mostPorts": 20000}),
    (
        public_sources,
        rule(source_ranges=["203.0.113.0/25"], **{"allows": MEDIA["allows"]}),
        {"partners": ["203.0.113.0/24"]},
    ),
    (
        egress_by_identity,
        rule(direction="EGRESS", target_tags=["worker"], allows=MEDIA["allows"]),
        {"networkTags": True},
    ),
    (flow_logs, subnet(log_config=LOGS), {"leastSampling": 0.2, "longestIntervalS": 300, "metadata": False}),
    (private_range, subnet(ip_cidr_range="10.0.0.0/12"), {"widest": 12}),
    (no_foreign_routes, peering, {"importFrom": ["hub"]}),
    (lent_range, lent, {"widest": 12}),
]


@pytest.mark.parametrize(("policy", "program", "settings"), CASES, ids=lambda one: getattr(one, "id", ""))
def test_a_setting_allows_what_it_names(
    policy: Policy, program: Callable[[], None], settings: dict[str, Any]
) -> None:
    plan = plan_of(program)
    assert evaluate(plan, [policy]).findings
    chosen = Configuration.of_json({policy.id: settings}, [policy])
    assert not evaluate(plan, [policy], chosen).findings


def test_a_port_of_ones_own_is_guarded_as_well() -> None:
    plan = plan_of(rule(allows=[{"protocol": "tcp", "ports": ["8500"]}]))
    assert not evaluate(plan, [no_management]).findings
    chosen = Configuration.of_json({no_management.id: {"more": ["tcp:8500-8502"]}}, [no_management])
    (found,) = evaluate(plan, [no_management], chosen).findings
    assert found.message == ("sourceRanges (left out, which means 0.0.0.0/0) lets the internet reach tcp 8500")


def test_ports_that_are_guarded_cannot_be_opened() -> None:
    plan = plan_of(rule(allows=[{"protocol": "tcp", "ports": ["22"]}]))
    chosen = Configuration.of_json({no_ingress.id: {"openServices": ["tcp:22"]}}, [no_ingress])
    assert evaluate(plan, [no_ingress, no_management], chosen).findings


@pytest.mark.parametrize(
    ("policy", "settings"),
    [
        (no_ingress, {"openServices": ["ssh"]}),
        (no_ingress, {"share": 0}),
        (no_management, {"more": ["tcp:99999"]}),
        (names_ports, {"wide": ["udp"], "mostPorts": 0}),
        (public_sources, {"partners": ["somewhere"]}),
        (flow_logs, {"leastSampling": 2}),
    ],
    ids=lambda one: getattr(one, "id", ""),
)
def test_a_setting_that_means_nothing_is_refused(policy: Policy, settings: dict[str, Any]) -> None:
    with pytest.raises(PolicyConfigError):
        Configuration.of_json({policy.id: settings}, [policy])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            {"allows": [{"protocol": "tcp", "ports": ["20-25"]}], "source_ranges": ["10.0.0.0/8", "0.0.0.0/0"]},
            "sourceRanges 10.0.0.0/8, 0.0.0.0/0 lets the internet reach "
            "tcp 22 (SSH), tcp 20-21 (FTP), tcp 23 (Telnet), tcp 25 (SMTP)",
        ),
        (
            {"allows": [{"protocol": "all"}], "source_ranges": ["::/0"]},
            "sourceRanges ::/0 lets the internet reach "
            "tcp 22 (SSH), tcp 3389 (RDP), tcp 5432 (PostgreSQL), tcp 6379 (Redis) and 57 more",
        ),
    ],
)
def test_a_message_names_the_property_and_the_ports(inputs: dict[str, Any], message: str) -> None:
    (found,) = evaluate(plan_of(rule(**inputs)), [no_management]).findings
    assert found.message == message


def test_a_message_names_the_rules_that_open_together() -> None:
    def program() -> None:
        for number in range(2):
            compute.Firewall(
                f"half-{number}",
                name=f"half-{number}",
                network="net",
                source_ranges=[f"64.{32 * number}.0.0/11"],
                allows=[{"protocol": "tcp", "ports": ["5432"]}],
            )

    one, two = evaluate(plan_of(program), [no_management]).findings
    assert one.message == (
        "sourceRanges 64.0.0.0/11, together with 'half-1', lets the internet reach tcp 5432 (PostgreSQL)"
    )
    assert "together with 'half-0'" in two.message
