"""Subnets: their logs, their way to Google, their addresses."""

from typing import Any

import pulumi
from pulumi_gcp import compute, networkmanagement

from policies.private_network.subnet.flow_logs import flow_logs
from policies.private_network.subnet.google_access import google_access
from policies.private_network.subnet.ipv6 import no_external_ipv6
from policies.private_network.subnet.ranges import disjoint, private_range
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

LOGS = {"flow_sampling": 1, "aggregation_interval": "INTERVAL_5_SEC", "metadata": "INCLUDE_ALL_METADATA"}


def _subnet(name: str, network: pulumi.Input[str] = "net", **more: Any) -> compute.Subnetwork:
    return compute.Subnetwork(name, **{"name": name, "network": network, "ip_cidr_range": "10.0.0.0/24", **more})


@judged(
    flow_logs,
    {
        "good-logged": PASSED,
        "good-defaults": PASSED,
        "good-proxy": PASSED,
        "good-global-proxy": PASSED,
        "good-old-proxy": PASSED,
        "good-published": PASSED,
        "good-nat": PASSED,
        "good-configured": PASSED,
        "good-network-configured": PASSED,
        "bad-sampling": VIOLATED,
        "bad-none-sampled": VIOLATED,
        "bad-interval": VIOLATED,
        "bad-metadata": VIOLATED,
        "bad-filter": VIOLATED,
        "bad-configured-off": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-block": NOT_EVALUATED,
        "unknown-sampling": NOT_EVALUATED,
        "unknown-purpose": NOT_EVALUATED,
        "secret-sampling": NOT_EVALUATED,
    },
)
def logged() -> None:
    _subnet("good-logged", log_config=LOGS)
    _subnet("good-defaults", log_config={"flow_sampling": 0.5})
    _subnet("good-proxy", purpose="REGIONAL_MANAGED_PROXY", role="ACTIVE")
    _subnet("good-global-proxy", purpose="GLOBAL_MANAGED_PROXY", role="ACTIVE")
    _subnet("good-old-proxy", purpose="INTERNAL_HTTPS_LOAD_BALANCER", role="ACTIVE")
    _subnet("good-published", purpose="PRIVATE_SERVICE_CONNECT")
    _subnet("good-nat", purpose="PRIVATE_NAT")
    configured = _subnet("good-configured")
    config: dict[str, Any] = {"location": "europe-west1"}
    networkmanagement.VpcFlowLogsConfig("of-subnet", vpc_flow_logs_config_id="a", subnet=configured.id, **config)
    network = compute.Network("logging", name="logging", auto_create_subnetworks=False)
    networkmanagement.VpcFlowLogsConfig("of-network", vpc_flow_logs_config_id="b", network=network.id, **config)
    _subnet("good-network-configured", network.id)
    off = _subnet("bad-configured-off")
    networkmanagement.VpcFlowLogsConfig(
        "off", vpc_flow_logs_config_id="c", subnet=off.id, state="DISABLED", **config
    )
    _subnet("bad-sampling", log_config={**LOGS, "flow_sampling": 0.1})
    _subnet("bad-none-sampled", log_config={**LOGS, "flow_sampling": 0})
    _subnet("bad-interval", log_config={**LOGS, "aggregation_interval": "INTERVAL_15_MIN"})
    _subnet("bad-metadata", log_config={**LOGS, "metadata": "EXCLUDE_ALL_METADATA"})
    _subnet("bad-filter", log_config={**LOGS, "filter_expr": "false"})
    _subnet("absent-block")
    _subnet("unknown-block", log_config=unknown("u1").apply(lambda _: LOGS))
    _subnet("unknown-sampling", log_config={**LOGS, "flow_sampling": unknown("u2").apply(float)})
    _subnet("unknown-purpose", purpose=unknown("u3"))
    _subnet("secret-sampling", log_config={**LOGS, "flow_sampling": pulumi.Output.secret(1.0)})


@judged(flow_logs, {"unknown-whether-configured": NOT_EVALUATED})
def a_configuration_in_doubt() -> None:
    _subnet("unknown-whether-configured")
    networkmanagement.VpcFlowLogsConfig(
        "config", vpc_flow_logs_config_id="a", location="global", state=unknown("u4")
    )


OUTBOUND = "ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE"


@judged(
    google_access,
    {
        "good-ipv4": PASSED,
        "good-both": PASSED,
        "good-ipv6-only": PASSED,
        "good-proxy": PASSED,
        "bad-off": VIOLATED,
        "bad-ipv6-off": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-ipv6": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def accesses() -> None:
    _subnet("good-ipv4", private_ip_google_access=True)
    both: dict[str, Any] = {"stack_type": "IPV4_IPV6", "ipv6_access_type": "INTERNAL"}
    _subnet("good-both", private_ip_google_access=True, private_ipv6_google_access=OUTBOUND, **both)
    _subnet("good-ipv6-only", private_ipv6_google_access=OUTBOUND, stack_type="IPV6_ONLY")
    _subnet("good-proxy", purpose="REGIONAL_MANAGED_PROXY")
    _subnet("bad-off", private_ip_google_access=False)
    _subnet(
        "bad-ipv6-off", private_ip_google_access=True, private_ipv6_google_access="DISABLE_GOOGLE_ACCESS", **both
    )
    _subnet("absent-flag")
    _subnet("absent-ipv6", private_ip_google_access=True, **both)
    _subnet("unknown-flag", private_ip_google_access=unknown("u5").apply(bool))
    _subnet("secret-flag", private_ip_google_access=pulumi.Output.secret(True))


@judged(
    no_external_ipv6,
    {
        "good-internal": PASSED,
        "good-ipv4": PASSED,
        "good-ipv4-whatever-else": PASSED,
        "bad-external": VIOLATED,
        "bad-prefix": VIOLATED,
        "absent-type": PASSED,
        "unknown-type": NOT_EVALUATED,
        "unknown-stack-type": NOT_EVALUATED,
        "secret-type": NOT_EVALUATED,
    },
)
def addresses() -> None:
    both: dict[str, Any] = {"stack_type": "IPV4_IPV6"}
    _subnet("good-internal", ipv6_access_type="INTERNAL", **both)
    _subnet("good-ipv4", stack_type="IPV4_ONLY")
    _subnet("good-ipv4-whatever-else", stack_type="IPV4_ONLY", ipv6_access_type="EXTERNAL")
    _subnet("bad-external", ipv6_access_type="EXTERNAL", **both)
    _subnet("bad-prefix", external_ipv6_prefix="2600:1900::/64", **both)
    # IPv4 only, by default.
    _subnet("absent-type")
    _subnet("unknown-type", ipv6_access_type=unknown("u6"), **both)
    _subnet("unknown-stack-type", stack_type=unknown("u7"), ipv6_access_type="EXTERNAL")
    _subnet("secret-type", ipv6_access_type=pulumi.Output.secret("EXTERNAL"), **both)


@judged(
    private_range,
    {
        "good-range": PASSED,
        "good-shared": PASSED,
        "good-widest": PASSED,
        "good-pods": PASSED,
        "bad-public": VIOLATED,
        "bad-half-public": VIOLATED,
        "bad-wide": VIOLATED,
        "bad-public-pods": VIOLATED,
        "bad-pods-besides-unknown": VIOLATED,
        "absent-range": PASSED,
        "unknown-range": NOT_EVALUATED,
        "no-range": NOT_EVALUATED,
        "secret-range": NOT_EVALUATED,
    },
)
def ranges() -> None:
    def pods(text: Any) -> dict[str, Any]:
        return {"secondary_ip_ranges": [{"range_name": "pods", "ip_cidr_range": text}]}

    _subnet("good-range")
    _subnet("good-shared", ip_cidr_range="100.64.0.0/20")
    _subnet("good-widest", ip_cidr_range="172.16.0.0/16")
    _subnet("good-pods", **pods("10.4.0.0/14"))
    _subnet("bad-public", ip_cidr_range="8.8.8.0/24")
    _subnet("bad-half-public", ip_cidr_range="172.16.0.0/11")
    _subnet("bad-wide", ip_cidr_range="10.0.0.0/15")
    _subnet("bad-public-pods", **pods("203.0.113.0/24"))
    _subnet("bad-pods-besides-unknown", **{**pods("10.0.0.0/8"), "ip_cidr_range": unknown("u8")})
    # Google chooses one out of a reserved internal range.
    _subnet("absent-range", ip_cidr_range=None, reserved_internal_range="networkconnectivity.googleapis.com/x")
    _subnet("unknown-range", ip_cidr_range=unknown("u9"))
    _subnet("no-range", ip_cidr_range="ten")
    _subnet("secret-range", ip_cidr_range=pulumi.Output.secret("10.0.0.0/24"))


@judged(
    disjoint,
    {
        "good-apart": PASSED,
        "good-adjacent": PASSED,
        "good-same-elsewhere": PASSED,
        "good-external": PASSED,
        "good-chosen-by-google": PASSED,
        "bad-within": VIOLATED,
        "bad-same-by-name": VIOLATED,
        "bad-pods": VIOLATED,
        "bad-lent": VIOLATED,
        "bad-endpoint": VIOLATED,
        "absent-range": PASSED,
        "unknown-range": NOT_EVALUATED,
        "unknown-network": NOT_EVALUATED,
        "secret-range": NOT_EVALUATED,
    },
)
def overlaps() -> None:
    net = compute.Network("net", name="net", auto_create_subnetworks=False)
    _subnet("good-apart", net.id)
    _subnet("good-adjacent", net.id, ip_cidr_range="10.0.1.0/24")
    _subnet("good-same-elsewhere", "other")
    inside: dict[str, Any] = {"network": net.id, "address_type": "INTERNAL", "purpose": "VPC_PEERING"}
    compute.GlobalAddress("good-external", name="a", address="10.0.0.1")
    compute.GlobalAddress("good-chosen-by-google", name="b", prefix_length=20, **inside)
    _subnet("bad-within", net.id, ip_cidr_range="10.0.0.128/25")
    _subnet("bad-same-by-name", "net", ip_cidr_range="10.0.1.128/25")
    pods = [{"range_name": "pods", "ip_cidr_range": "10.9.0.0/25"}]
    _subnet("bad-pods", net.id, ip_cidr_range="10.9.0.0/24", secondary_ip_ranges=pods)
    compute.GlobalAddress("bad-lent", name="c", address="10.9.0.0", prefix_length=20, **inside)
    endpoint = {**inside, "purpose": "PRIVATE_SERVICE_CONNECT"}
    compute.GlobalAddress("bad-endpoint", name="d", address="10.0.1.9", **endpoint)
    _subnet("absent-range", net.id, ip_cidr_range=None, reserved_internal_range="x")
    _subnet("unknown-range", net.id, ip_cidr_range=unknown("u10"))
    _subnet("unknown-network", unknown("u11"))
    _subnet("secret-range", net.id, ip_cidr_range=pulumi.Output.secret("10.0.0.0/24"))
