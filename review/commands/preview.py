"""`voicestack preview`: every stack of a system in words, and their plans as files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from plan.errors import ReviewError
from plan.text_file import write_file
from review.arguments import add_common, overrides_of, root_of
from review.progress import doing, remarked, warned
from review.screen import show

_ABOUT = """Plans every stack of a system in one go and tells for each what would exist, what could be reached
from the internet, where data lives, who may do what, and what only Google can say.
Needs no account and no network."""

_EXAMPLES = """examples:
  voicestack preview                  every stack of the root's system
  voicestack preview --out out/plans  and write each plan to out/plans/STACK.json
  voicestack preview --system virtuoso"""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "preview",
        help="every stack of a system, in words",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write each plan to DIR/STACK.json")
    parser.add_argument(
        "--check",
        action="store_true",
        help="look at each with every policy too; 1 where a mandatory one is broken",
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plans every stack and prints its summary; with --check, 1 where a mandatory policy is violated."""
    root, overrides = root_of(options), overrides_of(options)
    from plan.engine.project import load_project
    from plan.engine.run import plan_stack
    from review.summary import summary

    project = load_project(root, options.system)
    stacks = project.stacks()
    if not stacks:
        raise ReviewError(
            f"the project {project.name} has no stacks",
            why=f"there is no Pulumi.<stack>.yaml in {project.settings}",
            fix="write one for each environment",
        )
    checking = None
    if options.check:
        from review.checking import Checking
        from review.findings_text import findings_text, verdict

        checking = Checking.of(root)
    clean = True
    for stack in stacks:
        start = time.perf_counter()
        with doing(f"planning {stack}"):
            plan = plan_stack(root, stack, system=options.system, config=overrides, warn=warned)
        if not options.quiet:
            show("\n".join(summary(plan)))
        remarked(f"  planned in {time.perf_counter() - start:.1f} s, with no account and no network")
        if options.out:
            file = options.out / f"{stack}.json"
            write_file(file, plan.to_json())
            remarked(f"  the whole plan: {file}")
        if checking:
            checked = checking.check(plan)
            clean = clean and checked.is_clean
            if not options.quiet:
                show(f"  policies: {verdict(checked)}; `voicestack check` tells more")
            if checked.findings:
                show("\n" + "\n".join(findings_text(checked)))
        remarked("")
    return 0 if clean else 1
