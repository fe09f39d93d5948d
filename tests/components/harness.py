"""Registers components against the SDK's own mock monitor and tells what they asked for.

Not the embedded engine: it is the smallest thing that a component's test needs, and it shows the request as the
component made it (parent, dependencies, protection). Resources get what Google would compute as far as other
components read it at plan time.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks as sdk
from pulumi.runtime import rpc, stack
from pulumi.runtime.proto import resource_pb2

from components.component import Environment
from components.naming import Naming

PROJECT = "acme-voice-prod"
NUMBER = "123456789012"


@dataclass(frozen=True)
class Registered:
    """One resource as its component registered it."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    dependencies: frozenset[str] = frozenset()
    property_dependencies: dict[str, frozenset[str]] = field(default_factory=dict)
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    provider: str = ""
    delete_within: str = ""


class _Provided(sdk.Mocks):
    def call(self, args: sdk.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called: components make no data-source calls at plan time")

    def new_resource(self, args: sdk.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        outputs = dict(args.inputs)
        if args.typ == "gcp:serviceaccount/account:Account":
            email = f"{outputs['accountId']}@{outputs['project']}.iam.gserviceaccount.com"
            outputs |= {
                "email": email,
                "member": f"serviceAccount:{email}",
            }
        outputs.setdefault("name", args.name)
        return f"{args.name}-id", outputs


class _Recorder(sdk.MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Provided())
        self.found: list[Registered] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        if parent and "pulumi:pulumi:Stack" in parent:
            parent = ""
        if not parent:
            return f"urn:pulumi:prod::voicestack::{type_}::{name}"
        chain = parent.split("::")[2]
        return f"urn:pulumi:prod::voicestack::{chain}${type_}::{name}"

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's is untyped
        self.found.append(
            Registered(
                urn=response.urn,
                type=request.type,
                name=request.name,
                custom=request.custom,
                inputs=rpc.deserialize_properties(request.object),
                dependencies=frozenset(request.dependencies),
                property_dependencies={
                    key: frozenset(value.urns) for key, value in request.propertyDependencies.items()
                },
                protect=request.protect,
                ignore_changes=tuple(request.ignoreChanges),
                provider=request.provider,
                delete_within=request.customTimeouts.delete,
            )
        )
        return response


def environment(**changes: Any) -> Environment:
    """A protected environment named voicestack/prod, without providers; `changes` are its fields."""
    given: dict[str, Any] = {
        "naming": Naming("voicestack", "prod", PROJECT),
        "project": PROJECT,
        "project_number": NUMBER,
        "region": "europe-west1",
        "labels": {"system": "voicestack", "environment": "prod", "owner": "platform", "cost-centre": "voice"},
        "providers": (),
        "protect": True,
    }
    return Environment(**(given | changes))


def plan_of(program: Callable[[Environment], object], **changes: Any) -> list[Registered]:
    """Everything that `program` registers, in a preview; `changes` are fields of the environment."""
    recorder = _Recorder()

    def run() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        pulumi.runtime.settings.reset_options(project="voicestack", stack="prod", preview=True)
        sdk.set_mocks(sdk.Mocks.__new__(_Provided), "voicestack", "prod", preview=True, monitor=recorder)
        pulumi.runtime.settings.ROOT.set(None)

        def body() -> None:
            program(environment(**changes))

        asyncio.get_event_loop().run_until_complete(stack.run_in_stack(body))

    contextvars.copy_context().run(run)
    return recorder.found


def of_type(found: Iterable[Registered], type_: str) -> list[Registered]:
    """Those of one type, e.g. `gcp:pubsub/topic:Topic`."""
    return [one for one in found if one.type == type_]


def only(found: Iterable[Registered], type_: str) -> Registered:
    """The one of its type; an assertion error that lists what there was, otherwise."""
    matching = of_type(found, type_)
    assert len(matching) == 1, f"expected one {type_}, found {[one.name for one in matching]}"
    return matching[0]
