"""A call says who makes it, by a token for the one it calls and by nothing that is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl

from analysis.network.calls import CALLERS, JOB, QUEUE, address, calls, host_of, parts
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

ACCOUNT: Final = "gcp:serviceaccount/account:Account"
_GOOGLE: Final = ".googleapis.com"
_HEADER: Final = re.compile(
    r"(?i)(proxy-)?authorization|cookie|(.*[-_])?(api|auth|access|secret)[-_]?key|(.*[-_])?(token|secret|password)"
)
_PARAMETER: Final = re.compile(
    r"(?i)((access|auth|api|id)[-_]?)?token|(access|api|secret)[-_]?key|(client[-_]?)?secret|password|pwd|sig(nature)?"
)
_SHORTEST_KEY: Final = 20
"""Characters from which a parameter that is only called `key` counts as a credential."""


@resource_policy(
    id="call-authenticated",
    title="A call by Pub/Sub, Cloud Tasks or Cloud Scheduler carries a token of a named account",
    severity=Severity.HIGH,
    why="""Without a token the handler cannot tell Google's call from anybody's. It must be open to everybody, and
    everybody may send it messages.""",
    fix="Use `PushSubscription`, `Queue` or `Schedule`: each calls as an account of its own.",
    fix_raw="Set `oidcToken.serviceAccountEmail` and let only that account invoke the handler.",
    rows=(109, 113),
    types=CALLERS,
    elements=calls,
)
def call_authenticated(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    email = call.at("oidcToken.serviceAccountEmail")
    if stack.is_given(email, ACCOUNT):
        return
    # Only jobs and queues can have the other kind.
    if call.resource.type in (JOB, QUEUE) and stack.is_given(call.at("oauthToken.serviceAccountEmail"), ACCOUNT):
        return
    yield f"{email.path} is left out: the handler cannot tell this call from anybody's"


@resource_policy(
    id="call-access-token-to-google-only",
    title="An access token is sent to Google's own APIs only",
    severity=Severity.CRITICAL,
    why="""An OAuth access token works at every API that its account may use. Whoever is sent one acts as the
    account for an hour; an OIDC token is good for its one audience alone.""",
    fix="Call services by `CallService` or a `Queue`, which send OIDC tokens.",
    fix_raw="Replace `oauthToken` by `oidcToken`, or call an address below googleapis.com.",
    rows=(113,),
    types=[QUEUE, JOB],
    elements=calls,
)
def call_access_token_to_google_only(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not call["oauthToken"].present:
        return
    host = host_of(call)
    if not host.endswith(_GOOGLE):
        said = f"goes to '{host}'" if host else "goes wherever a task says"
        yield f"{call['oauthToken'].path} {said}: whoever is there acts as the account for an hour"


def places(caller: Value) -> Iterator[Value]:
    """Where a call could carry something written: its address or parameters, its headers."""
    for call in calls(caller):
        if call.resource.type == QUEUE:
            yield call.at("uriOverride.queryOverride.queryParams")
            yield from call["headerOverrides"].items()
            continue
        yield address(call)
        if call.resource.type == JOB:
            yield call["headers"]


@resource_policy(
    id="call-without-written-credentials",
    title="No call carries a credential that is written in its address or its headers",
    severity=Severity.HIGH,
    why="""Address and headers of a subscription, a queue or a job are shown to whoever may look at it, and are
    in the logs. A key there is a key that many people have, and that nobody changes.""",
    fix="Let the call carry a token of its account, as the components do, and check that in the handler.",
    fix_raw="Remove the header or the parameter and use `oidcToken`.",
    rows=(113, 118),
    types=CALLERS,
    elements=places,
)
def call_without_written_credentials(place: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    kind, names = _written(place)
    for name in names:
        yield f"{place.path} has the {kind} '{name}': whoever may look at the call has its credential"


def _written(place: Value) -> tuple[str, list[str]]:
    """What a credential could be in, and the names there that tell of one."""
    if place.path.endswith(".headers"):
        return "header", [name for name, _ in place.entries() if _HEADER.fullmatch(name)]
    if "headerOverrides" in place.path:
        name = place.at("header.key").text("")
        return "header", [name] if _HEADER.fullmatch(name) else []
    text = place.text("")
    query = text if place.path.endswith(".queryParams") else parts(text).query
    return "parameter", [name for name, value in parse_qsl(query) if _is_credential(name, value)]


def _is_credential(name: str, value: str) -> bool:
    if name.lower() == "key":
        return len(value) >= _SHORTEST_KEY
    return bool(value) and _PARAMETER.fullmatch(name) is not None
