"""NAT gateways: their log, whom they serve, how they map."""

from typing import Any

import pulumi
from pulumi_gcp import compute

from policies.private_network.nat.nat import logs, named_subnets, no_endpoint_independent_mapping
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _nat(name: str, **more: Any) -> None:
    compute.RouterNat(
        name,
        **{
            "name": name,
            "router": "router",
            "region": "europe-west1",
            "source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS",
            **more,
        },
    )


@judged(
    logs,
    {
        "good-all": PASSED,
        "good-made": PASSED,
        "bad-off": VIOLATED,
        "bad-errors-only": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-block": NOT_EVALUATED,
    },
)
def logged() -> None:
    _nat("good-all", log_config={"enable": True, "filter": "ALL"})
    _nat("good-made", log_config={"enable": True, "filter": "TRANSLATIONS_ONLY"})
    _nat("bad-off", log_config={"enable": False, "filter": "ALL"})
    _nat("bad-errors-only", log_config={"enable": True, "filter": "ERRORS_ONLY"})
    _nat("absent-block")
    _nat("unknown-flag", log_config={"enable": unknown("u1").apply(bool), "filter": "ALL"})
    _nat("secret-block", log_config=pulumi.Output.secret({"enable": True, "filter": "ALL"}))


@judged(
    named_subnets,
    {
        "good-listed": PASSED,
        "bad-all": VIOLATED,
        "bad-all-primary": VIOLATED,
        "bad-all-ipv6": VIOLATED,
        "unknown-which": NOT_EVALUATED,
        "secret-which": NOT_EVALUATED,
    },
    absent="the provider requires the input",
)
def served() -> None:
    _nat("good-listed")
    _nat("bad-all", source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES")
    _nat("bad-all-primary", source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES")
    _nat("bad-all-ipv6", source_subnetwork_ip_ranges_to_nat64="ALL_IPV6_SUBNETWORKS")
    _nat("unknown-which", source_subnetwork_ip_ranges_to_nat=unknown("u2"))
    _nat("secret-which", source_subnetwork_ip_ranges_to_nat=pulumi.Output.secret("LIST_OF_SUBNETWORKS"))


@judged(
    no_endpoint_independent_mapping,
    {
        "good-off": PASSED,
        "bad-on": VIOLATED,
        "absent-flag": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def mapped() -> None:
    _nat("good-off", enable_endpoint_independent_mapping=False)
    _nat("bad-on", enable_endpoint_independent_mapping=True)
    # Off is the API's default.
    _nat("absent-flag")
    _nat("unknown-flag", enable_endpoint_independent_mapping=unknown("u3").apply(bool))
    _nat("secret-flag", enable_endpoint_independent_mapping=pulumi.Output.secret(True))
