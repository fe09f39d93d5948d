"""Plans and pictures that tests of the architecture's picture invent."""

from __future__ import annotations

from typing import Any

from plan.plan import Plan, Resource
from review.diagram.diagram import CLIENTS, Diagram, Link, Node
from review.diagram.words import Place


def component(name: str, kind: str, **inputs: Any) -> Resource:
    type_ = f"voicestack:{kind}"
    urn = f"urn:pulumi:prod::demo::{type_}::{name}"
    return Resource(urn=urn, type=type_, name=name, custom=False, parent=None, inputs=inputs)


def below(
    owner: Resource, type_: str, made: str, depends: dict[str, Resource] | None = None, /, **inputs: Any
) -> Resource:
    urn = f"urn:pulumi:prod::demo::{owner.type}${type_}::{made}"
    return Resource(
        urn=urn,
        type=type_,
        name=made,
        custom=True,
        parent=owner.urn,
        inputs=inputs,
        propertyDependencies={key: [one.urn] for key, one in (depends or {}).items()},
    )


def use(access: str, target: Resource) -> dict[str, Any]:
    return {"access": access, "target": target.urn, "roles": []}


def plan(*resources: Resource) -> Plan:
    return Plan.of(resources, project="demo", stack="prod", system="demo", outputs={})


def invented(*links: tuple[str, str, str], places: dict[str, Place]) -> Diagram:
    nodes = [
        Node(key=name, place=place, name=name, what="what it is, in a few words") for name, place in places.items()
    ]
    return Diagram(
        title="demo",
        nodes=tuple(nodes),
        links=tuple(Link(source=source, target=target, label=label) for source, label, target in links),
    )


PLACES = {
    CLIENTS: Place.ENTRY,
    "host": Place.ENTRY,
    "nightly": Place.CLOCK,
    "one": Place.SERVICES,
    "two": Place.SERVICES,
    "three": Place.SERVICES,
    "topic": Place.MESSAGES,
    "store": Place.DATA,
}
FULL = invented(
    (CLIENTS, "HTTPS", "host"),
    ("host", "/*", "one"),
    ("nightly", "publish", "topic"),
    ("nightly", "run", "three"),
    ("one", "invoke", "three"),
    ("two", "invoke", "one"),
    ("one", "publish", "topic"),
    ("topic", "push", "two"),
    ("one", "read", "store"),
    ("two", "write", "store"),
    places=PLACES,
)
NO_MESSAGES = invented(
    ("one", "read", "store"),
    ("one", "invoke", "two"),
    places={k: v for k, v in PLACES.items() if k in ("one", "two", "store")},
)
ALONE = invented(places={"store": Place.DATA})
NOTHING = invented(places={})
PICTURES = {"full": FULL, "no messages": NO_MESSAGES, "alone": ALONE, "nothing": NOTHING}
