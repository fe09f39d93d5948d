"""The plans that a command looks at: the stacks that are chosen, planned here, or one plan from a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from plan.errors import PlanFileError, ReviewError
from review.arguments import overrides_of, root_of
from review.progress import doing, warned

if TYPE_CHECKING:
    from plan.plan import Plan


def add_plans(parser: argparse.ArgumentParser) -> None:
    """Adds --stack and --plan."""
    parser.add_argument(
        "--stack", action="append", metavar="NAME", help="the stack; may be given several times (default: all)"
    )
    parser.add_argument(
        "--plan", type=Path, metavar="FILE", help="read this plan, preview or state instead of planning"
    )


def plans_of(options: argparse.Namespace) -> list[Plan]:
    """The plans; ReviewError where options contradict each other, or there is no stack."""
    check_plans(options)
    # Not at the top: --help must not wait for what only a run needs.
    if options.plan:
        from plan.sources.plan_file import read_plan  # noqa: PLC0415

        return [read_plan(options.plan)]
    root, overrides = root_of(options), overrides_of(options)
    from plan.engine.processes import Planning  # noqa: PLC0415
    from plan.engine.project import stacks_of  # noqa: PLC0415

    stacks = list(dict.fromkeys(options.stack or stacks_of(root, options.system)))
    found = []
    with Planning(root, stacks, system=options.system, config=overrides, warn=warned) as planning:
        plans = iter(planning)
        for position, stack in enumerate(stacks):
            with doing(f"planning {stack}", done=position, of=len(stacks)):
                found.append(next(plans).plan)
    if not found:
        raise ReviewError(
            "there is no stack to look at",
            why="the project has no Pulumi.<stack>.yaml",
            fix="write one (it may be empty), name the stack with --stack, or give --plan FILE",
        )
    return found


def check_plans(options: argparse.Namespace) -> None:
    """ReviewError where --plan does not stand alone."""
    if options.plan and (options.stack or options.config or options.system is not None):
        raise ReviewError(
            "--plan stands alone",
            why="the file holds one stack already planned, of the system that it was planned for",
            fix="leave --stack, --system and --config",
        )


@contextmanager
def walking(options: argparse.Namespace) -> Iterator[None]:
    """PlanFileError where the values of --plan are nested deeper than can be walked: no plan's are."""
    try:
        yield
    except RecursionError as error:
        if options.plan is None:
            raise
        raise PlanFileError(
            f"{options.plan} is nested too deeply",
            why="it has hundreds of values inside each other, and no plan has",
            fix="name another file",
        ) from error
