"""How one measured process tells its figures, and how they are gathered."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program")
_KIB = 1024


@dataclass(frozen=True)
class Measured:
    """One process: seconds of the measured part, number of resources, and its peak memory in MiB.

    `processor`: seconds that processors worked for the same, children included; 0 where nobody asked.
    """

    seconds: float
    resources: int
    mebibytes: float
    processor: float = 0

    @property
    def milliseconds_each(self) -> float:
        """Milliseconds a resource."""
        return self.seconds / max(1, self.resources) * 1000


def report(seconds: float, resources: int, *, processor: float = 0) -> None:
    """Prints what `module` reads."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB
    print(json.dumps({"seconds": seconds, "resources": resources, "mebibytes": peak, "processor": processor}))


def module(name: str, *arguments: str) -> Measured:
    """Runs a module of this package that ends with `report`."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmark.{name}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def whole(command: Sequence[str], *, codes: Sequence[int] = (0,)) -> Measured:
    """Runs a command from its start to its end; its output is thrown away. `codes`: how it may end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)}: {process.stderr.read().decode() if process.stderr else ''}")
    worked = usage.ru_utime + usage.ru_stime
    return Measured(seconds=seconds, resources=0, mebibytes=usage.ru_maxrss / _KIB, processor=worked)


def median(several: Sequence[Measured]) -> Measured:
    """The median of each figure."""
    return Measured(
        seconds=statistics.median(each.seconds for each in several),
        resources=several[0].resources,
        mebibytes=statistics.median(each.mebibytes for each in several),
        processor=statistics.median(each.processor for each in several),
    )
