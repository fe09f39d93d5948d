"""`voicestack plan`: what a stack would create, as a tree or as JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from plan.errors import ReviewError
from plan.text_file import write_file
from review.arguments import add_common, overrides_of, root_of
from review.progress import doing, remarked, warned
from review.screen import show

_ABOUT = """Runs the program of a system against an engine in this process, and prints what would exist:
components as groups, then the resources by family and by type, then the stack's outputs.
Needs no account and no network."""

_EXAMPLES = """examples:
  voicestack plan --stack staging                      the tree of staging
  voicestack plan --stack staging --stack prod         both, one after the other
  voicestack plan --stack prod --json prod.json        as data, into a file
  voicestack plan --stack prod --json - | jq .outputs  as data, to another program
  voicestack plan --stack prod --config region=europe-west4
  voicestack plan --system virtuoso --stack staging    a system of its own, from stacks/virtuoso/"""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "plan",
        help="what a stack would create, as a tree or as JSON",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--stack", action="append", required=True, metavar="NAME", help="the stack; may be given several times"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the plan as JSON to FILE, or to standard output for '-'"
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plans each stack and prints it."""
    if options.json and len(options.stack) > 1:
        raise ReviewError(
            "--json takes one stack",
            why="a file holds one plan",
            fix="run it once a stack, or use `voicestack preview`",
        )
    root, overrides = root_of(options), overrides_of(options)
    from plan.engine.processes import Planning
    from review.tree import tree

    with Planning(root, options.stack, system=options.system, config=overrides, warn=warned) as planning:
        plans = iter(planning)
        for position, stack in enumerate(options.stack):
            with doing(f"planning {stack}", done=position, of=len(options.stack)):
                plan = next(plans).plan
            if options.json == "-":
                sys.stdout.write(plan.to_json())
            elif options.json:
                write_file(Path(options.json), plan.to_json())
                remarked(f"{options.json}: {len(plan)} resources of {plan.system} · {plan.stack}")
            else:
                show("\n" * bool(position) + "\n".join(tree(plan)))
    return 0
