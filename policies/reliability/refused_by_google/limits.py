"""Numbers that Google bounds, as a table: which input of which type must be within what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Unseen


@dataclass(frozen=True, slots=True)
class Limit:
    """What one input may be where it is set. `zero`: 0 is taken as well and means Google's default."""

    path: str
    least: float
    most: float
    unit: str = ""
    zero: bool = False


def beyond(resource: Value, limits: Iterable[Limit]) -> Iterator[Result]:
    """What of a resource is beyond its limits; what cannot be read hides no other limit."""
    for limit in limits:
        try:
            value = resource.at(limit.path)
            number = value.seconds()
        except NotKnown as reason:
            yield Unseen(resource.resource, str(reason))
            continue
        if number is None or limit.least <= number <= limit.most or (limit.zero and number == 0):
            continue
        message = (
            f"{value.path} is {number:g}{limit.unit}: Google takes {limit.least:g} to {limit.most:g}{limit.unit}"
        )
        yield Problem(resource.resource, message, key=value.path)
