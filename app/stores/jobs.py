"""Jobs in SQL: the state machine, one statement a transition.

queued -> running -> done | failed; running -> queued when an attempt fails or its lease ends.

A lease is a token that only the claiming worker knows: what it says counts only while it holds it, so that however
often a job is delivered there is one result. `due_at` is the moment after which somebody must look at the job
again; without it nothing is left to do. A job that exhausted its attempts may be claimed once more: its message is
replayed by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from app.stores.database import Database

Status = Literal["queued", "running", "done", "failed"]
MOST_ATTEMPTS = 5
"""As many as the subscription delivers a message before it is a dead letter."""
EXHAUSTED = "exhausted"
LOST_S = 600.0
SETTLE_S = 60
LAST = (datetime.max.replace(tzinfo=UTC), "g")
"""Before the first page: later than every job."""


@dataclass(frozen=True, slots=True)
class Job:
    """One question and where it stands."""

    id: str
    owner_id: str
    status: Status
    text: str
    audio: str | None
    answer: str | None
    failure: str | None
    model: str | None
    tokens: int
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    due_at: datetime | None


COLUMNS = ", ".join(Job.__dataclass_fields__)
SUBMIT = f"""
    INSERT INTO jobs (id, owner_id, idempotency_key, request_hash, status, text, audio, tokens, attempts,
                      created_at, due_at)
    VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0, 0, $7, $8)
    ON CONFLICT (owner_id, idempotency_key) DO NOTHING RETURNING {COLUMNS}
"""
EARLIER = f"SELECT request_hash, {COLUMNS} FROM jobs WHERE owner_id = $1 AND idempotency_key = $2"
OWN = f"SELECT {COLUMNS} FROM jobs WHERE id = $1 AND owner_id = $2"
HISTORY = f"""
    SELECT {COLUMNS} FROM jobs WHERE owner_id = $1 AND (created_at, id) < ($2, $3)
    ORDER BY created_at DESC, id DESC LIMIT $4
"""
CLAIM = f"""
    UPDATE jobs SET status = 'running', attempts = attempts + 1, lease = $2, due_at = $3, failure = NULL,
                    finished_at = NULL
    WHERE id = $1 AND (status = 'queued' OR (status = 'running' AND due_at < $4)
                       OR (status = 'failed' AND failure = '{EXHAUSTED}'))
    RETURNING {COLUMNS}
"""
FIND = f"SELECT {COLUMNS} FROM jobs WHERE id = $1"
HELD = "WHERE id = $1 AND status = 'running' AND lease = $2"
COMPLETE = f"""
    UPDATE jobs SET status = 'done', answer = $3, model = $4, tokens = $5, finished_at = $6, due_at = $7
    {HELD} RETURNING {COLUMNS}
"""
FAIL = f"UPDATE jobs SET status = 'failed', failure = $3, finished_at = $4, due_at = NULL {HELD} RETURNING id"
RELEASE = f"UPDATE jobs SET status = 'queued', due_at = $3, attempts = attempts - $4 {HELD} RETURNING id"
SETTLE = "UPDATE jobs SET due_at = NULL WHERE id = $1 AND status = 'done' RETURNING id"
HURRY = "UPDATE jobs SET due_at = $2 WHERE id = $1 AND status <> 'running' AND due_at IS NOT NULL RETURNING id"
GIVE_UP = f"""
    UPDATE jobs SET status = 'failed', failure = '{EXHAUSTED}', finished_at = $1, due_at = NULL
    WHERE due_at < $1 AND status IN ('queued', 'running') AND attempts >= {MOST_ATTEMPTS} RETURNING id
"""
# The outer condition is asked again once another sweeper's lock is gone: one of the two gets the job.
AGAIN = """
    UPDATE jobs SET status = CASE WHEN status = 'running' THEN 'queued' ELSE status END, lease = NULL, due_at = $1
"""
OVERDUE = f"""
    {AGAIN} WHERE due_at < $2 AND id IN (SELECT id FROM jobs WHERE due_at < $2 ORDER BY due_at LIMIT $3)
    RETURNING id
"""
UNDONE = f"{AGAIN} WHERE due_at IS NOT NULL RETURNING id"


class KeyReused(Exception):
    """The idempotency key belongs to another request."""


def _utc() -> datetime:
    return datetime.now(UTC)


class Jobs:
    """The jobs in a database. `lost_s`: one that nobody claims for so long is submitted again."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _utc, lost_s: float = LOST_S) -> None:
        self._database, self._now, self._lost = database, now, timedelta(seconds=lost_s)

    async def submit(
        self, *, owner_id: str, text: str, audio: str | None, key: str | None, request_hash: str
    ) -> tuple[Job, bool]:
        """A new job and True; or the one that the same key made before, and False. KeyReused if the key was
        another request's."""
        now = self._now()
        values = (text, audio, now, now + self._lost)
        row = await self._database.fetchrow(SUBMIT, uuid4().hex, owner_id, key, request_hash, *values)
        if row:
            return _job(row), True
        earlier = await self._database.fetchrow(EARLIER, owner_id, key)
        if earlier is None or earlier["request_hash"] != request_hash:
            raise KeyReused
        return _job({name: value for name, value in earlier.items() if name != "request_hash"}), False

    async def own(self, job_id: str, owner_id: str) -> Job | None:
        """The job, if it is the owner's."""
        row = await self._database.fetchrow(OWN, job_id, owner_id)
        return _job(row) if row else None

    async def history(self, owner_id: str, *, before: tuple[datetime, str] = LAST, limit: int) -> list[Job]:
        """The owner's jobs, newest first, that are older than `before` (a job's created_at and id)."""
        return [_job(row) for row in await self._database.fetch(HISTORY, owner_id, *before, limit)]

    async def find(self, job_id: str) -> Job | None:
        """The job, whosever it is."""
        row = await self._database.fetchrow(FIND, job_id)
        return _job(row) if row else None

    async def claim(self, job_id: str, *, lease: str, seconds: float) -> Job | None:
        """The job, now this lease's for `seconds`; None if it is not to be had."""
        now = self._now()
        row = await self._database.fetchrow(CLAIM, job_id, lease, now + timedelta(seconds=seconds), now)
        return _job(row) if row else None

    async def complete(self, job_id: str, *, lease: str, answer: str, model: str, tokens: int) -> Job | None:
        """The job with its result; None if the lease was lost, and the result with it."""
        now = self._now()
        due = now + timedelta(seconds=SETTLE_S)
        storable = answer.replace("\0", "").encode(errors="replace").decode()  # a model may say anything
        row = await self._database.fetchrow(COMPLETE, job_id, lease, storable, model, tokens, now, due)
        return _job(row) if row else None

    async def fail(self, job_id: str, *, lease: str, failure: str) -> bool:
        """Ends the job without a result; False if the lease was lost."""
        return await self._database.fetchrow(FAIL, job_id, lease, failure, self._now()) is not None

    async def release(self, job_id: str, *, lease: str, seconds: float, attempted: bool = True) -> bool:
        """Gives the job back, to be looked at after `seconds`; False if the lease was lost."""
        due = self._now() + timedelta(seconds=seconds)
        return await self._database.fetchrow(RELEASE, job_id, lease, due, 0 if attempted else 1) is not None

    async def settle(self, job_id: str) -> None:
        """Nothing is left to do for the finished job."""
        await self._database.fetchrow(SETTLE, job_id)

    async def hurry(self, job_id: str, *, seconds: float) -> None:
        """Lets the job be overdue soon: its message may not have gone out."""
        await self._database.fetchrow(HURRY, job_id, self._now() + timedelta(seconds=seconds))

    async def overdue(self, limit: int) -> list[str]:
        """Ids of jobs to submit again, which are not overdue any more."""
        now = self._now()
        rows = await self._database.fetch(OVERDUE, now + self._lost, now, limit)
        return [row["id"] for row in rows]

    async def undone(self) -> list[str]:
        """Ids of all jobs to submit again when the one process that does them starts."""
        rows = await self._database.fetch(UNDONE, self._now() + self._lost)
        return [row["id"] for row in rows]

    async def given_up(self) -> list[str]:
        """Ids of overdue jobs without attempts left, which have failed now."""
        return [row["id"] for row in await self._database.fetch(GIVE_UP, self._now())]


def _job(row: Mapping[str, Any]) -> Job:
    return Job(**row)
