"""A real Postgres on loopback, where its binaries are: Debian's package postgresql has them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.needed import Needed

OWNER = "migrate@acme.iam"


def binaries() -> Path | None:
    """The folder of the newest server's programs, if there is one."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    installed += [Path(found) for found in [shutil.which("postgres")] if found]
    return installed[-1].resolve().parent if installed else None


def as_postgres() -> dict[str, Any]:
    """Postgres does not run as root: there, nobody runs it."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass
class Server:
    """A server with the database `voice` that OWNER owns; it can be stopped and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    def url(self, user: str = OWNER, database: str = "voice") -> str:
        """How `user` connects."""
        return f"postgresql://{user.replace('@', '%40').replace(chr(34), '%22')}@127.0.0.1:{self.port}/{database}"

    def start(self, *options: str) -> None:
        """Starts it and waits until it answers; further `options` are `name=value`."""
        given = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", "fsync=off", *options]
        arguments = [part for option in given for part in ("-c", option)]
        programs = binaries()
        assert programs is not None
        self.process = subprocess.Popen(
            [str(programs / "postgres"), "-D", self.folder / "data", "-p", str(self.port), *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_postgres(),
        )
        asyncio.run(self._answering())

    def stop(self) -> None:
        """Ends it at once, connections included."""
        if self.process:
            self.process.send_signal(3)  # SIGQUIT: immediate shutdown
            self.process.wait(timeout=PATIENCE_S)
            self.process = None

    async def run(self, sql: str, *, user: str = OWNER, database: str = "voice") -> list[Any]:
        """Runs one statement; its rows."""
        connection = await asyncpg.connect(self.url(user, database), timeout=PATIENCE_S)
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()

    def query(self, sql: str, *, user: str = OWNER, database: str = "voice") -> list[Any]:
        """The same, where no event loop runs."""
        return asyncio.run(self.run(sql, user=user, database=database))

    def fresh(self, name: str) -> str:
        """A new empty database that OWNER owns; OWNER's URL of it."""
        self.query(f'CREATE DATABASE "{name}" OWNER "{OWNER}"', user="postgres", database="postgres")
        return self.url(database=name)

    async def _answering(self) -> None:
        last: Exception | None = None
        for _ in range(int(PATIENCE_S / 0.05)):
            try:
                await self.run("SELECT 1", user="postgres", database="postgres")
                return
            except Exception as error:  # starting: refused, or "starting up"
                last = error
                await asyncio.sleep(0.05)
        raise AssertionError(f"Postgres did not start: {last}")


@contextmanager
def running() -> Iterator[Server]:
    """A server, thrown away at the end; skips the test where there is none."""
    programs = binaries()
    if programs is None:
        Needed.POSTGRES.skip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)  # for nobody
        setup = [
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
        ]
        subprocess.run(setup, check=True, capture_output=True, cwd=folder, **as_postgres())
        server = Server(folder, free_port())
        server.start()
        try:
            server.query(f'CREATE ROLE "{OWNER}" LOGIN', user="postgres", database="postgres")
            server.query(f'CREATE DATABASE voice OWNER "{OWNER}"', user="postgres", database="postgres")
            yield server
        finally:
            server.stop()
