"""The sweep submits what is overdue once, whoever else sweeps, and again if it could not be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from app.ports import Unavailable
from app.stores.database import Database
from app.stores.jobs import EXHAUSTED, LOST_S, MOST_ATTEMPTS, Jobs
from app.stores.updates import LocalUpdates
from app.worker.sweep import Sweep
from tests.app.patience import PATIENCE_S
from tests.app.stores.surroundings import Clock, asked, opened, over_each_database, person

EVERY_S = 30.0


class Line:
    """A queue that remembers, and is out of order after `room` messages."""

    def __init__(
        self, room: float = float("inf"), error: Callable[[], Exception] = lambda: Unavailable("x")
    ) -> None:
        self.sent: list[str] = []
        self.room, self._error = room, error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None: ...

    async def submit(self, job_id: str) -> None:
        await asyncio.sleep(0)
        if len(self.sent) >= self.room:
            raise self._error()
        self.sent.append(job_id)


def sweep(jobs: Jobs, line: Line, every_s: float = EVERY_S, *, recover: bool = False) -> Sweep:
    return Sweep(jobs, line, LocalUpdates(), every_s=every_s, recover=recover)


@over_each_database
async def test_sweepers_that_sweep_at_once_submit_each_job_once(
    database: Database, variables: dict[str, str]
) -> None:
    clock, line = Clock(), Line()
    owner = await person(database)
    made = [(await asked(Jobs(database, clock), owner)).id for _ in range(250)]
    clock.ahead(LOST_S + 1)
    async with opened(variables) as second:
        sweepers = [sweep(Jobs(one, clock), line) for one in (database, second)]
        await asyncio.gather(*(one.once() for one in sweepers))
        assert sorted(line.sent) == sorted(made)
        await asyncio.gather(*(one.once() for one in sweepers))
        assert len(line.sent) == len(made)


@over_each_database
async def test_what_could_not_be_sent_is_sent_by_the_next_sweep(database: Database) -> None:
    clock, line = Clock(), Line(room=3)
    jobs, owner = Jobs(database, clock), await person(database)
    made = [(await asked(jobs, owner)).id for _ in range(10)]
    clock.ahead(LOST_S + 1)
    swept = await asyncio.gather(sweep(jobs, line).once(), return_exceptions=True)
    assert isinstance(swept[0], Unavailable)
    assert len(line.sent) == 3
    line.room = 100
    await sweep(jobs, line).once()
    assert len(line.sent) == 3, "not at once"
    clock.ahead(EVERY_S + 1)
    await sweep(jobs, line).once()
    assert sorted(line.sent) == sorted(made), "each once"


@over_each_database
async def test_a_job_without_attempts_left_is_given_up_instead_of_sent(database: Database) -> None:
    clock, line = Clock(), Line()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    for n in range(MOST_ATTEMPTS):
        await jobs.claim(job.id, lease=str(n), seconds=1)
        clock.ahead(2)
    await sweep(jobs, line).once()
    now = await jobs.find(job.id)
    assert now
    assert (now.status, now.failure, line.sent) == ("failed", EXHAUSTED, [])


async def sweeping(sweeper: Sweep, until: Callable[[], object]) -> None:
    async with sweeper, asyncio.timeout(PATIENCE_S):
        while not until():
            await asyncio.sleep(0.005)


@over_each_database
async def test_what_an_earlier_process_left_undone_is_recovered_once(database: Database) -> None:
    clock, line = Clock(), Line()
    jobs, owner = Jobs(database, clock), await person(database)
    made = [(await asked(jobs, owner)).id for _ in range(5)]
    await jobs.claim(made[0], lease="a", seconds=90)
    await sweeping(sweep(jobs, line, 0.001, recover=True), lambda: len(line.sent) >= 5)
    assert sorted(line.sent) == sorted(made)


@over_each_database
async def test_recovering_never_takes_a_job_from_who_does_it_now(database: Database) -> None:
    """A full queue makes the first recovery fail in the middle; what is begun meanwhile is left alone."""
    clock, line = Clock(), Line(room=1)
    jobs, owner = Jobs(database, clock), await person(database)
    for _ in range(3):
        await asked(jobs, owner)

    async def claimed() -> None:
        while not line.sent:
            await asyncio.sleep(0.001)
        assert await jobs.claim(line.sent[0], lease="a", seconds=90)
        clock.ahead(1)
        line.room = 3
        while len(line.sent) < 3:
            await asyncio.sleep(0.001)

    async with sweep(jobs, line, 0.01, recover=True):
        await asyncio.wait_for(claimed(), PATIENCE_S)
    assert len(set(line.sent)) == 3
    assert await jobs.complete(line.sent[0], lease="a", answer="hello", model="m", tokens=1)


@over_each_database
async def test_neither_an_outage_nor_a_bug_ends_the_sweep(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    for error in (lambda: Unavailable("Pub/Sub: ServiceUnavailable"), lambda: RuntimeError("bug")):
        line = Line(room=0, error=error)

        def overdue(line: Line = line) -> list[str]:
            clock.ahead(LOST_S)
            line.room += 0.1
            return line.sent

        await sweeping(sweep(jobs, line, 0.001), overdue)
        assert line.sent[0] == job.id


@over_each_database
async def test_what_a_queue_dropped_during_an_outage_is_submitted_again_as_soon_as_the_role_says(
    database: Database,
) -> None:
    clock, line = Clock(), Line()
    jobs = Jobs(database, clock, lost_s=30)
    job = await asked(jobs, await person(database))
    for n in range(3):
        clock.ahead(29)
        await sweep(jobs, line).once()
        assert len(line.sent) == n
        clock.ahead(2)
        await sweep(jobs, line).once()
        assert line.sent == [job.id] * (n + 1), "and dropped again"
