"""Workloads as they may and may not be reached, and as their traffic leaves."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.private_network.cloud_run.default_url import default_url_off
from policies.private_network.cloud_run.egress import egress_through_network
from policies.private_network.cloud_run.ingress import no_public_ingress
from policies.private_network.cloud_run.invoker_check import invoker_check_on
from policies.private_network.cloud_run.ssh import ssh_off
from policies.private_network.cloud_run.staff import staff_behind_iap
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, function, function_v1, job, pool, service, service_v1

BALANCED = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
INSIDE = "INGRESS_TRAFFIC_INTERNAL_ONLY"
INGRESS = "run.googleapis.com/ingress"
URL_OFF = "run.googleapis.com/default-url-disabled"
CHECK_OFF = "run.googleapis.com/invoker-iam-disabled"


@judged(
    no_public_ingress,
    {
        "good-balanced": PASSED,
        "good-inside": PASSED,
        "bad-all": VIOLATED,
        "bad-no-such-word": VIOLATED,
        "bad-iap-of-its-own": VIOLATED,
        "absent-ingress": VIOLATED,
        "unknown-ingress": NOT_EVALUATED,
        "secret-ingress": NOT_EVALUATED,
    },
)
def ways_in_of_services() -> None:
    service("good-balanced", ingress=BALANCED)
    service("good-inside", ingress=INSIDE)
    service("bad-all", ingress="INGRESS_TRAFFIC_ALL")
    service("bad-no-such-word", ingress="INGRESS_TRAFFIC_UNSPECIFIED")
    service("bad-iap-of-its-own", ingress="INGRESS_TRAFFIC_ALL", iap_enabled=True)
    service("absent-ingress")
    service("unknown-ingress", ingress=unknown())
    service("secret-ingress", ingress=pulumi.Output.secret(INSIDE))


@judged(
    no_public_ingress,
    {
        "good-v1-balanced": PASSED,
        "good-v1-inside": PASSED,
        "bad-v1-all": VIOLATED,
        "absent-v1-annotation": VIOLATED,
        "absent-v1-metadata": VIOLATED,
        "unknown-v1-annotations": NOT_EVALUATED,
        "good-function-inside": PASSED,
        "good-function-balanced": PASSED,
        "bad-function-all": VIOLATED,
        "absent-function-setting": VIOLATED,
        "good-old-function-inside": PASSED,
        "absent-old-function-setting": VIOLATED,
    },
)
def ways_in_of_the_v1_api_and_of_functions() -> None:
    service_v1("good-v1-balanced", notes={INGRESS: "internal-and-cloud-load-balancing"})
    service_v1("good-v1-inside", notes={INGRESS: "internal"})
    service_v1("bad-v1-all", notes={INGRESS: "all"})
    service_v1("absent-v1-annotation", notes={"run.googleapis.com/launch-stage": "GA"})
    service_v1("absent-v1-metadata")
    service_v1("unknown-v1-annotations", notes=unknown().apply(lambda _: {INGRESS: "internal"}))
    function("good-function-inside", {"ingress_settings": "ALLOW_INTERNAL_ONLY"})
    function("good-function-balanced", {"ingress_settings": "ALLOW_INTERNAL_AND_GCLB"})
    function("bad-function-all", {"ingress_settings": "ALLOW_ALL"})
    function("absent-function-setting", {"available_memory": "256M"})
    function_v1("good-old-function-inside", ingress_settings="ALLOW_INTERNAL_ONLY")
    function_v1("absent-old-function-setting")


@judged(
    default_url_off,
    {
        "good-off": PASSED,
        "good-inside-keeps-its-url": PASSED,
        "good-v1-off": PASSED,
        "bad-on": VIOLATED,
        "bad-v1-on": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-v1-annotation": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-ingress": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def own_urls() -> None:
    balanced = "internal-and-cloud-load-balancing"
    service("good-off", ingress=BALANCED, default_uri_disabled=True)
    service("good-inside-keeps-its-url", ingress=INSIDE, default_uri_disabled=False)
    service_v1("good-v1-off", notes={INGRESS: balanced, URL_OFF: "true"})
    service("bad-on", ingress=BALANCED, default_uri_disabled=False)
    service_v1("bad-v1-on", notes={INGRESS: balanced, URL_OFF: "false"})
    service("absent-flag", ingress=BALANCED)
    service_v1("absent-v1-annotation", notes={INGRESS: balanced})
    service("unknown-flag", ingress=BALANCED, default_uri_disabled=unknown().apply(bool))
    service("unknown-ingress", ingress=unknown("which-ingress"))
    service("secret-flag", ingress=BALANCED, default_uri_disabled=pulumi.Output.secret(True))


@judged(
    invoker_check_on,
    {
        "good-checked": PASSED,
        "absent-flag-means-checked": PASSED,
        "good-only-behind-the-balancer": PASSED,
        "good-v1-only-behind-the-balancer": PASSED,
        "bad-open": VIOLATED,
        "bad-inside": VIOLATED,
        "bad-second-way-in": VIOLATED,
        "bad-second-way-in-left-out": VIOLATED,
        "bad-ingress-left-out": VIOLATED,
        "bad-v1-open": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-url": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def checks_of_who_invokes() -> None:
    service("good-checked", ingress="INGRESS_TRAFFIC_ALL", invoker_iam_disabled=False)
    service("absent-flag-means-checked", ingress="INGRESS_TRAFFIC_ALL")
    service(
        "good-only-behind-the-balancer", ingress=BALANCED, default_uri_disabled=True, invoker_iam_disabled=True
    )
    service_v1(
        "good-v1-only-behind-the-balancer",
        notes={INGRESS: "internal-and-cloud-load-balancing", URL_OFF: "true", CHECK_OFF: "true"},
    )
    service("bad-open", ingress="INGRESS_TRAFFIC_ALL", default_uri_disabled=True, invoker_iam_disabled=True)
    service("bad-inside", ingress=INSIDE, default_uri_disabled=True, invoker_iam_disabled=True)
    service("bad-second-way-in", ingress=BALANCED, default_uri_disabled=False, invoker_iam_disabled=True)
    service("bad-second-way-in-left-out", ingress=BALANCED, invoker_iam_disabled=True)
    service("bad-ingress-left-out", default_uri_disabled=True, invoker_iam_disabled=True)
    service_v1("bad-v1-open", notes={CHECK_OFF: "true"})
    service("unknown-flag", ingress=INSIDE, invoker_iam_disabled=unknown().apply(bool))
    service(
        "unknown-url",
        ingress=BALANCED,
        default_uri_disabled=unknown("which-url").apply(bool),
        invoker_iam_disabled=True,
    )
    service("secret-flag", ingress=INSIDE, invoker_iam_disabled=pulumi.Output.secret(True))


DIRECT = [{"network": "projects/p/global/networks/n", "subnetwork": "app"}]
CONNECTOR = "projects/p/locations/europe-west1/connectors/c"


def _vpc(**given: Any) -> dict[str, Any]:
    return {"vpc_access": given}


@judged(
    egress_through_network,
    {
        "good-direct": PASSED,
        "good-connector": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "good-function": PASSED,
        "good-function-with-a-connector": PASSED,
        "good-old-function": PASSED,
        "bad-private-ranges": VIOLATED,
        "bad-job-private-ranges": VIOLATED,
        "bad-pool-private-ranges": VIOLATED,
        "bad-empty-block": VIOLATED,
        "bad-v1-private-ranges": VIOLATED,
        "bad-function-private-ranges": VIOLATED,
        "bad-function-direct-though-the-connectors-setting-says-all": VIOLATED,
        "absent-egress-means-private-ranges": VIOLATED,
        "absent-vpc-access": VIOLATED,
        "absent-job-vpc-access": VIOLATED,
        "absent-pool-vpc-access": VIOLATED,
        "absent-v1-annotations": VIOLATED,
        "absent-old-function-connector": VIOLATED,
        "unknown-egress": NOT_EVALUATED,
        "unknown-connector": NOT_EVALUATED,
        "secret-block": NOT_EVALUATED,
    },
)
def ways_out() -> None:
    service("good-direct", _vpc(network_interfaces=DIRECT, egress="ALL_TRAFFIC"))
    service("good-connector", _vpc(connector=CONNECTOR, egress="ALL_TRAFFIC"))
    job("good-job", _vpc(network_interfaces=DIRECT, egress="ALL_TRAFFIC"))
    pool("good-pool", _vpc(network_interfaces=DIRECT, egress="ALL_TRAFFIC"))
    direct, egress = "run.googleapis.com/network-interfaces", "run.googleapis.com/vpc-access-egress"
    service_v1("good-v1", revision_notes={direct: '[{"network": "n"}]', egress: "all-traffic"})
    function(
        "good-function",
        {"direct_vpc_network_interfaces": DIRECT, "direct_vpc_egress": "VPC_EGRESS_ALL_TRAFFIC"},
    )
    function(
        "good-function-with-a-connector",
        {"vpc_connector": CONNECTOR, "vpc_connector_egress_settings": "ALL_TRAFFIC"},
    )
    function_v1("good-old-function", vpc_connector=CONNECTOR, vpc_connector_egress_settings="ALL_TRAFFIC")
    service("bad-private-ranges", _vpc(network_interfaces=DIRECT, egress="PRIVATE_RANGES_ONLY"))
    job("bad-job-private-ranges", _vpc(network_interfaces=DIRECT, egress="PRIVATE_RANGES_ONLY"))
    pool("bad-pool-private-ranges", _vpc(connector=CONNECTOR, egress="PRIVATE_RANGES_ONLY"))
    service("bad-empty-block", _vpc(egress="ALL_TRAFFIC"))
    service_v1("bad-v1-private-ranges", revision_notes={direct: "[{}]", egress: "private-ranges-only"})
    function("bad-function-private-ranges", {"direct_vpc_network_interfaces": DIRECT})
    function(
        "bad-function-direct-though-the-connectors-setting-says-all",
        {"direct_vpc_network_interfaces": DIRECT, "vpc_connector_egress_settings": "ALL_TRAFFIC"},
    )
    service("absent-egress-means-private-ranges", _vpc(network_interfaces=DIRECT))
    service("absent-vpc-access")
    job("absent-job-vpc-access")
    pool("absent-pool-vpc-access")
    service_v1("absent-v1-annotations")
    function_v1("absent-old-function-connector")
    service("unknown-egress", _vpc(network_interfaces=DIRECT, egress=unknown()))
    service("unknown-connector", _vpc(connector=unknown("which-connector"), egress="ALL_TRAFFIC"))
    secret = pulumi.Output.secret({"connector": CONNECTOR, "egress": "ALL_TRAFFIC"})
    service("secret-block", {"vpc_access": secret})


@judged(
    ssh_off,
    {
        "good-off": PASSED,
        "absent-means-off": PASSED,
        "bad-on": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def shells() -> None:
    service("good-off", ssh_enabled=False)
    service("absent-means-off")
    service("bad-on", ssh_enabled=True)
    service("unknown-flag", ssh_enabled=unknown().apply(bool))
    service("secret-flag", ssh_enabled=pulumi.Output.secret(False))


def _led_to(name: str, iap: Any, target: Any = None) -> None:
    """A backend service that leads to the service `name`."""
    group = gcp.compute.RegionNetworkEndpointGroup(
        f"{name}-group",
        name=f"{name}-group",
        region=PLACE,
        network_endpoint_type="SERVERLESS",
        cloud_run={"service": target or name},
    )
    gcp.compute.BackendService(
        f"{name}-backend", name=f"{name}-backend", backends=[{"group": group.id}], **({"iap": iap} if iap else {})
    )


@judged(
    staff_behind_iap,
    {
        "good-admin-asks-itself": PASSED,
        "good-admin-behind": PASSED,
        "good-admin-inside": PASSED,
        "good-for-everybody": PASSED,
        "good-admin-that-nothing-leads-to": PASSED,
        "bad-admin": VIOLATED,
        "bad-grafana-open": VIOLATED,
        "bad-admin-v1": VIOLATED,
        "absent-iap-admin": VIOLATED,
        "unknown-iap-admin": NOT_EVALUATED,
        "secret-iap-admin": NOT_EVALUATED,
    },
)
def pages_for_staff() -> None:
    service("good-admin-asks-itself", ingress=BALANCED, iap_enabled=True)
    _led_to("good-admin-asks-itself", {"enabled": False})
    made = service("good-admin-behind", ingress=BALANCED)
    _led_to("good-admin-behind", {"enabled": True}, made.name)
    service("good-admin-inside", ingress=INSIDE)
    service("good-for-everybody", ingress=BALANCED)
    _led_to("good-for-everybody", {"enabled": False})
    service("good-admin-that-nothing-leads-to", ingress=BALANCED)
    service("bad-admin", ingress=BALANCED)
    _led_to("bad-admin", {"enabled": False})
    service("bad-grafana-open")
    service_v1("bad-admin-v1")
    service("absent-iap-admin", ingress=BALANCED)
    _led_to("absent-iap-admin", None)
    service("unknown-iap-admin", ingress=BALANCED)
    _led_to("unknown-iap-admin", {"enabled": unknown().apply(bool)})
    service("secret-iap-admin", ingress=BALANCED, iap_enabled=pulumi.Output.secret(True))
