"""Over plain HTTP nothing is answered from the internet but "come back by HTTPS"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.network.front import (
    EXTERNAL,
    GLOBAL_RULE,
    HTTP_PROXIES,
    REGIONAL_RULE,
    TARGETS,
    URL_MAPS,
    is_external_proxy,
    scheme_of,
)
from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy
from policies.private_network.load_balancer.ports import spans_of

_PLAIN: Final = 80
_HTTP: Final = re.compile(r"/target-?http-?proxies/", re.IGNORECASE)
_OTHERS: Final = re.compile(r"/(?:target(?!http-?proxies)\w+|serviceAttachments)/", re.IGNORECASE)
"""Where the path of a target says that it is no HTTP proxy."""


@resource_policy(
    id="lb-http-only-redirects",
    title="A public load balancer answers plain HTTP with a redirect to HTTPS and with nothing else",
    severity=Severity.HIGH,
    why="""What is sent over plain HTTP, tokens and recordings included, can be read and changed on its way. A
    proxy on port 80 is harmless only if every host and path of its URL map redirects to HTTPS.""",
    fix="Use the `Edge` component: its `Listener` gives port 80 a URL map of its own that only redirects.",
    fix_raw="Give the HTTP proxy a URL map of its own: only `defaultUrlRedirect`, with `httpsRedirect: true`.",
    rows=(125,),
    types=(*HTTP_PROXIES, GLOBAL_RULE, REGIONAL_RULE),
)
def http_only_redirects(proxy: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    if proxy.resource.type not in HTTP_PROXIES:
        yield from _leads_elsewhere(proxy, stack)
        return
    if not is_external_proxy(stack, proxy.resource):
        return
    maps = stack.referred(proxy["urlMap"], *URL_MAPS)
    if not maps:
        name = proxy["urlMap"].text("")
        yield Unseen(proxy.resource, f"urlMap is '{name}', which is not in this plan")
    for url_map in map(Value.of, maps):
        for part in _parts(url_map):
            try:
                wrong = _wrong(part)
            except NotKnown as reason:
                yield Unseen(proxy.resource, f"{reason} in the URL map '{url_map.resource.name}'")
                continue
            if wrong:
                yield Problem(
                    proxy.resource,
                    f"{wrong} in the URL map '{url_map.resource.name}': it is answered over plain HTTP",
                    key=part.path,
                )


def _leads_elsewhere(rule: Value, stack: Stack) -> Iterator[Unseen]:
    """A rule for plain HTTP whose proxy is not in this plan: what it answers is not known, and that is said."""
    target = rule["target"]
    if target.raw is MISSING or _in_plan(target, stack) or scheme_of(rule) not in EXTERNAL:
        return
    spoken = "" if target.is_unknown else target.text("")
    if _OTHERS.search(spoken):
        return
    # A name alone, or nothing yet: the port tells. https://cloud.google.com/load-balancing/docs/https
    if _HTTP.search(spoken) or any(first <= _PLAIN <= last for first, last in spans_of(rule)):
        named = f"is '{spoken}', which is" if spoken else "comes from what is"
        yield Unseen(rule.resource, f"{target.path} {named} not in this plan: what it answers to plain HTTP")


def _in_plan(target: Value, stack: Stack) -> bool:
    """Whether the plan holds what a rule leads to, of whatever kind."""
    if not target.is_unknown and not target.is_secret:
        return bool(stack.referred(target, *TARGETS))
    return bool(stack.yielding(target, *TARGETS))


def _parts(url_map: Value) -> Iterator[Value]:
    """What of a URL map decides about some request: the map itself, each matcher, each rule of a matcher."""
    yield url_map
    for matcher in _listed(url_map, "pathMatchers"):
        yield matcher
        for key in ("pathRules", "routeRules"):
            yield from _listed(matcher, key)


def _listed(value: Value, key: str) -> Iterator[Value]:
    """The elements of a list; the list itself where it cannot be read, so that its reader meets that."""
    try:
        found = value[key]
    except NotKnown:
        # Whoever reads `value` has met it already.
        return
    try:
        yield from list(found.items())
    except NotKnown:
        yield found


def _wrong(part: Value) -> str:
    """What of one part is answered other than by a redirect to HTTPS, '' for nothing."""
    for key in ("defaultUrlRedirect", "urlRedirect"):
        redirect = part[key]
        if redirect.raw is not MISSING:
            # Absent, the redirect keeps the scheme:
            # https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps#HttpRedirectAction.FIELDS.https_redirect
            https = redirect["httpsRedirect"]
            return "" if https.flag(False) else f"{https.path} is not true"
    for key in ("defaultService", "service", "defaultRouteAction", "routeAction"):
        served = part[key]
        if served.raw is not MISSING:
            return f"{served.path} is set"
    return ""
