"""`voicestack preview`: every stack of a system in words, and their plans as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan.errors import ReviewError
from plan.text_file import write_file
from review.arguments import add_common, overrides_of, root_of
from review.progress import doing, remarked, warned
from review.screen import show

if TYPE_CHECKING:
    from plan.engine.processes import Planning

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
    from plan.engine.processes import Planning
    from plan.engine.project import load_project

    project = load_project(root, options.system)
    stacks = project.stacks()
    if not stacks:
        raise ReviewError(
            f"the project {project.name} has no stacks",
            why=f"there is no Pulumi.<stack>{project.file.suffix} in {project.settings}",
            fix="write one for each environment (it may be empty), or use `voicestack plan --stack NAME`",
        )
    with Planning(root, stacks, system=options.system, config=overrides, warn=warned) as planning:
        return _told(options, root, stacks, planning)


def _told(options: argparse.Namespace, root: Path, stacks: list[str], planning: Planning) -> int:
    """Tells of each stack as soon as it and those before it are planned; the exit code."""
    # While the plans are being made: what is imported here is not needed for that.
    from review.summary import summary

    checking = None
    if options.check:
        from review.checking import Checking
        from review.findings_text import findings_text, verdict

        checking = Checking.of(root)
    clean = True
    plans = iter(planning)
    for position, stack in enumerate(stacks):
        with doing(f"planning {stack}", done=position, of=len(stacks)):
            planned = next(plans)
        plan = planned.plan
        if not options.quiet:
            show("\n".join(summary(plan)))
        remarked(f"  planned in {planned.seconds:.1f} s, with no account and no network")
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
