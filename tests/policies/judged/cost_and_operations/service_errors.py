"""Public services whose errors somebody is told of, and those that fail unseen."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import cloudrunv2, monitoring

from policies.cost_and_operations.alerts.service_errors import errors_told
from tests.policies.alert_conditions import alert, promql, threshold
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

BEHIND = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"


def _service(name: str, *, ingress: Any = BEHIND, called: Any = "") -> None:
    cloudrunv2.Service(
        name,
        name=called or name,
        location="europe-west1",
        ingress=ingress,
        template=cloudrunv2.ServiceTemplateArgs(),
    )


def _requests(labels: str) -> str:
    return f"sum(rate(run_googleapis_com:request_count{{{labels}}}[5m])) > 0.1"


@judged(
    errors_told,
    {
        "good-promql": PASSED,
        "good-threshold": PASSED,
        "good-by-code": PASSED,
        "good-by-pattern": PASSED,
        "good-internal": PASSED,
        "good-promised": PASSED,
        "bad-all-requests": VIOLATED,
        "bad-another-service": VIOLATED,
        "bad-only-latency-promised": VIOLATED,
        "bad-only-refusals": VIOLATED,
        "absent-alert": VIOLATED,
        "absent-ingress": VIOLATED,
        "unknown-name": NOT_EVALUATED,
    },
)
def services() -> None:
    _service("good-promql")
    alert("a", promql(_requests('service_name="good-promql",response_code_class="5xx"')))
    _service("good-threshold")
    metric = 'resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_count"'
    labels = 'resource.labels.service_name="good-threshold" AND metric.labels.response_code_class="5xx"'
    alert("b", threshold(f"{metric} AND {labels}"))
    _service("good-by-code")
    alert("c", promql(_requests('service_name="good-by-code",response_code=~"5.."')))
    _service("good-by-pattern")
    alert("d", promql(_requests('service_name=~"good-by-p.*",response_code_class!~"2xx|3xx|4xx"')))
    _service("good-internal", ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    _service("good-promised")
    _service("bad-only-latency-promised")
    _promise("good-promised", "availability")
    _promise("bad-only-latency-promised", "latency")
    _service("bad-all-requests")
    alert("e", promql(_requests('service_name="bad-all-requests"')))
    _service("bad-another-service")
    alert("f", promql(_requests('service_name="bad-another",response_code_class="5xx"')))
    _service("bad-only-refusals")
    alert("g", promql(_requests('service_name="bad-only-refusals",response_code_class="4xx"')))
    _service("absent-alert")
    _service("absent-ingress", ingress=None)
    _service("unknown-name", called=unknown())
    # Several services share the load balancer: its errors are those of the largest.
    alert(
        "h",
        promql('sum(rate(loadbalancing_googleapis_com:https_request_count{response_code_class="500"}[5m])) > 1'),
    )


def _promise(service: str, what: str) -> None:
    promiser = monitoring.GenericService(
        f"promiser-of-{service}",
        service_id=service,
        basic_service=monitoring.GenericServiceBasicServiceArgs(
            service_type="CLOUD_RUN", service_labels={"service_name": service, "location": "europe-west1"}
        ),
    )
    ratio = monitoring.SloRequestBasedSliGoodTotalRatioArgs(good_service_filter="a", total_service_filter="b")
    cut = monitoring.SloRequestBasedSliDistributionCutArgs(
        distribution_filter="c", range=monitoring.SloRequestBasedSliDistributionCutRangeArgs(max=1000)
    )
    monitoring.Slo(
        f"promise-of-{service}",
        service=promiser.service_id,
        slo_id=f"{service}-{what}",
        goal=0.99,
        request_based_sli=monitoring.SloRequestBasedSliArgs(
            good_total_ratio=ratio if what == "availability" else None,
            distribution_cut=cut if what == "latency" else None,
        ),
    )
    path = f"projects/acme/services/{service}/serviceLevelObjectives/{service}-{what}"
    alert(f"burn-of-{service}", threshold(f'select_slo_burn_rate("{path}", "3600s")', above=10))


@judged(errors_told, {"good-only-one": PASSED})
def one_service_behind_the_edge() -> None:
    _service("good-only-one")
    failed = 'loadbalancing_googleapis_com:https_request_count{response_code_class="500"}'
    alert(
        "edge",
        promql(f"sum(rate({failed}[2m])) / sum(rate(loadbalancing_googleapis_com:https_request_count[2m])) > 0.1"),
    )


@judged(errors_told, {"secret-condition": NOT_EVALUATED})
def conditions_in_secret() -> None:
    _service("secret-condition")
    alert("errors", promql(pulumi.Output.secret("up == 0")))
