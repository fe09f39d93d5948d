"""The `voicestack` command: finds the subcommand and turns errors into messages and exit codes.

Exit code 0: fine; 1: findings; 2: bad input. What a subcommand does is in `review.commands`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from components.errors import VoicestackError
from review import progress
from review.terminal import printable_lines

COMMANDS = ("plan", "preview", "check", "access", "compare", "diagram", "recover", "learn", "completion")
"""The modules of `review.commands`, in the order of the help text."""

_ABOUT = """Plans, checks and explains the infrastructure, with no cloud account and no credentials."""

_EXAMPLES = """examples:
  voicestack plan --stack staging                   what staging would create
  voicestack plan --stack prod --json prod.json     the same as data, for machines
  voicestack preview --out plans                    every stack, in words

exit code: 0 fine, 1 findings, 2 bad input."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the return value is the exit code."""
    # A command ends before looking for garbage pays: it would cost a fifth of the time, most of it in imports.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(arguments)
    finally:
        if collecting:
            gc.enable()


def process() -> NoReturn:
    """Runs the command as a process of its own, and ends it."""
    code = main()
    # All that is left ends with the process: nothing is gained by looking through it first.
    gc.freeze()
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="voicestack",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"review.commands.{name}").register(subparsers)
    parser.set_defaults(parser=parser)
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal cannot show must not end the command.
            stream.reconfigure(errors="backslashreplace")
    said_before = progress.quiet.set(options.quiet)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except VoicestackError as error:
        if getattr(options, "debug", False):
            traceback.print_exc()
        print(f"error: {printable_lines(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader went away (`| head`): nothing may be flushed at exit. What was found stays found.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return getattr(options, "found", 0)
    except Exception as error:
        # 1 says that something was found; a fault of our own must not look like it.
        traceback.print_exc()
        print(f"error: {type(error).__name__}: this is a fault of voicestack; please report it", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        progress.quiet.reset(said_before)
    return code


if __name__ == "__main__":
    process()
