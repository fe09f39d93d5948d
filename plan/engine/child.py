"""A process that plans one stack and ends: what runs in it, and how it is begun.

It is a copy of the process that wants the plan, made in a millisecond, as long as that has neither threads nor
gRPC, which do not survive being copied; a fresh interpreter otherwise.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from plan.engine.reply import Failed, Planned, Reply, written

_FRESH = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from plan.engine import child; child.fresh()"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One stack to plan."""

    root: str
    stack: str
    system: str | None
    config: Mapping[str, str]


@dataclass(frozen=True)
class Child:
    """A process that was begun: where its reply comes from, and how to wait for its end."""

    pid: int
    reply: int
    """A file descriptor."""

    wait: Callable[[], int]
    """Waits for the end: the exit code, negative for a signal."""

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()


def begin(wanted: Wanted) -> Child:
    """Begins to plan what is wanted."""
    if sys.platform == "linux" and threading.active_count() == 1 and "grpc" not in sys.modules:
        return _copied(wanted)
    return _started(wanted)


def _copied(wanted: Wanted) -> Child:
    source, target = os.pipe()
    # What waits to be written is the parent's to write.
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.close(source)
            atexit._clear()
            code = _answer(wanted, target)
        finally:
            os._exit(code)
    os.close(target)
    return Child(pid, source, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _started(wanted: Wanted) -> Child:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, and the text above
        [sys.executable, "-P", "-c", _FRESH, json.dumps(sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None  # noqa: S101 - narrows the type
    assert process.stdout is not None  # noqa: S101 - narrows the type
    try:
        with process.stdin as stdin:
            stdin.write(json.dumps(asdict(wanted)).encode())
    except BrokenPipeError:
        pass  # It ended at once: its exit code will be told.
    source = os.dup(process.stdout.fileno())
    process.stdout.close()
    return Child(process.pid, source, process.wait)


def fresh() -> None:
    """What a fresh interpreter does: reads what is wanted from standard input, answers on standard output."""
    wanted = Wanted(**json.loads(sys.stdin.buffer.read()))
    sys.argv = sys.argv[:1]
    code = _answer(wanted, os.dup(1))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _answer(wanted: Wanted, target: int) -> int:
    """Plans, and writes the reply; the exit code."""
    # Standard output is the command's: what the program, or what it starts, prints there is no part of a plan.
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    data = written(_planned(wanted))
    try:
        with os.fdopen(target, "wb") as stream:
            stream.write(data)
    except BrokenPipeError:
        return 1  # Whoever wanted it is gone.
    atexit._run_exitfuncs()
    return 0


def _planned(wanted: Wanted) -> Reply:
    try:
        from plan.engine.run import plan_stack  # noqa: PLC0415 - it brings gRPC, which only this process may have

        warnings: list[str] = []
        start = time.perf_counter()
        plan = plan_stack(
            Path(wanted.root), wanted.stack, system=wanted.system, config=wanted.config, warn=warnings.append
        )
        return Planned(plan=plan, warnings=tuple(warnings), seconds=time.perf_counter() - start)
    except BaseException as error:
        return Failed.of(error)
