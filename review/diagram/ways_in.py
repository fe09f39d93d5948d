"""The ways in from the internet: load balancers' hosts and paths, followed to the services that answer.

Host and path lead through the URL map, a backend service and its network endpoint groups to a Cloud Run service.
Before creation Google's IDs of backends are unknown: which service is behind a URL map is known then, but which
of several has which path is not, and is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plan.plan import Plan, Resource
from plan.references import is_named, referred

_URL_MAPS = ("gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap")
_BACKEND = "gcp:compute/backendService:BackendService"
_GROUP = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
_SERVICE = "gcp:cloudrunv2/service:Service"
_MATCHERS = "pathMatchers"
_DEFAULT = "defaultService"
EVERYTHING = "/*"
HTTPS = "HTTPS"


@dataclass(frozen=True, kw_only=True, slots=True)
class WayIn:
    """A load balancer. `answers`: each service behind it, with the paths that are known to lead there."""

    url_map: Resource
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    guarded: bool
    """Whether a Cloud Armor policy is on every backend."""
    answers: tuple[tuple[Resource, tuple[str, ...]], ...]


def ways_in(plan: Plan) -> list[WayIn]:
    """Every URL map that leads to a service; one that only redirects is no way in."""
    found = (_way(plan, url_map) for url_map in plan.of_type(*_URL_MAPS))
    return [way for way in found if way.answers]


def open_services(plan: Plan) -> list[Resource]:
    """The services that anybody on the internet reaches without a load balancer."""
    return [
        service
        for service in plan.of_type(_SERVICE)
        if service.get("ingress", "INGRESS_TRAFFIC_ALL") == "INGRESS_TRAFFIC_ALL"
    ]


def _way(plan: Plan, url_map: Resource) -> WayIn:
    matchers = [it for it in url_map.get(_MATCHERS, []) if isinstance(it, dict)]
    backends = {
        backend.urn: backend for key in (_MATCHERS, _DEFAULT) for backend in referred(plan, url_map, key, _BACKEND)
    }
    rules = [*_rules(matchers), (EVERYTHING, url_map.get(_DEFAULT))]
    answers: dict[str, tuple[Resource, set[str]]] = {}
    for backend in backends.values():
        paths = {path for path, target in rules if target and (len(backends) == 1 or is_named(target, backend))}
        for group in referred(plan, backend, "backends", _GROUP):
            for service in referred(plan, group, "cloudRun", _SERVICE):
                answers.setdefault(service.urn, (service, set()))[1].update(paths)
    hosts = [host for rule in url_map.get("hostRules", []) for host in rule.get("hosts", [])]
    return WayIn(
        url_map=url_map,
        hosts=tuple(dict.fromkeys(hosts)),
        paths=tuple(sorted({path for path, target in rules if target})),
        guarded=all(backend.get("securityPolicy") for backend in backends.values()),
        answers=tuple((service, tuple(sorted(paths))) for service, paths in answers.values()),
    )


def _rules(matchers: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each path with the backend it leads to."""
    for matcher in matchers:
        yield EVERYTHING, matcher.get(_DEFAULT)
        for rule in matcher.get("pathRules", []):
            yield from ((path, rule.get("service")) for path in rule.get("paths", []))
