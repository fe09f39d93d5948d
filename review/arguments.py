"""The options that several subcommands share, and what they stand for."""

from __future__ import annotations

import argparse
from pathlib import Path

from plan.errors import ReviewError

CONFIG_HELP = "override one setting in memory: name=value, or namespace:name=value; no file is written"


def add_common(parser: argparse.ArgumentParser) -> None:
    """Adds the root, the system, the overrides, --quiet and --debug."""
    parser.add_argument(
        "--system", metavar="NAME", help="another system than the root's, from stacks/NAME/ (default: the root's)"
    )
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE", help=CONFIG_HELP)
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="the project's folder (default: the nearest with a Pulumi.yaml)"
    )
    add_debug(parser)


def add_debug(parser: argparse.ArgumentParser) -> None:
    """Adds --debug and --quiet."""
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="only the result and what is wrong: no progress, no remarks"
    )
    parser.add_argument("--debug", action="store_true", help="show the whole traceback of an error")


def root_of(options: argparse.Namespace) -> Path:
    """The project's folder."""
    if options.root is None:
        # Not at the top: --help must not wait for what only a run needs.
        from plan.engine.project import find_root  # noqa: PLC0415

        return find_root(Path.cwd())
    root: Path = options.root
    if not root.is_dir():
        raise ReviewError(
            f"--root {root} is no folder", why="a plan is made from a Pulumi project", fix="name one"
        )
    return root.resolve()


def overrides_of(options: argparse.Namespace) -> dict[str, str]:
    """The settings that --config overrides."""
    found: dict[str, str] = {}
    for item in options.config:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise ReviewError(
                f"--config {item} sets nothing", why="it reads KEY=VALUE", fix="write --config name=value"
            )
        if key in found:
            raise ReviewError(f"--config sets '{key}' twice", why="one of the two would be lost", fix="keep one")
        found[key] = value
    return found
