"""`voicestack compare A B`: what changes between two plans, and who gains which access, as Markdown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan.errors import PlanFileError, ReviewError
from review.arguments import add_debug, root_of

if TYPE_CHECKING:
    from plan.plan import Plan

_ABOUT = """Tells what changes between two plans: resources that come, go, move (by their
aliases) and change, who gains or loses which access, what is newly reachable
from the internet. Two files are compared in any folder; a stack or a commit is
planned from the project."""

_EXAMPLES = """A and B are each a file (a plan, a preview or a state), a stack of the working
tree, or a git commit:
  voicestack compare main HEAD                    every stack, between two commits
  voicestack compare main . --stack prod          one stack, from main to the working tree
  voicestack compare old.json new.json            two plans that `voicestack plan --json` wrote
  voicestack compare state.json preview.json      of `pulumi stack export` and `pulumi preview --json`
  voicestack compare staging prod                 how two stacks differ

exit code: 0 compared (with --exit-code: 1 where they differ), 2 bad input."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "compare",
        help="what changes between two plans, and who gains which access, as Markdown",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "before", metavar="A", help="plan, preview or state file, stack, commit, or '.' for the tree"
    )
    parser.add_argument("after", metavar="B", help="the same")
    parser.add_argument("--stack", action="append", metavar="NAME", help="only this stack (may be repeated)")
    parser.add_argument("--system", metavar="NAME", help="the system, where it is not the root's")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where they differ")
    parser.add_argument("--root", type=Path, metavar="DIR", help="the project's root (found from here otherwise)")
    add_debug(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plans both sides and prints what differs."""
    from analysis.comparison import as_if, compare, nothing_like
    from plan.engine.processes import plan_stacks
    from plan.engine.project import stacks_of
    from review.markdown import as_markdown

    sides = (options.before, options.after)
    if all(map(_is_file, sides)):
        _check_files(options)
        before, after = map(_from_file, sides)
    else:
        root = _root(options)
        known = stacks_of(root, options.system)
        if all(side in known and not _is_file(side) for side in sides):
            before, after = ({plan.stack: plan} for plan in plan_stacks(root, sides, system=options.system))
        else:
            before, after = (_plans(root, side, options.stack, known, options.system) for side in sides)
    if len(before) == len(after) == 1:
        # A file or a stack against another, whatever they are called.
        pairs = [(next(iter(before.values())), next(iter(after.values())))]
    else:
        pairs = [
            (before.get(stack) or nothing_like(after[stack]), after.get(stack) or nothing_like(before[stack]))
            for stack in sorted(before.keys() | after.keys())
        ]
    try:
        compared = [compare(old if old.stack == new.stack else as_if(old, new), new) for old, new in pairs]
    except RecursionError as error:
        raise PlanFileError(
            f"{options.before} or {options.after} is nested too deeply",
            why="it has hundreds of values inside each other, and no plan has",
            fix="name another file",
        ) from error
    sys.stdout.write(as_markdown(compared, options.before, options.after))
    return 1 if options.exit_code and any(not one.empty for one in compared) else 0


def _is_file(side: str) -> bool:
    """Whether a side is a file: also one that cannot be read as a plan, which then says why."""
    path = Path(side)
    return path.exists() and not path.is_dir()


def _from_file(side: str) -> dict[str, Plan]:
    from plan.sources.plan_file import read_plan

    plan = read_plan(Path(side))
    return {plan.stack: plan}


def _check_files(options: argparse.Namespace) -> None:
    if options.stack or options.system is not None:
        raise ReviewError(
            "two files are compared as they are",
            why="--stack and --system say what is planned, and nothing is",
            fix="leave --stack and --system, or name a stack or a commit in place of a file",
        )


def _root(options: argparse.Namespace) -> Path:
    try:
        return root_of(options)
    except ReviewError as error:
        if options.root is not None:
            raise
        side = next(side for side in (options.before, options.after) if not _is_file(side))
        raise ReviewError(
            f"'{side}' is no file, and there is no project to plan it from",
            why=error.why,
            fix="name a file that exists, or go to the project's folder (or name it: --root DIR)",
        ) from error


def _plans(
    root: Path, side: str, wanted: list[str] | None, known: list[str], system: str | None
) -> dict[str, Plan]:
    """The plans of one side, by stack."""
    from plan.engine.processes import plan_stacks
    from review.checkout import plans_at

    if _is_file(side):
        return _from_file(side)
    if side in known or side == ".":
        stacks = [side] if side in known else wanted or known
        return {plan.stack: plan for plan in plan_stacks(root, stacks, system=system)}
    return {plan.stack: plan for plan in plans_at(root, side, wanted, system=system)}
