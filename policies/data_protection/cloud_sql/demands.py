"""What policies demand of single database flags, and what an instance's flags break of it.

Which flags there are and what they should be is each policy's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from analysis.stores.cloud_sql import FLAGS, Flags
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Unseen

_SHOWN: Final = 40
"""Characters of a flag's value in a message."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one flag must be. `met` is asked for the value in lower case."""

    flag: str
    met: Callable[[str], bool]
    otherwise: str | None
    """What Google takes where the flag is left out; None where that is unsafe whatever it is."""
    harm: str
    """What follows where it is not met, after a colon."""


def unmet(instance: Value, demands: Iterable[Demand], wanted: Collection[str]) -> Iterator[Result]:
    """What an instance's flags break of `demands`, of those that are `wanted`; each flag is told by itself."""
    flags = Flags(instance)
    for demand in demands:
        if demand.flag not in wanted:
            continue
        try:
            given = flags.find(demand.flag).text()
        except NotKnown as reason:
            yield Unseen(instance.resource, str(reason))
            continue
        value = demand.otherwise if given is None else given
        if value is None or not demand.met(value.strip().lower()):
            default = "" if demand.otherwise is None else f", which means '{demand.otherwise}'"
            said = f"is left out{default}" if given is None else f"is '{given[:_SHOWN]}'"
            message = f"the flag {demand.flag} in {FLAGS} {said}: {demand.harm}"
            yield Problem(instance.resource, message, key=demand.flag)


def is_on(value: str) -> bool:
    """Whether the text of a flag means true: https://www.postgresql.org/docs/current/config-setting.html."""
    return value in {"on", "true", "yes", "1"}


def is_off(value: str) -> bool:
    """Whether the text of a flag means false."""
    return value in {"off", "false", "no", "0"}


def is_number(wanted: Callable[[float], bool]) -> Callable[[str], bool]:
    """A test of flags that are numbers; what is none does not meet it."""

    def met(value: str) -> bool:
        try:
            return wanted(float(value))
        except ValueError:
            return False

    return met


def is_one_of(*values: str) -> Callable[[str], bool]:
    """A test of flags that are one word of several."""
    return frozenset(values).__contains__
