"""Runs one command of a set-up and tells how far it is: by a line that changes, on a terminal only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from install.installers import surroundings

ASKED = (b"Collecting ", b"Requirement already satisfied", b"Ignoring ")
"""How pip begins a line when it turns to the next package. An installer with other words only tells less."""

LOOK_S = 0.2
"""How often the line changes."""

MOST = 1 << 24
"""Bytes; no installer says more."""


class Failed(Exception):
    """The command failed; the text is what it said."""


def run(command: Sequence[str], packages: Path | None = None, total: int = 0) -> None:
    """Runs `command` to its end; raises Failed. If it puts `total` packages into a folder, that is told."""
    before = _unpacked(packages)
    with tempfile.TemporaryFile() as output:
        # The lock file of VirtualEnvironment stays open in it, so that it is held if only this process is killed.
        try:
            process = subprocess.Popen(  # noqa: S603 - an installer of ours, a list of arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=surroundings(),
                close_fds=False,
            )
        except OSError as error:
            raise Failed(str(error)) from None
        try:
            while (code := _ended(process)) is None:
                lines = os.pread(output.fileno(), MOST, 0).splitlines()
                _show(sum(line.startswith(ASKED) for line in lines), _unpacked(packages) - before, total)
        except KeyboardInterrupt:
            process.wait()  # it was interrupted as well
            raise
        finally:
            _show(0, 0, 0)
        if code:
            said = os.pread(output.fileno(), MOST, 0).decode(errors="replace").strip()
            raise Failed(said or f"it ended with {code} and said nothing")


def _ended(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(LOOK_S)
    except subprocess.TimeoutExpired:
        return None


def _unpacked(packages: Path | None) -> int:
    return sum(path.suffix == ".dist-info" for path in packages.iterdir()) if packages else 0


def _show(fetched: int, unpacked: int, total: int) -> None:
    if sys.stderr.isatty():
        line = (
            f"  unpacked {unpacked} of {total} packages"
            if unpacked > 0
            else f"  fetched {fetched} of {total} packages"
        )
        print(f"\r{line if total else ''}\033[K", end="", file=sys.stderr, flush=True)
