"""What a Postgres instance writes into its log so that slowness can be explained. No benchmark asks for it now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, hosted
from analysis.value import Value
from policies.data_protection.cloud_sql.demands import Demand, is_number, is_off, is_on, unmet
from policies.engine.policy import Enforcement, Result, Settings, Severity, resource_policy
from policies.engine.settings_kinds import WordSet, some_of

_CHECKPOINTS_SINCE: Final = 15
"""From this major version on checkpoints are logged by default: https://www.postgresql.org/docs/release/15.0/."""
_SLOWER: Final = "a line for each statement slows the database and hides the others"

# https://www.postgresql.org/docs/current/runtime-config-logging.html and runtime-config-statistics.html
CHECKPOINTS: Final = Demand("log_checkpoints", is_on, "off", "nobody can tell that slowness came from checkpoints")
DEMANDS: Final = (
    CHECKPOINTS,
    Demand("log_lock_waits", is_on, "off", "nobody can tell which statements waited for which locks"),
    Demand(
        "log_temp_files",
        is_number(lambda value: value == 0),
        "-1",
        "nobody can tell which statements spill to the disk",
    ),
    *(
        Demand(f"log_{stage}_stats", is_off, "off", _SLOWER)
        for stage in ("executor", "parser", "planner", "statement")
    ),
)
_FLAGS: Final = frozenset(one.flag for one in DEMANDS)


class DiagnosticFlagsSettings(Settings):
    """Which flags are demanded."""

    flags: Annotated[WordSet, some_of(_FLAGS)] = _FLAGS
    """Names of flags out of the policy's table."""


@resource_policy(
    id="sql-diagnostic-flags",
    title="Postgres logs checkpoints, lock waits and temporary files, and no statistics of single statements",
    severity=Severity.LOW,
    why="Why a database was slow last night is told by its log or by nobody.",
    fix="""Use the `Postgres` component, which sets all of them (`FLAGS` in
    components/database/postgres_settings.py).""",
    fix_raw="Set the flag in `settings.databaseFlags`, on read replicas too.",
    rows=(62, 65, 68, 73),
    enforcement=Enforcement.ADVISORY,
    settings=DiagnosticFlagsSettings,
    types=[INSTANCE],
    elements=hosted,
)
def diagnostic_flags(instance: Value, stack: Stack, settings: DiagnosticFlagsSettings) -> Iterator[Result]:
    if engine_of(instance) is not Engine.POSTGRES:
        return
    version = re.match(r"POSTGRES_(\d{1,3})", instance["databaseVersion"].text(""))
    modern = version is not None and int(version[1]) >= _CHECKPOINTS_SINCE
    demands = (replace(CHECKPOINTS, otherwise="on"), *DEMANDS[1:]) if modern else DEMANDS
    yield from unmet(instance, demands, settings.flags)
