"""`voicestack recover`: the way back after an `up` that was killed. It prints commands, and runs none."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from review.arguments import add_debug, root_of

_ABOUT = """Tells how to bring a stack back after an `up` that was killed: such an `up`
leaves creates of which nobody knows whether Google did them, and the next ends
in "already exists". Reads a state and prints what to do for each operation that
was cut off. It runs nothing, writes nothing, asks Google nothing, and never
proposes to delete what holds data."""

_EXAMPLES = """examples:
  pulumi stack export --stack prod | voicestack recover --stack prod --state -
  voicestack recover --stack prod --state state.json
  voicestack recover --stack prod --state state.json --format json
  voicestack recover --stack prod --state state.json --format import > import.json
  pulumi import --stack prod --generate-code=false --file import.json

docs/deploy.md, "After a killed up", tells the whole way.

exit code: 0 nothing is pending, 1 something is, 2 bad input."""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "recover",
        help="what to do after an `up` that was killed",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", required=True, metavar="NAME", help="the stack that the state is of")
    parser.add_argument(
        "--state", metavar="FILE", help="what `pulumi stack export` wrote, or a checkpoint; - for standard input"
    )
    parser.add_argument(
        "--absent",
        action="append",
        default=[],
        metavar="URN",
        help="you looked for this create, and it is not there (may be repeated)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "import"),
        default="text",
        help="for people, for machines, or as the file that `pulumi import` takes",
    )
    parser.add_argument(
        "--system", metavar="NAME", help="another system than the root's, from stacks/NAME/ (default: the root's)"
    )
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="the project's folder (default: the nearest with a Pulumi.yaml)"
    )
    add_debug(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints what is to be done; 1 where something is pending."""
    from analysis.recovery.needs import recovery_of
    from analysis.recovery.pending import read_state
    from plan.engine.project import load_project
    from plan.errors import ReviewError
    from plan.json_text import parsed
    from review.recovery_text import as_json, as_text, import_file

    # As the engine takes it: ORGANISATION/PROJECT/STACK, of which URNs hold the last.
    stack = options.stack.rsplit("/", 1)[-1]
    if options.state is None:
        raise ReviewError(
            "--state is missing",
            why="this command runs nothing, so it cannot read the state itself",
            fix=f"pulumi stack export --stack {shlex.quote(stack)} | "
            f"{shlex.join(['voicestack', 'recover', '--stack', stack, '--state', '-'])}",
        )
    project = load_project(root_of(options), options.system).name
    origin = "standard input" if options.state == "-" else options.state
    cut = read_state(parsed(_state(options.state), origin=origin), origin=origin, stack=stack, project=project)
    recovery = recovery_of(cut, absent=options.absent)
    options.found = 1 if cut.pending else 0
    if options.format == "json":
        sys.stdout.write(as_json(recovery))
    elif options.format == "import":
        sys.stdout.write(import_file(recovery))
    else:
        print(as_text(recovery, again=_again(options, stack)))
    found: int = options.found
    return found


def _state(name: str) -> str:
    from plan.errors import PlanFileError
    from plan.json_text import LARGEST_PLAN, read_text

    if name != "-":
        return read_text(Path(name))
    content = sys.stdin.buffer.read(LARGEST_PLAN + 1)
    if len(content) > LARGEST_PLAN:
        raise PlanFileError(
            "standard input is larger than any state", why="reading on would take all memory", fix="name a file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanFileError(
            "standard input is not UTF-8", why=f"the byte at {error.start} is none of it", fix="write it as UTF-8"
        ) from error


def _again(options: argparse.Namespace, stack: str) -> str:
    """The command line that reads the state anew, with what was said of it."""
    command = ["voicestack", "recover", "--stack", stack, "--state", "-"]
    if options.system:
        command += ["--system", options.system]
    if options.root:
        command += ["--root", str(options.root)]
    for urn in options.absent:
        command += ["--absent", urn]
    return f"pulumi stack export --stack {shlex.quote(stack)} | {shlex.join(command)}"
