"""The embedded engine on the synthetic program: `python -m tests.benchmark.embedded RESOURCES`."""

from __future__ import annotations

import sys
import time

from plan.engine.run import plan_stack
from tests.benchmark.measures import PROGRAM, report


def run(resources: int) -> int:
    """Plans the program once; the number of resources in the plan."""
    return len(plan_stack(PROGRAM, "bench", config={"resources": str(resources)}))


if __name__ == "__main__":
    # The first run loads the SDK's classes, which is not what is measured.
    run(60)
    start = time.perf_counter()
    made = run(int(sys.argv[1]))
    report(time.perf_counter() - start, made)
