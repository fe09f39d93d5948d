"""Routes: which host and paths of the edge lead to which Cloud Run service, and who may go there.

Values and their checks, and the path matchers that the URL map takes; the resources are `Backend`'s and `Edge`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypedDict

import pulumi
from pulumi_gcp import compute

from components.errors import ComponentError
from components.naming import stable_suffix
from components.network.armor import checked_public

EVERYTHING = "/*"
# A star only at the end, after a slash: https://cloud.google.com/load-balancing/docs/url-map-concepts#pm-constraints
_PATH = re.compile(r"/([A-Za-z0-9._~-]+/)*([A-Za-z0-9._~-]+|\*)?")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PERSON = re.compile(r"(user|group|serviceAccount|domain):[^\s:]+|principal(Set)?://\S+")


class Gate(Enum):
    """Who gets through to a backend, once Cloud Armor let the request pass."""

    PUBLIC = "anyone; the service itself authenticates"
    IAP = "whom Identity-Aware Proxy admits, by name"


class Caching(Enum):
    """What Cloud CDN keeps of a backend's answers."""

    NONE = "nothing"
    STATIC = "static content (scripts, styles, images, fonts), never for requests with a cookie or a token"


@dataclass(frozen=True, kw_only=True)
class Route:
    """Paths of one host that lead to one service.

    `service` is the Cloud Run service's physical name. `host` is the edge's domain by default. `paths` end in `/*`
    for all below. `people`: the IAM principals that IAP admits (`group:staff@example.com`).
    """

    name: str
    service: pulumi.Input[str] = field(hash=False)
    paths: tuple[str, ...] = (EVERYTHING,)
    host: str | None = None
    caching: Caching = Caching.NONE
    gate: Gate = Gate.PUBLIC
    people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.paths:
            raise _refused(self.name, "has no paths", "nothing would reach it", 'give it paths, e.g. ("/api/*",)')
        for path in self.paths:
            if not _PATH.fullmatch(path):
                raise _refused(
                    self.name,
                    f"has the path '{path}'",
                    "a path begins with '/', and a star may only be its last part",
                    "write e.g. /api/* or /health",
                )
        if self.host is not None:
            checked_host(f"the route '{self.name}'", self.host)
        if self.gate is Gate.IAP and self.caching is not Caching.NONE:
            raise _refused(
                self.name,
                "is cached and behind Identity-Aware Proxy",
                "the cache would answer before IAP asks, so Google refuses the pair",
                "choose Caching.NONE, or split the static content into a public route",
            )
        if (self.gate is Gate.IAP) != bool(self.people):
            raise _refused(
                self.name,
                f"is {self.gate.name} with {len(self.people)} people",
                "IAP admits only those named, and elsewhere nobody reads the names",
                "name the people with Gate.IAP, or name none with Gate.PUBLIC",
            )
        checked_people(f"the route '{self.name}'", self.people)


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A guarded way to the revision that has 0 % of the traffic: the host `canary.<domain>`.

    `routes` names those whose tagged revision it reaches. At least one guard: `source_ranges` (public ranges, by
    a Cloud Armor policy of its own) or `people` (by Identity-Aware Proxy; a CI job's service account can be one).
    Both together must both be met. A secret header is no guard here: its value would lie in the state and in the
    policy.
    """

    routes: tuple[str, ...]
    source_ranges: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    tag: str = "canary"

    def __post_init__(self) -> None:
        if not self.routes or not (self.source_ranges or self.people):
            raise ComponentError(
                f"a canary of the routes {self.routes} without a guard"
                if self.routes
                else "a canary of no routes",
                why="an unreleased revision must not be open to everybody, and one that nothing leads to is idle",
                fix="name its routes, and the source_ranges or people that may look at it",
            )
        if not re.fullmatch(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", self.tag):
            raise ComponentError(
                f"the canary's tag '{self.tag}'",
                why="the services keep ten characters free for a tag",
                fix="use up to ten lower-case letters, digits and hyphens",
            )
        checked_public("the canary's source ranges", self.source_ranges)
        checked_people("the canary", self.people)


def needs_iap(routes: Sequence[Route] = (), canary: Canary | None = None) -> bool:
    """Whether Identity-Aware Proxy admits people to any of these.

    Then the project needs `iap.googleapis.com` and IAP's agent, so `Agent.IAP` among the agents of its
    `ProjectBaseline`: without the agent IAP answers every request to Cloud Run with an error
    (https://cloud.google.com/iap/docs/enabling-cloud-run#troubleshooting_errors).
    """
    return any(route.people for route in routes) or (canary is not None and bool(canary.people))


def checked_host(what: str, host: str) -> str:
    """`host` itself; ComponentError unless it is a full host name in lower case, without a wildcard."""
    if not _HOST.fullmatch(host):
        raise ComponentError(
            f"{what} has the host '{host}'",
            why="a certificate and a URL map need a full host name in lower case",
            fix="write e.g. voice.example.com",
        )
    return host


def checked_people(what: str, people: Sequence[str]) -> None:
    """ComponentError unless each is one principal or a closed group of them."""
    for person in people:
        if not _PERSON.fullmatch(person):
            raise ComponentError(
                f"{what} admits '{person}'",
                why="IAP admits principals by name; allUsers and allAuthenticatedUsers would admit the world",
                fix="write e.g. group:staff@example.com or serviceAccount:ci@project.iam.gserviceaccount.com",
            )


def routes_by_host(routes: Sequence[Route], *, domain: str) -> dict[str, list[Route]]:
    """The routes of each host, the edge's domain first.

    Raises ComponentError for no routes, two of one name, two that claim one path of a host, and a host whose
    remaining paths lead nowhere.
    """
    names: set[str] = set()
    claimed: dict[tuple[str, str], str] = {}
    found: dict[str, list[Route]] = {domain: []}
    for route in routes:
        if route.name in names:
            raise _refused(route.name, "exists twice", "a route is one backend", "name one of them otherwise")
        names.add(route.name)
        host = route.host or domain
        for path in route.paths:
            other = claimed.setdefault((host, path), route.name)
            if other != route.name or route.paths.count(path) > 1:
                raise _refused(
                    route.name,
                    f"claims {host}{path}, which '{other}' has",
                    "a path of a host leads to one backend",
                    "give one of them a longer path",
                )
        found.setdefault(host, []).append(route)
    for host in found:
        if (host, EVERYTHING) not in claimed:
            raise ComponentError(
                f"no route takes the remaining paths of {host}",
                why="the load balancer must send each path of a host somewhere",
                fix=f'give one route of {host} the path "{EVERYTHING}"',
            )
    return found


class Redirect(TypedDict):
    """The fields that a URL map's redirect and a path matcher's share."""

    host_redirect: str
    path_redirect: str
    https_redirect: bool
    strip_query: bool
    redirect_response_code: str


def elsewhere(domain: str) -> Redirect:
    """The redirect for what no route takes: to the front page, so that an unknown host reaches no backend."""
    return {
        "host_redirect": domain,
        "path_redirect": "/",
        "https_redirect": True,
        "strip_query": True,
        "redirect_response_code": "FOUND",
    }


def matcher_name(host: str) -> str:
    """The name of a host's path matcher: https://cloud.google.com/compute/docs/naming-resources."""
    return f"host-{stable_suffix(host)}"


def path_matcher(
    host: str, routes: Sequence[Route], backends: Mapping[str, pulumi.Input[str]], *, domain: str
) -> compute.URLMapPathMatcherArgs:
    """The matcher of `host`; paths that none of `routes` takes are redirected to the front page of `domain`."""
    rest = [route for route in routes if EVERYTHING in route.paths]
    rules = []
    for route in routes:
        paths = [path for path in route.paths if path != EVERYTHING]
        if paths:
            rules.append(compute.URLMapPathMatcherPathRuleArgs(paths=paths, service=backends[route.name]))
    return compute.URLMapPathMatcherArgs(
        name=matcher_name(host),
        description=host,
        default_service=backends[rest[0].name] if rest else None,
        default_url_redirect=(
            None if rest else compute.URLMapPathMatcherDefaultUrlRedirectArgs(**elsewhere(domain))
        ),
        path_rules=rules,
    )


def _refused(name: str, what: str, why: str, fix: str) -> ComponentError:
    return ComponentError(f"the route '{name}' {what}", why=why, fix=fix)
