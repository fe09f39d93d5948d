"""A Cloud SQL instance runs a major version that still gets fixes.

The dates are those on which Google's regular support ends; what follows is paid, without new features, and ends
with a forced upgrade. Taken from https://cloud.google.com/sql/docs/postgres/db-versions and its sister pages for
MySQL and SQL Server as of 2026-11; where Google names no date yet, the developers' own end of life
(https://www.postgresql.org/support/versioning/, https://www.oracle.com/support/lifetime-support/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, hosted
from analysis.value import NotKnown, Value
from policies.engine.policy import Settings, Severity, resource_policy

_EXTENDED: Final = date(2025, 2, 1)
"""When Google began extended support, for all that had ended by then."""

ENDS: Final = {
    "POSTGRES_9_6": _EXTENDED,
    "POSTGRES_10": _EXTENDED,
    "POSTGRES_11": _EXTENDED,
    "POSTGRES_12": _EXTENDED,
    "POSTGRES_13": date(2026, 2, 1),
    "POSTGRES_14": date(2027, 2, 1),
    "POSTGRES_15": date(2028, 2, 1),
    "POSTGRES_16": date(2029, 2, 1),
    "POSTGRES_17": date(2030, 2, 1),
    "POSTGRES_18": date(2030, 11, 14),
    "MYSQL_5_6": _EXTENDED,
    "MYSQL_5_7": _EXTENDED,
    "MYSQL_8_0": date(2026, 7, 1),
    "MYSQL_8_4": date(2032, 4, 30),
    # https://endoflife.date/mysql (Oracle's page has no day)
    "MYSQL_9_7": date(2034, 4, 21),
    # https://learn.microsoft.com/lifecycle/products/export (the end of security updates)
    "SQLSERVER_2017": date(2027, 10, 12),
    "SQLSERVER_2019": date(2030, 1, 8),
    "SQLSERVER_2022": date(2033, 1, 11),
    "SQLSERVER_2025": date(2036, 1, 6),
}
_MAJOR: Final = re.compile(r"POSTGRES_9_6|POSTGRES_\d{2}|MYSQL_\d_\d|SQLSERVER_\d{4}")


class VersionSettings(Settings):
    """When a version counts as ended."""

    days_before: int = Field(default=0, ge=0, le=3650)
    """Days before its end from which on a version is told, to have time for the upgrade."""


@resource_policy(
    id="sql-supported-version",
    title="A Cloud SQL instance runs a major version in regular support",
    severity=Severity.MEDIUM,
    why="""After its end a version gets fixes only for what is critical, for a surcharge, and some day Google
    upgrades it at a time of its own choosing. An upgrade of a major version needs a test and a window: better
    one's own.""",
    fix="Give `Postgres` a newer `version`, after a rehearsal on a clone.",
    fix_raw="Set `databaseVersion` to a newer major version, after a rehearsal on a clone.",
    rows=(61,),
    settings=VersionSettings,
    types=[INSTANCE],
    elements=hosted,
)
def supported_version(instance: Value, stack: Stack, settings: VersionSettings) -> Iterator[str]:
    version = instance["databaseVersion"]
    major = _MAJOR.match(version.text(""))
    ends = ENDS.get(major[0]) if major else None
    if major is None or ends is None:
        raise NotKnown(version.path, "is no version of which the table of 2026-11 knows the end")
    if ends - timedelta(days=settings.days_before) <= stack.today:
        yield f"{version.path} is {major[0]}, whose regular support ends on {ends}: fixes get few and cost extra"
