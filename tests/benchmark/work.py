"""The worker's figures: jobs a second, and what is lost when things go wrong; `make test` has the same, small."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.app.api.surroundings import with_schema
from tests.app.faults.deliveries import delivered_often
from tests.app.faults.killed import STEPS, killed_at
from tests.app.faults.outages import database_gone, disk_full, filled, killed_twice, small_disk
from tests.app.faults.throughput import jobs_per_second
from tests.app.servers import postgres

JOBS = 3000
MANY = 10_000
GONE_S = 30.0
SHORT_LEASE = {"ASSISTANT_TIMEOUT_S": "5"}
"""What was being answered when a server went is somebody's until the lease ends: half a minute after this."""
Line = Callable[[str, str, str, str], None]


def work_figures(line: Line) -> None:
    """Measures, counts and prints."""
    with postgres.running() as server:
        server.stop()
        server.start("fsync=on")

        @contextmanager
        def database(**more: str) -> Iterator[tuple[dict[str, str], Path]]:
            with tempfile.TemporaryDirectory() as folder:
                variables = {"DATA_DIR": folder, "DATABASE_URL": server.fresh(uuid4().hex), **more}
                yield with_schema(variables), Path(folder)

        @contextmanager
        def embedded() -> Iterator[tuple[dict[str, str], Path]]:
            with tempfile.TemporaryDirectory() as folder:
                yield with_schema({"DATA_DIR": folder}), Path(folder)

        with database() as (variables, _):
            figure = asyncio.run(jobs_per_second(variables, JOBS, at_once=8, queued=False))
            line("worker: jobs/s with Postgres commits", f"{figure:.0f}", ">=200", f"{JOBS} jobs, fsync on")
        with embedded() as (variables, _):
            figure = asyncio.run(jobs_per_second(variables, JOBS, at_once=8, queued=True))
            line("worker: jobs/s with SQLite and the embedded queue", f"{figure:.0f}", ">=500", f"{JOBS} jobs")

        def lost(what: str, found: list[str], about: str) -> None:
            line(f"lost: {what}", str(len(found)), "0", about)

        for step in STEPS:
            with database() as (variables, _):
                lost(
                    f"worker killed once a job is {step}", killed_at(step, variables, jobs=20), "20 jobs, Postgres"
                )
        with embedded() as (variables, folder):
            about = f"{MANY} jobs, SQLite"
            lost("everything in one process, killed twice", killed_twice(variables, folder, jobs=MANY), about)
        with database(**SHORT_LEASE) as (variables, folder):
            found = database_gone(server, variables, folder, jobs=2000, seconds=GONE_S, patience_s=60)
            lost(f"Postgres gone for {GONE_S:.0f} s", found, "2000 jobs")
        with database() as (variables, folder):
            found = delivered_often(variables, folder, jobs=1000, times=5, at_once=16)
            lost("each message five times, in any order", found, "1000 jobs, Postgres")
        if os.geteuid() == 0:
            with embedded() as (_, folder), small_disk(folder / "disk"):
                variables = with_schema({"DATA_DIR": str(folder / "disk"), **SHORT_LEASE})
                lost("a full disk", disk_full(variables, folder, filled(folder / "disk"), jobs=200), "SQLite")
