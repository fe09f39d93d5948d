"""Cloud SQL instances as policies look at them: which of them hold data, of which engine, with which flags.

`hosted` and `primaries` are for a policy's `elements`. A read replica takes its data, users, password policy and,
in its primary's region, its key from its primary; its ways in, flags and guards are its own.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from analysis.value import MISSING, NotKnown, Value
from policies.engine.policy import Problem, Result, Unseen

INSTANCE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
USER: Final = "gcp:sql/user:User"
FLAGS: Final = "settings.databaseFlags"
_REPLICAS: Final = frozenset({"READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"})
_SHOWN: Final = 40
"""Characters of a flag's value in a message."""


class Engine(enum.StrEnum):
    """The database engines that Cloud SQL has, as its versions begin."""

    POSTGRES = "POSTGRES"
    MYSQL = "MYSQL"
    SQLSERVER = "SQLSERVER"


def engine_of(instance: Value) -> Engine:
    """The engine of an instance; NotKnown where its version names none."""
    version = instance["databaseVersion"]
    try:
        return Engine(version.text("").partition("_")[0])
    except ValueError:
        raise NotKnown(version.path, "names no engine of Cloud SQL") from None


def hosted(instance: Value) -> Iterator[Value]:
    """The instance, unless it only stands for a database outside Google.

    NotKnown for a clone without settings: it has those of its source.
    """
    # https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances#SqlInstanceType
    if instance["instanceType"].text() == "ON_PREMISES_INSTANCE":
        return
    settings = instance["settings"]
    if settings.raw is MISSING and instance["clone"].present:
        raise NotKnown(settings.path, "are those of the instance that this one is cloned from")
    yield instance


def primaries(instance: Value) -> Iterator[Value]:
    """The instance, if it is hosted and no replica of another."""
    return (one for one in hosted(instance) if not is_replica(one))


def is_replica(instance: Value) -> bool:
    """Whether the instance follows another one."""
    if instance["instanceType"].text() in _REPLICAS:
        return True
    primary = instance["masterInstanceName"]
    # Whoever's name it will be: there is a primary.
    return primary.is_unknown or primary.is_secret or primary.text("") != ""


class Flags:
    """The database flags of one instance, by name."""

    def __init__(self, instance: Value) -> None:
        """NotKnown where the list itself is not known."""
        self._instance = instance
        self._values: dict[str, Value] = {}
        self._unnamed: str | None = None
        for flag in instance.at(FLAGS).items():
            try:
                name = flag["name"].text("")
                self._values[name] = flag["value"]
            except NotKnown as reason:
                # It may be any flag: those that are not found are not known either.
                self._unnamed = str(reason)

    def find(self, name: str) -> Value:
        """The value of one flag; missing where it is not set."""
        found = self._values.get(name)
        if found is not None:
            return found
        if self._unnamed is not None:
            raise NotKnown(f"{FLAGS} '{name}'", f"may be set: {self._unnamed}")
        return Value(self._instance.resource, MISSING, FLAGS)


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
