"""What a process that plans one stack answers: the plan, or why there is none, in a form that crosses processes.

An error keeps its message to the letter, and its class as far as this project knows it: a program may raise
classes of its own that nobody else can import.
"""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from typing import NoReturn

import components.errors
import plan.errors
from components.errors import VoicestackError
from plan.plan import Plan

_KNOWN = {
    name: class_
    for module in (components.errors, plan.errors)
    for name, class_ in vars(module).items()
    if isinstance(class_, type) and issubclass(class_, VoicestackError)
}


class _ThereError(Exception):
    """The traceback of the other process, as the cause of the error that is raised here."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, what the program warned of, and how long it took (seconds)."""

    plan: Plan
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Failed:
    """An error of the program or of its settings, or a fault of our own (`told` is None then)."""

    kind: str
    text: str
    told: tuple[str, str, str] | None
    """What, why and how to mend it."""

    there: str
    """The traceback."""

    @classmethod
    def of(cls, error: BaseException) -> Failed:
        """What is to be told of `error`."""
        told, kind = None, type(error).__name__
        if isinstance(error, VoicestackError):
            told = (error.what, error.why, error.fix)
            kind = next(one.__name__ for one in type(error).__mro__ if _KNOWN.get(one.__name__) is one)
        return cls(kind=kind, text=str(error), told=told, there="".join(traceback.format_exception(error)))

    def raise_here(self) -> NoReturn:
        """Raises the same error in this process."""
        if self.kind == KeyboardInterrupt.__name__:
            raise KeyboardInterrupt
        if self.told is None:
            raise type(self.kind, (Exception,), {})(self.text) from _ThereError(self.there)
        what, why, fix = self.told
        raise _KNOWN[self.kind](what, why=why, fix=fix) from _ThereError(self.there)


Reply = Planned | Failed


def written(reply: Reply) -> bytes:
    """A reply as bytes."""
    return pickle.dumps(reply, pickle.HIGHEST_PROTOCOL)


def read(data: bytes) -> Reply | None:
    """The reply in `data`; None where the process ended before it had said all."""
    try:
        found = pickle.loads(data)  # noqa: S301 - of a process that this one began, for the same user
    except (EOFError, pickle.UnpicklingError):
        return None
    return found if isinstance(found, Planned | Failed) else None
