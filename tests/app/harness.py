"""What the app's tests share: clients inside the process (HTTP and WebSocket), and a real process on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from app.api.problems import handle_problems
from app.frame import Frame
from tests.app.deadlines import ROOT, command_of
from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port


def framed() -> FastAPI:
    """An application without routes, within what every request passes."""
    app = FastAPI()
    app.add_middleware(Frame)
    handle_problems(app)
    return app


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to `app` without a socket, from its start to its stop."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client,
    ):
        yield client


class Closed(Exception):
    """The server closed the WebSocket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """The client's end of a WebSocket without a network."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.received: asyncio.Queue[Any] = asyncio.Queue()

    async def send(self, data: str | bytes) -> None:
        """One message."""
        await self.sent.put({"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data})

    async def receive(self) -> Any:
        """The next message, as JSON says it; Closed if there is none any more."""
        async with asyncio.timeout(PATIENCE_S):
            message = await self.received.get()
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000))
        return json.loads(message["text"])

    def leave(self) -> None:
        """Goes away without a word."""
        self.sent.put_nowait({"type": "websocket.disconnect", "code": 1006})


@asynccontextmanager
async def socket_of(app: FastAPI, path: str, address: str = "127.0.0.1") -> AsyncIterator[Socket]:
    """A WebSocket of `app`, accepted. At the end the client leaves, and the app is done with it."""
    client = Socket()
    scope = {"type": "websocket", "asgi": {"version": "3.0"}, "path": path, "headers": [], "query_string": b""}
    scope |= {"client": (address, 1), "scheme": "ws", "subprotocols": [], "root_path": ""}
    client.sent.put_nowait({"type": "websocket.connect"})
    served = asyncio.create_task(app(scope, client.sent.get, client.received.put))
    try:
        assert (await client.received.get())["type"] == "websocket.accept"
        yield client
    finally:
        client.leave()
        await asyncio.wait_for(served, PATIENCE_S)


def started(*command: str, **variables: str) -> subprocess.Popen[str]:
    """Starts `command` with these variables and none of the tests' own."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(role: str, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Runs a role to its end: exit code, standard output, standard error."""
    process = started(sys.executable, "-m", "app", role, *arguments, **variables)
    try:
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()  # one that does not end would outlive the tests
    return process.returncode, out, err


@contextmanager
def serving(
    role: str, deadlines: Mapping[str, float] | None = None, /, **variables: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A real process of `role` that answers /health, and its address; killed at the end if it still runs. With
    `deadlines` it has these instead of its own."""
    port = free_port()
    command = command_of(role, deadlines) if deadlines else [sys.executable, "-m", "app", role]
    process = started(*command, PORT=str(port), **variables)
    try:
        address = f"http://127.0.0.1:{port}"
        last = time.monotonic() + PATIENCE_S
        while True:
            try:
                httpx.get(f"{address}/health").raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, f"{role} ended at start: {process.communicate()}"
                assert time.monotonic() < last, f"{role} did not answer in {PATIENCE_S:.0f} s"
                time.sleep(0.05)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
