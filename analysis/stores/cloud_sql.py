"""Cloud SQL instances as policies look at them: which of them hold data, of which engine, with which flags.

`hosted` and `primaries` are for a policy's `elements`. A read replica takes its data, users, password policy and,
in its primary's region, its key from its primary; its ways in, flags and guards are its own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final

from analysis.value import MISSING, NotKnown, Value

INSTANCE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
USER: Final = "gcp:sql/user:User"
FLAGS: Final = "settings.databaseFlags"
_REPLICAS: Final = frozenset({"READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"})


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
