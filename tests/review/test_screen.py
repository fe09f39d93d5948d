"""What a command writes for people: coloured on a terminal that wants it, and the same bytes everywhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest

from tests.plan.real_engine import PROGRAMS

COMMAND = [sys.executable, "-m", "review.command", "plan", "--root", str(PROGRAMS / "quirks"), "--stack", "dev"]
ANSI = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(r"\r\x1b\[K[^\r\n]*\r\x1b\[K")
"""What stands on the last line while the command works."""


def on_a_terminal(
    command: list[str], environment: Mapping[str, str] | None = None, *, errors: bool = False
) -> str:
    """What `command` writes where standard output (or only standard error) is a terminal, with its line ends taken
    back."""
    master, slave = pty.openpty()
    surroundings = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if errors else slave,
        stderr=slave if errors else subprocess.PIPE,
        env={**surroundings, "TERM": "xterm", "COLUMNS": "100", **(environment or {})},
    ) as process:
        os.close(slave)
        written = b"".join(_chunks(master))
        os.close(master)
        told = process.stderr.read().decode() if process.stderr else written.decode()
    assert process.returncode == 0, told
    return written.decode().replace("\r\n", "\n")


def _chunks(master: int) -> Iterator[bytes]:
    with suppress(OSError):  # Linux says EIO where the other side has closed.
        while chunk := os.read(master, 1 << 16):
            yield chunk


@pytest.fixture(scope="module")
def piped() -> str:
    """What a pipe gets."""
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"}
    )
    return done.stdout


def test_a_pipe_gets_plain_text_and_loads_no_library_for_colours() -> None:
    program = "import sys; from review.command import main; code = main(sys.argv[1:]); assert code == 0, code; "
    program += "assert 'rich' not in sys.modules, 'a pipe asks for no colours'"
    done = subprocess.run(
        [sys.executable, "-c", program, *COMMAND[3:]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout


def test_a_terminal_gets_the_same_words_with_colours(piped: str) -> None:
    shown = on_a_terminal(COMMAND)
    assert "\x1b[" in shown, "a terminal that can show colours gets them"
    assert LINE.sub("", ANSI.sub("", shown)) == piped


@pytest.mark.parametrize(("key", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colours_gets_the_bytes_of_a_pipe(key: str, value: str, piped: str) -> None:
    assert on_a_terminal(COMMAND, {key: value}) == piped


def test_data_has_the_same_bytes_on_a_terminal_and_in_a_pipe() -> None:
    command = [*COMMAND, "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert on_a_terminal(command) == done.stdout


def test_help_loads_no_library_for_colours() -> None:
    program = "import atexit, sys; from review.command import main\n"
    program += "atexit.register(lambda: print('rich' in sys.modules))\nmain(['--help'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("False\n"), "help must answer at once"


def test_several_stacks_show_a_bar_on_a_terminal_and_none_when_quiet() -> None:
    several = [*COMMAND[:-2], "--stack", "dev", "--stack", "dev"]
    assert " 1/2" in ANSI.sub("", on_a_terminal(several, errors=True)), "how many of how many are done"
    assert on_a_terminal([*several, "--quiet"], errors=True) == ""
