"""Cron: a unix-cron schedule as Cloud Scheduler takes it, checked field by field.

https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules. The older English-like form ("every 5
minutes") is refused: two ways to say one thing. It computes no next run.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass

from components.errors import ComponentError

_PAGE = "https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules"
_DAYS_OF_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def values(self, text: str, schedule: str) -> frozenset[int]:
        """Every value that `text` stands for; ComponentError if Google would refuse it."""
        found: set[int] = set()
        for part in text.split(","):
            span, slash, step_text = part.partition("/")
            step = self._step(step_text, text, schedule) if slash else 1
            if span == "*":
                first, last = self.least, self.most
            else:
                start, dash, end = span.partition("-")
                first = self._value(start, text, schedule)
                # `5/15` means from 5 on, every 15.
                last = self._value(end, text, schedule) if dash else (self.most if slash else first)
            if first > last:
                raise self._wrong(text, schedule, f"{first} is after {last}")
            found.update(range(first, last + 1, step))
        return frozenset(found)

    def _value(self, text: str, field: str, schedule: str) -> int:
        if text in self.names:
            return self.names.index(text) + self.least
        if not (text.isascii() and text.isdigit()):
            raise self._wrong(field, schedule, f"'{text}' is no number" + (" or name" if self.names else ""))
        if not self.least <= int(text) <= self.most:
            raise self._wrong(field, schedule, f"{text} is not in {self.least} to {self.most}")
        return int(text)

    def _step(self, text: str, field: str, schedule: str) -> int:
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= self.most:
            raise self._wrong(field, schedule, f"'{text}' is no step of 1 to {self.most}")
        return int(text)

    def _wrong(self, text: str, schedule: str, reason: str) -> ComponentError:
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return ComponentError(
            f"the {self.name} of the schedule '{schedule}' is '{text}'",
            why=f"{reason} ({_PAGE})",
            fix=f"write {self.least} to {self.most}{names}, a range (1-5), a list (1,5), a step (*/15) or *",
        )


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    # 7 is Sunday, too.
    _Field("day of the week", 0, 7, _WEEKDAYS),
)


def checked_cron(schedule: str) -> str:
    """`schedule` itself if it has five valid fields and names a day that exists; ComponentError otherwise."""
    texts = schedule.split()
    if len(texts) != len(_FIELDS):
        raise ComponentError(
            f"the schedule '{schedule}' has {len(texts)} fields",
            why=f"unix-cron has five: minute, hour, day of the month, month, day of the week ({_PAGE})",
            fix="write it like '0 3 * * MON' (every Monday at three)",
        )
    *_, days, months, _ = (field.values(text, schedule) for field, text in zip(_FIELDS, texts, strict=True))
    # Day of the month and day of the week are joined by "or", so a weekday makes any day possible.
    if texts[4] == "*" and min(days) > max(_DAYS_OF_MONTHS[month - 1] for month in months):
        raise ComponentError(
            f"the schedule '{schedule}' never runs",
            why=f"none of its months has a day {min(days)}",
            fix="choose a day that the months have",
        )
    return schedule


def checked_timezone(name: str) -> str:
    """`name` itself if the tz database has it; ComponentError otherwise.

    A machine without any tz database (a slim container) cannot tell and lets every name pass.
    """
    if not _known(name) and _known("UTC"):
        raise ComponentError(
            f"the time zone '{name}' does not exist",
            why=f"Cloud Scheduler takes names of the tz database ({_PAGE}#time_zone)",
            fix="write it like Europe/Berlin or Etc/UTC",
        )
    return name


def _known(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
