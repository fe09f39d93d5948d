"""One first run of every policy in a process: over prod, or over a synthetic stack of some size."""

from __future__ import annotations

import gc
import sys
import time

from policies.engine.pack import packs
from policies.engine.run import evaluate
from review.engine.run import plan_stack
from tests.benchmark.measures import PROGRAM, ROOT, report

policies = [policy for pack in packs() for policy in pack.policies]
which = sys.argv[1]
sized = which.isdigit()
plan = plan_stack(PROGRAM, "bench", config={"resources": which}) if sized else plan_stack(ROOT, which)
gc.collect()
# As the command runs: it ends before looking for garbage pays.
gc.disable()
start = time.perf_counter()
evaluate(plan, policies)
report(time.perf_counter() - start, len(plan))
