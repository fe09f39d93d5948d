"""The ASGI application of each role, and what every request passes: id, size limit, headers, one log line."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from google.auth.exceptions import TransportError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.api import api_router
from app.jobs import InProcessQueue, Queue, QueueError, Store
from app.push import KEYS, PushGuard, push_router
from app.settings import Api, Frontend, Worker

LARGEST_BODY = 1 << 20
"""Bytes."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
PAGE = Path(__file__).parent / "page"
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Frame:
    """Middleware around every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request; other scopes pass."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        logs.request_id.set(request_id)
        began, size, status = time.monotonic(), 0, 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413, f"A body has at most {LARGEST_BODY} bytes")
            return message

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update({"x-request-id": request_id, **HEADERS})
            await send(message)

        try:
            await self._app(scope, limited, framed)
        except Exception as error:  # noqa: BLE001, RUF100  # the server would log the exception's message
            logs.log(logging.ERROR, "request failed", error=error)
            if not status:
                await JSONResponse({"detail": "Something went wrong here"}, 500)(scope, receive, framed)
        request = {"requestMethod": scope["method"], "status": status}
        route = getattr(scope.get("route"), "path", "other")
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        # `event`, `endpoint` and `status` are what the log-based metrics count.
        logs.log(
            logging.INFO,
            "request",
            httpRequest=request,
            event="request",
            endpoint=route,
            status=status,
            milliseconds=milliseconds,
        )
        return None


def create_app(settings: Frontend, *, guard: PushGuard | None = None) -> FastAPI:
    """The application of the role whose settings these are; a test may bring a guard of its own."""
    store = Store()
    queue = queue_of(settings, store) if isinstance(settings, Api) else None
    if isinstance(settings, Worker) and settings.auth != "off" and guard is None:
        from google.auth.transport.requests import Request  # noqa: PLC0415  # only this role calls out

        guard = PushGuard(
            audience=settings.audience,
            identity=settings.push_identity,
            fetch=Request(),
            checked=settings.auth == "cloud-run",
        )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if queue is None:
            yield
        else:
            async with queue:
                yield

    # The interactive documentation loads scripts from elsewhere, which the headers forbid.
    app = FastAPI(title="Voicestack", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Frame)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive", "role": settings.role}

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        """What the role depends on answers: the queue; for a worker that verifies tokens, Google's keys."""
        try:
            if queue:
                await queue.check()
            if guard and isinstance(settings, Worker) and settings.auth == "oidc":
                await asyncio.to_thread(guard, KEYS)
        except (QueueError, TransportError) as error:
            logs.log(logging.ERROR, "not ready", reason=str(error))
            raise HTTPException(503, "Not ready; the log says why") from error
        return {"status": "ready", "role": settings.role}

    if queue:
        app.include_router(api_router(queue, store))
    if isinstance(settings, Worker):
        app.include_router(push_router(store, guard))
    # An api that does its own jobs is the whole system on a laptop, page included.
    if settings.role == "frontend" or isinstance(queue, InProcessQueue):
        app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def queue_of(settings: Api, store: Store) -> Queue:
    """Who does the api's jobs."""
    if settings.in_process:
        return InProcessQueue(store)
    from app.topic import TopicQueue  # noqa: PLC0415  # gRPC costs time and memory that others need not pay

    return TopicQueue(settings.topic)
