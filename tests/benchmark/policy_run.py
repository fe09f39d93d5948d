"""One first run of every policy in a process: over prod, a synthetic stack of some size, or a plan in a file."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from plan.engine.run import plan_stack
from plan.plan import Plan
from policies.engine.pack import packs
from policies.engine.run import evaluate
from tests.benchmark.measures import PROGRAM, ROOT, report

policies = [policy for pack in packs() for policy in pack.policies]
which = sys.argv[1]
if which.isdigit():
    plan = plan_stack(PROGRAM, "bench", config={"resources": which})
elif which.endswith(".json"):
    plan = Plan.read(Path(which))
else:
    plan = plan_stack(ROOT, which)
gc.collect()
# As the command runs: it ends before looking for garbage pays.
gc.disable()
start, worked = time.perf_counter(), time.process_time()
evaluate(plan, policies)
report(time.perf_counter() - start, len(plan), processor=time.process_time() - worked)
