"""What every request passes: id, address, size limit, headers, one log line, one measurement. Pure ASGI."""

from __future__ import annotations

import codecs
import logging
import re
import time
from contextlib import nullcontext, suppress
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network
from uuid import uuid4

from fastapi import HTTPException
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem
from app.ports import LARGEST_AUDIO
from app.telemetry import logs, metrics
from app.telemetry.traces import describe, span

LARGEST_BODY = 64 << 10
"""Bytes of a request that is no recording and no push."""
LARGEST_PUSH = 15 << 20
"""A message has at most 10 MB (https://cloud.google.com/pubsub/quotas#resource_limits), in base64 a third more."""
LARGEST = {"/api/voice/uploads/": LARGEST_AUDIO, "/pubsub/push": LARGEST_PUSH}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
VERSION = "/api/v1/"
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' "
    "https://storage.googleapis.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}
PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Asked by machines all the time; a trace of them tells nothing."""
RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
NOT_KEPT = (b"cache-control", b"no-store")
"""Tokens and what users wrote are in nobody's cache."""


class Frame:
    """Middleware around every request. `proxies`: how many trusted ones stand before this process, each of which
    adds to X-Forwarded-For the address that it was called from."""

    def __init__(self, app: ASGIApp, *, proxies: int = 0) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        if scope["path"].startswith(VERSION):
            scope["path"] = scope["path"].replace(VERSION, "/api/", 1)
        headers = dict(scope["headers"])
        scope["address"] = self._address(scope)
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        logs.request_id.set(request_id)
        parent = headers.get(b"traceparent", b"").decode("latin-1") or None
        probe = scope["path"] in PROBES
        with nullcontext() if probe else span("request", parent=parent, kind=SpanKind.SERVER):
            await self._request(scope, receive, send, request_id.encode())
        return None

    async def _request(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        began, size, status = time.perf_counter(), 0, 0
        largest = next((most for path, most in LARGEST.items() if scope["path"].startswith(path)), LARGEST_BODY)
        decoder = codecs.getincrementaldecoder("utf-8")()

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            body = message.get("body", b"")
            size += len(body)
            if size > largest:
                raise HTTPException(413, f"This body may have at most {largest} bytes")
            if body and largest == LARGEST_BODY:
                _text(decoder, body, final=not message.get("more_body"))
            return message

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id), *RAW]
                if scope["path"].startswith("/api/"):
                    message["headers"].append(NOT_KEPT)
            await send(message)

        try:
            await self._app(scope, limited, framed)
        except Exception as error:  # noqa: BLE001, RUF100  # the server would log the exception's message
            logs.log(logging.ERROR, "request failed", error=error)
            if not status:
                await problem(500, "Something went wrong here")(scope, receive, framed)
        # A route's template, never the path: it may hold anything.
        route = getattr(scope.get("route"), "path", "other")
        seconds = time.perf_counter() - began
        labels = metrics.request(route, scope["method"], status, seconds)
        # Named as in https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
        name, failed = f"{labels['http.request.method']} {route}", status >= HTTPStatus.INTERNAL_SERVER_ERROR
        describe(name, labels, failed=failed)
        # `event`, `endpoint` and `status` are what the platform's log-based metrics count.
        logs.log(
            logging.INFO,
            "request",
            event="request",
            endpoint=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            httpRequest={"requestMethod": scope["method"], "status": status},
        )

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One line for each, once it is over. Without a code it was the client who left."""
        began, code = time.perf_counter(), None
        logs.request_id.set(uuid4().hex)

        async def noted(message: Message) -> None:
            nonlocal code
            if message["type"] == "websocket.close":
                code = message.get("code")
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            # No `request`: a socket has no status for the platform's metrics to count.
            logs.log(logging.INFO, "socket", event="socket", endpoint=route, code=code, milliseconds=milliseconds)

    def _address(self, scope: Scope) -> str:
        address = str(scope["client"][0]) if scope.get("client") else ""
        if self._proxies:
            # https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header: what the client wrote
            # comes first, so it is counted from the end.
            given = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
            way = [*(part.strip() for part in given.decode("latin-1").split(",") if part.strip()), address]
            address = way[max(0, len(way) - 1 - self._proxies)][:64]
        if ":" in address:  # IPv6: whoever has one address has the 2^64 of its network
            with suppress(ValueError):
                mapped = IPv6Address(address).ipv4_mapped
                address = str(mapped or IPv6Network((address, 64), strict=False))
        return address


def _text(decoder: codecs.IncrementalDecoder, body: bytes, *, final: bool) -> None:
    """HTTPException if this part of a body is no UTF-8. Python would also take UTF-16 and UTF-32 for JSON
    (RFC 8259, section 8.1, does not), which a firewall before this process cannot read; without a byte order mark
    they are told by their zeros, and no JSON holds any."""
    try:
        decoder.decode(body, final)
    except UnicodeDecodeError:
        raise HTTPException(400, "This body is not UTF-8") from None
    if b"\0" in body:
        raise HTTPException(400, "This body is not UTF-8")
