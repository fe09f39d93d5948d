"""`voicestack learn`: makes the table of what the provider adds, from previews of the real engine."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from plan.text_file import write_file
from review.arguments import add_debug
from review.progress import remarked

_ABOUT = """Reads previews of the real engine (`pulumi preview --json`) and writes the table of provider defaults,
and of outputs known at plan time, that the embedded engine uses. Outputs are learned where the program was
run through plan/probe. For maintainers: run it after an upgrade of pulumi-gcp."""

_EXAMPLES = """example:
  voicestack learn staging.json prod.json    renews plan/engine/provider_table.json"""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "learn",
        help="renew the table of provider defaults from real previews",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("previews", nargs="+", type=Path, metavar="PREVIEW")
    parser.add_argument("--out", type=Path, metavar="FILE", help="another file than the bundled table")
    add_debug(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Reads the previews and writes the table."""
    from plan.engine.learn import learn
    from plan.engine.table import TABLE
    from plan.json_text import read_text
    from plan.sources import preview_json

    learned = learn([preview_json.read(read_text(file), origin=str(file)) for file in options.previews])
    out = options.out or TABLE
    write_file(out, json.dumps(learned.as_json(), indent=1, sort_keys=True) + "\n")
    for line in sorted(set(learned.reports)):
        print(f"left out: {line}", file=sys.stderr)
    remarked(f"{out}: {len(learned.types)} types")
    return 0
