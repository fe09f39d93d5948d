"""The Pub/Sub emulator of the Google Cloud CLI, on loopback; PUBSUB_EMULATOR_HOST is its address. It forgets
everything when it stops, and enforces topics' schemas and dead-letter policies, but has no IAM.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.needed import Needed

JARS = Path("/usr/lib/google-cloud-sdk/platform/pubsub-emulator/lib")


@contextmanager
def running() -> Iterator[str]:
    """Its address, for as long as it runs."""
    port = free_port()
    with process(port):
        yield f"127.0.0.1:{port}"


@contextmanager
def process(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The emulator's own process, once it listens on `port`; killed at the end."""
    java = shutil.which("java")
    jars = sorted(JARS.glob("cloud-pubsub-emulator-*-all.jar"))
    if not java or not jars:
        Needed.PUBSUB.skip()
    # Less memory, and quickly interpreted rather than slowly compiled.
    options = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    emulator = subprocess.Popen(
        [java, *options, "-jar", str(jars[-1]), "--host=127.0.0.1", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert emulator.poll() is None, "the Pub/Sub emulator ended at its start"
                assert time.monotonic() < until, f"the Pub/Sub emulator did not answer in {PATIENCE_S:.0f} s"
                time.sleep(0.1)
        yield emulator
    finally:
        if emulator.poll() is None:
            os.killpg(emulator.pid, signal.SIGKILL)
            emulator.wait()
