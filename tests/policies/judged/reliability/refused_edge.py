"""What Compute Engine refuses of a load balancer although a preview accepts it."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.load_balancing import (
    certificate_without_wildcard,
    group_in_region_of_its_service,
    iap_without_cdn,
    schemes_match,
)
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, function, service


@judged(
    iap_without_cdn,
    {
        "good-iap": PASSED,
        "good-cdn": PASSED,
        "good-iap-off": PASSED,
        "good-no-cdn-beside-an-unknown": PASSED,
        "absent-both": PASSED,
        "bad-both": VIOLATED,
        "bad-regional": VIOLATED,
        "unknown-iap": NOT_EVALUATED,
        "secret-iap": NOT_EVALUATED,
    },
)
def guarded_and_cached() -> None:
    def backend(name: str, iap: Any = None, cdn: Any = None) -> None:
        block: Any = None if iap is None else {"enabled": iap}
        gcp.compute.BackendService(name, name=name, iap=block, enable_cdn=cdn)

    backend("good-iap", True, False)
    backend("good-cdn", None, True)
    backend("good-iap-off", False, True)
    backend("good-no-cdn-beside-an-unknown", unknown("a").apply(bool), False)
    backend("absent-both")
    backend("bad-both", True, True)
    on: Any = {"enabled": True}
    gcp.compute.RegionBackendService("bad-regional", region=PLACE, iap=on, enable_cdn=True)
    backend("unknown-iap", unknown("b").apply(bool), True)
    backend("secret-iap", pulumi.Output.secret(True), True)


@judged(
    certificate_without_wildcard,
    {
        "good-hosts": PASSED,
        "good-proved-by-dns": PASSED,
        "good-of-an-authority": PASSED,
        "good-uploaded": PASSED,
        "absent-block": PASSED,
        "bad-wildcard": VIOLATED,
        "bad-wildcard-beside-an-unknown": VIOLATED,
        "bad-in-certificate-manager": VIOLATED,
        "unknown-host": NOT_EVALUATED,
        "secret-hosts": NOT_EVALUATED,
    },
)
def certificates() -> None:
    def classic(name: str, domains: Any) -> None:
        gcp.compute.ManagedSslCertificate(name, name=name, managed={"domains": domains})

    def managed(name: str, **block: Any) -> None:
        made: Any = {"domains": ["*.example.com"], **block}
        gcp.certificatemanager.Certificate(name, name=name, managed=made)

    classic("good-hosts", ["voice.example.com", "api.example.com"])
    proof = gcp.certificatemanager.DnsAuthorization("proof", name="proof", domain="example.com")
    managed("good-proved-by-dns", dns_authorizations=[proof.id])
    managed("good-of-an-authority", issuance_config="projects/p/locations/global/certificateIssuanceConfigs/c")
    pem: Any = {"pem_certificate": "x", "pem_private_key": pulumi.Output.secret("y")}
    gcp.certificatemanager.Certificate("good-uploaded", name="uploaded", self_managed=pem)
    gcp.compute.ManagedSslCertificate("absent-block", name="absent")
    classic("bad-wildcard", ["*.example.com"])
    classic("bad-wildcard-beside-an-unknown", [unknown("a"), "*.example.com"])
    managed("bad-in-certificate-manager")
    classic("unknown-host", [unknown("b")])
    classic("secret-hosts", pulumi.Output.secret(["*.example.com"]))


@judged(
    schemes_match,
    {
        "good-new": PASSED,
        "good-classic": PASSED,
        "good-on-its-way": PASSED,
        "good-elsewhere": PASSED,
        "absent-both": PASSED,
        "absent-of-the-rule": VIOLATED,
        "bad-new-rule": VIOLATED,
        "unknown-of-the-backend": NOT_EVALUATED,
        "unknown-of-the-rule": NOT_EVALUATED,
        "secret-of-the-backend": NOT_EVALUATED,
    },
)
def schemes() -> None:
    def edge(name: str, rule: Any, backend: Any) -> None:
        behind = gcp.compute.BackendService(f"{name}-b", name=f"{name}-b", load_balancing_scheme=backend)
        routes = gcp.compute.URLMap(f"{name}-m", name=f"{name}-m", default_service=behind.id)
        proxy = gcp.compute.TargetHttpsProxy(f"{name}-p", name=f"{name}-p", url_map=routes.id)
        gcp.compute.GlobalForwardingRule(name, name=name, target=proxy.id, load_balancing_scheme=rule)

    new, old = "EXTERNAL_MANAGED", "EXTERNAL"
    edge("good-new", new, new)
    edge("good-classic", old, old)
    # https://cloud.google.com/load-balancing/docs/https/migrate-to-global: first the backends, then the rule.
    edge("good-on-its-way", old, new)
    gcp.compute.GlobalForwardingRule(
        "good-elsewhere", name="elsewhere", target="projects/p/global/targetHttpsProxies/x"
    )
    edge("absent-both", None, None)
    edge("absent-of-the-rule", None, old)
    edge("bad-new-rule", new, old)
    edge("unknown-of-the-backend", new, unknown("a"))
    edge("unknown-of-the-rule", unknown("b"), old)
    edge("secret-of-the-backend", new, pulumi.Output.secret(old))


@judged(
    group_in_region_of_its_service,
    {
        "good-region": PASSED,
        "good-reference": PASSED,
        "good-service-of-two-regions": PASSED,
        "good-service-of-another-stack": PASSED,
        "good-function": PASSED,
        "absent-service": PASSED,
        "bad-region": VIOLATED,
        "bad-reference": VIOLATED,
        "bad-function": VIOLATED,
        "unknown-region": NOT_EVALUATED,
        "secret-region": NOT_EVALUATED,
    },
)
def groups() -> None:
    def group(name: str, region: Any, **served: Any) -> None:
        gcp.compute.RegionNetworkEndpointGroup(name, name=name, region=region, **served)

    def run(name: str, region: Any, of: Any = "api") -> None:
        group(name, region, cloud_run={"service": of})

    service("api", name="api")
    later = service("later", name=unknown("name"))
    service("here", name="twice")
    service("there", name="twice", location="us-central1")
    function("called")
    run("good-region", PLACE)
    run("good-reference", PLACE, later.name)
    run("good-service-of-two-regions", "us-central1", "twice")
    run("good-service-of-another-stack", "us-central1", "other")
    group("good-function", PLACE, cloud_function={"function": "called"})
    group("absent-service", "us-central1", app_engine={})
    run("bad-region", "us-central1")
    run("bad-reference", "us-central1", later.name)
    group("bad-function", "us-central1", cloud_function={"function": "called"})
    run("unknown-region", unknown("region"))
    run("secret-region", pulumi.Output.secret(PLACE))
