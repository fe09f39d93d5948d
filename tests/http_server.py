"""The HTTP server on loopback that all stand-ins in tests are made of: what goes wrong in one fails its test, and
nothing of it is printed beside the tests. That a client goes away is nothing wrong: many tests are about that.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

POLL_S = 0.01
"""How soon a server notices that it should stop."""


class Handler(BaseHTTPRequestHandler):
    """Answers whatever method it is asked by, and says nothing of it."""

    def respond(self) -> None:
        """The answer to one request, by `send`; `command` is its method."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """The base class looks for a name like this one."""
        self.respond()

    do_POST = do_PUT = do_OPTIONS = do_GET  # noqa: N815 - likewise

    def log_message(self, *_: object) -> None:
        """The base class prints each request."""

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """One whole answer."""
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server on a free port of loopback."""

    daemon_threads = True
    block_on_close = False  # a handler that hangs on purpose ends with the process
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.faults: list[BaseException] = []

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keeps what a handler raised; the base class prints it, also where the client is only gone."""
        fault = sys.exception()
        if fault is not None and not isinstance(fault, ConnectionError):
            self.faults.append(fault)

    def stop(self) -> None:
        """Takes no more connections; raises what a handler raised."""
        self.shutdown()
        self.server_close()
        if self.faults:
            raise self.faults.pop()


Some = TypeVar("Some", bound=Server)


@contextmanager
def running(server: Some) -> Iterator[Some]:
    """`server`, until the end."""
    threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
    try:
        yield server
    finally:
        server.stop()
