"""The reference stack planned again in one process: `python -m tests.benchmark.again STACK`.

The real components, without the time that loading the SDK's classes takes.
"""

from __future__ import annotations

import sys
import time

from plan.engine.run import plan_stack
from tests.benchmark.measures import ROOT, report

if __name__ == "__main__":
    plan_stack(ROOT, sys.argv[1])
    start = time.perf_counter()
    made = len(plan_stack(ROOT, sys.argv[1]))
    report(time.perf_counter() - start, made)
