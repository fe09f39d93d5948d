"""A Postgres instance writes no values of rows into its log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, hosted
from analysis.value import Value
from policies.data_protection.cloud_sql.demands import Demand, is_number, is_off, is_one_of, unmet
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy
from policies.engine.settings_kinds import WordSet, some_of

_NEVER: Final = is_number(lambda value: value == -1)
_ZERO: Final = is_number(lambda value: value == 0)
_LOGGED: Final = "statements are logged with the values in them"

# All of these write nothing where they are left out:
# https://www.postgresql.org/docs/current/runtime-config-logging.html, https://github.com/pgaudit/pgaudit#settings,
# https://www.postgresql.org/docs/current/auto-explain.html
DEMANDS: Final = (
    Demand("log_min_duration_statement", _NEVER, "-1", f"slow {_LOGGED}; Query Insights shows them without"),
    Demand("log_min_duration_sample", _NEVER, "-1", f"samples of slow {_LOGGED}"),
    Demand("log_transaction_sample_rate", _ZERO, "0", f"samples of {_LOGGED}"),
    Demand("log_statement", is_one_of("none", "ddl"), "none", f"all changing {_LOGGED}"),
    Demand("log_parameter_max_length_on_error", _ZERO, "0", "failed statements are logged with their parameters"),
    Demand("pgaudit.log_parameter", is_off, "off", "audited statements are logged with their parameters"),
    Demand("auto_explain.log_min_duration", _NEVER, "-1", f"plans of slow {_LOGGED}"),
)
# From errors on, the least that either level may be; what is below logs the text of statements that went well:
# https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS
_FAILURES: Final = ("error", "log", "fatal", "panic")
LEVELS: Final = (
    Demand("log_min_messages", is_one_of("warning", *_FAILURES), "warning", ""),
    Demand("log_min_error_statement", is_one_of(*_FAILURES), "error", ""),
)
_FLAGS: Final = frozenset(one.flag for one in (*DEMANDS, *LEVELS))


class LoggedValuesSettings(Settings):
    """Which flags are looked at."""

    flags: Annotated[WordSet, some_of(_FLAGS)] = _FLAGS
    """Names of flags out of the policy's table; leave `log_statement` out where auditors ask for `mod`."""


@resource_policy(
    id="sql-no-values-in-logs",
    title="Postgres writes no values of rows into its log",
    severity=Severity.HIGH,
    why="""A logged statement carries what users said and who they are into Cloud Logging, where more people
    read, other retention holds, and no deletion of a user's data reaches it.""",
    fix="""Use the `Postgres` component, which sets the flags (`FLAGS` in
    components/database/postgres_settings.py).""",
    fix_raw="""Take the flag out of `settings.databaseFlags`; `log_min_duration_statement` is -1,
    `log_statement` ddl, `log_min_messages` warning and `log_min_error_statement` error.""",
    rows=(66, 67, 69, 71),
    cis_4=("6.2.5", "6.2.6", "6.2.7"),
    cis_5=("6.2.5", "6.2.6", "6.2.7"),
    settings=LoggedValuesSettings,
    types=[INSTANCE],
    elements=hosted,
)
def logged_values(instance: Value, stack: Stack, settings: LoggedValuesSettings) -> Iterator[Result]:
    if engine_of(instance) is Engine.POSTGRES:
        yield from unmet(instance, DEMANDS, settings.flags)
        yield from _chatty(instance, settings.flags)


def _chatty(instance: Value, wanted: frozenset[str]) -> Iterator[Result]:
    """One problem for both levels: they are one mistake, and each alone lets the statements through."""
    told: list[str] = []
    for result in unmet(instance, LEVELS, wanted):
        if isinstance(result, Unseen):
            yield result
        elif isinstance(result, Problem):
            told.append(result.message.removesuffix(": "))
    if told:
        message = f"{' and '.join(told)}: nearly every statement is logged, with the values in it"
        yield Problem(instance.resource, message, key="levels")
