"""A schedule is written as Cloud Scheduler reads it: its times and its time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from analysis.network.calls import JOB
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

_LONGEST: Final = 500
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules: name, least, most, words
_FIELDS: Final[tuple[tuple[str, int, int, Mapping[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {word: number for number, word in enumerate(_MONTHS, start=1)}),
    ("day of the week", 0, 7, {word: number for number, word in enumerate(_DAYS)}),
)
_PART: Final = re.compile(r"(?:(?P<all>\*)|(?P<first>\w{1,9})(?:-(?P<last>\w{1,9}))?)(?:/(?P<step>\d{1,3}))?")
# The older form: https://cloud.google.com/appengine/docs/standard/scheduling-jobs-with-cron-yaml#formatting_the_schedule
_IN_WORDS: Final = re.compile(
    r"(?:every|first|second|third|fourth|fifth|\d+(?:st|nd|rd|th))\b.*", re.IGNORECASE | re.DOTALL
)
# https://en.wikipedia.org/wiki/List_of_tz_database_time_zones, which Google names as its list; `utc` it takes too:
# https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs (timeZone)
_ZONE: Final = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific"
    r"|US)(?:/[A-Za-z][\w+-]{1,30}){1,2}"
)
_ONE_WORD: Final = re.compile(
    r"CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+-]?0|Greenwich|HST|Hongkong|Iceland|Iran|Israel"
    r"|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore"
    r"|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu|utc"
)


@resource_policy(
    id="schedule-readable",
    title="A schedule has five cron fields within their ranges, and a time zone of the tz database",
    severity=Severity.MEDIUM,
    why="""A preview takes any text. Cloud Scheduler refuses what it cannot read during `up`; a field for seconds,
    as other schedulers have it, is the usual cause.""",
    fix='Give the `Schedule` component a `schedule` such as "0 3 * * *", and a `time_zone` such as Europe/Berlin.',
    fix_raw='Set `schedule` to five fields, "0 3 * * *", and `timeZone` to a name such as Europe/Berlin.',
    types=[JOB],
)
def schedule_readable(job: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    for check in (_times, _zone):
        try:
            for key, message in check(job):
                yield Problem(job.resource, message, key=key)
        except NotKnown as reason:
            yield Unseen(job.resource, str(reason))


def _times(job: Value) -> Iterator[tuple[str, str]]:
    value = job["schedule"]
    # Whoever leaves it out starts the job by hand.
    text = value.text("").strip()
    if not text or _IN_WORDS.fullmatch(text):
        return
    if (wrong := unreadable(text)) is not None:
        yield value.path, f"{value.path} {wrong}: Cloud Scheduler refuses it"


def unreadable(schedule: str) -> str | None:
    """What is wrong with cron's fields; None where nothing is."""
    if len(schedule) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"has {len(fields)} fields instead of five"
    for field, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        if not all(_fits(part, least, most, words) for part in field.split(",")):
            return f"has a {name} that is not within {least} to {most}"
    return None


def _fits(part: str, least: int, most: int, words: Mapping[str, int]) -> bool:
    found = _PART.fullmatch(part)
    if found is None or (found["step"] is not None and int(found["step"]) < 1):
        return False
    ends = [_number(found[end], words) for end in ("first", "last") if found[end] is not None]
    return all(end is not None and least <= end <= most for end in ends)


def _number(text: str, words: Mapping[str, int]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    return words.get(text[:3].lower())


def _zone(job: Value) -> Iterator[tuple[str, str]]:
    # Etc/UTC is the default.
    value = job["timeZone"]
    zone = value.text("Etc/UTC")
    if not _ONE_WORD.fullmatch(zone) and not _ZONE.fullmatch(zone):
        yield value.path, f"{value.path} is no name of the tz database, such as Europe/Berlin: it is refused"
