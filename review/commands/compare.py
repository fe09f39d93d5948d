"""`voicestack compare A B`: what changes between two plans, and who gains which access, as Markdown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan.plan import Plan

_EXAMPLES = """A and B are each a plan file, a stack of the working tree, or a git commit:
  voicestack compare main HEAD                    every stack, between two commits
  voicestack compare main . --stack prod          one stack, from main to the working tree
  voicestack compare old.json new.json            two plans that `voicestack plan --json` wrote
  voicestack compare staging prod                 how two stacks differ

exit code: 0 compared (with --exit-code: 1 where they differ), 2 bad input."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "compare",
        help="what changes between two plans, and who gains which access, as Markdown",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("before", metavar="A", help="plan file, stack, commit, or '.' for the working tree")
    parser.add_argument("after", metavar="B", help="the same")
    parser.add_argument("--stack", action="append", metavar="NAME", help="only this stack (may be repeated)")
    parser.add_argument("--system", metavar="NAME", help="the system, where it is not the root's")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 where they differ")
    parser.add_argument("--root", type=Path, metavar="DIR", help="the project's root (found from here otherwise)")
    parser.add_argument("--debug", action="store_true", help="show where an error came from")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plans both sides and prints what differs."""
    from analysis.comparison import as_if, compare, nothing_like
    from plan.engine.processes import plan_stacks
    from plan.engine.project import find_root, stacks_of
    from review.markdown import as_markdown

    root = options.root or find_root(Path.cwd())
    known = stacks_of(root, options.system)
    sides = (options.before, options.after)
    if all(side in known and not Path(side).is_file() for side in sides):
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
    compared = [compare(old if old.stack == new.stack else as_if(old, new), new) for old, new in pairs]
    sys.stdout.write(as_markdown(compared, options.before, options.after))
    return 1 if options.exit_code and any(not one.empty for one in compared) else 0


def _plans(
    root: Path, side: str, wanted: list[str] | None, known: list[str], system: str | None
) -> dict[str, Plan]:
    """The plans of one side, by stack."""
    from plan.engine.processes import plan_stacks
    from plan.plan import Plan
    from review.checkout import plans_at

    if Path(side).is_file():
        plan = Plan.read(Path(side))
        return {plan.stack: plan}
    if side in known or side == ".":
        stacks = [side] if side in known else wanted or known
        return {plan.stack: plan for plan in plan_stacks(root, stacks, system=system)}
    return {plan.stack: plan for plan in plans_at(root, side, wanted, system=system)}
