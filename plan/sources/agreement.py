"""Whether the embedded engine's plan and a real preview say the same.

Agreement: the same URNs; for each, the same inputs as far as the program set them, the same defaults, the same
dependencies, parent, provider and options. Default providers, which a preview does not show, are left out; an
option that one source cannot tell is not compared. Providers that are not bridged from Terraform (docker-build) do
not name their defaults: what the bundled table has as one counts as one. A number and the text of that number are
equal: the provider turns the one into the other, whichever its version's schema has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plan.engine.table import Path_, parse
from plan.plan import Options, Plan, Resource

_LONGEST = 120


def differences(embedded: Plan, real: Plan) -> list[str]:
    """What the two say differently, a line each; empty where they agree."""
    ours, theirs = (
        {urn: resource for urn, resource in plan.by_urn.items() if not resource.is_default_provider}
        for plan in (embedded, real)
    )
    found = [f"{urn}: only in the embedded plan" for urn in sorted(ours.keys() - theirs.keys())]
    found += [f"{urn}: only in the real preview" for urn in sorted(theirs.keys() - ours.keys())]
    for urn in sorted(ours.keys() & theirs.keys()):
        found += [f"{urn}: {line}" for line in _compare(ours[urn], theirs[urn])]
    return found


def _compare(ours: Resource, theirs: Resource) -> Iterator[str]:
    for attribute in ("type", "custom", "parent", "provider", "dependencies", "propertyDependencies"):
        one, other = getattr(ours, attribute), getattr(theirs, attribute)
        if one != other:
            yield f"{attribute}: embedded {_short(one)}, real {_short(other)}"
    inputs, defaults = _unnamed_defaults(ours, theirs)
    yield from _values("inputs", ours.inputs, inputs)
    yield from _values("defaults", ours.defaults, defaults)
    for name in Options.__slots__:
        one, other = getattr(ours.options, name), getattr(theirs.options, name)
        if one is not None and other is not None and _plain(one) != _plain(other):
            yield f"option {name}: embedded {_short(one)}, real {_short(other)}"


def _unnamed_defaults(ours: Resource, theirs: Resource) -> tuple[dict[str, Any], dict[str, Any]]:
    """The real inputs and defaults, where inputs that our table knows as defaults are defaults."""
    inputs, defaults = theirs.inputs, dict(theirs.defaults)
    for path in ours.defaults:
        if path not in defaults:
            inputs, found = _without(inputs, parse(path))
            if found is not None:
                defaults[path] = found
    return inputs, defaults


def _without(value: Any, path: Path_) -> tuple[Any, Any]:
    """A copy of `value` without what stands at `path`, and that; None where nothing does."""
    head, rest = path[0], path[1:]
    if isinstance(value, dict) and head in value:
        if not rest:
            return {key: item for key, item in value.items() if key != head}, value[head]
        below, found = _without(value[head], rest)
        return {**value, head: below}, found
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        below, found = _without(value[head], rest)
        return [*value[:head], below, *value[head + 1 :]], found
    return value, None


def _values(path: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if key not in other:
                yield f"{path}.{key}: only embedded, {_short(one[key])}"
            elif key not in one:
                yield f"{path}.{key}: only real, {_short(other[key])}"
            else:
                yield from _values(f"{path}.{key}", one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _values(f"{path}[{index}]", left, right)
    elif not _same(one, other):
        yield f"{path}: embedded {_short(one)}, real {_short(other)}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if (
        isinstance(one, str) != isinstance(other, str)
        and isinstance(one, str | int)
        and isinstance(other, str | int)
    ):
        return str(one) == str(other)
    return bool(one == other)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
