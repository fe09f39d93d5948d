"""Queues carry the ids of jobs to whoever does them. What a message looks like stands here."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

Handle = Callable[[str], Awaitable[bool]]
"""Does the job of this id. True: its message is finished with; False: deliver it again later."""

# A pattern instead of a parser: whatever else is sent, however large or deep, is refused at once.
_MESSAGE = re.compile(rb'\s*\{\s*"id"\s*:\s*"([0-9a-f]{32})"\s*\}\s*')


def encode(job_id: str) -> bytes:
    """The message, as JSON."""
    return b'{"id": "%s"}' % job_id.encode()


def decode(data: bytes) -> str:
    """The job's id; ValueError if this is no message of `encode`."""
    if not (found := _MESSAGE.fullmatch(data)):
        raise ValueError("not the message of a job")
    return found[1].decode()
