"""Edits of the public load balancer: TLS, Cloud Armor, logs, caching, ports."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

BACKEND = "compute/backendService:BackendService"
ARMOR = "compute/securityPolicy:SecurityPolicy"
SERVICE = "projects/acme-voice-prod/global/backendServices/voicestack-prod-edge-api"


def _rules(draft: Draft) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = draft.inputs(ARMOR, "edge")["rules"]
    return rules


def _rule(draft: Draft, word: str) -> dict[str, Any]:
    """The one rule of the edge's policy that mentions `word`."""
    (found,) = [one for one in _rules(draft) if word in str(one)]
    return found


@mutant("lb-http-only-redirects")
def the_redirect_serves_instead(draft: Draft) -> None:
    url_map = draft.inputs("compute/uRLMap:URLMap", "edge-redirect")
    del url_map["defaultUrlRedirect"]
    url_map["defaultService"] = SERVICE


@mutant("lb-http-only-redirects", stack="staging")
def the_redirect_keeps_the_scheme(draft: Draft) -> None:
    draft.inputs("compute/uRLMap:URLMap", "edge-redirect")["defaultUrlRedirect"]["httpsRedirect"] = False


@mutant("lb-http-only-redirects")
def port_80_gets_the_url_map_of_port_443(draft: Draft) -> None:
    proxy = draft.find("compute/targetHttpProxy:TargetHttpProxy", "edge-redirect")
    proxy.propertyDependencies["urlMap"] = [draft.find("compute/uRLMap:URLMap", "edge").urn]


@mutant("lb-http-only-redirects")
def one_path_is_served_over_http(draft: Draft) -> None:
    url_map = draft.inputs("compute/uRLMap:URLMap", "edge-redirect")
    url_map["pathMatchers"] = [
        {
            "name": "all",
            "defaultUrlRedirect": {"httpsRedirect": True, "stripQuery": False},
            "pathRules": [{"paths": ["/metrics"], "service": SERVICE}],
        }
    ]


@mutant("lb-backend-behind-armor", also=("internet-passes-a-guard",))
def one_backend_loses_its_armor(draft: Draft) -> None:
    backend = draft.find(BACKEND, "edge-api")
    del backend.inputs["securityPolicy"]
    del backend.propertyDependencies["securityPolicy"]


@mutant("lb-backend-behind-armor", stack="staging", also=("internet-passes-a-guard",))
def the_policy_is_attached_to_the_cache_only(draft: Draft) -> None:
    backend = draft.find(BACKEND, "edge-page")
    backend.inputs["edgeSecurityPolicy"] = backend.inputs.pop("securityPolicy")
    backend.propertyDependencies["edgeSecurityPolicy"] = backend.propertyDependencies.pop("securityPolicy")


@mutant("lb-backend-behind-armor")
def a_bucket_is_put_behind_the_load_balancer(draft: Draft) -> None:
    draft.add("compute/backendBucket:BackendBucket", "recordings", {"name": "r", "bucketName": "r"})


@mutant("armor-refuses-known-attacks")
def injections_are_let_through(draft: Draft) -> None:
    _rules(draft).remove(_rule(draft, "sqli-"))


@mutant("armor-refuses-known-attacks", also=("armor-no-rule-in-preview",))
def a_rule_set_is_only_previewed(draft: Draft) -> None:
    _rule(draft, "xss-")["preview"] = True


@mutant("armor-refuses-known-attacks", stack="staging")
def log4j_is_looked_for_on_one_path(draft: Draft) -> None:
    rule = _rule(draft, "cve-canary")
    rule["match"]["expr"]["expression"] += " && request.path == '/login'"


@mutant("armor-refuses-known-attacks")
def a_rule_set_allows_what_it_finds(draft: Draft) -> None:
    _rule(draft, "rce-")["action"] = "allow"


@mutant("armor-refuses-known-attacks")
def a_rule_set_has_no_rules(draft: Draft) -> None:
    expression = _rule(draft, "lfi-")["match"]["expr"]
    expression["expression"] = expression["expression"].replace("'sensitivity': 1", "'sensitivity': 0")


@mutant("armor-limits-or-refuses")
def the_rate_limit_allows_without_counting(draft: Draft) -> None:
    rule = _rule(draft, "rate_based_ban")
    rule["action"] = "allow"
    del rule["rateLimitOptions"]


@mutant("armor-limits-or-refuses", stack="staging")
def everybody_is_allowed_in_two_halves(draft: Draft) -> None:
    for priority, half in ((900, "0.0.0.0/1"), (901, "128.0.0.0/1")):
        _rules(draft).append(
            {
                "action": "allow",
                "priority": priority,
                "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": [half]}},
            }
        )


@mutant("armor-limits-or-refuses", also=("armor-no-rule-in-preview",))
def the_limit_is_in_preview_and_the_last_rule_allows(draft: Draft) -> None:
    _rule(draft, "rate_based_ban")["preview"] = True
    _rule(draft, "2147483647")["action"] = "allow"


@mutant("armor-no-rule-in-preview")
def a_scanner_rule_is_left_in_preview(draft: Draft) -> None:
    _rule(draft, "scannerdetection")["preview"] = True


@mutant("armor-no-rule-in-preview", stack="staging")
def the_rate_limit_is_left_in_preview(draft: Draft) -> None:
    _rule(draft, "rate_based_ban")["preview"] = True


@mutant("armor-no-rule-in-preview")
def a_rule_of_its_own_is_in_preview(draft: Draft) -> None:
    draft.add(
        "compute/securityPolicyRule:SecurityPolicyRule",
        "geo",
        {
            "securityPolicy": "voicestack-prod-edge",
            "priority": 5,
            "action": "deny(403)",
            "preview": True,
            "match": {"expr": {"expression": "origin.region_code == 'XX'"}},
        },
    )


@mutant("armor-logs-no-content")
def armor_logs_what_people_send(draft: Draft) -> None:
    draft.inputs(ARMOR, "edge")["advancedOptionsConfig"]["logLevel"] = "VERBOSE"


@mutant("armor-logs-no-content", stack="staging")
def armor_logs_what_people_send_in_staging(draft: Draft) -> None:
    draft.inputs(ARMOR, "edge")["advancedOptionsConfig"] = {"logLevel": "VERBOSE"}


@mutant("iam-no-public-principal")
def the_proxy_admits_everybody(draft: Draft) -> None:
    draft.grant(
        "iap/webBackendServiceIamMember:WebBackendServiceIamMember",
        "everybody",
        "roles/iap.httpsResourceAccessor",
        "allUsers",
        webBackendService="voicestack-prod-edge-api",
    )


@mutant("iam-no-public-principal", stack="staging")
def the_proxy_admits_any_google_account(draft: Draft) -> None:
    draft.grant(
        "projects/iAMMember:IAMMember",
        "everybody",
        "roles/iap.httpsResourceAccessor",
        "allAuthenticatedUsers",
        project="acme-voice-staging",
    )


@mutant("lb-internal-backend-guarded")
def a_backend_for_the_staff_is_open(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["name"] = "voicestack-prod-edge-admin"


@mutant("lb-internal-backend-guarded", stack="staging")
def a_canary_is_open(draft: Draft) -> None:
    backend = draft.find(BACKEND, "edge-api")
    armor = draft.find(ARMOR, "edge")
    draft.add(
        BACKEND,
        "edge-api-canary",
        {**backend.inputs, "name": "voicestack-staging-edge-api-canary"},
        parent=None,
        depends={"securityPolicy": armor},
    )


@mutant("lb-forwards-few-ports")
def every_port_is_forwarded(draft: Draft) -> None:
    draft.inputs("compute/globalForwardingRule:GlobalForwardingRule", "edge")["portRange"] = "1-65535"


@mutant("lb-forwards-few-ports", stack="staging")
def the_ports_are_left_out(draft: Draft) -> None:
    del draft.inputs("compute/globalForwardingRule:GlobalForwardingRule", "edge")["portRange"]


@mutant("lb-forwards-few-ports")
def a_network_load_balancer_opens_everything(draft: Draft) -> None:
    draft.add(
        "compute/forwardingRule:ForwardingRule",
        "media",
        {"name": "media", "allPorts": True, "ipProtocol": "UDP", "loadBalancingScheme": "EXTERNAL"},
    )


@mutant("lb-tls-policy-set")
def the_proxy_loses_its_ssl_policy(draft: Draft) -> None:
    proxy = draft.find("compute/targetHttpsProxy:TargetHttpsProxy", "edge")
    del proxy.inputs["sslPolicy"]
    del proxy.propertyDependencies["sslPolicy"]


@mutant("lb-tls-policy-set", stack="staging")
def the_ssl_policy_is_empty(draft: Draft) -> None:
    draft.inputs("compute/targetHttpsProxy:TargetHttpsProxy", "edge")["sslPolicy"] = ""


@mutant("tls-policy-modern")
def tls_1_0_is_answered(draft: Draft) -> None:
    policy = draft.inputs("compute/sSLPolicy:SSLPolicy", "edge")
    policy["profile"], policy["minTlsVersion"] = "MODERN", "TLS_1_0"


@mutant("tls-policy-modern")
def the_profile_is_compatible(draft: Draft) -> None:
    draft.inputs("compute/sSLPolicy:SSLPolicy", "edge")["profile"] = "COMPATIBLE"


@mutant("tls-policy-modern", stack="staging")
def the_profile_is_left_out(draft: Draft) -> None:
    del draft.inputs("compute/sSLPolicy:SSLPolicy", "edge")["profile"]


@mutant("lb-requests-logged")
def requests_are_not_logged(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["logConfig"]["enable"] = False


@mutant("lb-requests-logged", stack="staging")
def the_log_block_is_removed(draft: Draft) -> None:
    del draft.inputs(BACKEND, "edge-page")["logConfig"]


@mutant("lb-requests-logged")
def no_request_is_sampled(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["logConfig"]["sampleRate"] = 0


@mutant("cdn-never-forces-caching")
def every_answer_of_the_page_is_cached(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-page")["cdnPolicy"]["cacheMode"] = "FORCE_CACHE_ALL"


@mutant("cdn-never-forces-caching", stack="staging")
def every_answer_of_the_api_is_cached(draft: Draft) -> None:
    api = draft.inputs(BACKEND, "edge-api")
    api["enableCdn"], api["cdnPolicy"] = True, {"cacheMode": "FORCE_CACHE_ALL"}


@mutant("certificate-renews-itself")
def the_certificate_is_uploaded(draft: Draft) -> None:
    certificate = draft.inputs("certificatemanager/certificate:Certificate")
    del certificate["managed"]
    certificate["selfManaged"] = {"pemCertificate": "…", "pemPrivateKey": "…"}


@mutant("certificate-renews-itself", stack="staging", also=("certificate-expiry-told",))
def an_older_certificate_is_uploaded(draft: Draft) -> None:
    draft.add(
        "compute/sSLCertificate:SSLCertificate", "own", {"name": "own", "certificate": "…", "privateKey": "…"}
    )
