"""The edge: one way in, everything on it behind Cloud Armor and logged, a certificate for each host."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.network.route import Caching, Canary, Gate, Route
from components.network.waf import RateLimit
from components.observability.alert import AlertRouting
from components.observability.alerting import Alerting
from components.security.service_agents import Agent
from tests.components.harness import Registered, environment, of_type, only, plan_of
from tests.components.network.parts import (
    API,
    BACKEND,
    DOMAIN,
    FRONTEND,
    GROUP,
    URL_MAP,
    edge,
    one,
    planned,
    routing,
)
from tests.components.security.parts import not_waiting_for_apis, with_apis

RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"
RECORD = "gcp:dns/recordSet:RecordSet"


def told_of(env: Environment) -> AlertRouting:
    """Routing by a channel of the environment's own."""
    return Alerting("alerting", env=env, emails=["oncall@example.com"]).routing


def test_every_backend_is_behind_armor_and_logged() -> None:
    found = planned(canary=Canary(routes=("api",), source_ranges=("198.51.101.7/32",)))
    backends = of_type(found, BACKEND)
    assert len(backends) == 3
    for backend in backends:
        assert backend.property_dependencies["securityPolicy"], f"{backend.name} has no Cloud Armor policy"
        assert backend.inputs["logConfig"] == {"enable": True, "sampleRate": 1.0}
        assert backend.inputs["loadBalancingScheme"] == "EXTERNAL_MANAGED"


def test_what_google_refuses_on_serverless_backends_is_not_sent() -> None:
    for backend in of_type(planned(), BACKEND):
        assert not {"timeoutSec", "healthChecks", "portName"} & set(backend.inputs)


def test_browsers_are_told_to_be_careful() -> None:
    for backend in of_type(planned(), BACKEND):
        names = {header.split(":")[0] for header in backend.inputs["customResponseHeaders"]}
        assert {"Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"} <= names


def test_only_static_content_is_cached_and_never_a_persons_own() -> None:
    found = planned()
    policy = one(found, BACKEND, "edge-frontend").inputs["cdnPolicy"]
    assert policy["cacheMode"] == "CACHE_ALL_STATIC"
    assert {header["headerName"] for header in policy["bypassCacheOnRequestHeaders"]} == {
        "Authorization",
        "Cookie",
    }
    api = one(found, BACKEND, "edge-api").inputs
    assert api["enableCdn"] is False
    assert "cdnPolicy" not in api


def test_plain_http_only_redirects() -> None:
    found = planned()
    http = one(found, RULE, "edge-redirect").inputs
    assert http["portRange"] == "80"
    redirect = one(found, URL_MAP, "edge-redirect").inputs
    assert redirect["defaultUrlRedirect"]["httpsRedirect"] is True
    assert not {"defaultService", "hostRules", "pathMatchers"} & set(redirect), "HTTP must reach no backend"


def test_tls_is_at_least_1_2_on_the_https_proxy() -> None:
    found = planned()
    policy = only(found, "gcp:compute/sSLPolicy:SSLPolicy").inputs
    assert (policy["minTlsVersion"], policy["profile"]) == ("TLS_1_2", "RESTRICTED")
    proxy = only(found, "gcp:compute/targetHttpsProxy:TargetHttpsProxy")
    assert proxy.property_dependencies["sslPolicy"]
    assert proxy.property_dependencies["certificateMap"]


def test_an_unknown_host_reaches_no_backend() -> None:
    found = planned()
    url_map = one(found, URL_MAP, "edge").inputs
    assert "defaultService" not in url_map
    assert url_map["defaultUrlRedirect"]["hostRedirect"] == DOMAIN
    entries = of_type(found, "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry")
    assert [entry.inputs["hostname"] for entry in entries] == [DOMAIN]
    assert not any("matcher" in entry.inputs for entry in entries), "a PRIMARY entry would greet every host"


def test_paths_lead_to_their_services_and_the_rest_to_the_front() -> None:
    (matcher,) = one(planned(), URL_MAP, "edge").inputs["pathMatchers"]
    assert [rule["paths"] for rule in matcher["pathRules"]] == [["/api/*", "/health"]]
    assert "defaultUrlRedirect" not in matcher


def test_the_address_survives_what_the_environment_protects() -> None:
    assert only(planned(), "gcp:compute/globalAddress:GlobalAddress").protect


def test_a_group_is_named_after_what_it_leads_to() -> None:
    first = one(planned(), GROUP, "edge-api").inputs["name"]
    renamed = Route(name="api", service="voicestack-prod-other", paths=("/api/*",))
    second = one(planned(routes=[FRONTEND, renamed]), GROUP, "edge-api").inputs["name"]
    assert first != second, "a group cannot change in place: another service needs another name"
    assert first.startswith("voicestack-prod-edge-api-")


def of_the_certificates(found: list[Registered]) -> dict[str, tuple[dict[str, Any], dict[str, frozenset[str]]]]:
    """All that ends TLS, by URN: its inputs and what they come from."""
    return {
        each.urn: (each.inputs, each.property_dependencies)
        for each in found
        if each.type.startswith("gcp:certificatemanager/")
    }


@pytest.mark.parametrize(
    "more",
    [
        {"canary": Canary(routes=("api",), source_ranges=("198.51.101.7/32",))},
        {"routes": [FRONTEND, API, Route(name="other", service="x", host="a.example.com")]},
    ],
    ids=["a canary", "a route's host"],
)
def test_adding_a_host_changes_no_other_hosts_certificate_proof_or_entry(more: dict[str, Any]) -> None:
    before, after = of_the_certificates(planned()), of_the_certificates(planned(**more))
    for urn, found in before.items():
        assert after.get(urn) == found, (
            f"{urn} changes: a host that is live must not wait for another's certificate"
        )
    added = [urn.split("::")[2].rsplit("/", 1)[-1] for urn in after if urn not in before]
    assert sorted(added) == [
        "certificate:Certificate",
        "certificateMapEntry:CertificateMapEntry",
        "dnsAuthorization:DnsAuthorization",
    ]


def test_a_certificate_serves_one_host_and_is_named_after_it() -> None:
    found = planned(canary=Canary(routes=("api",), source_ranges=("198.51.101.7/32",)))
    made = of_type(found, "gcp:certificatemanager/certificate:Certificate")
    assert sorted(each.inputs["managed"]["domains"] for each in made) == [[f"canary.{DOMAIN}"], [DOMAIN]]
    assert len({each.inputs["name"] for each in made}) == 2


def test_dns_is_set_where_the_zone_is_ours_and_told_where_it_is_not() -> None:
    assert not of_type(planned(), RECORD)
    records = of_type(planned(dns_zone="example-zone"), RECORD)
    assert {record.name for record in records} == {
        "edge-voice-example-com",
        "edge-voice-example-com-address",
    }


def test_everything_of_the_edge_waits_for_the_apis() -> None:
    canary = Canary(routes=("api",), source_ranges=("198.51.101.7/32",), people=("group:staff@example.com",))

    def program(env: Environment) -> None:
        ready = with_apis(env, Agent.IAP)
        edge(ready, canary=canary, dns_zone="example-zone", alerts=told_of(ready))

    assert not not_waiting_for_apis(plan_of(program)), "give it depends_on=list(env.apis)"


def test_alerts_are_derived_from_what_they_watch() -> None:
    found = planned(alerts=routing(), limit=RateLimit(requests=300, per_seconds=60))
    alerts = {each.name: each.inputs["conditions"][0] for each in of_type(found, ALERT)}
    assert set(alerts) == {"edge-errors", "edge-blocked", "edge-expiry"}
    blocked = alerts["edge-blocked"]["conditionPrometheusQueryLanguage"]["query"]
    assert blocked.endswith("> 50"), "ten clients' allowance: 10 * 300 / 60 a second"
    errors = alerts["edge-errors"]["conditionPrometheusQueryLanguage"]["query"]
    assert 'url_map_name="voicestack-prod-edge"' in errors
    assert "certificates_expiry" in alerts["edge-expiry"]["conditionMatchedLog"]["filter"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"routes": []}, "no route takes the remaining paths"),
        ({"routes": [API]}, f"no route takes the remaining paths of {DOMAIN}"),
        ({"routes": [FRONTEND, FRONTEND]}, "exists twice"),
        (
            {"routes": [FRONTEND, API, Route(name="other", service="x", paths=("/api/*",))]},
            f"claims {DOMAIN}/api/*, which 'api' has",
        ),
        (
            {"routes": [FRONTEND, Route(name="twice", service="x", paths=("/a", "/a"))]},
            f"claims {DOMAIN}/a, which 'twice' has",
        ),
        ({"domain": "Voice.example.com"}, "Voice.example.com"),
        ({"domain": "*.example.com"}, "full host name"),
        ({"load_test_ranges": ["0.0.0.0/0"]}, "wider than a /20"),
        ({"load_test_ranges": ["10.0.0.0/24"]}, "not a range of the public internet"),
        ({"load_test_ranges": [f"203.0.114.{n}/32" for n in range(11)]}, "are 11"),
        ({"canary": Canary(routes=("nobody",), source_ranges=("198.51.101.7/32",))}, "'nobody'"),
        (
            {
                "routes": [FRONTEND, Route(name="mine", service="x", host=f"canary.{DOMAIN}")],
                "canary": Canary(routes=("frontend",), source_ranges=("198.51.101.7/32",)),
            },
            f"canary.{DOMAIN}",
        ),
    ],
)
def test_an_edge_that_contradicts_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ComponentError) as refused:
        edge(environment(), **changes)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"paths": ()}, "no paths"),
        ({"paths": ("api",)}, "'api'"),
        ({"paths": ("/a*",)}, "a star may only be its last part"),
        ({"paths": ("/*/b",)}, "a star may only be its last part"),
        ({"host": "localhost"}, "full host name"),
        ({"gate": Gate.IAP}, "with 0 people"),
        ({"people": ("group:staff@example.com",)}, "with 1 people"),
        ({"gate": Gate.IAP, "people": ("allUsers",)}, "admit the world"),
        ({"gate": Gate.IAP, "people": ("group:a@b.c",), "caching": Caching.STATIC}, "Google refuses the pair"),
    ],
)
def test_a_route_that_cannot_work_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ComponentError) as refused:
        Route(name="r", service="s", **changes)
    assert told in str(refused.value)
