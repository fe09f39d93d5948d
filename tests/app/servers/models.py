"""A server on loopback that speaks OpenAI's chat completions and Vertex's generateContent, and fails to order."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.app.patience import FOR_EVER_S
from tests.http_server import Handler, Server
from tests.http_server import running as serving

TOKEN = "ya29.an-access-token-of-the-test"


@dataclass(frozen=True)
class Reply:
    """What the server does with one request: `cut` sends half of the body it announced, `reset` not even that."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: Literal["whole", "hang", "reset", "cut"] = "whole"

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: dict[str, str]
    body: Any


class ModelServer(Server):
    """Answers with the replies of `script` in their order, and with `usual` when there are none left."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.requests: list[Request] = []
        self.tokens_issued = 0
        self.token_reply: Reply | None = None
        self.script: list[Reply] = []
        self.usual = Reply({})
        self.awake = threading.Event()

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def forget(self) -> None:
        """Nothing was asked, nothing is planned."""
        self.requests, self.script, self.usual = [], [], Reply({})
        self.tokens_issued, self.token_reply = 0, None


class _Handler(Handler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/token":
            self.server.tokens_issued += 1
            issued = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
            self._send(self.server.token_reply or Reply(issued))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.path, headers, json.loads(body)))
        self._send(self.server.script.pop(0) if self.server.script else self.server.usual)

    def _send(self, reply: Reply) -> None:
        if reply.how == "hang":
            self.server.awake.wait(FOR_EVER_S)
        if reply.how in ("hang", "reset"):
            # Closed without lingering, a connection is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.raw)))
        self.end_headers()
        self.wfile.write(reply.raw if reply.how == "whole" else reply.raw[: len(reply.raw) // 2])
        self.close_connection = self.close_connection or reply.how == "cut"


@contextmanager
def running() -> Iterator[ModelServer]:
    """The server, until the end."""
    with serving(ModelServer()) as server:
        try:
            yield server
        finally:
            server.awake.set()
