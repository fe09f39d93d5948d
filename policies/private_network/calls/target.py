"""A call goes where the stack says, and over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.network.calls import CALLERS, QUEUE, address, calls, parts
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="call-encrypted",
    title="A call by Pub/Sub, Cloud Tasks or Cloud Scheduler goes over HTTPS",
    severity=Severity.HIGH,
    why="""Over plain HTTP the message and the token that opens the handler cross the internet in clear: whoever
    is on the way reads both and uses the token again.""",
    fix="Use `PushSubscription`, `Queue` or `Schedule` with a service's endpoint, which is HTTPS.",
    fix_raw="Let `pushEndpoint` or `uri` begin with https://, and set a queue's `uriOverride.scheme` to HTTPS.",
    rows=(109, 113),
    types=CALLERS,
    elements=calls,
)
def call_encrypted(call: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if call.resource.type != QUEUE:
        text = address(call).text("")
        if parts(text).scheme.lower() != "https":
            yield f"{address(call).path} does not begin with https://: message and token are sent in clear"
        return
    override = call["uriOverride"]
    scheme = override["scheme"]
    if scheme.text("").upper() != "HTTPS":
        said = f"is '{scheme.text()}'" if scheme.present else "is left out: each task says it, and may say HTTP"
        yield f"{scheme.path} {said}"
    elif _may_be_overridden(override):
        yield f"{override['uriOverrideEnforceMode'].path} is IF_NOT_EXISTS: a task that says HTTP is sent so"


@resource_policy(
    id="queue-fixes-its-target",
    title="A queue says itself where its tasks go",
    severity=Severity.MEDIUM,
    # A queue for calls to many places cannot.
    enforcement=Enforcement.ADVISORY,
    why="""Where each task names its address, whoever may add tasks may have Google call any address, in the
    name of the account whose token the task or the queue asks for.""",
    fix="Use the `Queue` component, whose tasks all go to one handler.",
    fix_raw="Set `httpTarget.uriOverride.host`, and leave `uriOverrideEnforceMode` at ALWAYS.",
    rows=(113,),
    types=[QUEUE],
)
def queue_fixes_its_target(queue: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if queue["appEngineRoutingOverride"].present:
        return
    override = queue.at("httpTarget.uriOverride")
    host = override["host"]
    if not (host.is_unknown or host.text("")):
        yield f"{host.path} is left out: each task says where it goes"
    elif _may_be_overridden(override):
        yield f"{override['uriOverrideEnforceMode'].path} is IF_NOT_EXISTS: a task may go elsewhere"


def _may_be_overridden(override: Value) -> bool:
    # The default is ALWAYS: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues
    return override["uriOverrideEnforceMode"].text("ALWAYS") == "IF_NOT_EXISTS"
