"""Whatever order workers, sweepers, duplicates, crashes and outages come in, each job has one result.

The search plays thousands of orders over SQLite; some are played over Postgres, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.stores.database import Database
from app.stores.jobs import EXHAUSTED, LOST_S, MOST_ATTEMPTS
from app.worker.handler import AFTER_S
from tests.app.stores.surroundings import Clock, asked, opened, person
from tests.app.worker.interleaved import ANSWER_S, Actor, Fate, Killed, World, sweep, work

T = TypeVar("T")
FATES: list[Fate] = ["go", "go", "unreached", "unanswered", "refused", "bug", "stopped", "killed", "killed after"]
STEPS_S = [0.5, 31, ANSWER_S + AFTER_S + 1, LOST_S + 1]
MOST_ACTORS, MOST_JOBS = 4, 2
"""Few, so that they meet."""
STEPS = st.integers(0, 5)
"""As many as a job has."""
INDEX = st.integers(0, 1000)


class Machine(RuleBasedStateMachine):
    """One world; every rule is one thing that may happen in it."""

    _runner: asyncio.Runner
    _database: Database

    def __init__(self) -> None:
        super().__init__()
        self._actors: list[Actor] = []
        self._done: dict[str, tuple[object, ...]] = {}
        self._ids: list[str] = []

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    @initialize()
    def begin(self) -> None:
        async def empty() -> str:
            await self._database.fetch("DELETE FROM users")
            return await person(self._database)

        self._owner = self._run(empty())
        self._world = World(self._database, Clock())

    @precondition(lambda self: len(self._ids) < MOST_JOBS)
    @rule(
        how=st.sampled_from(["sent", "sent twice", "not sent", "died before it was sent"]),
        attempts=st.sampled_from([0, MOST_ATTEMPTS - 1]),
    )
    def submit(self, how: str, attempts: int) -> None:
        """A user asks; the message may not go out. `attempts`: as if so many had failed already."""
        self._ids.append(f"{len(self._ids):032x}")  # not by chance, so that a failure can be played again
        with mock.patch("app.stores.jobs.uuid4", return_value=SimpleNamespace(hex=self._ids[-1])):
            job = self._run(asked(self._world.jobs, self._owner, f"question {len(self._ids)}"))
        self._world.messages += [job.id] * {"sent": 1, "sent twice": 2}.get(how, 0)
        self._run(self._database.fetch("UPDATE jobs SET attempts = $2 WHERE id = $1", job.id, attempts))
        if how == "not sent":
            self._run(self._world.jobs.hurry(job.id, seconds=5))

    @precondition(lambda self: self._world.messages and len(self._actors) < MOST_ACTORS)
    @rule(which=INDEX, again=st.booleans(), steps=STEPS)
    def deliver(self, which: int, again: bool, steps: int) -> None:
        """Any message, the order is not kept; `again`: it will be delivered once more, whatever becomes of it."""
        messages = self._world.messages
        job_id = sorted(messages)[which % len(messages)]
        if not again:
            messages.remove(job_id)
        self._begin(job_id, steps)

    @precondition(lambda self: self._done and len(self._actors) < MOST_ACTORS)
    @rule(which=INDEX, steps=STEPS)
    def deliver_what_is_done(self, which: int, steps: int) -> None:
        """A message that comes late."""
        self._begin(sorted(self._done)[which % len(self._done)], steps)

    @precondition(lambda self: len(self._actors) < MOST_ACTORS)
    @rule(steps=STEPS)
    def look_for_overdue(self, steps: int) -> None:
        self._begin("", steps)

    @precondition(lambda self: self._actors)
    @rule(which=INDEX, fate=st.sampled_from(FATES), steps=STEPS)
    def turn(self, which: int, fate: Fate, steps: int) -> None:
        """One process does its next step, or does not, and then some more."""
        actor = self._actors[which % len(self._actors)]
        self._turn(actor, fate)
        self._go_on(actor, steps)

    @rule(seconds=st.sampled_from(STEPS_S))
    def time_passes(self, seconds: float) -> None:
        self._world.clock.ahead(seconds)

    @invariant()
    def each_job_is_in_one_of_its_states(self) -> None:
        assert self._world.wrongs == []
        for row in self._rows():
            kept = self._world.transcripts.get(row["id"])
            result = (row["answer"], row["model"], row["tokens"], row["finished_at"])
            match row["status"]:
                case "queued":
                    assert row["due_at"], "somebody looks at it again"
                case "running":
                    assert row["due_at"]
                    assert row["lease"]
                    assert row["attempts"] > 0
                case "failed":
                    assert row["failure"] in ("blocked", EXHAUSTED)
                    assert row["due_at"] is None
                    assert row["finished_at"]
                case "done":
                    assert self._done.setdefault(row["id"], result) == result, "a result never changes"
                    assert kept or row["due_at"], "somebody writes the transcript"
                    assert row["failure"] is None
            assert row["id"] not in self._done or row["status"] == "done"
            assert self._world.results[row["id"]] == (row["status"] == "done"), "one result"
            assert (row["answer"] is None) == (row["status"] != "done")
            if kept:
                assert (kept.answer, kept.model, kept.tokens, kept.finished_at) == result
                assert kept.question == row["text"]

    def teardown(self) -> None:
        """From now on nothing fails, and every message that is not finished with comes again."""
        while self._actors:
            self._finish(self._actors[0])
        for _ in range(3):
            self._world.clock.ahead(LOST_S + 1)
            self._begin("", 0)
            self._finish(self._actors[0])
            for job_id in list(self._world.messages):
                self._world.messages.remove(job_id)
                self._begin(job_id, 0)
                self._finish(self._actors[0])
        self.each_job_is_in_one_of_its_states()
        assert self._world.messages == []
        for row in self._rows():
            assert row["status"] in ("done", "failed")
            assert row["due_at"] is None, "nothing is left to do"
            assert (row["id"] in self._world.transcripts) == (row["status"] == "done")
            assert row["failure"] != EXHAUSTED or row["attempts"] >= MOST_ATTEMPTS

    def _rows(self) -> list[Any]:
        return list(self._run(self._database.fetch("SELECT * FROM jobs")))

    def _begin(self, job_id: str, steps: int) -> None:
        async def begun() -> Actor:
            return Actor(self._world, work if job_id else sweep, job_id)

        actor = self._run(begun())
        self._actors.append(actor)
        self._run(actor.ready())
        self._go_on(actor, steps)

    def _go_on(self, actor: Actor, steps: int) -> None:
        for _ in range(steps):
            if actor in self._actors:
                self._turn(actor, "go")

    def _finish(self, actor: Actor) -> None:
        while actor in self._actors:
            self._turn(actor, "go")

    def _turn(self, actor: Actor, fate: Fate) -> None:
        if not self._run(actor.turn(fate)):
            self._ended(actor)

    def _ended(self, actor: Actor) -> None:
        """What comes of it: an unfinished message is delivered again; a sweeper looks again by itself."""
        self._actors.remove(actor)
        finished = False
        if not actor.task.cancelled():
            error = actor.task.exception()
            assert error is None or isinstance(error, Killed) or not actor.job_id, "a handler raises nothing"
            finished = error is None and bool(actor.task.result())
        if actor.job_id and not finished:
            self._world.messages.append(actor.job_id)


def played(variables: dict[str, str], examples: int, steps: int, phases: Collection[Phase] = tuple(Phase)) -> None:
    """Plays so many orders of so many steps."""
    bounded = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner() as runner:
        database = opened(variables)
        runner.run(database.__aenter__())
        try:
            machine = type("Machine", (Machine,), {"_runner": runner, "_database": database})
            run_state_machine_as_test(machine, settings=bounded)
        finally:
            runner.run(database.__aexit__(None, None, None))


def test_whatever_happens_each_job_has_one_result_and_nothing_is_left_to_do(variables: dict[str, str]) -> None:
    played(variables, examples=15 if "DATABASE_URL" in variables else 120, steps=40)
