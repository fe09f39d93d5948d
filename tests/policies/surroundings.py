"""Plans of small programs, through the embedded engine, for the tests of policies."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from plan.engine.project import Project
from plan.engine.run import plan_program
from plan.engine.stack_file import StackConfig
from plan.plan import Plan
from tests.stacks.planned import ROOT

TODAY = datetime.date(2026, 11, 21)
"""The day of every test: what ends some day must not end a test."""


def plan_of(program: Callable[[], object], *, stack: str = "prod") -> Plan:
    """The plan of what `program` registers in a project `demo` without settings; default providers are allowed."""
    here = ROOT / "tests" / "policies"
    project = Project(folder=here, name="demo", program=here, declared={}, settings=here)

    def body() -> None:
        program()

    return plan_program(
        body, root=ROOT, project=project, stack=stack, settings=StackConfig(values={}, secure=frozenset())
    )
