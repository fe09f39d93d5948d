"""`voicestack diagram`: a picture of a stack's architecture, drawn from its plan."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from plan.text_file import write_file
from review.arguments import add_common, overrides_of, root_of
from review.progress import doing, remarked

_ABOUT = """Draws a stack's architecture from its plan: from the clients, by the load balancer and the services, to
what each service declared to use. A link is in the picture because it is in the plan.
Telemetry, networks, identities and keys are left out. Needs no account and no network."""

_EXAMPLES = """examples:
  voicestack diagram --stack prod                             Mermaid, to standard output
  voicestack diagram --stack prod --format svg --output docs/architecture.svg
  voicestack diagram --system virtuoso --stack staging        a system of its own, from stacks/virtuoso/

GitHub draws Mermaid in Markdown, between ```mermaid and ```. The SVG needs nothing else, and is light or dark as
the reader's system is."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "diagram",
        help="a picture of the architecture, as Mermaid or SVG",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", required=True, metavar="NAME", help="the stack")
    parser.add_argument(
        "--format", choices=("mermaid", "svg"), default="mermaid", help="what to write (default: mermaid)"
    )
    parser.add_argument(
        "--output", default="-", metavar="FILE", help="where to write it (default: '-', standard output)"
    )
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plans the stack and draws it."""
    root, overrides = root_of(options), overrides_of(options)
    from plan.engine.processes import plan_stacks
    from review.diagram.picture import picture_of

    with doing(f"planning {options.stack}"):
        (plan,) = plan_stacks(root, [options.stack], system=options.system, config=overrides)
    picture = picture_of(plan, options.format)
    if options.output == "-":
        sys.stdout.write(picture.text)
    else:
        write_file(Path(options.output), picture.text)
        remarked(f"{options.output}: {picture.nodes} nodes and {picture.links} links of {picture.title}")
    return 0
