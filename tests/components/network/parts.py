"""What the tests of the edge share: types, two routes, an edge with them, and how to find things in its plan."""

from __future__ import annotations

from typing import Any

import pulumi

from components.component import Environment
from components.network.edge import Edge
from components.network.route import Caching, Route
from components.observability.alert import AlertRouting
from tests.components.harness import Registered, of_type, plan_of

DOMAIN = "voice.example.com"
BACKEND = "gcp:compute/backendService:BackendService"
GROUP = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
URL_MAP = "gcp:compute/uRLMap:URLMap"

FRONTEND = Route(name="frontend", service="voicestack-prod-frontend", caching=Caching.STATIC)
API = Route(name="api", service="voicestack-prod-api", paths=("/api/*", "/health"))


def edge(env: Environment, **changes: Any) -> Edge:
    given: dict[str, Any] = {"domain": DOMAIN, "routes": [FRONTEND, API]}
    return Edge("edge", env=env, **(given | changes))


def planned(**changes: Any) -> list[Registered]:
    return plan_of(lambda env: edge(env, **changes))


def one(found: list[Registered], type_: str, name: str) -> Registered:
    return next(each for each in of_type(found, type_) if each.name == name)


def rules_of(found: list[Registered], name: str = "edge") -> dict[int, dict[str, Any]]:
    return {int(rule["priority"]): rule for rule in one(found, POLICY, name).inputs["rules"]}


def routing() -> AlertRouting:
    channel = pulumi.Output.from_input("projects/p/notificationChannels/1")
    return AlertRouting(page=(channel,), notify=(channel,))
