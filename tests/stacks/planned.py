"""The reference stacks, planned once a process, for the tests to read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from plan.engine.run import plan_stack
from plan.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("staging", "prod")


@cache
def planned(stack: str, *config: tuple[str, str]) -> Plan:
    """The plan of a reference stack, with `config` overriding its settings."""
    return plan_stack(ROOT, stack, config=dict(config))
