"""States made for tests: of the stack `staging` of the project `voicestack`, with operations that were cut off."""

from __future__ import annotations

from typing import Any

from analysis.recovery.needs import Recovery, recovery_of
from analysis.recovery.pending import read_state

STACK = "urn:pulumi:staging::voicestack::pulumi:pulumi:Stack::voicestack-staging"
PROVIDER = "urn:pulumi:staging::voicestack::pulumi:providers:gcp::google"
BASE: list[dict[str, Any]] = [
    {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
    {
        "urn": PROVIDER,
        "type": "pulumi:providers:gcp",
        "custom": True,
        "id": "1234",
        "inputs": {"project": "acme", "region": "europe-west1"},
    },
]


def resource(type_: str, inputs: dict[str, Any], *, name: str = "one", id_: str | None = None) -> dict[str, Any]:
    """A resource as a state writes it."""
    made = {
        "urn": f"urn:pulumi:staging::voicestack::{type_}::{name}",
        "type": type_,
        "custom": True,
        "parent": STACK,
        "provider": f"{PROVIDER}::1234",
        "inputs": inputs,
    }
    return made if id_ is None else {**made, "id": id_}


def state(*creating: dict[str, Any], held: Any = (), others: Any = ()) -> dict[str, Any]:
    """An exported state with these creates cut off, and `others` as (operation, resource)."""
    pending = [("creating", one) for one in creating] + list(others)
    return {
        "version": 3,
        "deployment": {
            "resources": [*BASE, *held],
            "pending_operations": [{"type": type_, "resource": one} for type_, one in pending],
        },
    }


def recovery(raw: Any, *absent: str) -> Recovery:
    """What the state `raw` needs."""
    return recovery_of(read_state(raw, origin="a test", stack="staging", project="voicestack"), absent=absent)
