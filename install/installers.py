"""The two programs that install a lock, and the one way in which they do it: no resolving, no building."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

RULE = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
"""Exactly what the lock names, byte for byte. app/Dockerfile says the same."""

NOT_HERE = ("PYTHONHOME", "PYTHONPATH", "PIP_CONSTRAINT", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET")
"""Variables of a user's own that would put packages elsewhere, or take them from there."""


def of_lock(python: Path, lock: Path) -> dict[str, list[str]]:
    """What installs `lock` for `python`, by the installer's name: first the fast one, if it is on PATH.

    Nothing is compiled: Python does that with what is used, a small part, and this takes half of the time.
    """
    found: dict[str, list[str]] = {}
    if uv := shutil.which("uv"):
        found["uv"] = [uv, "pip", "install", "--python", str(python), *RULE, "-r", str(lock)]
    found["pip"] = [*pip(python), "install", "--no-compile", *RULE, "-r", str(lock)]
    return found


def of_project(python: Path, root: Path) -> list[str]:
    """What installs the project in `root` itself, as it lies there; what builds it is in every lock."""
    return [*pip(python), "install", "--no-compile", "--no-deps", "--no-build-isolation", "-e", str(root)]


def pip(python: Path) -> list[str]:
    """How pip is called."""
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def surroundings() -> dict[str, str]:
    """The user's variables, who may need a mirror or a proxy, without what leads out of the environment."""
    return {name: value for name, value in os.environ.items() if name not in NOT_HERE} | {"PIP_USER": "0"}
