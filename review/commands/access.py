"""`voicestack access`: who can do what in a stack, before anything exists."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from plan.errors import ReviewError
from review.arguments import add_common
from review.chosen_plans import add_plans, plans_of, walking

_ABOUT = """Tells who can do what: every identity with the resources it may use, the roles
that let it and the permissions that follow, as whom it can come to act (the
shortest way), who can come to act as it, and how many things with data it
reaches (its blast radius). Who is in a group holds what the group holds, and
what names no account runs as a default one. Plans the stacks itself, with no
account and no network, or reads a plan from a file. What was granted outside
the plan is not in it."""

_EXAMPLES = """examples:
  voicestack access --stack prod                 everybody in prod
  voicestack access --stack prod --identity api  one identity, by name or e-mail
  voicestack access --identity api --all         with every permission and way
  voicestack access --plan state.json            of `pulumi stack export`
  voicestack access --format json |
    jq '.stacks[0].identities[] | {name, blastRadius}'

exit code: 0 told, 2 bad input."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "access",
        help="who can do what",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_plans(parser)
    parser.add_argument("--identity", metavar="NAME", help="only this one: its name, its member or its e-mail")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people or for machines")
    parser.add_argument("--all", action="store_true", help="list every permission and every way (text)")
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints who can do what."""
    from analysis.access.who_can import access_of, as_json

    with walking(options):
        found = [access_of(plan) for plan in plans_of(options)]
    name = options.identity
    if name is not None and not any(who.is_called(name) for one in found for who in one.everybody):
        known = sorted({who.identity.name for one in found for who in one.everybody})
        raise ReviewError(
            f"nobody is called '{name}'",
            why="no identity of the plan has that name, member or e-mail",
            fix=f"name one of: {', '.join(known) or 'none, the plan has no identities'}",
        )
    if options.format == "json":
        sys.stdout.write(json.dumps(as_json(found, only=name), indent=2, ensure_ascii=False) + "\n")
    else:
        from review.access_text import access_text
        from review.screen import show
        from review.terminal import printable

        show(
            "\n\n".join("\n".join(map(printable, access_text(one, only=name, every=options.all))) for one in found)
        )
    return 0
