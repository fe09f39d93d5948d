"""The WebSocket that tells a job's changes as they happen.

Browsers cannot send an Authorization header with a WebSocket, and an address with a token in it would be logged:
the first message carries the token. An update may be lost (`ports.Updates`), so the job is also looked at from
time to time.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import suppress

from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from app.api.access import Access, Principal
from app.api.texts import ID
from app.api.voice import JobView
from app.ports import Unavailable, Updates
from app.settings import Public
from app.stores.jobs import Jobs
from app.telemetry import metrics

TOKEN_S = 5.0
LOOK_S = 5.0
LONGEST_S = 280
"""Cloud Run cuts a WebSocket at the service's time-out, 300 s by default
(https://cloud.google.com/run/docs/triggering/websockets); this is before. The client comes back."""
MOST_OPEN, MOST_OF_ONE = 500, 100
"""Connections of one process, and of one address in it."""
NO_TOKEN, NO_JOB, TOO_MANY, AGAIN = 4401, 4404, 4429, 1013
NORMAL = 1000


class Hello(BaseModel):
    """What a client says first."""

    token: str


def live_router(  # noqa: PLR0915  # one connection's story, told in four functions
    jobs: Jobs, updates: Updates, access: Access, settings: Public
) -> APIRouter:
    """The route /api/voice/live/{job_id}."""
    router = APIRouter(prefix="/api/voice")
    connected: Counter[str] = Counter()

    async def admitted(socket: WebSocket) -> Principal | None:
        principal = None
        with suppress(TimeoutError, ValueError, KeyError):  # KeyError: bytes instead of text
            async with asyncio.timeout(TOKEN_S):
                hello = Hello.model_validate_json(await socket.receive_text())
            principal = await access.principal(hello.token)
        return principal if principal and principal.may("voice:read") else None

    async def follow(socket: WebSocket, job_id: str, owner_id: str) -> int:
        async with updates.listen(job_id) as changed:
            told = None
            while True:
                changed.clear()
                found = await jobs.own(job_id, owner_id)
                if found is None:
                    return NO_JOB
                if found.status != told:
                    await socket.send_text(JobView.of(found).model_dump_json())
                    told = found.status
                if found.status in ("done", "failed"):
                    return NORMAL
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await changed.wait()

    async def serve(socket: WebSocket, job_id: str) -> int:
        try:
            await access.limit_address(socket)
            principal = await admitted(socket)
            if principal is None:
                return NO_TOKEN
            await access.limit(principal.limited_as, settings.per_user)
        except HTTPException:
            return TOO_MANY
        if not re.fullmatch(ID, job_id):
            return NO_JOB
        following = asyncio.create_task(follow(socket, job_id, principal.user_id))
        leaving = asyncio.create_task(gone(socket))
        try:
            await asyncio.wait({following, leaving}, timeout=LONGEST_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (following, leaving):
                task.cancel()
            await asyncio.gather(following, leaving, return_exceptions=True)
        return AGAIN if following.cancelled() else following.result()

    async def gone(socket: WebSocket) -> None:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass

    @router.websocket("/live/{job_id}")
    async def live(socket: WebSocket, job_id: str) -> None:
        """Sends the job now and whenever it changes; closes when it is finished."""
        await socket.accept()
        address = socket.scope["address"]
        full = connected.total() >= MOST_OPEN or connected[address] >= MOST_OF_ONE
        connected[address] += 1
        metrics.live_connections(1)
        try:
            await socket.close(TOO_MANY if full else await serve(socket, job_id))
        except Unavailable:
            await socket.close(AGAIN)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client left in the middle of a message
        finally:
            connected[address] -= 1
            if not connected[address]:
                del connected[address]
            metrics.live_connections(-1)

    return router
