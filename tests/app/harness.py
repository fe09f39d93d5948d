"""What the app's tests share: a client inside the process, and a real process on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from fastapi import FastAPI

START_S = 30.0


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to `app` without a socket, from its start to its stop."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client,
    ):
        yield client


def command(role: str, **variables: str) -> subprocess.Popen[str]:
    """Starts `python -m app ROLE` with these variables and none of the tests' own."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", role],
        env={"PATH": os.environ["PATH"], **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(role: str, **variables: str) -> tuple[int, str, str]:
    """Runs a role to its end: exit code, standard output, standard error."""
    process = command(role, **variables)
    out, err = process.communicate(timeout=START_S)
    return process.returncode, out, err


@contextmanager
def serving(role: str, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A real process of `role` that answers /health, and its address; killed at the end if it still runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = command(role, PORT=str(port), **variables)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + START_S
        while True:
            try:
                httpx.get(f"{address}/health").raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, f"{role} ended at start: {process.communicate()}"
                assert time.monotonic() < until, f"{role} did not answer in {START_S:.0f} s"
                time.sleep(0.05)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
