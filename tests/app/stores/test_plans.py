"""What Postgres does for the statements that are asked most, over a table that is not small: indexes are used."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from app.stores import jobs
from tests.app.api.surroundings import with_schema
from tests.app.servers import postgres

DATABASE = "plans"
JOBS, USERS, DUE = 20_000, 200, 100
"""Nearly all jobs are done with; every DUE-th has something left to do, half of these are overdue."""
NOW = "timestamptz '2026-05-01 12:00:00+00'"
FILL = f"""
    INSERT INTO users (id, email, name, role, password_hash, created_at)
    SELECT 'user-' || n, n || '@example.com', '', 'user', '', {NOW} FROM generate_series(0, {USERS - 1}) AS n;
    INSERT INTO jobs (id, owner_id, idempotency_key, request_hash, status, text, tokens, attempts,
                      created_at, due_at)
    SELECT md5(n::text), 'user-' || n % {USERS}, n::text, '',
           CASE WHEN n % {DUE} > 0 THEN 'done' WHEN n % {3 * DUE} = 0 THEN 'running' ELSE 'queued' END,
           repeat('good morning ', 20), 0, n % 6, {NOW} - n * interval '1 minute',
           CASE WHEN n % {DUE} = 0 THEN {NOW} + (n % {2 * DUE} - {DUE // 2}) * interval '1 minute' END
    FROM generate_series(1, {JOBS}) AS n;
    ANALYZE;
"""  # noqa: S608  # constants
JOB, OWNER = "md5('77')", "'user-77'"
PLANS = {
    "own": ("jobs_pkey", jobs.OWN, [JOB, OWNER]),
    "history, first page": ("jobs_history", jobs.HISTORY, [OWNER, "timestamptz '9999-12-31'", "'g'", "20"]),
    "history, later page": ("jobs_history", jobs.HISTORY, [OWNER, f"{NOW} - interval '10 days'", "'b'", "20"]),
    "same key": ("jobs_owner_id_idempotency_key_key", jobs.EARLIER, [OWNER, "'77'"]),
    "claim": ("jobs_pkey", jobs.CLAIM, [JOB, "'lease'", NOW, NOW]),
    "complete": ("jobs_pkey", jobs.COMPLETE, [JOB, "'lease'", "'answer'", "'model'", "1", NOW, NOW]),
    "overdue": ("jobs_due", jobs.OVERDUE, [NOW, NOW, "50"]),
    "give up": ("jobs_due", jobs.GIVE_UP, [NOW]),
}
"""The index that each statement is meant to use, and values for it."""


@pytest.fixture(scope="module")
def filled(server: postgres.Server) -> postgres.Server:
    with_schema({"DATABASE_URL": server.fresh(DATABASE)})
    for statement in FILL.split(";")[:-1]:
        server.query(statement, database=DATABASE)
    return server


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The plan's steps, outermost first."""
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
def test_no_statement_reads_all_jobs_whichever_way_it_is_planned(filled: postgres.Server, plans: str) -> None:
    """After a few calls Postgres may plan a prepared statement for whatever values come."""

    async def planned() -> dict[str, list[dict[str, Any]]]:
        connection = await asyncpg.connect(filled.url(database=DATABASE))
        try:
            await connection.execute(f"SET plan_cache_mode = {plans}")
            found = {}
            for name, (_, sql, values) in PLANS.items():
                await connection.execute(f"PREPARE asked AS {sql}")
                asked = f"EXPLAIN (FORMAT JSON) EXECUTE asked({', '.join(values)})"
                found[name] = nodes(json.loads(await connection.fetchval(asked))[0]["Plan"])
                await connection.execute("DEALLOCATE asked")
            return found
        finally:
            await connection.close()

    for name, steps in asyncio.run(planned()).items():
        kinds = [step["Node Type"] for step in steps]
        assert not {"Seq Scan", "Sort"} & set(kinds), f"{name}: {kinds}"
        assert {step["Index Name"] for step in steps if "Index Name" in step} == {PLANS[name][0]}, name
        if "history" in name:
            assert "created_at" in steps[-1]["Index Cond"], "a later page costs no more than the first"
