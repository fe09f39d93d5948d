"""The token that a call carries is for the handler that it calls, and for no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from analysis.network.calls import CALLERS, address, called_service, calls, host_of, parts
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

RUN: Final = "gcp:cloudrunv2/service:Service"


@resource_policy(
    id="call-audience-named",
    title="The token of a call names its audience",
    severity=Severity.LOW,
    # The default is usable: it only changes with every path.
    enforcement=Enforcement.ADVISORY,
    why="""The default audience is the whole address with its path and its parameters. A handler that checks the
    audience, as it should, must know every such address; one that does not check takes anybody's token.""",
    fix="Use `PushSubscription`, `Queue` or `Schedule`: the audience is the service's name.",
    fix_raw="Set `oidcToken.audience` to the address or to a custom audience of the called service.",
    rows=(109, 113),
    types=CALLERS,
    elements=calls,
)
def call_audience_named(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    audience = call.at("oidcToken.audience")
    if call["oidcToken"].present and not stack.is_given(audience, RUN):
        yield f"{audience.path} is left out: the token is for the whole address, path and parameters included"


@resource_policy(
    id="call-audience-fits",
    title="The token of a call is for the service that is called",
    severity=Severity.HIGH,
    why="""Whoever receives a token can use it where it is meant for. A token for one service that is sent to
    another lets the second act on the first; and the second refuses the call.""",
    fix="Use `PushSubscription`, `Queue` or `Schedule` with the endpoint of the called service.",
    fix_raw="Set `oidcToken.audience` to the address or to a custom audience of the called service.",
    rows=(109, 113),
    types=CALLERS,
    elements=calls,
)
def call_audience_fits(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    value = call.at("oidcToken.audience")
    audience = value.text("")
    if not audience:
        return
    host = host_of(call)
    meant = (parts(audience).hostname or "").lower() if audience.startswith(("https://", "http://")) else ""
    name = called_service(host)
    # A Cloud Run service has two addresses of its own, and answers to both.
    if not host or meant == host or (name and called_service(meant) == name):
        return
    services = stack.named(RUN, name) if name else []
    if services:
        # Cloud Run takes its own address and its custom audiences:
        # https://cloud.google.com/run/docs/configuring/custom-audiences
        if not any(audience in Value.of(one)["customAudiences"].texts() for one in services):
            said = audience.partition("?")[0]
            yield f"{value.path} is '{said}', which the called service '{name}' does not answer to"
        return
    others = stack.once(_audiences).get(audience)
    if others or meant:
        whose = f"the service '{others[0].name}'" if others else f"'{meant}'"
        yield f"{value.path} is meant for {whose}, and {address(call).path} sends it to '{host}'"


def _audiences(stack: Stack) -> Mapping[str, list[Resource]]:
    """The services that answer to each custom audience."""
    found: defaultdict[str, list[Resource]] = defaultdict(list)
    for service in stack.of_type(RUN):
        try:
            for audience in service["customAudiences"].texts():
                found[audience].append(service.resource)
        except NotKnown:
            continue
    return found
