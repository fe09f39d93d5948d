"""What web pages may do with a bucket, and that none is served from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET
from analysis.value import Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, each, resource_policy

_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@resource_policy(
    id="bucket-cors-named-origins",
    title="Only named pages over HTTPS may reach a bucket from a browser",
    severity=Severity.MEDIUM,
    why="""CORS decides which pages a browser lets read an answer of the bucket, or upload to it. With `*` any
    page may use a signed address that a user's browser has; over plain HTTP somebody on the way may write the
    page.""",
    fix="Give the `Bucket` component `uploads_from=[...]`: the https origins of your own pages.",
    fix_raw="Name the origins in `cors[].origins`, as https://app.example.com.",
    rows=(104,),
    types=[BUCKET],
    elements=lambda bucket: bucket["cors"].items(),
)
def bucket_cors_named_origins(rule: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from each(rule["origins"].items(), lambda origin: _named(origin, own_machine=stack.disposable))


def _named(origin: Value, *, own_machine: bool) -> Iterator[str]:
    text = origin.text("")
    if text in ("*", "null"):
        yield f"{origin.path} is '{text}': any web page may use the bucket from its visitors' browsers"
        return
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        # No browser sends what is no address.
        return
    # Developers' pages may reach what may be thrown away.
    if parts.scheme == "http" and not (own_machine and host in _OWN_MACHINE):
        yield f"{origin.path} is '{text}': over plain HTTP somebody on the way may change that page"


@resource_policy(
    id="bucket-no-website",
    title="No bucket serves a website",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""Cloud Storage serves pages only to those who may read the objects without signing in, that is to
    everybody: a website in a bucket is either public or broken.""",
    fix="Serve pages by the frontend service behind the load balancer; the `Bucket` component has no website.",
    fix_raw="Remove `website`, and serve public content from a bucket of its own or a service behind a CDN.",
    rows=(104,),
    types=[BUCKET],
)
def bucket_no_website(bucket: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    website = bucket["website"]
    for key in ("mainPageSuffix", "notFoundPage"):
        # An empty text is how the website is turned off again.
        if website[key].has_text:
            yield f"{website[key].path} is set: the bucket is meant to be read by everybody"
