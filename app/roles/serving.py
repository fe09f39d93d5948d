"""The ASGI application of a role, and what all of them answer: /health, /ready, /metrics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig

from app import telemetry
from app.api.problems import handle_problems, problem, refusals
from app.frame import Frame
from app.ports import Adapter, Unavailable
from app.roles.parts import Parts
from app.settings import Api, Frontend, Local, Public, Worker
from app.telemetry import metrics
from app.telemetry.logs import log

PAGE = Path(__file__).parents[1] / "page"
READY_S = 5.0
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
"""FastAPI's own would count what app/frame.py counts."""
ON_CLOUD_RUN = 2
"""Trusted proxies there: the load balancer adds the client's address and its own."""


KEPT = "public, max-age=60, stale-while-revalidate=0"
"""How long caches keep the page: its scripts import each other, and one of yesterday's would not fit the others.
Unless told so, the load balancer's would use a file for an hour, and once more up to a day later
(https://cloud.google.com/cdn/docs/serving-stale-content)."""


class Page(StaticFiles):
    """The page's files."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """One of them, or that it has not changed."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = KEPT
        return response


def create_app(settings: Frontend) -> FastAPI:
    """The application of the role whose settings these are."""
    # The interactive documentation loads scripts from elsewhere, which the headers forbid.
    app = FastAPI(
        title="Voicestack",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    _frame(app, settings)
    parts = _parts(app, settings)
    _operation(app, settings, parts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(telemetry.shutdown)
            for part in (*parts.needs, *parts.likes, *parts.background):
                await stack.enter_async_context(part)
            log(logging.INFO, "started", role=settings.role)
            yield
            log(logging.INFO, "stopping", role=settings.role)

    app.router.lifespan_context = lifespan
    if settings.role in ("frontend", "local"):
        app.mount("/", Page(directory=PAGE, html=True))
    return app


def _parts(app: FastAPI, settings: Frontend) -> Parts:
    # A role imports only what it uses.
    match settings:
        case Api():
            from app.roles.api import serve_api  # noqa: PLC0415

            return serve_api(app, settings)
        case Local():
            from app.roles.local import serve_local  # noqa: PLC0415

            return serve_local(app, settings)
        case Worker():
            from app.roles.worker import serve_worker  # noqa: PLC0415

            return serve_worker(app, settings)
    return Parts()


def _frame(app: FastAPI, settings: Frontend) -> None:
    proxies = settings.proxies if isinstance(settings, Public) else None
    if isinstance(settings, Public) and settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["authorization", "content-type", "idempotency-key", "x-api-key"],
            expose_headers=["location", "retry-after", "x-request-id"],
        )
    app.add_middleware(Frame, proxies=(ON_CLOUD_RUN if settings.cloud else 0) if proxies is None else proxies)
    handle_problems(app)


def _operation(app: FastAPI, settings: Frontend, parts: Parts) -> None:
    @app.get("/health", tags=["operation"])
    async def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive", "role": settings.role}

    @app.get("/ready", tags=["operation"], response_model=None, responses=refusals(503))
    async def ready() -> dict[str, Any] | JSONResponse:
        """What the role depends on answers. Without what it only likes it is ready, and says so."""
        missing = await _failures(parts.needs)
        if missing:
            log(logging.ERROR, "not ready", reasons=missing)
            return problem(503, f"Not ready: {', '.join(missing)}")
        return {"status": "ready", "role": settings.role, "without": await _failures(parts.likes)}

    if settings.cloud:  # there they are sent; to be scraped, an instance would have to be reachable by itself
        return

    @app.get("/metrics", include_in_schema=False)
    async def scrape() -> Response:
        """Metrics for Prometheus."""
        content, media_type = metrics.scrape()
        return Response(content, media_type=media_type)


async def _failures(adapters: Sequence[Adapter]) -> list[str]:
    async def failure(adapter: Adapter) -> str | None:
        try:
            async with asyncio.timeout(READY_S):
                await adapter.check()
        except Unavailable as error:
            return str(error)
        except TimeoutError:
            return f"{type(adapter).__name__}: TimeoutError"
        return None

    found = await asyncio.gather(*(failure(adapter) for adapter in adapters))
    return sorted(one for one in found if one)
