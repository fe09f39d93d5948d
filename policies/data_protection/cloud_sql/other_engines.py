"""The few flags of Cloud SQL for MySQL and for SQL Server that the CIS benchmark asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, hosted
from analysis.value import Value
from policies.data_protection.cloud_sql.demands import Demand, is_number, is_off, is_on, unmet
from policies.engine.policy import Result, Settings, Severity, resource_policy
from policies.engine.settings_kinds import WordSet, some_of

_UNLIMITED: Final = is_number(lambda value: value == 0)
_UNSET: Final[Callable[[str], bool]] = lambda value: value in ("", "0")  # noqa: E731

# What Google takes where a flag is left out: https://cloud.google.com/sql/docs/mysql/flags and
# https://cloud.google.com/sql/docs/sqlserver/flags
DEMANDS: Final = {
    Engine.MYSQL: (
        Demand("skip_show_database", is_on, "off", "every user sees the names of all databases"),
        # On or off by the version: only a flag that is set is sure to hold.
        Demand("local_infile", is_off, None, "a client may be made to send files of its own machine"),
    ),
    Engine.SQLSERVER: (
        Demand("external scripts enabled", is_off, "off", "programs outside the database run in its name"),
        Demand("cross db ownership chaining", is_off, "off", "rights in one database reach into the others"),
        Demand("user connections", _UNLIMITED, "0", "a few connections keep everybody else out"),
        Demand("user options", _UNSET, "", "all sessions begin with options that no program expects"),
        Demand("remote access", is_off, "on", "stored procedures run from and on other servers"),
        Demand("3625", is_on, "off", "error messages tell users what is in the database"),
        Demand("contained database authentication", is_off, "off", "who owns a database lets users into it"),
    ),
}
_FLAGS: Final = frozenset(one.flag for table in DEMANDS.values() for one in table)


class OtherEnginesSettings(Settings):
    """Which flags are demanded."""

    flags: Annotated[WordSet, some_of(_FLAGS)] = _FLAGS
    """Names of flags out of the policy's table."""


@resource_policy(
    id="sql-other-engines-flags",
    title="MySQL and SQL Server run with the flags that the CIS benchmark asks for",
    severity=Severity.MEDIUM,
    why="""Each of these flags lets a user of the database, or a server that a client talks to, reach past its
    rights.""",
    fix="Use the `Postgres` component instead: no component makes another engine.",
    fix_raw="Set the flag in `settings.databaseFlags`.",
    cis_4=("6.1.2", "6.1.3", "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "6.3.7"),
    cis_5=("6.1.2", "6.1.3", "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "6.3.7"),
    settings=OtherEnginesSettings,
    types=[INSTANCE],
    elements=hosted,
)
def other_engines(instance: Value, stack: Stack, settings: OtherEnginesSettings) -> Iterator[Result]:
    yield from unmet(instance, DEMANDS.get(engine_of(instance), ()), settings.flags)
