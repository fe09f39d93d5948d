"""Load balancers as they may and may not face the internet."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import compute

from policies.private_network.load_balancer.armor_attached import backend_behind_armor
from policies.private_network.load_balancer.people import internal_backend_guarded
from policies.private_network.load_balancer.plain_http import http_only_redirects
from policies.private_network.load_balancer.ports import few_ports
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

TO_HTTPS = compute.URLMapDefaultUrlRedirectArgs(https_redirect=True, strip_query=False)
SERVICE = "projects/p/global/backendServices/api"


def _front(name: str, url_map: compute.URLMap | Any, *, scheme: Any = "EXTERNAL_MANAGED") -> None:
    """A proxy on port 80 with the forwarding rule before it."""
    proxy = compute.TargetHttpProxy(
        name, name=name, url_map=url_map.id if isinstance(url_map, compute.URLMap) else url_map
    )
    compute.GlobalForwardingRule(
        f"rule-of-{name}", name=name, target=proxy.id, port_range="80", load_balancing_scheme=scheme
    )


def _rule(name: str, target: Any, port: str, scheme: str = "EXTERNAL_MANAGED") -> None:
    compute.GlobalForwardingRule(name, name=name, target=target, port_range=port, load_balancing_scheme=scheme)


def _map(name: str, **content: Any) -> compute.URLMap:
    return compute.URLMap(f"map-of-{name}", name=name, **content)


@judged(
    http_only_redirects,
    {
        "good-rule-to-an-https-proxy-elsewhere": PASSED,
        "good-rule-for-443-elsewhere": PASSED,
        "good-internal-rule-elsewhere": PASSED,
        "good-rule-to-a-pool": PASSED,
        "bad-rule-to-a-proxy-elsewhere": NOT_EVALUATED,
        "bad-rule-to-an-http-proxy-on-another-port": NOT_EVALUATED,
        "bad-rule-for-a-range-with-80-elsewhere": NOT_EVALUATED,
        "bad-regional-rule-elsewhere": NOT_EVALUATED,
        "unknown-target-elsewhere": NOT_EVALUATED,
        "good-redirect": PASSED,
        "good-internal-serves": PASSED,
        "good-every-matcher-redirects": PASSED,
        "bad-serves": VIOLATED,
        # checkov passes EXTERNAL_MANAGED, and never looks at a global proxy by its reference.
        "bad-serves-managed": VIOLATED,
        "bad-serves-classic": VIOLATED,
        "bad-no-rule-in-the-stack": VIOLATED,
        "bad-regional": VIOLATED,
        "bad-one-path-of-a-matcher": VIOLATED,
        "bad-one-route-rule": VIOLATED,
        "bad-redirects-to-http": VIOLATED,
        "absent-scheme": VIOLATED,
        "absent-https-flag": VIOLATED,
        "unknown-https-flag": NOT_EVALUATED,
        "unknown-map": NOT_EVALUATED,
        "unknown-scheme": NOT_EVALUATED,
        "unknown-and-bad-at-once": VIOLATED,
        "secret-redirect": NOT_EVALUATED,
    },
)
def proxies() -> None:
    elsewhere = "projects/shared/global/targetHttpProxies/web"
    _rule("good-rule-to-an-https-proxy-elsewhere", "projects/shared/global/targetHttpsProxies/web", "80")
    _rule("good-rule-for-443-elsewhere", "web-of-somebody", "443")
    _rule("good-internal-rule-elsewhere", elsewhere, "80", "INTERNAL_MANAGED")
    pool = compute.TargetPool("pool", name="pool", region="europe-west1")
    compute.ForwardingRule(
        "good-rule-to-a-pool",
        name="pool",
        target=pool.self_link,
        port_range="80",
        load_balancing_scheme="EXTERNAL",
    )
    _rule("bad-rule-to-a-proxy-elsewhere", "web-of-somebody", "80")
    _rule("bad-rule-to-an-http-proxy-on-another-port", elsewhere, "8080")
    _rule("bad-rule-for-a-range-with-80-elsewhere", "web-of-somebody", "79-81")
    compute.ForwardingRule(
        "bad-regional-rule-elsewhere",
        name="regional-elsewhere",
        target="projects/shared/regions/europe-west1/targetHttpProxies/web",
        port_range="80",
        load_balancing_scheme="EXTERNAL_MANAGED",
    )
    _rule("unknown-target-elsewhere", unknown("t"), "80")
    _front("good-redirect", _map("good-redirect", default_url_redirect=TO_HTTPS))
    _front("good-internal-serves", _map("internal", default_service=SERVICE), scheme="INTERNAL_MANAGED")
    matcher = compute.URLMapPathMatcherArgs(
        name="all",
        default_url_redirect=compute.URLMapPathMatcherDefaultUrlRedirectArgs(
            https_redirect=True, strip_query=False
        ),
    )
    hosts = [compute.URLMapHostRuleArgs(hosts=["*"], path_matcher="all")]
    _front(
        "good-every-matcher-redirects",
        _map("matchers", default_url_redirect=TO_HTTPS, path_matchers=[matcher], host_rules=hosts),
    )
    _front("bad-serves", _map("bad-serves", default_service=SERVICE))
    _front("bad-serves-managed", _map("managed", default_service=SERVICE), scheme="EXTERNAL_MANAGED")
    _front("bad-serves-classic", _map("classic", default_service=SERVICE), scheme="EXTERNAL")
    _front("absent-scheme", _map("absent-scheme", default_service=SERVICE), scheme=None)
    compute.TargetHttpProxy(
        "bad-no-rule-in-the-stack", name="alone", url_map=_map("alone", default_service=SERVICE).id
    )
    regional = compute.RegionUrlMap("map-of-regional", name="regional", default_service=SERVICE)
    proxy = compute.RegionTargetHttpProxy("bad-regional", name="regional", url_map=regional.id)
    compute.ForwardingRule(
        "rule-of-regional",
        name="regional",
        target=proxy.id,
        port_range="80",
        load_balancing_scheme="EXTERNAL_MANAGED",
    )
    path = compute.URLMapPathMatcherPathRuleArgs(paths=["/api/*"], service=SERVICE)
    mixed = compute.URLMapPathMatcherArgs(
        name="all",
        default_url_redirect=compute.URLMapPathMatcherDefaultUrlRedirectArgs(
            https_redirect=True, strip_query=False
        ),
        path_rules=[path],
    )
    _front(
        "bad-one-path-of-a-matcher",
        _map("mixed", default_url_redirect=TO_HTTPS, path_matchers=[mixed], host_rules=hosts),
    )
    routed = compute.URLMapPathMatcherArgs(
        name="all",
        default_url_redirect=compute.URLMapPathMatcherDefaultUrlRedirectArgs(
            https_redirect=True, strip_query=False
        ),
        route_rules=[compute.URLMapPathMatcherRouteRuleArgs(priority=1, service=SERVICE)],
    )
    _front(
        "bad-one-route-rule",
        _map("routed", default_url_redirect=TO_HTTPS, path_matchers=[routed], host_rules=hosts),
    )
    to_http = compute.URLMapDefaultUrlRedirectArgs(https_redirect=False, strip_query=False)
    _front("bad-redirects-to-http", _map("to-http", default_url_redirect=to_http))
    to_a_host = compute.URLMapDefaultUrlRedirectArgs(host_redirect="example.com", strip_query=False)
    _front("absent-https-flag", _map("no-flag", default_url_redirect=to_a_host))
    later = compute.URLMapDefaultUrlRedirectArgs(https_redirect=unknown("flag").apply(bool), strip_query=False)
    _front("unknown-https-flag", _map("later", default_url_redirect=later))
    _front("unknown-map", unknown("map"))
    _front("unknown-scheme", _map("scheme", default_service=SERVICE), scheme=unknown("scheme"))
    _front(
        "unknown-and-bad-at-once",
        _map("both", default_url_redirect=later, path_matchers=[mixed], host_rules=hosts),
    )
    _front("secret-redirect", _map("secret", default_url_redirect=pulumi.Output.secret(TO_HTTPS)))


def _backend(name: str, *, scheme: str | None = "EXTERNAL_MANAGED", **more: Any) -> compute.BackendService:
    return compute.BackendService(name, name=name, load_balancing_scheme=scheme, **more)


@judged(
    backend_behind_armor,
    {
        "good-policy": PASSED,
        "good-policy-elsewhere": PASSED,
        "good-internal": PASSED,
        "good-mesh": PASSED,
        "good-regional": PASSED,
        "good-regional-internal-by-default": PASSED,
        "good-passthrough": PASSED,
        "good-bucket": PASSED,
        "good-bucket-internal": PASSED,
        "bad-no-policy": VIOLATED,
        "bad-classic": VIOLATED,
        "bad-empty": VIOLATED,
        "bad-regional": VIOLATED,
        "bad-bucket": VIOLATED,
        # An edge policy sees requests before the cache only, and holds no rule sets.
        "bad-edge-policy-alone": VIOLATED,
        "absent-scheme": VIOLATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-policy": NOT_EVALUATED,
    },
)
def backends() -> None:
    armor = compute.SecurityPolicy("armor", name="armor")
    _backend("good-policy", security_policy=armor.id)
    _backend("good-policy-elsewhere", security_policy="projects/p/global/securityPolicies/shared")
    _backend("good-internal", scheme="INTERNAL_MANAGED")
    _backend("good-mesh", scheme="INTERNAL_SELF_MANAGED")
    regional = compute.RegionSecurityPolicy("region-armor", name="armor", type="CLOUD_ARMOR")
    compute.RegionBackendService(
        "good-regional", name="r", load_balancing_scheme="EXTERNAL_MANAGED", security_policy=regional.id
    )
    compute.RegionBackendService("good-regional-internal-by-default", name="ri")
    compute.RegionBackendService("good-passthrough", name="rp", load_balancing_scheme="EXTERNAL", protocol="UDP")
    compute.BackendBucket("good-bucket", name="b", bucket_name="b", edge_security_policy=armor.id)
    compute.BackendBucket(
        "good-bucket-internal", name="bi", bucket_name="b", load_balancing_scheme="INTERNAL_MANAGED"
    )
    _backend("bad-no-policy")
    _backend("bad-classic", scheme="EXTERNAL")
    _backend("bad-empty", security_policy="")
    compute.RegionBackendService("bad-regional", name="rb", load_balancing_scheme="EXTERNAL_MANAGED")
    compute.BackendBucket("bad-bucket", name="bb", bucket_name="b", enable_cdn=True)
    _backend("bad-edge-policy-alone", edge_security_policy=armor.id)
    _backend("absent-scheme", scheme=None)
    _backend("unknown-policy", security_policy=unknown())
    _backend("secret-policy", security_policy=pulumi.Output.secret("projects/p/global/securityPolicies/x"))


def _forward(name: str, **more: Any) -> None:
    compute.ForwardingRule(name, name=name, **more)


@judged(
    few_ports,
    {
        "good-one": PASSED,
        "good-list": PASSED,
        "good-internal-all": PASSED,
        "good-google-apis": PASSED,
        "good-global": PASSED,
        "bad-all": VIOLATED,
        "bad-wide": VIOLATED,
        "bad-wide-by-several": VIOLATED,
        "bad-global-wide": VIOLATED,
        "absent-ports": VIOLATED,
        "absent-scheme": VIOLATED,
        "unknown-range": NOT_EVALUATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-range": NOT_EVALUATED,
        "bad-no-range-at-all": NOT_EVALUATED,
    },
)
def forwarding_rules() -> None:
    outside = {"load_balancing_scheme": "EXTERNAL"}
    _forward("good-one", port_range="443", **outside)
    _forward("good-list", ports=["80", "443", "8443-8450"], **outside)
    _forward("good-internal-all", all_ports=True, load_balancing_scheme="INTERNAL")
    compute.GlobalForwardingRule(
        "good-google-apis", name="apis", target="all-apis", load_balancing_scheme="", ip_address="10.9.9.9"
    )
    compute.GlobalForwardingRule("good-global", name="g", target="t", port_range="443-443")
    _forward("bad-all", all_ports=True, **outside)
    _forward("bad-wide", port_range="1-65535", **outside)
    _forward("bad-wide-by-several", ports=["1000-1060", "1050-1110"], **outside)
    compute.GlobalForwardingRule("bad-global-wide", name="gw", target="t", port_range="1024-2048")
    _forward("absent-ports", **outside)
    _forward("absent-scheme", all_ports=True)
    _forward("unknown-range", port_range=unknown("range"), **outside)
    _forward("unknown-flag", all_ports=unknown("flag").apply(bool), **outside)
    _forward("secret-range", port_range=pulumi.Output.secret("443"), **outside)
    _forward("bad-no-range-at-all", port_range="443-", ports=["https"], **outside)


def _armor(name: str, *ranges: str, last: str = "deny(403)") -> compute.SecurityPolicy:
    def rule(action: str, priority: int, sources: list[str]) -> compute.SecurityPolicyRuleArgs:
        return compute.SecurityPolicyRuleArgs(
            action=action,
            priority=priority,
            match=compute.SecurityPolicyRuleMatchArgs(
                versioned_expr="SRC_IPS_V1",
                config=compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=sources),
            ),
        )

    return compute.SecurityPolicy(
        name, name=name, rules=[rule("allow", 1000, list(ranges)), rule(last, 2147483647, ["*"])]
    )


@judged(
    internal_backend_guarded,
    {
        "good-public-api": PASSED,
        "good-admin-by-iap": PASSED,
        "good-canary-by-address": PASSED,
        "good-administration": PASSED,
        "good-internal-balancer": PASSED,
        "bad-admin": VIOLATED,
        "bad-canary-for-all": VIOLATED,
        "bad-staff-halves": VIOLATED,
        "bad-iap-off-admin": VIOLATED,
        "absent-guards-intranet": VIOLATED,
        "unknown-admin-flag": NOT_EVALUATED,
        "secret-admin-flag": NOT_EVALUATED,
    },
)
def backends_for_some() -> None:
    on, off = compute.BackendServiceIapArgs(enabled=True), compute.BackendServiceIapArgs(enabled=False)
    everybody = _armor("everybody", "192.0.2.0/24", last="allow").id
    _backend("good-public-api", security_policy=everybody, iap=off)
    _backend("good-admin-by-iap", security_policy=everybody, iap=on)
    _backend("good-canary-by-address", security_policy=_armor("office", "192.0.2.0/24").id)
    _backend("good-administration", security_policy=everybody)
    compute.BackendService("good-internal-balancer", name="in", load_balancing_scheme="INTERNAL_MANAGED")
    _backend("bad-admin", security_policy=everybody)
    _backend("bad-canary-for-all", security_policy=_armor("all", "*").id)
    _backend("bad-staff-halves", security_policy=_armor("halves", "0.0.0.0/1", "128.0.0.0/1").id)
    _backend("bad-iap-off-admin", security_policy=everybody, iap=off)
    _backend("absent-guards-intranet")
    _backend("unknown-admin-flag", iap=compute.BackendServiceIapArgs(enabled=unknown("flag").apply(bool)))
    _backend("secret-admin-flag", iap=pulumi.Output.secret(on))
