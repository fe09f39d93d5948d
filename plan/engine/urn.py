"""URNs as the real engine forms them: the types of all parents but the stack, then the name."""

from __future__ import annotations

from plan.plan import STACK_TYPE


def make(*, stack: str, project: str, parent: str | None, type_: str, name: str) -> str:
    """The URN of a resource below `parent` (a URN)."""
    chain = type_
    if parent:
        above = qualified_type(parent)
        if above != STACK_TYPE:
            chain = f"{above}${type_}"
    return f"urn:pulumi:{stack}::{project}::{chain}::{name}"


def qualified_type(urn: str) -> str:
    """The chain of types in a URN."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The resource's own type in a URN."""
    return qualified_type(urn).rsplit("$", 1)[-1]
