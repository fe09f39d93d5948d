"""Over plain HTTP nothing is answered from the internet but "come back by HTTPS"."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.network.front import HTTP_PROXIES, URL_MAPS, is_external_proxy
from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy


@resource_policy(
    id="lb-http-only-redirects",
    title="A public load balancer answers plain HTTP with a redirect to HTTPS and with nothing else",
    severity=Severity.HIGH,
    why="""What is sent over plain HTTP, tokens and recordings included, can be read and changed on its way. A
    proxy on port 80 is harmless only if every host and path of its URL map redirects to HTTPS.""",
    fix="Use the `Edge` component: its `Listener` gives port 80 a URL map of its own that only redirects.",
    fix_raw="Give the HTTP proxy a URL map of its own: only `defaultUrlRedirect`, with `httpsRedirect: true`.",
    rows=(125,),
    types=HTTP_PROXIES,
)
def http_only_redirects(proxy: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
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
