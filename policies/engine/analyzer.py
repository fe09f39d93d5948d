"""Serves a pack to the Pulumi engine: `pulumi preview --policy-pack policies/<pack>`.

The engine's own protocol (analyzer.proto) is spoken here rather than through pulumi-policy, whose reader hands
every policy the plain text of secrets and reads all resources anew for each policy. Here a secret stays a mark,
and the stack is read once. The engine sends inputs one resource at a time, then outputs and dependencies of them
all: the plan is put together from both.
"""

from __future__ import annotations

import datetime
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from components.errors import VoicestackError
from plan.plan import PROVIDER_PREFIX, STACK_TYPE, Options, Plan, Resource
from plan.sentinels import UNKNOWN
from plan.sources.wire import split
from policies.engine.configuration import Configuration
from policies.engine.pack import Pack, packs
from policies.engine.policy import Enforcement, Policy, Severity
from policies.engine.report import Checked, check
from policies.engine.settings_schema import properties_of
from policies.engine.waivers import IN_ORDER, Waivers

WAIVERS: Final = Path(__file__).resolve().parents[1] / "waivers.yaml"
_VERSION: Final = "0.1.0"
_LARGEST: Final = 400 * 1024 * 1024
"""Bytes of one message; the engine's own limit."""
_LEVELS: Final = {
    Enforcement.ADVISORY: analyzer_pb2.ADVISORY,
    Enforcement.MANDATORY: analyzer_pb2.MANDATORY,
    Enforcement.DISABLED: analyzer_pb2.DISABLED,
}
_BY_NUMBER: Final = {number: level for level, number in _LEVELS.items()} | {
    # A policy that can only tell cannot mend.
    analyzer_pb2.REMEDIATE: Enforcement.MANDATORY
}
_SEVERITIES: Final = {
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
}
# The engine marks an unknown by what it would be (sdk/go/common/resource/plugin/rpc.go); a plan has one mark.
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a truth value
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


def serve(name: str) -> None:
    """Serves the pack `name` until the engine goes away; tells the engine its port on standard output."""
    pack = next(pack for pack in packs() if pack.name == name)
    options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=options)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(pack), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(None)


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """One pack, as the engine asks for it."""

    def __init__(self, pack: Pack, *, today: Callable[[], datetime.date] | None = None) -> None:
        self._pack = pack
        self._policies = [*pack.policies, IN_ORDER]
        self._configuration = Configuration()
        self._today = today or (lambda: datetime.datetime.now(tz=datetime.UTC).date())
        self._inputs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> analyzer_pb2.AnalyzerInfo:  # noqa: N802 - the wire's
        """What the pack consists of."""
        return analyzer_pb2.AnalyzerInfo(
            name=f"voicestack-{self._pack.name.replace('_', '-')}",
            displayName=self._pack.title,
            version=_VERSION,
            supportsConfig=True,
            policies=[_described(policy) for policy in self._policies],
        )

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=_VERSION)

    def Handshake(self, request: Any, context: Any) -> analyzer_pb2.AnalyzerHandshakeResponse:  # noqa: N802
        """Nothing of what the engine tells is needed."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: Any) -> analyzer_pb2.AnalyzerStackConfigureResponse:  # noqa: N802
        """Nothing of what the engine tells is needed: URNs name stack and project."""
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802
        """Takes what `--policy-pack-config` says; an unknown key ends the run."""
        raw = {
            name: {
                **json_format.MessageToDict(given.properties),
                "enforcementLevel": _BY_NUMBER[given.enforcementLevel].value,
            }
            for name, given in request.policyConfig.items()
        }
        try:
            self._configuration = Configuration.of_json(raw, self._policies)
        except VoicestackError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802
        """Nothing here takes long enough to be broken off."""
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> analyzer_pb2.RemediateResponse:  # noqa: N802
        """Policies here only tell."""
        return analyzer_pb2.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> analyzer_pb2.AnalyzeResponse:  # noqa: N802
        """Keeps the inputs of one resource; what is wrong is told once the whole stack is there."""
        defaults: dict[str, Any] = {}
        inputs = _plain(request.properties, defaults)
        with self._lock:
            self._inputs[request.urn] = inputs, defaults
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> analyzer_pb2.AnalyzeResponse:  # noqa: N802
        """Looks at the whole stack."""
        if not request.resources:
            return analyzer_pb2.AnalyzeResponse()
        with self._lock:
            inputs = dict(self._inputs)
        plan = _plan([_resource(one, inputs) for one in request.resources])
        try:
            every = [policy for pack in packs() for policy in pack.policies]
            waivers = Waivers.read(WAIVERS, every) if WAIVERS.is_file() else Waivers()
        except VoicestackError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            raise
        return self._told(
            check(
                plan,
                self._pack.policies,
                today=self._today(),
                configuration=self._configuration,
                waivers=waivers,
            )
        )

    def _told(self, checked: Checked) -> analyzer_pb2.AnalyzeResponse:
        said = [
            self._diagnostic(
                finding.policy,
                f"{finding.message}\nwhy: {finding.policy.why}\nfix: {finding.fix}",
                finding.resource.urn,
                finding.enforcement,
            )
            for finding in checked.findings
        ]
        said += [
            self._diagnostic(
                unseen.policy, f"{NOT_EVALUATED}: {unseen.why}", unseen.resource.urn, Enforcement.ADVISORY
            )
            for unseen in checked.not_evaluated
        ]
        return analyzer_pb2.AnalyzeResponse(diagnostics=said)

    def _diagnostic(
        self, policy: Policy, message: str, urn: str, level: Enforcement
    ) -> analyzer_pb2.AnalyzeDiagnostic:
        return analyzer_pb2.AnalyzeDiagnostic(
            policyName=policy.id,
            policyPackName=f"voicestack-{self._pack.name.replace('_', '-')}",
            policyPackVersion=_VERSION,
            description=policy.title,
            message=message,
            enforcementLevel=_LEVELS[level],
            severity=_SEVERITIES[policy.severity],
            urn=urn,
        )


NOT_EVALUATED: Final = "not evaluated"
"""How the message of what could not be looked at begins; it is no violation."""


def _described(policy: Policy) -> analyzer_pb2.PolicyInfo:
    own = {key: one for key, one in properties_of(policy.settings).items() if key != "enforcementLevel"}
    properties = struct_pb2.Struct()
    properties.update(own)
    return analyzer_pb2.PolicyInfo(
        name=policy.id,
        displayName=policy.title,
        description=policy.title,
        message=policy.why,
        enforcementLevel=_LEVELS[policy.enforcement],
        configSchema=analyzer_pb2.PolicyConfigSchema(properties=properties) if own else None,
        policy_type=analyzer_pb2.POLICY_TYPE_STACK,
        severity=_SEVERITIES[policy.severity],
        remediation_steps=policy.fix,
    )


def _plan(resources: list[Resource]) -> Plan:
    head, project, _ = resources[0].urn.split("::", 2)
    return Plan.of(resources, project=project, stack=head.removeprefix("urn:pulumi:"), system=project, outputs={})


def _resource(one: Any, inputs: Mapping[str, tuple[dict[str, Any], dict[str, Any]]]) -> Resource:
    """A resource of the stack; its outputs stand in for inputs that were never sent."""
    added: dict[str, Any] = {}
    own, defaults = inputs.get(one.urn) or (_plain(one.properties, added), added)
    is_provider = one.type.startswith(PROVIDER_PREFIX)
    return Resource(
        urn=one.urn,
        type=one.type,
        name=one.name,
        # Only what a provider serves is more than a group.
        custom=is_provider or bool(one.provider.urn),
        parent=one.parent or one.options.parent or None,
        inputs=own,
        defaults=defaults,
        dependencies=sorted(one.dependencies),
        propertyDependencies={
            key: sorted(value.urns) for key, value in one.propertyDependencies.items() if value.urns
        },
        provider=one.provider.urn or None,
        options=Options(
            protect=one.options.protect if one.type != STACK_TYPE else False,
            ignoreChanges=list(one.options.ignoreChanges),
            additionalSecretOutputs=list(one.options.additionalSecretOutputs),
        ),
    )


def _plain(properties: struct_pb2.Struct, defaults: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = split(_one_mark(json_format.MessageToDict(properties)), defaults)
    return found


def _one_mark(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _one_mark(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_one_mark(one) for one in value]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWNS else value
