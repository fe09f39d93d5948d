"""A test's own server is no noise beside the tests, and hides nothing that goes wrong in it."""

from __future__ import annotations

import http.client
import re
import socket
import struct
from contextlib import suppress

import pytest

from tests.http_server import Handler, Server, running
from tests.stacks.planned import ROOT


class Large(Handler):
    """Answers more than a connection takes at once."""

    def respond(self) -> None:
        self.send(200, {}, bytes(1 << 24))


class Broken(Handler):
    """Finds that it was asked wrongly."""

    def respond(self) -> None:
        raise AssertionError("asked for what nobody may have")


def asked(server: Server) -> bytes:
    """What it answers."""
    connection = http.client.HTTPConnection(server.address)
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_a_client_that_goes_away_is_not_told(capfd: pytest.CaptureFixture[str]) -> None:
    waits = Server(Large)
    waits.daemon_threads, waits.block_on_close = False, True  # at its end for all that it answers
    with running(waits) as server:
        with socket.create_connection(("127.0.0.1", server.server_port)) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            client.recv(1)
            # Closed without lingering, a connection is reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert len(asked(server)) == 1 << 24, "it serves the next one"
    assert capfd.readouterr() == ("", "")


def test_what_goes_wrong_in_a_server_fails_its_test_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    refused = suppress(http.client.RemoteDisconnected)
    with pytest.raises(AssertionError, match="nobody may have"), running(Server(Broken)) as server, refused:
        asked(server)
    assert capfd.readouterr() == ("", "")


def test_every_server_in_this_process_is_this_one() -> None:
    imports = re.compile(r"^\s*(from|import) (http\.server|socketserver|wsgiref|xmlrpc\.server)\b", re.MULTILINE)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if path.name != "http_server.py" and imports.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, (
        f"{found}: make it of tests.http_server, which fails its test instead of printing a traceback"
    )
