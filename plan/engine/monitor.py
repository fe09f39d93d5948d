"""The resource monitor: what the program talks to instead of the real engine.

It records each registration as a `Resource` and answers as a real preview of an empty stack does: inputs come
back, what the provider computes at plan time too, all else is unknown. It reads nothing from any cloud: whatever
needs that has a stand-in, or is refused by name.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import resource_pb2

from plan.engine import urn as urns
from plan.engine.answer import planned_state
from plan.engine.coercion import coerced
from plan.engine.computed import planned
from plan.engine.defaults import defaults_of
from plan.engine.options import options_of
from plan.engine.providers import Providers
from plan.engine.schema import check_inputs, fits
from plan.engine.stand_ins import StandIns
from plan.engine.values import from_struct
from plan.errors import EngineError
from plan.plan import PROVIDER_PREFIX, STACK_TYPE, Resource
from plan.sentinels import UNKNOWN

_STACK_REFERENCE = "pulumi:pulumi:StackReference"


class _NoMocks(Mocks):
    """MockMonitor asks for mocks; this monitor answers by itself and never calls them."""

    def call(self, args: Any) -> Any:
        raise NotImplementedError

    def new_resource(self, args: Any) -> Any:
        raise NotImplementedError


class Monitor(MockMonitor):
    """Records what the program registers."""

    def __init__(self, *, project: str, stack: str, disabled: frozenset[str], stand_ins: StandIns) -> None:
        super().__init__(_NoMocks())
        self._project = project
        self._stack = stack
        self._stand_ins = stand_ins
        self.recorded: dict[str, Resource] = {}
        self.classes: dict[str, type] = {}
        self.stack_outputs: dict[str, Any] = {}
        self._providers = Providers(project=project, stack=stack, disabled=disabled)

    def RegisterResource(  # noqa: N802 - the wire's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Records one resource and says what a preview would know of it."""
        urn, source = self._placed(request)
        self._refuse(request, source)
        is_provider = request.type.startswith(PROVIDER_PREFIX)
        about = f"an input of '{request.name}' ({request.type})"
        inputs = from_struct(request.object, about)
        if is_provider and request.version:
            inputs.setdefault("version", request.version)
        provider = None
        if request.custom and not is_provider and request.type.partition(":")[0] != "pulumi":
            provider = self._providers.used_by(request, self.recorded, source)
            declared = self.classes.get(request.type)
            if declared is not None and not fits(declared, inputs):
                understood = from_struct(coerced(declared, request.type, request.object), about)
                check_inputs(declared, request.type, request.name, understood, source)
                inputs = from_struct(request.object, about)
        defaults = defaults_of(request.type, inputs)
        self.recorded[urn] = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent or None,
            inputs=inputs,
            defaults=defaults,
            dependencies=sorted(request.dependencies),
            propertyDependencies={
                key: sorted(value.urns) for key, value in request.propertyDependencies.items() if value.urns
            },
            provider=provider,
            options=options_of(request, urn, self.recorded.get(request.parent)),
            source=source,
            outputs=None,
        )
        return self._answer(request, urn, inputs, defaults, provider)

    def _answer(
        self,
        request: resource_pb2.RegisterResourceRequest,
        urn: str,
        inputs: dict[str, Any],
        defaults: dict[str, Any],
        provider: str | None,
    ) -> resource_pb2.RegisterResourceResponse:
        if request.type.startswith(PROVIDER_PREFIX):
            # A provider that does not exist yet has an ID that the engine calls unknown.
            return resource_pb2.RegisterResourceResponse(urn=urn, id=UNKNOWN, object=request.object)
        if not request.custom:
            # The engine keeps nothing for a component: its outputs are what the program assigns.
            return resource_pb2.RegisterResourceResponse(urn=urn)
        owner = self.recorded[provider].inputs if provider in self.recorded else {}
        return resource_pb2.RegisterResourceResponse(
            urn=urn,
            object=planned_state(
                request.object,
                defaults,
                planned(request.type, inputs, owner),
                request.additionalSecretOutputs,
            ),
        )

    def _refuse_twice(self, request: Any, urn: str, source: list[str] | None) -> None:
        if urn in self.recorded:
            at = f" (at {source[0]})" if source else ""
            earlier = self.recorded[urn].source
            first = f"; the first is at {earlier[0]}" if earlier else ""
            raise EngineError(
                f"two resources are both called '{request.name}' of type {request.type}{at}",
                why=f"they have the same URN, {urn}{first}",
                fix="give one of them another name or another parent",
            )

    def _refuse(self, request: resource_pb2.RegisterResourceRequest, source: list[str] | None) -> None:
        at = f" (at {source[0]})" if source else ""
        if request.transforms:
            raise _transforms(
                f"'{request.name}' ({request.type})", at, fix="set the properties where the resource is made"
            )
        if request.remote:
            raise EngineError(
                f"'{request.name}' ({request.type}) is a component of another process{at}",
                why="the embedded engine starts no plugins, so it cannot know the component's resources",
                fix="compose the resources in Python",
            )

    def _placed(
        self, request: resource_pb2.RegisterResourceRequest | resource_pb2.ReadResourceRequest
    ) -> tuple[str, list[str] | None]:
        """The URN of what is asked for, refused where it is there already, and the lines that ask."""
        urn = urns.make(
            stack=self._stack,
            project=self._project,
            parent=request.parent,
            type_=request.type,
            name=request.name,
        )
        source = [f"{frame.pc.uri}:{frame.pc.line}" for frame in request.stackTrace.frames] or None
        self._refuse_twice(request, urn, source)
        return urn, source

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> Any:  # noqa: N802
        """Answers with what stands in for the resource; reading it needs the cloud, and is refused otherwise."""
        urn, source = self._placed(request)
        properties, inputs = self._stood_in(request)
        self.recorded[urn] = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=True,
            parent=request.parent or None,
            inputs=inputs,
            dependencies=sorted(request.dependencies),
            provider=None
            if request.type == _STACK_REFERENCE
            else self._providers.used_by(request, self.recorded, source),
            source=source,
        )
        response = resource_pb2.ReadResourceResponse(urn=urn, id=request.id)
        response.properties.update(properties)
        return response

    def _stood_in(self, request: resource_pb2.ReadResourceRequest) -> tuple[dict[str, Any], dict[str, Any]]:
        """The properties of what is read, and which of them the engine counts as its inputs."""
        file = self._stand_ins.file.name
        if request.type == _STACK_REFERENCE:
            outputs = self._stand_ins.outputs_of(request.id)
            if outputs is not None:
                properties = {"name": request.id, "outputs": dict(outputs), "secretOutputNames": []}
                return properties, {"name": request.id}
            raise EngineError(
                f"the program refers to the stack '{request.id}'",
                why="its outputs are in a state and not in the commit, and a plan asks nobody",
                fix=f"write those that the program uses below `stacks:`, `{request.id}:` in {file}",
            )
        found = self._stand_ins.properties_of(request.type, request.id)
        if found is None:
            raise EngineError(
                f"'{request.name}' ({request.type}) is read from the cloud",
                why="a plan is made with no account and no network",
                fix="take its identifying values from the stack's settings, or write its type, its id "
                f"({request.id}) and the properties that the program uses below `resources:` in {file}",
            )
        return dict(found), dict(found)

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Any:  # noqa: N802
        """Answers with what stands in for the function; it needs the cloud, and is refused otherwise."""
        arguments = from_struct(request.args, f"an argument of {request.tok}")
        result = self._stand_ins.result_of(request.tok, arguments)
        if result is None:
            raise EngineError(
                f"the program calls the function {request.tok}",
                why="a plan is made with no account and no network, and what it returns is not in the commit",
                fix="take the value from the stack's settings, or from an output of a resource; or write the "
                f"`function` and its `result` below `functions:` in {self._stand_ins.file.name}",
            )
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").update(result)
        return response

    def Call(self, request: resource_pb2.ResourceCallRequest) -> Any:  # noqa: N802
        """Refused: a method of a resource runs in its provider."""
        raise EngineError(
            f"the program calls the method {request.tok}",
            why="a plan is made with no provider, and what the call returns is not in the commit",
            fix="take the value from the stack's settings, or from an output of a resource",
        )

    def RegisterStackTransform(self, _request: Any) -> Any:  # noqa: N802
        """Refused: transforms are not run."""
        raise _transforms("the stack", fix="set the properties where the resources are made")

    def RegisterStackInvokeTransform(self, _request: Any) -> Any:  # noqa: N802
        """Refused: transforms are not run."""
        raise _transforms("the stack", fix="a plan calls no functions: take the values from the stack's settings")

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Keeps what a component, or the stack, offers."""
        resource = self.recorded[request.urn]
        outputs = from_struct(request.outputs, f"an output of '{resource.name}' ({resource.type})")
        if resource.type == STACK_TYPE:
            self.stack_outputs = outputs
        object.__setattr__(resource, "outputs", outputs)
        return empty_pb2.Empty()


def _transforms(whose: str, at: str = "", *, fix: str) -> EngineError:
    return EngineError(
        f"{whose} has transforms{at}",
        why="the embedded engine runs no transforms, so the plan would differ from the real one",
        fix=fix,
    )
