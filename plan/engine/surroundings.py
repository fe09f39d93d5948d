"""The process as the program sees it: its folder, a clean command line, no credentials of the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

_HIDDEN = ("GOOGLE_", "GCLOUD_", "CLOUDSDK_", "PULUMI_")
"""Prefixes of variables from which the SDK would take settings that are not in the commit."""


@contextmanager
def program_surroundings(program: Path) -> Iterator[None]:
    """While open: working directory, arguments, import path and environment are the program's."""
    folder = program if program.is_dir() else program.parent
    directory, arguments, path = Path.cwd(), sys.argv, list(sys.path)
    hidden = {key: value for key, value in os.environ.items() if key.startswith(_HIDDEN)}
    before = set(sys.modules)
    for key in hidden:
        del os.environ[key]
    sys.argv = [str(program)]
    os.chdir(folder)
    try:
        # What the program prints is no part of the plan, which may itself go to standard output.
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.chdir(directory)
        sys.argv = arguments
        sys.path[:] = path
        os.environ.update(hidden)
        for name in set(sys.modules) - before:
            if _is_own(name, folder):
                del sys.modules[name]


def _is_own(name: str, folder: Path) -> bool:
    """Whether a module was found beside the program, where another program may have one of the same name."""
    parts = name.split(".")
    top = folder / parts[0]
    # Asked first, since looking into a module of the SDK that is still to be loaded would load it.
    if not (top.is_dir() or top.with_suffix(".py").is_file()):
        return False
    origin = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None)
    return origin is not None and Path(origin) in (
        folder.joinpath(*parts).with_suffix(".py"),
        folder.joinpath(*parts, "__init__.py"),
    )
