"""A real Redis or Valkey server on loopback, which a test may kill and start again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.needed import Needed

HOST = "127.0.0.1"


class Server:
    """One server on one port; it keeps nothing on disk but a cluster's own notes."""

    host = HOST

    def __init__(self, folder: str, *options: str, tls: bool, cluster: bool) -> None:
        self.port = free_port()
        ports = ["--port", "0", "--tls-port", str(self.port)] if tls else ["--port", str(self.port)]
        if cluster:
            ports += ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
            ports += ["--tls-cluster", "yes" if tls else "no"]
        binary = shutil.which("valkey-server") or shutil.which("redis-server")
        if binary is None:
            Needed.REDIS.skip()
        self._command = [binary, *ports, "--bind", self.host, "--save", "", "--dir", folder, *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{self._command[0]} did not start") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """At once, as in a crash."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Takes connections, but answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answers again, and everything it was asked in between."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def running(*options: str, tls: bool = False, cluster: bool = False) -> Iterator[Server]:
    """A server with these options; a `cluster` has no slots yet."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, *options, tls=tls, cluster=cluster)
        server.start()
        try:
            yield server
        finally:
            server.stop()
