"""What runs in a workload: its containers, and each variable of their environments, wherever its type keeps them.

`variables` yields one value for each variable, and `name_of_variable`, `plain_value` and `secret_of` read it. What
cannot be read (an unknown list, a secret block) is yielded as it is: whoever reads it meets `NotKnown` there, and
all else is still looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from analysis.value import MISSING, NotKnown, Value
from analysis.workloads.templates import PLACES, SERVICE_V1, What

_CONTAINERS: Final[tuple[What, ...]] = ("containers", "sandboxes")
_MAPPINGS: Final[tuple[What, ...]] = ("variables", "build_variables")


def listed(value: Value) -> Iterator[Value]:
    """What the list at `value` holds, or `value` itself where it cannot be read.

    So whoever looks at the elements meets what is not known there, and the other lists are read all the same.
    """
    try:
        yield from list(value.items())
    except NotKnown:
        yield value


def below(values: Iterator[Value], key: str) -> Iterator[Value]:
    """What the lists at `key` of each of `values` hold, as `listed`."""
    for one in values:
        try:
            found = one[key]
        except NotKnown:
            yield one
            continue
        yield from listed(found)


def containers(workload: Value, *, sandboxes: bool = True) -> Iterator[Value]:
    """Each container, and each template of a sandbox; what cannot be read is there as it is."""
    places = _CONTAINERS if sandboxes else _CONTAINERS[:1]
    return _once(one for what in places for one in listed(_or_whole(workload, what)))


def variables(workload: Value) -> Iterator[Value]:
    """Each environment variable: a block with `name` (`key` for a function's secret), or a value of a mapping.

    `name_of_variable` and `plain_value` read both; what cannot be read is there as it is.
    """
    found = [*below(containers(workload), "envs")]
    for what in _MAPPINGS:
        mapping = _or_whole(workload, what)
        try:
            found += [value for _, value in mapping.entries()]
        except NotKnown:
            found.append(mapping)
    found += listed(_or_whole(workload, "secret_variables"))
    return _once(found)


def name_of_variable(variable: Value) -> str:
    """The name of one of `variables`."""
    mapping = _mapping_of(variable)
    if mapping is not None:
        return variable.path.removeprefix(mapping)
    return variable["name"].text() or variable["key"].text("")


def plain_value(variable: Value) -> Value:
    """The plain value of one of `variables`; missing where it comes from Secret Manager."""
    return variable["value"] if _mapping_of(variable) is None else variable


def secret_of(variable: Value) -> tuple[Value, Value]:
    """The secret and the version that one of `variables` comes from; both missing where it is plain."""
    nothing = Value(variable.resource, MISSING, variable.path)
    if _mapping_of(variable) is not None:
        return nothing, nothing
    if variable["key"].present:
        return variable["secret"], variable["version"]
    if variable.resource.type == SERVICE_V1:
        # There a version is called the key: https://cloud.google.com/run/docs/reference/rest/v1/Container
        reference = variable["valueFrom"]["secretKeyRef"]
        return reference["name"], reference["key"]
    reference = variable["valueSource"]["secretKeyRef"]
    return reference["secret"], reference["version"]


def holds_variables(value: Value) -> bool:
    """Whether this is a whole mapping of plain variables."""
    places = PLACES[value.resource.type]
    return any(value.path == ".".join(places[what]) for what in _MAPPINGS if what in places)


def _mapping_of(variable: Value) -> str | None:
    """The path of the mapping that a variable is in, with its last dot; None for a block."""
    places = PLACES[variable.resource.type]
    for what in _MAPPINGS:
        if what in places and variable.path.startswith(path := ".".join(places[what]) + "."):
            return path
    return None


def _once(values: Iterable[Value]) -> Iterator[Value]:
    """Each value once, by its path: one unknown block may be around several things."""
    seen: set[str] = set()
    for one in values:
        if one.path not in seen:
            seen.add(one.path)
            yield one


def _or_whole(workload: Value, what: What) -> Value:
    """`find`, or the nearest thing around it that can be had."""
    here = workload
    for key in PLACES[workload.resource.type].get(what, ()):
        try:
            here = here[key]
        except NotKnown:
            return here
    return here if here is not workload else Value(workload.resource, MISSING, what)
