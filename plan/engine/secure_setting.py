"""An encrypted setting: nothing is decrypted, so the program gets a secret that is not known yet.

Of a structure with encrypted values inside, what is written in clear stays known. The SDK reads numbers, yes/no
and structures from text, which an unknown has not: while a plan is made, it is told so here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pulumi.config import Config
from pulumi.output import UNKNOWN as SDK_UNKNOWN
from pulumi.output import Unknown

from plan.engine.scalars import config_text
from plan.errors import EngineError
from plan.sentinels import UNKNOWN

_READERS = {"_get_bool": "bool", "_get_int": "int", "_get_float": "float", "_get_object": "object"}


class SecureSetting(Unknown, str):
    """Stands for an encrypted setting: the SDK takes it for unknown, whoever formats it sees the mark only.

    `written` is the JSON of a structure, the mark in the place of each encrypted value; None for a single value.
    """

    written: str | None

    def __new__(cls, written: str | None = None) -> SecureSetting:
        """The mark of the unknown."""
        made = str.__new__(cls, UNKNOWN)
        made.written = written
        return made

    def __init__(self, _written: str | None = None) -> None:
        Unknown.__init__(self)  # type: ignore[no-untyped-call]

    @classmethod
    def of(cls, value: Any) -> SecureSetting | None:
        """What stands for `value` of a stack file; None where nothing in it is encrypted."""
        hidden = _hidden(value)
        if hidden == value:
            return None
        return cls() if hidden == UNKNOWN else cls(config_text(hidden))


def _hidden(value: Any) -> Any:
    """`value` with the mark in the place of each encrypted value, which the engine takes as it does here."""
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            return UNKNOWN
        return {key: _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value


def _read(text: str) -> Any:
    return _marked(json.loads(text))


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return SecureSetting() if value == UNKNOWN else value


@contextmanager
def secure_settings() -> Iterator[None]:
    """While open, an encrypted setting can be read as every type that the SDK reads."""
    originals = {name: getattr(Config, name) for name in _READERS}
    for name, original in originals.items():
        setattr(Config, name, _reader(original, _READERS[name]))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(Config, name, original)


def _reader(original: Callable[..., Any], type_: str) -> Callable[..., Any]:
    def read(config: Config, key: str, use: Any = None, instead_of: Any = None) -> Any:
        value = config._get(key)
        if not isinstance(value, SecureSetting):
            return original(config, key, use, instead_of)
        if value.written is not None and type_ == "object":
            return _read(value.written)
        if use is None:
            # The SDK names the method to use instead unless the program has used it.
            return SDK_UNKNOWN
        raise EngineError(
            f"the program reads the encrypted setting '{config.full_key(key)}' as a plain {type_}",
            why="nothing is decrypted for a plan, so its value is not known, and a plain value must be",
            fix=f"read it with require_secret_{type_} or get_secret_{type_}",
        )

    return read
