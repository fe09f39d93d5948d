"""Which policy grows worst with the size of a stack: each alone, at two sizes."""

from __future__ import annotations

import gc
import json
import math
import time

from analysis.stack import Stack
from plan.engine.run import plan_stack
from plan.plan import Plan
from policies.engine.pack import packs
from policies.engine.policy import Policy
from tests.benchmark.measures import PROGRAM

_SIZES = (2000, 10_000)
_TELLING_MS = 20.0
"""What takes less at the larger size is too short to tell how it grows."""


def alone(policy: Policy, plan: Plan) -> float:
    """Milliseconds of one policy that has to make every index itself; the best of three."""
    best = math.inf
    for _ in range(3):
        stack = Stack(plan)
        start = time.perf_counter()
        for _result in policy.look(stack, policy.settings()):
            pass
        best = min(best, time.perf_counter() - start)
    return best * 1000


gc.disable()
small, large = (plan_stack(PROGRAM, "bench", config={"resources": str(size)}) for size in _SIZES)
growth = []
for policy in [policy for pack in packs() for policy in pack.policies]:
    before, after = alone(policy, small), alone(policy, large)
    if after >= _TELLING_MS:
        growth.append((policy.id, after, math.log(after / before) / math.log(len(large) / len(small))))
growth.sort(key=lambda row: -row[2])
print(json.dumps({"resources": len(large), "worst": growth[:3]}))
