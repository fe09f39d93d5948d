"""What an environment says of itself, so that a second `make` has nothing to do.

It is written last and taken away before anything changes: without it, an installation was cut short. The
environment's own Python has to ask what is missing (`python -m install.stamp plan|all`), since its version counts.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ".venv"
FILE = f"{FOLDER}/.ready"

LOCKS = {"plan": "requirements-plan.lock", "all": "requirements.lock"}
"""What can be installed: `plan` is for planning and `pulumi up`; `all` for the app, tests and checks as well."""

NOTHING, PROJECT, REST, EVERYTHING = "nothing", "project", "rest", "everything"
"""What may be missing: the newest pyproject.toml; what `all` has on top of `plan`; the whole environment."""


def described(root: Path, packages: str) -> dict[str, str]:
    """An environment of this Python for the project in `root`, with `packages` as they are locked now."""
    return {
        "root": str(root),  # its scripts name it
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",  # packages lie in a folder of that name
        "packages": packages,
        "lock": digest(root / LOCKS[packages]),
        "project": digest(root / "pyproject.toml"),  # the command, and our own packages
    }


def missing(root: Path, stamp: dict[str, str], packages: str) -> str:
    """What an environment with `stamp` lacks of `packages`."""
    if stamp.get("packages") not in LOCKS:
        return EVERYTHING
    whole = described(root, stamp["packages"])
    pip = root / FOLDER / "lib" / f"python{whole['python']}" / "site-packages" / "pip" / "__main__.py"
    if stamp | {"project": whole["project"]} != whole or not pip.is_file():
        return EVERYTHING
    if stamp["packages"] not in (packages, "all"):
        return REST
    return NOTHING if stamp == whole else PROJECT


def read(file: Path) -> dict[str, str]:
    """The stamp in `file`; an empty one if there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(missing(ROOT, read(ROOT / FILE), sys.argv[1]))
