"""The Firestore emulator of the Google Cloud CLI, on loopback; FIRESTORE_EMULATOR_HOST is its address."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.needed import Needed

JAR = Path("/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")
MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"


@contextmanager
def running() -> Iterator[str]:
    """Its address, for as long as it runs."""
    port = free_port()
    with process(port):
        yield f"127.0.0.1:{port}"


@contextmanager
def process(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The emulator's own process, once it answers on `port`; killed at the end."""
    java = shutil.which("java")
    if not java or not JAR.exists():
        Needed.FIRESTORE.skip()
    # As its own script starts it; less memory, and quickly interpreted rather than slowly compiled.
    options = ("-Duser.language=en", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    emulator = subprocess.Popen(
        [java, *options, "-cp", str(JAR), MAIN, "--host=127.0.0.1", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/").raise_for_status()
                break
            except httpx.TransportError:
                assert emulator.poll() is None, "the Firestore emulator ended at its start"
                assert time.monotonic() < until, f"the Firestore emulator did not answer in {PATIENCE_S:.0f} s"
                time.sleep(0.1)
        yield emulator
    finally:
        os.killpg(emulator.pid, signal.SIGKILL)
        emulator.wait()
