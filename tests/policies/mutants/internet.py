"""Edits of the ways from the internet to the services."""

from tests.policies.mutation import UNKNOWN, Draft, mutant

BACKEND = "compute/backendService:BackendService"
SERVICE = "cloudrunv2/service:Service"
GUARDED = "internet-passes-a-guard"
ANSWERS = "lb-leads-to-a-service-that-answers"


@mutant(GUARDED, also=("lb-backend-behind-armor",))
def a_backend_loses_its_armor(draft: Draft) -> None:
    del draft.inputs(BACKEND, "edge-api")["securityPolicy"]


@mutant(GUARDED, stack="staging", also=("lb-backend-behind-armor",))
def the_page_loses_its_armor(draft: Draft) -> None:
    del draft.inputs(BACKEND, "edge-page")["securityPolicy"]


@mutant(
    GUARDED,
    also=("armor-no-rule-in-preview", "armor-refuses-known-attacks", "armor-limits-or-refuses"),
)
def every_rule_of_armor_is_only_tried(draft: Draft) -> None:
    for rule in draft.inputs("compute/securityPolicy:SecurityPolicy", "edge")["rules"]:
        rule["preview"] = True


@mutant(GUARDED, also=("lb-backend-behind-armor",))
def a_second_way_in_passes_no_guard(draft: Draft) -> None:
    group = draft.find("RegionNetworkEndpointGroup", "edge-api")
    backend = draft.add(
        BACKEND,
        "second",
        {
            "name": "second",
            "backends": [{"group": UNKNOWN}],
            "loadBalancingScheme": "EXTERNAL_MANAGED",
            "logConfig": {"enable": True, "sampleRate": 1},
        },
        depends={"backends": group},
    )
    urls = draft.find("URLMap", "edge")
    urls.inputs["pathMatchers"][0]["pathRules"].append({"paths": ["/second"], "service": UNKNOWN})
    urls.propertyDependencies["pathMatchers"].append(backend.urn)


@mutant(ANSWERS)
def the_api_takes_requests_from_inside_only(draft: Draft) -> None:
    # The check of the invoker on, so that only the load balancer's visitors suffer.
    service = draft.inputs(SERVICE, "api")
    service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY"
    service["invokerIamDisabled"] = False


@mutant(ANSWERS)
def the_page_asks_who_calls(draft: Draft) -> None:
    draft.inputs(SERVICE, "frontend")["invokerIamDisabled"] = False


@mutant(ANSWERS, stack="staging")
def a_route_leads_to_the_worker(draft: Draft) -> None:
    draft.inputs("RegionNetworkEndpointGroup", "edge-api")["cloudRun"]["service"] = "voicestack-staging-worker"
