"""`voicestack check`: every policy over every stack, before anything exists."""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from pathlib import Path
from typing import Any

from plan.errors import ReviewError
from review.arguments import add_common, root_of
from review.chosen_plans import add_plans, check_plans, plans_of, walking
from review.screen import show

_ABOUT = """Looks at stacks with every policy pack: least privilege, private networks,
data protection, reliability, cost and operations. Plans the stacks itself, with
no account and no network, or reads a plan from a file. What a plan cannot know
yet is told as not evaluated, never as passed."""

_EXAMPLES = """examples:
  voicestack check                              every stack of the root's system
  voicestack check --stack prod --format sarif  for a code scanning service
  voicestack check --plan preview.json          of `pulumi preview --json`
  voicestack check --plan state.json            of `pulumi stack export`
  voicestack check --format json | jq .findings

docs/checking.md tells how to waive a finding and to set a policy,
docs/policies.md what each policy demands.

exit code: 0 clean, 1 a mandatory policy is violated, 2 bad input."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "check",
        help="every policy over every stack",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_plans(parser)
    parser.add_argument(
        "--waivers",
        type=Path,
        metavar="FILE",
        help="the exceptions (default: policies/waivers.yaml, where it exists)",
    )
    parser.add_argument(
        "--policy-config",
        type=Path,
        metavar="FILE",
        help="settings of policies: JSON, as Pulumi's --policy-pack-config takes",
    )
    parser.add_argument(
        "--today", metavar="DATE", help="the day on which waivers are judged, YYYY-MM-DD (default: today)"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="for people or for machines"
    )
    parser.add_argument("--all", action="store_true", help="list all that was not evaluated")
    add_common(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Checks and prints; 1 where a mandatory policy is violated."""
    check_plans(options)
    today = _day(options.today)
    from review.checking import Checking

    checking = Checking.of(
        _root(options), waivers=options.waivers, configuration=options.policy_config, today=today
    )
    with walking(options):
        checked = [checking.check(plan) for plan in plans_of(options)]
    options.found = 0 if all(one.is_clean for one in checked) else 1
    if options.format == "json":
        from policies.engine.report import as_json

        sys.stdout.write(_lines(as_json(checked, today=checking.today)))
    elif options.format == "sarif":
        from policies.engine.policy import Enforcement
        from policies.engine.waivers import IN_ORDER
        from review.sarif import as_sarif

        level = checking.configuration.enforcement_of
        disabled = {policy.id for policy in checking.policies if level(policy) is Enforcement.DISABLED}
        report = as_sarif(checked, [*checking.policies, IN_ORDER], disabled=disabled)
        sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    else:
        from review.findings_text import findings_text

        told = [one for one in checked if one.findings or not options.quiet]
        if told:
            show("\n\n".join("\n".join(findings_text(one, every=options.all)) for one in told))
    found: int = options.found
    return found


def _root(options: argparse.Namespace) -> Path | None:
    """The project's folder; a plan from a file needs none."""
    try:
        return root_of(options)
    except ReviewError:
        if options.plan and options.root is None:
            return None
        raise


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError("a day is written with four, two and two digits")
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ReviewError(
            f"--today {text} is no date", why=str(error), fix="write YYYY-MM-DD, e.g. 2027-03-31"
        ) from error


def _lines(data: dict[str, Any]) -> str:
    """`data` as JSON with a line for each item of its lists: to be searched by line, and written fast."""
    return "{\n" + ",\n".join(f"{_text(key)}: {_listed(value)}" for key, value in data.items()) + "\n}\n"


def _listed(value: Any) -> str:
    return "[\n" + ",\n".join(map(_text, value)) + "\n]" if value and isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
