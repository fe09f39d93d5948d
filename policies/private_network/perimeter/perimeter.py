"""A perimeter of VPC Service Controls is in force, and lets in those whom it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_ONE: Final = "gcp:accesscontextmanager/servicePerimeter:ServicePerimeter"
_ALL: Final = "gcp:accesscontextmanager/servicePerimeters:ServicePerimeters"
_INGRESS: Final = "gcp:accesscontextmanager/servicePerimeterIngressPolicy:ServicePerimeterIngressPolicy"
_ANYBODY: Final = frozenset({"ANY_IDENTITY", "ANY_USER_ACCOUNT", "ANY_SERVICE_ACCOUNT"})


def _perimeters(value: Value) -> Iterator[Value]:
    if value.resource.type == _ALL:
        yield from value["servicePerimeters"].items()
    else:
        yield value


def _ingress(value: Value) -> Iterator[Value]:
    if value.resource.type == _INGRESS:
        yield value["ingressFrom"]
        return
    for perimeter in _perimeters(value):
        for policy in perimeter["status"]["ingressPolicies"].items():
            yield policy["ingressFrom"]


@resource_policy(
    id="perimeter-enforced",
    title="A service perimeter is enforced and is no bridge",
    severity=Severity.HIGH,
    why="""A perimeter that only runs dry logs the theft and lets it happen. A bridge lets the data of every
    project in it pass to all the others.""",
    fix="No component makes a perimeter; see the change for the resource.",
    fix_raw="""Put what is in `spec` into `status` with `restrictedServices`, and replace a bridge by ingress and
    egress rules for those who need them.""",
    rows=(28,),
    cis_5=("3.8",),
    types=[_ONE, _ALL],
    elements=_perimeters,
)
def enforced(perimeter: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The default is a regular one; without `status` nothing is in force.
    # https://www.pulumi.com/registry/packages/gcp/api-docs/accesscontextmanager/serviceperimeter/
    kind = perimeter["perimeterType"]
    if kind.text("PERIMETER_TYPE_REGULAR") == "PERIMETER_TYPE_BRIDGE":
        yield f"{kind.path} is PERIMETER_TYPE_BRIDGE: the data of each project in it can go to all the others"
        return
    services = perimeter["status"]["restrictedServices"]
    if not any(True for _ in services.items()):
        yield f"{services.path} is empty: the perimeter guards no service, whatever its dry run says"


@resource_policy(
    id="perimeter-ingress-named",
    title="A service perimeter lets in named identities or named places",
    severity=Severity.HIGH,
    why="""An ingress rule for any identity from anywhere undoes the perimeter: stolen keys work from everywhere
    again.""",
    fix="No component makes a perimeter; see the change for the resource.",
    fix_raw="Name `identities`, or `sources` other than the access level `*`, in each `ingressFrom`.",
    rows=(28,),
    cis_5=("3.8",),
    types=[_ONE, _ALL, _INGRESS],
    elements=_ingress,
)
def ingress_named(origin: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    kind = origin["identityType"]
    if kind.text("") not in _ANYBODY:
        return
    for source in origin["sources"].items():
        level = source["accessLevel"]
        if level.text("") == "*":
            yield f"{level.path} is * and {kind.path} is {kind.text()}: anybody is let in from anywhere"
