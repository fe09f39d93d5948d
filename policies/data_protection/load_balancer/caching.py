"""Cloud CDN keeps nobody's own answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Settings, Severity, resource_policy

_SERVICE: Final = "gcp:compute/backendService:BackendService"
_KEY: Final = "gcp:compute/backendServiceSignedUrlKey:BackendServiceSignedUrlKey"


@resource_policy(
    id="cdn-never-forces-caching",
    title="Cloud CDN caches no answer of a service that says it is private",
    severity=Severity.HIGH,
    why="""With FORCE_CACHE_ALL the cache keeps every answer, `private`, `no-store` and `Set-Cookie` included: one
    caller gets another's page or session.""",
    fix="Give the `Route` `caching=Caching.STATIC`, which keeps static content only.",
    fix_raw="Set `cdnPolicy.cacheMode` to CACHE_ALL_STATIC or USE_ORIGIN_HEADERS, or serve by signed URLs.",
    rows=(132,),
    types=[_SERVICE],
)
def never_forces_caching(backend: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    mode = backend.at("cdnPolicy.cacheMode")
    # Absent is CACHE_ALL_STATIC: https://cloud.google.com/cdn/docs/caching#cache-modes
    if not backend["enableCdn"].flag(False) or mode.text() != "FORCE_CACHE_ALL":
        return
    if not _is_signed(stack, backend):
        yield f"{mode.path} is FORCE_CACHE_ALL: answers that are meant for one caller are given to others"


def _is_signed(stack: Stack, backend: Value) -> bool:
    return backend.resource.urn in stack.once(_signed)


def _signed(stack: Stack) -> frozenset[str]:
    """The URNs of the backends that have a signing key."""
    found: set[str] = set()
    for key in stack.of_type(_KEY):
        try:
            found.update(backend.urn for backend in stack.referred(key["backendService"], _SERVICE))
        except NotKnown:
            continue
    return frozenset(found)
