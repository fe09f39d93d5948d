"""What a Postgres instance must write into its log so that an attack can be told afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, hosted
from analysis.value import Value
from policies.data_protection.cloud_sql.demands import Demand, is_on, is_one_of, unmet
from policies.engine.policy import Result, Settings, Severity, resource_policy
from policies.engine.settings_kinds import WordSet, some_of

_CLASSES: Final = frozenset({"ddl", "role"})


def _logs_connections(value: str) -> bool:
    # From Postgres 18 on a list of stages; `on` stands for these three.
    # https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-CONNECTIONS
    stages = {stage.strip() for stage in value.split(",")}
    return is_on(value) or "all" in stages or stages >= {"receipt", "authentication", "authorization"}


def _audits_changes(value: str) -> bool:
    # `all` and single classes, each of which a minus takes away again.
    # https://github.com/pgaudit/pgaudit#pgauditlog
    classes = {one.strip() for one in value.split(",")}
    return all(one in classes or "all" in classes for one in _CLASSES) and not any(
        f"-{one}" in classes for one in (*_CLASSES, "all")
    )


# What Google takes where a flag is left out: https://cloud.google.com/sql/docs/postgres/flags
DEMANDS: Final = (
    Demand("log_connections", _logs_connections, "off", "nobody can tell who tried to log in"),
    Demand("log_disconnections", is_on, "off", "nobody can tell how long somebody was logged in"),
    Demand(
        "log_statement",
        is_one_of("ddl", "mod", "all"),
        "none",
        "changes of the schema and of rights leave no trace in the log",
    ),
    Demand(
        "log_error_verbosity",
        is_one_of("default", "verbose"),
        "default",
        "the log has errors without their detail",
    ),
    Demand("cloudsql.enable_pgaudit", is_on, "off", "the audit extension is not loaded"),
    Demand(
        "pgaudit.log",
        _audits_changes,
        "none",
        "without the classes ddl and role the audit extension leaves out changes of the schema or of rights",
    ),
)
_FLAGS: Final = frozenset(one.flag for one in DEMANDS)


class AuditFlagsSettings(Settings):
    """Which flags are demanded."""

    flags: Annotated[WordSet, some_of(_FLAGS)] = _FLAGS
    """Names of flags out of the policy's table; `pgaudit.log` may be set for single databases in SQL instead."""


@resource_policy(
    id="sql-audit-flags",
    title="Postgres records who connects, what changes the schema and why something failed",
    severity=Severity.MEDIUM,
    why="""After a break-in the database's log is what tells who came in and what they changed; what was not
    recorded then cannot be recorded later. A read replica has a log and flags of its own.""",
    fix="""Use the `Postgres` component, which sets all of them (`FLAGS` in
    components/database/postgres_settings.py).""",
    fix_raw="Set the flag in `settings.databaseFlags`, on read replicas too.",
    rows=(63, 64, 70, 71, 74),
    cis_4=("6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.8"),
    cis_5=("6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.8"),
    settings=AuditFlagsSettings,
    types=[INSTANCE],
    elements=hosted,
)
def audit_flags(instance: Value, stack: Stack, settings: AuditFlagsSettings) -> Iterator[Result]:
    if engine_of(instance) is Engine.POSTGRES:
        yield from unmet(instance, DEMANDS, settings.flags)
