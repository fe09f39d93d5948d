"""What a policy reads of a resource: one input, known or not, with the place where it stands.

Nothing here raises anything but `NotKnown`, whatever a plan holds: a policy that meets a value which is unknown,
secret or of another kind than it should be ends there, for that element only, and the engine says so. What is
behind a secret is never read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, overload

from plan.plan import Resource
from plan.sentinels import UNKNOWN, is_secret


class NotKnown(Exception):
    """A value that a policy needs and cannot have; `path` is where it stands, `why` the reason."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} {why}" if path else why)


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING: Final = _Missing()
AFTER_CREATION: Final = "is known only after creation"
SECRET: Final = "is secret"  # noqa: S105 - a reason, not a secret


class Value:
    """One input of `resource`, or all of them: `value["settings"]["ipConfiguration"]`, then `.flag(True)`.

    What the program leaves out is the provider's default where the plan has one, else missing; what is below
    something missing is missing.
    """

    __slots__ = ("path", "raw", "resource")

    def __init__(self, resource: Resource, raw: Any, path: str = "") -> None:
        self.resource = resource
        self.raw = raw
        self.path = path

    @classmethod
    def of(cls, resource: Resource) -> Value:
        """All inputs of `resource`."""
        return cls(resource, resource.inputs)

    def __repr__(self) -> str:
        # Never the value: it may be somebody's password in a plan of another program.
        return f"<{self.path or 'inputs'} of {self.resource.urn}>"

    def __getitem__(self, key: str) -> Value:
        """The input below, by its camelCase key; NotKnown where this itself is not known."""
        raw, path = self.raw, f"{self.path}.{key}" if self.path else key
        if type(raw) is dict:
            if len(raw) == 1 and is_secret(raw):
                raise NotKnown(self.path, SECRET)
            found = raw.get(key)
            if found is not None:
                return Value(self.resource, found, path)
        elif raw is not MISSING:
            raise self._unreadable("a mapping")
        defaults = self.resource.defaults
        if defaults and path in defaults:
            return Value(self.resource, defaults[path], path)
        return Value(self.resource, MISSING, path)

    def at(self, path: str) -> Value:
        """The input at a path of keys, `settings.ipConfiguration`."""
        here = self
        for key in path.split("."):
            here = here[key]
        return here

    @property
    def present(self) -> bool:
        """Whether there is a value, a secret one too; NotKnown where only creation will tell.

        What something of Google's that is still to be made will yield is there, whatever it will be. Any other
        unknown (another stack's output, say) may turn out to be nothing.
        """
        if self.raw == UNKNOWN and not self._comes_from_google:
            raise NotKnown(self.path, AFTER_CREATION)
        return self.raw is not MISSING and self.raw is not None

    @property
    def _comes_from_google(self) -> bool:
        """Whether the property around this depends on a resource of Google's."""
        key = self.path.partition(".")[0].partition("[")[0]
        urns = self.resource.propertyDependencies.get(key, ())
        # The part of a URN before its name is the chain of types, `voicestack:…$gcp:compute/…`.
        types = (urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2] for urn in urns)
        return any(type_.startswith("gcp:") for type_ in types)

    @property
    def has_text(self) -> bool:
        """Whether there is a text that says something, known or not; NotKnown as for `present` and `text`."""
        return self.present if self.is_unknown else self.text("").strip() != ""

    @property
    def is_unknown(self) -> bool:
        """Whether only creation will tell the value."""
        return isinstance(self.raw, str) and UNKNOWN in self.raw

    @property
    def is_secret(self) -> bool:
        """Whether the value is a secret."""
        return is_secret(self.raw)

    @overload
    def text(self) -> str | None: ...
    @overload
    def text(self, otherwise: str) -> str: ...
    def text(self, otherwise: str | None = None) -> str | None:
        """The text here, or `otherwise` where nothing is."""
        raw = self.raw
        if raw is MISSING or raw is None:
            return otherwise
        if isinstance(raw, str):
            if UNKNOWN in raw:
                raise NotKnown(self.path, AFTER_CREATION)
            if not raw.isascii() and any("\ud800" <= one <= "\udfff" for one in raw):
                raise self._unreadable("a text that can be written")
            return raw
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return str(raw)
        raise self._unreadable("a text")

    @overload
    def flag(self) -> bool | None: ...
    @overload
    def flag(self, otherwise: bool) -> bool: ...
    def flag(self, otherwise: bool | None = None) -> bool | None:
        """Whether this is true, or `otherwise` where nothing is; texts count as the provider reads them."""
        raw = self.raw
        if raw is MISSING or raw is None:
            return otherwise
        if isinstance(raw, bool):
            return raw
        if raw in ("true", "false"):
            return bool(raw == "true")
        raise self._unreadable("true or false")

    @overload
    def number(self) -> float | None: ...
    @overload
    def number(self, otherwise: float) -> float: ...
    def number(self, otherwise: float | None = None) -> float | None:
        """The number here, or `otherwise` where nothing is; a text that is a number counts as one."""
        raw = self.raw
        if raw is MISSING or raw is None:
            return otherwise
        if not isinstance(raw, bool) and isinstance(raw, int | float | str):
            try:
                told = float(raw)
            except (ValueError, OverflowError):
                raise self._unreadable("a number") from None
            if math.isfinite(told):
                return told if isinstance(raw, str) else raw
        raise self._unreadable("a number")

    @overload
    def seconds(self) -> float | None: ...
    @overload
    def seconds(self, otherwise: float) -> float: ...
    def seconds(self, otherwise: float | None = None) -> float | None:
        """The seconds of a duration as Google writes it (`600s`, `1.5s`), or `otherwise`."""
        raw = self.raw
        if isinstance(raw, str) and raw.endswith("s"):
            try:
                return float(raw[:-1])
            except ValueError:
                raise self._unreadable("a duration in seconds") from None
        return self.number() if otherwise is None else self.number(otherwise)

    def items(self) -> Iterator[Value]:
        """What the list here holds, none where nothing is; a single block counts as a list of one."""
        raw = self.raw
        if raw is MISSING or raw is None:
            return
        if isinstance(raw, dict) and not is_secret(raw):
            yield self
            return
        if not isinstance(raw, list):
            raise self._unreadable("a list")
        for index, one in enumerate(raw):
            yield Value(self.resource, one, f"{self.path}[{index}]")

    def entries(self) -> Iterator[tuple[str, Value]]:
        """The keys of the mapping here with their values."""
        raw = self.raw
        if raw is MISSING or raw is None:
            return
        if not isinstance(raw, dict) or is_secret(raw):
            raise self._unreadable("a mapping")
        for key, one in raw.items():
            yield key, Value(self.resource, one, f"{self.path}.{key}" if self.path else key)

    def texts(self) -> list[str]:
        """The texts of the list here; NotKnown where one of them is not."""
        return [text for one in self.items() if (text := one.text()) is not None]

    def _unreadable(self, kind: str) -> NotKnown:
        if self.is_unknown:
            return NotKnown(self.path, AFTER_CREATION)
        return NotKnown(self.path, SECRET if self.is_secret else f"is not {kind}")
