"""Plans the stacks of one command, each in a process of its own, as many at a time as there are cores.

So nothing that one program does to its process (variables, modules, the import path) reaches another's plan, or
the command. How a process is begun and what it answers is in `child` and `reply`.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from plan.engine import reply
from plan.engine.child import Child, Wanted, begin
from plan.engine.reply import Failed, Planned, Reply
from plan.errors import ProgramError
from plan.plan import Plan

_CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def plan_stacks(
    root: Path, stacks: Sequence[str], *, system: str | None = None, config: Mapping[str, str] | None = None
) -> list[Plan]:
    """The plans of `stacks`, in their order, without their warnings. VoicestackError as `Planning` raises it."""
    with Planning(root, stacks, system=system, config=config) as planning:
        return [planned.plan for planned in planning]


class Planning:
    """The planning of some stacks, from `with` on; iterate for the results, in the order of the stacks.

    VoicestackError where a program or its settings are wrong. None of the processes outlives the `with`.
    """

    def __init__(
        self,
        root: Path,
        stacks: Sequence[str],
        *,
        system: str | None = None,
        config: Mapping[str, str] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._wanted = [
            Wanted(root=str(root.resolve()), stack=stack, system=system, config=dict(config or {}))
            for stack in stacks
        ]
        self._warn = warn
        self._begun = 0
        self._running: dict[int, tuple[Child, bytearray]] = {}
        self._replies: dict[int, Reply] = {}
        self._selector = selectors.DefaultSelector()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for ending in _ENDINGS:
                if signal.getsignal(ending) is signal.SIG_DFL:
                    self._before[ending] = signal.signal(ending, self._ended)
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __iter__(self) -> Iterator[Planned]:
        for position in range(len(self._wanted)):
            while position not in self._replies:
                self._listen()
            found = self._replies.pop(position)
            if isinstance(found, Failed):
                found.raise_here()
            for warning in found.warnings:
                if self._warn is not None:
                    self._warn(warning)
            yield found

    def _begin(self) -> None:
        """Begins as many as there are cores for."""
        while self._begun < len(self._wanted) and len(self._running) < _CORES:
            child = begin(self._wanted[self._begun])
            self._running[self._begun] = (child, bytearray())
            self._selector.register(child.reply, selectors.EVENT_READ, self._begun)
            self._begun += 1

    def _listen(self) -> None:
        """Takes what the processes have said until now; waits for the first word."""
        for key, _ in self._selector.select():
            child, said = self._running[key.data]
            if part := os.read(child.reply, 1 << 20):
                said += part
                continue
            self._selector.unregister(child.reply)
            os.close(child.reply)
            del self._running[key.data]
            code = child.wait()
            self._replies[key.data] = reply.read(bytes(said)) or Failed.of(_died(self._wanted[key.data], code))
            self._begin()

    def _end(self) -> None:
        for child, _ in self._running.values():
            child.end()
            os.close(child.reply)
        self._running.clear()
        self._selector.close()
        for ending, before in self._before.items():
            signal.signal(ending, before)
        self._before.clear()

    def _ended(self, number: int, _frame: FrameType | None) -> None:
        """This process is told to end: those that it began go first."""
        self._end()
        os.kill(os.getpid(), number)


def _died(wanted: Wanted, code: int) -> ProgramError:
    how = f"by the signal {signal.Signals(-code).name}" if code < 0 else f"with the exit code {code}"
    return ProgramError(
        f"the process that plans the stack '{wanted.stack}' ended {how} before its plan was made",
        why="the program ended it (os._exit, a crash in a library), or the machine did (out of memory)",
        fix="look at what the program calls; then plan the stack alone with `voicestack plan --stack`",
    )
