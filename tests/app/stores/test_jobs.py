"""The job's state machine in SQL: what each transition does, over SQLite and Postgres alike."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from app.stores.accounts import Accounts
from app.stores.database import Database
from app.stores.jobs import EXHAUSTED, LOST_S, MOST_ATTEMPTS, SETTLE_S, Job, Jobs, KeyReused
from tests.app.stores.surroundings import Clock, asked, opened, over_each_database, person


async def done(jobs: Jobs, job_id: str, answer: str = "hello") -> Job:
    """The job, brought to its end by somebody."""
    lease = uuid4().hex
    assert await jobs.claim(job_id, lease=lease, seconds=90)
    found = await jobs.complete(job_id, lease=lease, answer=answer, model="m", tokens=3)
    assert found
    return found


async def now_of(jobs: Jobs, job: Job) -> Job:
    found = await jobs.find(job.id)
    assert found
    return found


@over_each_database
async def test_a_job_is_stored_as_it_was_asked(database: Database) -> None:
    clock = Clock()
    jobs, owner = Jobs(database, clock), await person(database)
    text = "Grüße 👋 \u2028 '; DROP TABLE jobs; --"
    job, new = await jobs.submit(
        owner_id=owner, text=text, audio=f"{owner}/{'a' * 32}", key=None, request_hash="h"
    )
    assert new
    assert job == await jobs.own(job.id, owner) == await jobs.find(job.id)
    assert (job.text, job.audio, job.status, job.attempts) == (text, f"{owner}/{'a' * 32}", "queued", 0)
    assert (job.created_at, job.due_at) == (clock(), clock() + timedelta(seconds=LOST_S)), "to the microsecond"
    assert (job.answer, job.failure, job.model, job.tokens, job.finished_at) == (None, None, None, 0, None)
    assert await jobs.own(job.id, await person(database)) is None, "nobody else's"
    assert await jobs.find("0" * 32) is None


@over_each_database
async def test_an_idempotency_key_makes_one_job_of_its_owner_s(database: Database) -> None:
    jobs, owner, other = Jobs(database), await person(database), await person(database)
    first = {"text": "a", "audio": None, "key": "k", "request_hash": "1"}
    made = await asyncio.gather(*(jobs.submit(owner_id=owner, **first) for _ in range(20)))  # type: ignore[arg-type]
    assert len({job.id for job, _ in made}) == 1
    assert sum(new for _, new in made) == 1
    with pytest.raises(KeyReused):
        await jobs.submit(owner_id=owner, text="b", audio=None, key="k", request_hash="2")
    theirs, new = await jobs.submit(owner_id=other, **first)  # type: ignore[arg-type]
    assert new
    assert theirs.id != made[0][0].id
    await done(jobs, made[0][0].id)
    again, new = await jobs.submit(owner_id=owner, **first)  # type: ignore[arg-type]
    assert (again.status, new) == ("done", False)


@over_each_database
async def test_history_shows_each_job_once_newest_first_also_those_of_the_same_moment(database: Database) -> None:
    clock = Clock()
    jobs, owner = Jobs(database, clock), await person(database)
    await asked(jobs, await person(database))
    made = []
    for n in range(9):
        made.append(await asked(jobs, owner))
        clock.ahead(1 if n % 3 == 2 else 0)
    shown: list[Job] = []
    while page := await jobs.history(
        owner, limit=2, **({"before": (shown[-1].created_at, shown[-1].id)} if shown else {})
    ):
        assert len(page) <= 2
        shown += page
    assert shown == sorted(made, key=lambda job: (job.created_at, job.id), reverse=True)


@over_each_database
async def test_one_of_many_gets_a_job(database: Database) -> None:
    jobs = Jobs(database)
    job = await asked(jobs, await person(database))
    leases = [uuid4().hex for _ in range(12)]
    got = await asyncio.gather(*(jobs.claim(job.id, lease=lease, seconds=90) for lease in leases))
    assert sum(one is not None for one in got) == 1
    assert (await now_of(jobs, job)).attempts == 1


@over_each_database
async def test_a_job_is_had_by_nobody_else_until_its_lease_ends(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    assert await jobs.claim(job.id, lease="a", seconds=90)
    clock.ahead(90)
    assert await jobs.claim(job.id, lease="b", seconds=90) is None
    clock.ahead(0.001)
    again = await jobs.claim(job.id, lease="b", seconds=90)
    assert again
    assert (again.status, again.attempts, again.due_at) == ("running", 2, clock() + timedelta(seconds=90))
    assert await jobs.claim("0" * 32, lease="b", seconds=90) is None


@over_each_database
async def test_what_a_worker_says_without_the_lease_counts_nothing(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    await jobs.claim(job.id, lease="a", seconds=1)
    clock.ahead(2)
    held = await jobs.claim(job.id, lease="b", seconds=90)
    assert await jobs.complete(job.id, lease="a", answer="late", model="m", tokens=1) is None
    assert not await jobs.fail(job.id, lease="a", failure="late")
    assert not await jobs.release(job.id, lease="a", seconds=0)
    assert await now_of(jobs, job) == held
    finished = await jobs.complete(job.id, lease="b", answer="in time", model="m", tokens=1)
    assert finished
    assert (finished.status, finished.answer, finished.finished_at) == ("done", "in time", clock())
    assert finished.due_at == clock() + timedelta(seconds=SETTLE_S)


@over_each_database
async def test_a_done_job_never_changes(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    await jobs.claim(job.id, lease="a", seconds=90)
    result = await jobs.complete(job.id, lease="a", answer="first", model="m", tokens=3)
    assert result
    clock.ahead(SETTLE_S + 1)
    for _ in range(2):
        assert await jobs.complete(job.id, lease="a", answer="second", model="n", tokens=4) is None
        assert not await jobs.fail(job.id, lease="a", failure="no")
        assert not await jobs.release(job.id, lease="a", seconds=0)
        assert await jobs.claim(job.id, lease="a", seconds=0) is None
        await jobs.given_up()
        await jobs.overdue(1000)
        await jobs.undone()
        now = await now_of(jobs, job)
        assert (now.status, now.answer, now.model, now.tokens) == ("done", "first", "m", 3)
        assert now.finished_at == result.finished_at
        await jobs.settle(job.id)
        assert (await now_of(jobs, job)).due_at is None
        await jobs.hurry(job.id, seconds=0)
        assert (await now_of(jobs, job)).due_at is None, "what is settled is never due again"


@over_each_database
async def test_whatever_a_model_says_is_stored(database: Database) -> None:
    jobs = Jobs(database)
    job = await asked(jobs, await person(database))
    await jobs.claim(job.id, lease="a", seconds=90)
    finished = await jobs.complete(job.id, lease="a", answer="a\0b\ud800c 👋", model="m" * 300, tokens=1)
    assert finished
    assert (finished.answer, finished.model) == ("ab?c 👋", "m" * 300)
    failing = await asked(jobs, await person(database))
    await jobs.claim(failing.id, lease="a", seconds=90)
    assert await jobs.fail(failing.id, lease="a", failure="no " * 50)


@over_each_database
async def test_a_failed_job_stays_so_unless_its_attempts_were_exhausted(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job, lucky = [await asked(jobs, await person(database)) for _ in range(2)]
    for one, failure in ((job, "blocked"), (lucky, EXHAUSTED)):
        await jobs.claim(one.id, lease="a", seconds=90)
        assert await jobs.fail(one.id, lease="a", failure=failure)
        found = await now_of(jobs, one)
        assert (found.status, found.failure, found.finished_at, found.due_at) == ("failed", failure, clock(), None)
    assert await jobs.claim(job.id, lease="b", seconds=90) is None
    assert await jobs.claim(lucky.id, lease="b", seconds=90)
    found = await now_of(jobs, lucky)
    assert (found.status, found.failure, found.finished_at) == ("running", None, None)
    assert await jobs.complete(lucky.id, lease="b", answer="hello", model="m", tokens=1)


@over_each_database
async def test_a_job_given_back_is_queued_and_a_stop_is_no_attempt(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    await jobs.claim(job.id, lease="a", seconds=90)
    assert await jobs.release(job.id, lease="a", seconds=7)
    found = await now_of(jobs, job)
    assert (found.status, found.attempts, found.due_at) == ("queued", 1, clock() + timedelta(seconds=7))
    await jobs.claim(job.id, lease="b", seconds=90)
    assert await jobs.release(job.id, lease="b", seconds=0, attempted=False)
    assert (await now_of(jobs, job)).attempts == 1
    assert not await jobs.release(job.id, lease="b", seconds=0), "it was given back"


@over_each_database
async def test_what_is_overdue_is_handed_out_once_the_oldest_first(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    waiting = []
    for _ in range(3):
        waiting.append(await asked(jobs, await person(database)))
        clock.ahead(1)
    running, unsettled = [await asked(jobs, await person(database)) for _ in range(2)]
    await jobs.claim(running.id, lease="a", seconds=LOST_S)
    finished = await done(jobs, unsettled.id)
    assert await jobs.overdue(1000) == []
    clock.ahead(LOST_S - 3)
    assert await jobs.overdue(1000) == [unsettled.id]
    assert (await now_of(jobs, unsettled)).answer == finished.answer
    clock.ahead(0.001)
    assert await jobs.overdue(1) == [waiting[0].id]
    clock.ahead(60)
    assert sorted(await jobs.overdue(1000)) == sorted([waiting[1].id, waiting[2].id, running.id])
    assert await jobs.overdue(1000) == []
    taken = await now_of(jobs, running)
    assert (taken.status, taken.due_at) == ("queued", clock() + timedelta(seconds=LOST_S))
    assert await jobs.complete(running.id, lease="a", answer="late", model="m", tokens=1) is None


@over_each_database
async def test_two_who_look_at_once_get_each_overdue_job_once(
    database: Database, variables: dict[str, str]
) -> None:
    clock = Clock()
    jobs, owner = Jobs(database, clock), await person(database)
    made = {(await asked(jobs, owner)).id for _ in range(150)}
    clock.ahead(LOST_S + 1)
    async with opened(variables) as second, opened(variables) as third:
        lookers = [jobs, Jobs(second, clock), Jobs(third, clock)]
        found: list[str] = []

        async def look(looker: Jobs) -> None:
            while some := await looker.overdue(20):
                found.extend(some)

        for _ in range(2):
            await asyncio.gather(*(look(looker) for looker in lookers))
        assert sorted(found) == sorted(made)


@over_each_database
async def test_a_job_without_attempts_left_is_given_up_once_it_is_overdue(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    for n in range(MOST_ATTEMPTS):
        assert await jobs.claim(job.id, lease=str(n), seconds=90)
        clock.ahead(91)
        if n < MOST_ATTEMPTS - 1:
            assert await jobs.given_up() == []
    assert await jobs.given_up() == [job.id]
    assert await jobs.given_up() == []
    found = await now_of(jobs, job)
    assert (found.status, found.failure, found.finished_at, found.due_at) == ("failed", EXHAUSTED, clock(), None)
    assert not await jobs.fail(job.id, lease=str(MOST_ATTEMPTS - 1), failure="late")


@over_each_database
async def test_a_job_is_hurried_unless_somebody_has_it_or_nothing_is_left_to_do(database: Database) -> None:
    clock = Clock()
    jobs = Jobs(database, clock)
    job = await asked(jobs, await person(database))
    await jobs.hurry(job.id, seconds=5)
    assert (await now_of(jobs, job)).due_at == clock() + timedelta(seconds=5)
    held = await jobs.claim(job.id, lease="a", seconds=90)
    await jobs.hurry(job.id, seconds=5)
    await jobs.settle(job.id)
    assert await now_of(jobs, job) == held
    await jobs.fail(job.id, lease="a", failure="blocked")
    await jobs.hurry(job.id, seconds=5)
    assert (await now_of(jobs, job)).due_at is None


@over_each_database
async def test_what_a_process_left_undone_is_all_handed_out_when_it_starts_again(database: Database) -> None:
    clock = Clock()
    jobs, owner = Jobs(database, clock), await person(database)
    queued, running, unsettled, settled, failed = [await asked(jobs, owner) for _ in range(5)]
    await jobs.claim(running.id, lease="a", seconds=90)
    await done(jobs, unsettled.id)
    await done(jobs, settled.id)
    await jobs.settle(settled.id)
    await jobs.claim(failed.id, lease="a", seconds=90)
    await jobs.fail(failed.id, lease="a", failure="blocked")
    assert set(await jobs.undone()) == {queued.id, running.id, unsettled.id}
    assert await jobs.complete(running.id, lease="a", answer="late", model="m", tokens=1) is None
    assert await jobs.claim(running.id, lease="b", seconds=90)


@over_each_database
async def test_jobs_go_with_their_owner(database: Database) -> None:
    jobs, owner = Jobs(database), await person(database)
    job = await asked(jobs, owner)
    await jobs.claim(job.id, lease="a", seconds=90)
    assert await Accounts(database).delete(owner)
    assert await jobs.find(job.id) is None
    assert await jobs.complete(job.id, lease="a", answer="late", model="m", tokens=1) is None
