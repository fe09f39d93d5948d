"""What not everyone may reach: the canary and the routes behind Identity-Aware Proxy, each behind a guard."""

from __future__ import annotations

from typing import Any, cast

import pulumi
import pytest

from components.errors import ComponentError
from components.network.route import Canary, Gate, Route, needs_iap
from components.security.service_agents import Agent
from tests.components.harness import environment, of_type, only, plan_of
from tests.components.network.parts import (
    API,
    BACKEND,
    DOMAIN,
    FRONTEND,
    GROUP,
    POLICY,
    URL_MAP,
    edge,
    one,
    planned,
    rules_of,
)
from tests.components.security.parts import AGENT, depends_on, with_apis


def test_the_canary_reaches_the_tagged_revision_only_from_the_allowed_addresses() -> None:
    found = planned(canary=Canary(routes=("api",), source_ranges=("198.51.101.7/32",)))
    assert one(found, GROUP, "edge-api-canary").inputs["cloudRun"]["tag"] == "canary"
    assert "tag" not in one(found, GROUP, "edge-api").inputs["cloudRun"]
    rules = rules_of(found, "edge-canary")
    assert rules[10000]["match"]["config"]["srcIpRanges"] == ["198.51.101.7/32"]
    assert rules[2147483647]["action"] == "deny(403)"
    used = one(found, BACKEND, "edge-api-canary").property_dependencies["securityPolicy"]
    assert any(urn.endswith("edge-canary") for urn in used), "the guard must hang on the backend itself"


def test_the_canary_can_be_guarded_by_name_instead() -> None:
    ci = "serviceAccount:ci@acme-voice-prod.iam.gserviceaccount.com"
    found = planned(canary=Canary(routes=("api",), people=(ci,)))
    assert one(found, BACKEND, "edge-api-canary").inputs["iap"] == {"enabled": True}
    admitted = only(found, "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember").inputs
    assert (admitted["member"], admitted["role"]) == (ci, "roles/iap.httpsResourceAccessor")
    assert len(of_type(found, POLICY)) == 1


def test_the_canary_has_a_host_of_its_own_and_nothing_else_leads_there() -> None:
    url_map = one(
        planned(canary=Canary(routes=("api",), source_ranges=("198.51.101.7/32",))), URL_MAP, "edge"
    ).inputs
    hosts = {rule["hosts"][0]: rule["pathMatcher"] for rule in url_map["hostRules"]}
    assert set(hosts) == {DOMAIN, f"canary.{DOMAIN}"}
    matcher = next(each for each in url_map["pathMatchers"] if each["name"] == hosts[f"canary.{DOMAIN}"])
    assert [rule["paths"] for rule in matcher["pathRules"]] == [["/api/*", "/health"]]
    assert matcher["defaultUrlRedirect"]["hostRedirect"] == DOMAIN, "other paths must not reach a backend"
    assert "defaultService" not in matcher


def test_a_route_behind_iap_admits_those_named() -> None:
    admin = Route(
        name="admin",
        service="voicestack-prod-admin",
        host="admin.example.com",
        gate=Gate.IAP,
        people=("group:staff@example.com",),
    )
    found = planned(routes=[FRONTEND, API, admin])
    assert one(found, BACKEND, "edge-admin").inputs["iap"] == {"enabled": True}
    assert one(found, BACKEND, "edge-api").inputs["iap"] == {"enabled": False}
    assert only(found, "gcp:iap/webBackendServiceIamMember:WebBackendServiceIamMember")


def test_who_is_admitted_by_iap_is_known_before_the_project_is_made() -> None:
    canary = Canary(routes=("api",), people=("group:staff@example.com",))
    admin = Route(name="admin", service="x", gate=Gate.IAP, people=("group:staff@example.com",))
    assert needs_iap(canary=canary)
    assert needs_iap([FRONTEND, admin])
    assert not needs_iap([FRONTEND, API], Canary(routes=("api",), source_ranges=("198.51.101.7/32",)))


def test_iap_is_not_switched_on_in_a_project_without_its_agent() -> None:
    canary = Canary(routes=("api",), people=("group:staff@example.com",))
    agents = {Agent.PUBSUB: cast("pulumi.Resource", None)}
    with pytest.raises(ComponentError, match=r"Agent\.IAP"):
        edge(environment(agents=agents), canary=canary)


def test_iap_is_switched_on_once_its_agent_exists() -> None:
    canary = Canary(routes=("api",), people=("group:staff@example.com",))
    found = plan_of(lambda env: edge(with_apis(env, Agent.IAP), canary=canary))
    assert depends_on(found, one(found, BACKEND, "edge-api-canary"), "agent-IAP", AGENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"routes": ("api",)},
        {"routes": (), "source_ranges": ("198.51.101.7/32",)},
        {"routes": ("api",), "source_ranges": ("0.0.0.0/0",)},
        {"routes": ("api",), "people": ("allAuthenticatedUsers",)},
        {"routes": ("api",), "source_ranges": ("198.51.101.7/32",), "tag": "a-tag-that-is-long"},
    ],
)
def test_a_canary_without_a_real_guard_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ComponentError):
        Canary(**changes)
