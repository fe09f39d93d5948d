"""`voicestack learn`: makes the bundled tables of the providers, from previews and schemas of the real engine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan.errors import ReviewError
from plan.text_file import write_file
from review.arguments import add_debug
from review.progress import remarked

if TYPE_CHECKING:
    from plan.plan import Plan

_ABOUT = """Reads previews of the real engine (`pulumi preview --json`) and writes the table of provider defaults,
and of outputs known at plan time, that the embedded engine uses. Outputs are learned where the program was
run through plan/probe. With --schema it reads what `pulumi package get-schema PACKAGE` writes, and renews the
table of what a change replaces: of the types that it has, of those in the previews and of each --type. For
maintainers: run it after an upgrade of pulumi-gcp."""

_EXAMPLES = """examples:
  voicestack learn staging.json prod.json    renews plan/engine/provider_table.json
  voicestack learn --schema gcp.json         renews plan/engine/replacements.json"""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "learn",
        help="renew the tables of the providers from real previews and schemas",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("previews", nargs="*", type=Path, metavar="PREVIEW")
    parser.add_argument(
        "--schema",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a package's schema; more than once",
    )
    parser.add_argument(
        "--type", action="append", default=[], metavar="TYPE", help="a type to add to the table of replacements"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="another file than the bundled table")
    add_debug(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Reads the files and writes the table."""
    from plan.json_text import read_text
    from plan.sources import preview_json

    if not options.previews and not options.schema:
        raise ReviewError(
            "nothing to learn from",
            why="a table is made from previews or schemas",
            fix="name a preview or a --schema",
        )
    if options.type and not options.schema:
        raise ReviewError(
            "--type without --schema", why="a preview names its own types", fix="name the package's --schema too"
        )
    plans = [preview_json.read(read_text(file), origin=str(file)) for file in options.previews]
    return _replacements(options, plans) if options.schema else _defaults(options, plans)


def _defaults(options: argparse.Namespace, plans: Sequence[Plan]) -> int:
    from plan.engine.learn import learn
    from plan.engine.table import TABLE

    learned = learn(plans)
    out = options.out or TABLE
    write_file(out, json.dumps(learned.as_json(), indent=1, sort_keys=True) + "\n")
    for line in sorted(set(learned.reports)):
        print(f"left out: {line}", file=sys.stderr)
    remarked(f"{out}: {len(learned.types)} types")
    return 0


def _replacements(options: argparse.Namespace, plans: Sequence[Plan]) -> int:
    from plan.engine.replacement import TABLE, known_types, learned

    schemas = [_schema(file) for file in options.schema]
    seen = {one.type for plan in plans for one in plan if not one.is_component and not one.is_provider}
    types = {*known_types(), *seen, *options.type}
    table = learned(schemas, types, date=datetime.now(UTC).date().isoformat())
    lost = sorted(types - set(table["types"]))
    if known_types() & set(lost):
        raise ReviewError(
            f"no schema has {', '.join(sorted(known_types() & set(lost)))}",
            why="the table has it, and would lose it",
            fix="give the schema of its package too",
        )
    out = options.out or TABLE
    write_file(out, json.dumps(table, indent=0, sort_keys=True) + "\n")
    for type_ in lost:
        print(f"left out: {type_} is in no schema", file=sys.stderr)
    remarked(f"{out}: {len(table['types'])} types")
    return 0


def _schema(file: Path) -> Mapping[str, Any]:
    from plan.engine.replacement import marks_anything
    from plan.json_text import parsed, read_text

    raw = parsed(read_text(file), origin=str(file))
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("name"), str)
        or not _listed(raw.get("resources"), "inputProperties")
        or not _listed(raw.get("types", {}), "properties")
    ):
        raise ReviewError(
            f"{file} is no schema of a package",
            why="it has no `name`, or no `resources` and `types` with their properties",
            fix="write one with `pulumi package get-schema gcp > gcp.json`",
        )
    if not marks_anything(raw):
        raise ReviewError(
            f"{file} marks no input that replaces",
            why="the table would say of everything that it changes in place",
            fix="leave it out: what its package's changes do is then not known",
        )
    return raw


def _listed(raw: Any, properties: str) -> bool:
    """Whether it is a mapping of things, each with its properties, as far as it has any."""
    return isinstance(raw, dict) and all(
        isinstance(one, dict)
        and isinstance(one.get(properties, {}), dict)
        and all(isinstance(about, dict) for about in one.get(properties, {}).values())
        for one in raw.values()
    )
