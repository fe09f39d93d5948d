"""Whole ways from the internet to services: guarded, open, and such that lead to nobody who answers."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.private_network.internet.guarded import guarded_way_in
from policies.reliability.load_balancer.answers import leads_to_what_answers
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

REGION = "europe-west1"
BEHIND = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"


def armor(name: str, *, action: str = "deny(403)", preview: bool = False, type_: str | None = None) -> Any:
    """A Cloud Armor policy with one rule."""
    rule = gcp.compute.SecurityPolicyRuleArgs(
        action=action,
        priority=1000,
        preview=preview,
        match=gcp.compute.SecurityPolicyRuleMatchArgs(
            expr=gcp.compute.SecurityPolicyRuleMatchExprArgs(
                expression="evaluatePreconfiguredWaf('sqli-v422-stable')"
            )
        ),
    )
    return gcp.compute.SecurityPolicy(name, name=name, type=type_, rules=[rule])


def service(name: str, *, off: Any = True, ingress: Any = BEHIND) -> gcp.cloudrunv2.Service:
    """A Cloud Run service, by default one that asks nobody who calls."""
    return gcp.cloudrunv2.Service(
        name,
        name=name,
        location=REGION,
        ingress=ingress,
        default_uri_disabled=True,
        invoker_iam_disabled=off,
        template=gcp.cloudrunv2.ServiceTemplateArgs(
            containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(image="image@sha256:0")]
        ),
    )


def way(name: str, to: pulumi.Input[str], *, scheme: str | None = None, **backend: Any) -> None:
    """A load balancer of its own that leads to the service named `to`."""
    group = gcp.compute.RegionNetworkEndpointGroup(
        name,
        name=name,
        region=REGION,
        network_endpoint_type="SERVERLESS",
        cloud_run=gcp.compute.RegionNetworkEndpointGroupCloudRunArgs(service=to),
    )
    made = gcp.compute.BackendService(
        name,
        name=name,
        load_balancing_scheme=scheme,
        backends=[gcp.compute.BackendServiceBackendArgs(group=group.id)],
        **backend,
    )
    urls = gcp.compute.URLMap(name, name=name, default_service=made.id)
    proxy = gcp.compute.TargetHttpsProxy(name, name=name, url_map=urls.id)
    gcp.compute.GlobalForwardingRule(
        name, name=name, target=proxy.id, port_range="443", load_balancing_scheme=scheme or "EXTERNAL_MANAGED"
    )


IAP = gcp.compute.BackendServiceIapArgs(enabled=True)


@judged(
    guarded_way_in,
    {
        "good-armor": PASSED,
        "good-iap": PASSED,
        "good-asks-who-calls": PASSED,
        "good-without-a-way-in": PASSED,
        "good-internal-load-balancer": PASSED,
        "bad-armor-only-in-preview": VIOLATED,
        "bad-armor-that-allows-all": VIOLATED,
        "bad-armor-at-the-edge-of-a-cache": VIOLATED,
        "bad-one-of-two-ways": VIOLATED,
        "bad-everybody-is-an-invoker": VIOLATED,
        "absent-guard": VIOLATED,
        "unknown-guard": NOT_EVALUATED,
        "unknown-check": NOT_EVALUATED,
        "unknown-policy-of-another-stack": NOT_EVALUATED,
        "secret-guard": NOT_EVALUATED,
    },
)
def ways() -> None:
    filters = armor("filters")
    for name in ("good-armor", "good-asks-who-calls"):
        way(name, service(name, off=name == "good-armor").name, security_policy=filters.id)
    way("good-iap", "good-iap", iap=IAP)
    service("good-iap")
    service("good-without-a-way-in")
    way("good-internal-load-balancer", "good-internal-load-balancer", scheme="INTERNAL_MANAGED")
    service("good-internal-load-balancer")
    for name, policy in {
        "bad-armor-only-in-preview": armor("tries", preview=True),
        "bad-armor-that-allows-all": armor("allows", action="allow"),
        "bad-armor-at-the-edge-of-a-cache": armor("caches", type_="CLOUD_ARMOR_EDGE"),
    }.items():
        way(name, service(name).name, security_policy=policy.id)
    both = service("bad-one-of-two-ways")
    way("guarded", both.name, security_policy=filters.id)
    way("open", "bad-one-of-two-ways")
    way("bad-everybody-is-an-invoker", service("bad-everybody-is-an-invoker", off=False).name)
    gcp.cloudrunv2.ServiceIamMember(
        "everybody",
        name="bad-everybody-is-an-invoker",
        location=REGION,
        role="roles/run.invoker",
        member="allUsers",
    )
    way("absent-guard", service("absent-guard").name)
    way("unknown-guard", service("unknown-guard").name, security_policy=unknown())
    way("unknown-check", service("unknown-check", off=unknown("off").apply(bool)).name)
    other = "projects/p/global/securityPolicies/other"
    way("unknown-policy-of-another-stack", service("unknown-policy-of-another-stack").name, security_policy=other)
    way("secret-guard", service("secret-guard").name, iap=pulumi.Output.secret(IAP))


@judged(
    leads_to_what_answers,
    {
        "good-open": PASSED,
        "good-iap-calls": PASSED,
        "good-internal-without-a-way": PASSED,
        "bad-internal": VIOLATED,
        "bad-nobody-may-call": VIOLATED,
        "absent-check": VIOLATED,
        "unknown-invoker": NOT_EVALUATED,
        "unknown-ingress": NOT_EVALUATED,
        "secret-ingress": NOT_EVALUATED,
    },
)
def answers() -> None:
    filters = armor("filters")
    cases: dict[str, dict[str, Any]] = {
        "good-open": {},
        "good-iap-calls": {"off": False},
        "bad-internal": {"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"},
        "bad-nobody-may-call": {"off": False},
        "absent-check": {"off": None},
        "unknown-invoker": {"off": False},
        "unknown-ingress": {"ingress": unknown()},
        "secret-ingress": {"ingress": pulumi.Output.secret(BEHIND)},
    }
    for name, options in cases.items():
        way(name, service(name, **options).name, security_policy=filters.id)
    service("good-internal-without-a-way", off=False, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    callers: dict[str, Any] = {
        "good-iap-calls": "serviceAccount:service-123@gcp-sa-iap.iam.gserviceaccount.com",
        "bad-nobody-may-call": "serviceAccount:someone@p.iam.gserviceaccount.com",
        "unknown-invoker": unknown("who"),
    }
    for name, member in callers.items():
        gcp.cloudrunv2.ServiceIamMember(
            f"{name}-calls", name=name, location=REGION, role="roles/run.invoker", member=member
        )
