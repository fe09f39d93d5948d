"""MaintenanceWindow: when Google may restart a managed database. It knows nothing of the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from components.errors import ComponentError

HOURS = range(24)


class Day(Enum):
    """A day of the week; the number is Cloud SQL's."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """One hour a week, beginning at `hour` (0 to 23, UTC)."""

    day: Day = Day.SUNDAY
    hour: int = 3

    def __post_init__(self) -> None:
        if self.hour not in HOURS:
            raise ComponentError(
                f"the maintenance window begins at hour {self.hour}",
                why="an hour is 0 to 23, in UTC",
                fix="set `hour` within it",
            )


EARLY_SUNDAY = MaintenanceWindow()
"""Where nothing else is asked for: Sunday, 03:00 UTC."""
