"""Which network a resource is in, and how a network goes by: its URN where it is in the stack, else its name."""

from __future__ import annotations

from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value

NETWORK: Final = "gcp:compute/network:Network"


def called(value: Value, stack: Stack, *types: str) -> str | None:
    """What the resource that an input names goes by: the URN of the one of `types` in the stack, else the last
    part of the text; None where only creation will tell, or nothing is named."""
    referred = stack.referred(value, *types)
    if len(referred) == 1:
        return referred[0].urn
    try:
        text = value.text()
    except NotKnown:
        return None
    return text.rsplit("/", 1)[-1] if text else None


def network_at(value: Value, stack: Stack) -> str:
    """The network that an input names; NotKnown where only creation will tell which, '' where none is named."""
    found = called(value, stack, NETWORK)
    if found is None and value.present:
        raise NotKnown(value.path, "is a network known only after creation")
    return found or ""


def networks_in(entries: Value, stack: Stack) -> tuple[set[str], NotKnown | None]:
    """The networks that a list of `networkUrl` names, and why others are not known."""
    found: set[str] = set()
    unknown: NotKnown | None = None
    try:
        for entry in entries.items():
            try:
                url = entry["networkUrl"]
                referred = stack.referred(url, NETWORK)
                # Of several unknown networks in one list the plan says only which they are together.
                found |= {one.urn for one in referred} or {url.text("").rsplit("/", 1)[-1]}
            except NotKnown as reason:
                unknown = reason
    except NotKnown as reason:
        unknown = reason
    return found, unknown
