"""Checks inputs against what the SDK's classes declare: required ones, names and types.

The real engine leaves this to the provider, which refuses the same things later and less clearly. Ranges, formats
and contradictions between fields are not checked here.
"""

from __future__ import annotations

import collections.abc
import difflib
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pulumi import _types

from plan.errors import EngineError
from plan.sentinels import SIGNATURE, UNKNOWN

Problem = tuple[str, str, str]
"""Where (a path), what is wrong there, what mends it."""
Check = Callable[[Any, str], Iterator[Problem]]


def check_inputs(
    declared: type, type_: str, name: str, inputs: Mapping[str, Any], source: list[str] | None
) -> None:
    """EngineError where `inputs` lack, exceed or contradict the input class `declared`."""
    problem = next(_object(declared)(inputs, ""), None)
    if problem is not None:
        path, what, fix = problem
        at = f" (at {source[0]})" if source else ""
        raise EngineError(f"'{name}' ({type_}): {path} {what}{at}", why="the provider would refuse it", fix=fix)


def fits(declared: type, inputs: Mapping[str, Any]) -> bool:
    """Whether `inputs` are what the input class `declared` says."""
    return next(_object(declared)(inputs, ""), None) is None


@cache
def _object(declared: type) -> Check:
    """The check of an input class; made once, the nested ones when they are first met."""
    types = _types.input_type_types(declared)
    to_wire = _types.input_type_py_to_pulumi_names(declared)
    required = tuple(to_wire.get(name, name) for name in _required(declared))
    checks: dict[str, Check] = {}

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, collections.abc.Mapping):
            yield path, f"is {_kind(value)}, not a set of properties", "write it as a dictionary"
            return
        if SIGNATURE in value:
            return
        for key in required:
            if value.get(key) is None:
                yield _below(path, key), "is missing", "set it: it is required"
        for key, item in value.items():
            if key not in types:
                near = difflib.get_close_matches(key, types, n=1)
                known = ", ".join(sorted(types))
                yield (
                    _below(path, key),
                    "is no property of it",
                    f"did you mean {near[0]}?" if near else f"use one of: {known}",
                )
            elif not _open(item):
                if key not in checks:
                    checks[key] = _check(types[key])
                yield from checks[key](item, _below(path, key))

    return check


def _required(declared: type) -> Iterator[str]:
    code = declared.__init__.__code__  # type: ignore[misc]
    defaults: Mapping[str, Any] = declared.__init__.__kwdefaults__ or {}  # type: ignore[misc]
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return (name for name in names if name not in defaults)


def _open(value: Any) -> bool:
    """Whether nothing can be said about a value: unset, unknown, secret, an asset or a resource."""
    return value is None or value == UNKNOWN or (isinstance(value, dict) and SIGNATURE in value)


def _check(declared: Any) -> Check:
    declared = _types.unwrap_type(declared)
    if isinstance(declared, type) and _types.is_input_type(declared):
        return _object(declared)
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin in (list, collections.abc.Sequence):
        return _list(_check(arguments[0]))
    if origin in (dict, collections.abc.Mapping) and len(arguments) == 2:  # noqa: PLR2004 - key and value
        return _map(_check(arguments[1]))
    return _SCALARS.get(declared, _anything)


def _list(inner: Check) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield path, f"is {_kind(value)}, not a list", "put it into a list"
            return
        for index, item in enumerate(value):
            if item is None:
                yield f"{path}[{index}]", "is nothing", "leave it out of the list"
            elif not _open(item):
                yield from inner(item, f"{path}[{index}]")

    return check


def _map(inner: Check) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield path, f"is {_kind(value)}, not a mapping", "write it as a dictionary"
            return
        for key, item in value.items():
            if not _open(item):
                yield from inner(item, _below(path, key))

    return check


def _scalar(accepts: Callable[[Any], bool], wanted: str, fix: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Problem]:
        if not accepts(value):
            yield path, f"is {_kind(value)}, not {wanted}", fix

    return check


def _anything(_value: Any, _path: str) -> Iterator[Problem]:
    return iter(())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SCALARS: dict[Any, Check] = {
    str: _scalar(lambda value: isinstance(value, str), "text", 'write it as text: "…"'),
    bool: _scalar(lambda value: isinstance(value, bool), "a yes or no", "write True or False"),
    int: _scalar(
        lambda value: _is_number(value) and float(value).is_integer(), "a whole number", "write a whole number"
    ),
    float: _scalar(_is_number, "a number", "write a number"),
}


def _kind(value: Any) -> str:
    """The value as an error may show it; a structure only by its kind."""
    if isinstance(value, dict):
        return "a set of properties"
    if isinstance(value, list):
        return "a list"
    return repr(value)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
