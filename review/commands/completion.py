"""`voicestack completion`: what a shell needs to complete the command's words."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from review.arguments import add_debug

_ABOUT = """Writes the completion of this command's words for a shell, to standard output."""

_EXAMPLES = """examples:
  voicestack completion bash > ~/.local/share/bash-completion/completions/voicestack
  voicestack completion zsh > ~/.zfunc/_voicestack            with ~/.zfunc in $fpath, before compinit"""


def register(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "completion",
        help="the completion of a shell",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
    add_debug(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes it."""
    import shtab

    sys.stdout.write(shtab.complete(options.parser, shell=options.shell) + "\n")
    return 0
