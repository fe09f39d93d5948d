"""Ports: what the roles need from outside, as protocols. Each has a real adapter and an embedded twin, which pass
the same contract tests; a role imports only those that its settings name (app/adapters.py).

Every adapter is an async context that lasts as long as the process serves. What does not answer raises
`Unavailable`, never a driver's own error.
"""

from __future__ import annotations

from asyncio import Event
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self


class Unavailable(Exception):
    """A dependency does not answer now; asking again later may help.

    The message names the dependency and the kind of error, never data.
    """


class Conflict(Unavailable):
    """What is asked contradicts what was stored meanwhile; asking again does not help."""


class Adapter(Protocol):
    """What all ports have in common."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...
    async def check(self) -> None:
        """Really asks the dependency; Unavailable if it could not be used now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rate limit says about one request."""

    allowed: bool
    remaining: int
    retry_after_s: int = 0


class Limiter(Adapter, Protocol):
    """Counts requests in fixed windows, shared between instances."""

    async def take(self, key: str, *, limit: int, period_s: int) -> Verdict:
        """Counts one request of `key` against `limit` in each `period_s`; never raises: see the adapter."""


class Queue(Adapter, Protocol):
    """Carries the ids of jobs to whoever does them, at least once, in any order."""

    async def submit(self, job_id: str) -> None:
        """Returns once the message is stored; Unavailable otherwise."""


class Updates(Adapter, Protocol):
    """Tells that a job changed, between instances, at most once: who listens also asks from time to time."""

    async def changed(self, job_id: str) -> None:
        """Tells the listeners; a failure is no error."""

    def listen(self, job_id: str) -> AbstractAsyncContextManager[Event]:
        """Gives an event that is set whenever the job may have changed; who has seen it clears it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a client sends the bytes of one audio file, by PUT with these headers."""

    url: str
    headers: dict[str, str]


LARGEST_AUDIO = 8 << 20
"""Bytes of one recording: about ten minutes of compressed speech, and within what assistants take in a request."""


class Files(Adapter, Protocol):
    """Audio, by name (`<owner's id>/<upload's id>`)."""

    async def upload(self, name: str, *, content_type: str, size: int, origin: str | None) -> Upload:
        """Where to send exactly `size` bytes; `origin`: the page's, for CORS. Each name is written once."""

    async def read(self, name: str, *, at_most: int) -> tuple[str, bytes] | None:
        """Content type and bytes; None if nothing whole is there. ValueError if there are more than `at_most`."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was asked and answered in one job."""

    job_id: str
    owner_id: str
    question: str
    answer: str
    model: str
    tokens: int
    finished_at: datetime


class Transcripts(Adapter, Protocol):
    """Transcripts by job id."""

    async def put(self, transcript: Transcript) -> None:
        """Writes it; again is the same as once."""

    async def get(self, job_id: str) -> Transcript | None:
        """The transcript, if there is one."""


class Activity(Adapter, Protocol):
    """What users did, for the warehouse; at least once."""

    async def publish(self, activity: str, *, user_id: str, occurred_at: datetime) -> None:
        """Returns once it is stored; Unavailable otherwise."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an assistant is asked: a text, or audio (content type and bytes), or both."""

    text: str
    audio: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What it said, which model said it, and the tokens of question and answer together."""

    text: str
    model: str
    tokens: int


class Refused(Exception):
    """The assistant will never answer this question (malformed, unsafe, too long); asking again does not help.

    The message is a word or two for the job's `failure`, never the question.
    """


class Assistant(Adapter, Protocol):
    """Answers questions."""

    async def answer(self, prompt: Prompt) -> Answer:
        """Refused for good, Unavailable for now; cancelled when the caller's time is over."""


class Budget(Protocol):
    """Tokens that all instances together may use within an hour."""

    async def left(self) -> int:
        """How many are left in this hour, as known a few seconds ago."""

    async def spend(self, tokens: int) -> None:
        """Counts them."""
