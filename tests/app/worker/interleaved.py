"""Workers and sweepers whose every call of the outside waits for a word: to go on, to fail, to stop, to die.

Between two calls they touch nothing, so that any order of calls, and any crash between two steps, can be played.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Self, TypeVar

from app.ports import Answer, Prompt, Refused, Transcript, Unavailable
from app.stores.database import Database
from app.stores.jobs import CLAIM, COMPLETE, FAIL, RELEASE, Jobs
from app.stores.updates import LocalUpdates
from app.worker.handler import Handler
from app.worker.sweep import Sweep
from tests.app.stores.surroundings import Clock

T = TypeVar("T")
Fate = Literal["go", "unreached", "unanswered", "refused", "bug", "stopped", "killed", "killed after"]
"""`unreached`: not done, and an error; `unanswered`: done, and an error all the same. `stopped`: by SIGTERM."""
ANSWER_S = 60.0


class Killed(BaseException):
    """SIGKILL: nothing is cleaned up."""


class World:
    """What outlives a process: database, messages on their way, transcripts; and what is known of all of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.jobs = Jobs(database, clock)
        self.messages: list[str] = []
        self.transcripts: dict[str, Transcript] = {}
        self.results: Counter[str] = Counter()
        self.wrongs: list[str] = []
        self.answers = 0

    async def lease(self, job_id: str) -> tuple[str | None, datetime | None]:
        """Who holds the job, and until when."""
        sql = "SELECT lease, due_at FROM jobs WHERE id = $1 AND status = 'running'"
        row = await self.database.fetchrow(sql, job_id)
        return (row["lease"], row["due_at"]) if row else (None, None)


class Actor:
    """One process in the middle of a job, or of a sweep."""

    def __init__(
        self, world: World, work: Callable[[Actor], Coroutine[Any, Any, object]], job_id: str = ""
    ) -> None:
        self.world, self.job_id = world, job_id
        self._word: asyncio.Future[Fate] | None = None
        self._waits = asyncio.Event()
        self.task = asyncio.create_task(work(self))

    async def ready(self) -> bool:
        """Runs until it calls the outside; whether it has not ended before."""
        waits = asyncio.create_task(self._waits.wait())
        await asyncio.wait({self.task, waits}, return_when=asyncio.FIRST_COMPLETED)
        waits.cancel()
        return not self.task.done()

    async def turn(self, fate: Fate) -> bool:
        """Says the word, and runs until the next call; whether it has not ended."""
        assert self._word is not None
        self._waits.clear()
        if fate == "stopped":
            self.task.cancel()
        else:
            self._word.set_result(fate)
        return await self.ready()

    async def call(self, work: Callable[[], Awaitable[T]], *, refusable: bool = False) -> T:
        """One call of the outside."""
        self._word = asyncio.get_running_loop().create_future()
        self._waits.set()
        fate = await self._word
        if fate == "killed":
            raise Killed
        if fate == "unreached":
            raise Unavailable("outside: unreached")
        if fate == "refused" and refusable:
            raise Refused("blocked")
        if fate == "bug":
            raise RuntimeError("bug")
        done = await work()
        if fate == "killed after":
            raise Killed
        if fate == "unanswered":
            raise Unavailable("outside: unanswered")
        return done


class Outside:
    """Ports and database as one process sees them."""

    def __init__(self, actor: Actor) -> None:
        self._actor, self._world = actor, actor.world

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None: ...

    async def fetch(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        return await self._actor.call(lambda: self._world.database.fetch(sql, *values))

    async def fetchrow(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        async def counted() -> Mapping[str, Any] | None:
            if sql not in (CLAIM, COMPLETE, FAIL, RELEASE):
                return await self._world.database.fetchrow(sql, *values)
            lease, until = await self._world.lease(str(values[0]))
            row = await self._world.database.fetchrow(sql, *values)
            if row and sql != CLAIM and lease != values[1]:
                self._world.wrongs.append("somebody without the lease changed a job")
            if row and sql == CLAIM and until and until >= self._world.clock():
                self._world.wrongs.append("a job was taken from who held it")
            if row and sql == COMPLETE:
                self._world.results[row["id"]] += 1
            return row

        return await self._actor.call(counted)

    async def answer(self, prompt: Prompt) -> Answer:
        async def another() -> Answer:
            self._world.answers += 1
            return Answer(f"answer {self._world.answers} to {prompt.text}", "m", 1)

        return await self._actor.call(another, refusable=True)

    async def put(self, transcript: Transcript) -> None:
        async def kept() -> None:
            self._world.transcripts[transcript.job_id] = transcript

        await self._actor.call(kept)

    async def get(self, job_id: str) -> Transcript | None:
        return self._world.transcripts.get(job_id)

    async def submit(self, job_id: str) -> None:
        async def sent() -> None:
            self._world.messages.append(job_id)

        await self._actor.call(sent)

    async def upload(self, *_: object, **__: object) -> Any:
        raise NotImplementedError

    async def read(self, *_: object, **__: object) -> None:
        raise NotImplementedError


async def work(actor: Actor) -> bool:
    """A worker to which the actor's message was delivered."""
    outside = Outside(actor)
    handle = Handler(
        jobs=Jobs(outside, actor.world.clock),
        assistant=outside,
        files=outside,
        transcripts=outside,
        activity=None,
        updates=LocalUpdates(),
        answer_s=ANSWER_S,
    )
    return await handle(actor.job_id)


async def sweep(actor: Actor) -> None:
    """A sweeper that looks once."""
    outside = Outside(actor)
    jobs = Jobs(outside, actor.world.clock)
    await Sweep(jobs, outside, LocalUpdates(), every_s=30, recover=False).once()
