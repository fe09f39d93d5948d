"""Firestore's databases and which backup schedules are theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value

DATABASE: Final = "gcp:firestore/database:Database"
SCHEDULE: Final = "gcp:firestore/backupSchedule:BackupSchedule"
DEFAULT: Final = "(default)"
"""Which database a schedule is of that names none."""


@dataclass
class Schedules:
    """The backup schedules of a stack, by the URN of the database that they are of."""

    of: dict[str, list[Value]] = field(default_factory=dict)
    unplaced: list[Value] = field(default_factory=list)
    """Those that may be of any database: what they name is known only after creation."""


def schedules_of(stack: Stack) -> Schedules:
    """Made once a stack: `stack.once(schedules_of)`."""
    found = Schedules()
    for schedule in stack.of_type(SCHEDULE):
        named = schedule["database"]
        databases = stack.yielding(named, DATABASE)
        try:
            databases = databases or stack.named(DATABASE, named.text(DEFAULT))
        except NotKnown:
            found.unplaced.append(schedule)
            continue
        for database in databases:
            found.of.setdefault(database.urn, []).append(schedule)
    return found
