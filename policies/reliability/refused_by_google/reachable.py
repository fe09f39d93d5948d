"""What Google calls by itself has an address to be called at."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.network.calls import CALLERS, address, called, calls
from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import find, place_of
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="call-target-has-its-address",
    title="A service that Pub/Sub, Cloud Tasks or Cloud Scheduler calls has its default address on",
    severity=Severity.HIGH,
    why="""With the default address off a service answers only through a load balancer. Everything is made without
    an error, every push, task and scheduled call gets 404, and messages end as dead letters.""",
    fix="""Give the service `exposure=Exposure.INTERNAL` where Google's services call it: it keeps its address,
    and only invokers get in.""",
    fix_raw="Set `defaultUriDisabled` to false on the service that is called.",
    types=CALLERS,
    elements=calls,
)
def call_target_has_its_address(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    service = called(stack, call)
    # https://cloud.google.com/run/docs/securing/ingress#disable-url
    if service is not None and find(Value.of(service), "default_url_off").flag(False):
        place = place_of(Value.of(service), "default_url_off")
        yield f"{address(call).path} is the address of '{service.name}', whose {place} is true: each call gets 404"
