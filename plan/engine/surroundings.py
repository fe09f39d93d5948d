"""The process as the program sees it: its folder, a clean command line, no credentials of the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from pathlib import Path

from plan.engine.program_modules import HERE, OURS, programs_names

_HIDDEN = ("GOOGLE_", "GCLOUD_", "CLOUDSDK_", "PULUMI_")
"""Prefixes of variables from which the SDK would take settings that are not in the commit."""


@contextmanager
def program_surroundings(program: Path) -> Iterator[None]:
    """While open: working directory, arguments, modules, import path and environment are the program's.

    What the program makes of them ends with it. What it does to modules that are installed stays: stacks that one
    command plans are in processes of their own (`plan.engine.processes`).
    """
    folder = program if program.is_dir() else program.parent
    directory, arguments, path, environment = Path.cwd(), sys.argv, list(sys.path), dict(os.environ)
    before = set(sys.modules)
    for key in [key for key in environment if key.startswith(_HIDDEN)]:
        del os.environ[key]
    sys.argv = [str(program)]
    os.chdir(folder)
    try:
        # What the program prints is no part of the plan, which may itself go to standard output.
        with _own_modules(program), redirect_stdout(sys.stderr):
            yield
    finally:
        os.chdir(directory)
        sys.argv = arguments
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)
        for name in set(sys.modules) - before:
            if _is_own(name, folder, path):
                del sys.modules[name]


def _own_modules(program: Path) -> AbstractContextManager[None]:
    """A file as program has, under Pulumi, only what is installed to import."""
    return programs_names(program) if program.is_dir() else nullcontext()


def _is_own(name: str, folder: Path, path: Sequence[str]) -> bool:
    """Whether a module is the program's alone, so that another program may have another of the same name.

    It is where it was found beside the program, or where it is neither installed nor on the path of this process.
    """
    try:
        # Not by getattr: looking into a module of the SDK that is still to be loaded would load it.
        spec = object.__getattribute__(sys.modules.get(name), "__spec__")
    except AttributeError:
        return False
    if spec is None or not (spec.has_location or spec.submodule_search_locations):
        return False
    place = Path(
        os.path.realpath(spec.origin if spec.has_location else next(iter(spec.submodule_search_locations)))
    )
    if place.is_relative_to(HERE) and name.partition(".")[0] in OURS:
        return False
    beside = folder.resolve().joinpath(*name.split("."))
    return place in (beside, beside.with_suffix(".py"), beside / "__init__.py") or not any(
        place.is_relative_to(os.path.realpath(known)) for known in path if known
    )
