"""Whose module a name is while a program runs: the program's own folder comes first, as under Pulumi.

This process has imported more than Pulumi's has when it starts a program: this project's packages, and what they
use. Where the program's folder has such a name, the module is set aside while the program runs: the program gets
its own, and the code that imported the other goes on with that. What Pulumi itself has imported by then hides the
folder's under Pulumi, and so it does here.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

OURS = frozenset(("analysis", "app", "components", "plan", "policies", "release", "review", "stacks", "tests"))
"""The packages of this project: no other project has heard of them, so none of them hides anything."""

HERE = Path(__file__).resolve().parent.parent.parent
"""The folder that those packages are in."""

_PULUMIS = """
import argparse, asyncio, concurrent.futures, inspect, json, logging, os, runpy, sys, traceback
import pulumi, pulumi.runtime
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
"""What Pulumi's own runner imports before the program, and then what is imported:
https://github.com/pulumi/pulumi/blob/master/sdk/python/cmd/pulumi-language-python-exec
"""


@contextmanager
def programs_names(folder: Path) -> Iterator[None]:
    """While open, what `folder` has under a name is imported from there wherever Pulumi would do so."""
    ours = {name for name in OURS if _has(folder, name)}
    others = {name for name in _names(folder) - OURS if name in sys.modules or name in sys.stdlib_module_names}
    if others:
        imported = _imported_by_pulumi()
        for name in sorted(others & imported - sys.modules.keys()):
            importlib.import_module(name)
        others -= imported
    names = ours | {name for name in others if _has(folder, name)}
    aside = {key: module for key, module in sys.modules.items() if key.partition(".")[0] in names}
    for key in aside:
        del sys.modules[key]
    finder = _Beside(folder, ours)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for key in [key for key in sys.modules if key.partition(".")[0] in names]:
            del sys.modules[key]
        sys.modules.update(aside)


class _Beside(MetaPathFinder):
    """Finds names in one folder, also packages without an `__init__.py`, which come last elsewhere."""

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        self._folder, self._names = folder, names

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """The module of that name in the folder."""
        return PathFinder.find_spec(fullname, [str(self._folder)]) if fullname in self._names else None


def _names(folder: Path) -> set[str]:
    """What could be imported from `folder`, by its top name."""
    return {path.name.partition(".")[0] for path in folder.iterdir()} - {"__main__", "__pycache__", ""}


def _has(folder: Path, name: str) -> bool:
    """Whether `folder` has a module `name` that is not the very one that is imported here."""
    spec = PathFinder.find_spec(name, [str(folder)])
    if spec is None:
        return False
    if spec.origin is None:
        # A folder without an __init__.py: any folder would do, so it has to hold something to import.
        return name in OURS and any((folder / name).rglob("*.py")) and not _is_here(folder / name)
    return not _is_here(Path(spec.origin).parent) if spec.submodule_search_locations else True


def _is_here(package: Path) -> bool:
    """Whether a package's folder is one of those that run this: its program means them, and not a second copy."""
    return package.resolve().parent == HERE


def _imported_by_pulumi() -> frozenset[str]:
    done = subprocess.run(  # noqa: S603 - our own interpreter, and the text above
        [sys.executable, "-P", "-c", _PULUMIS],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return frozenset(json.loads(done.stdout))
