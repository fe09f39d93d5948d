"""Reads locks and what the packages in them require: whether a lock is complete, without asking an index."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import Any

from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.stacks.planned import ROOT

PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;\\]+)(?: *; *(?P<marker>[^\\\n]+?))? *\\?$", re.MULTILINE
)

Pins = Mapping[str, tuple[str, str | None]]
"""Version and marker, by name."""

PYTHONS = ("3.11.2", "3.11.14", "3.12.1", "3.13.0", "3.14.0")
SYSTEMS = {"linux": ("Linux", ("x86_64", "aarch64")), "darwin": ("Darwin", ("x86_64", "arm64"))}


def pins(text: str) -> Pins:
    """What the text of a lock names."""
    return {canonicalize_name(one["name"]): (one["version"], one["marker"]) for one in PIN.finditer(text)}


def environments() -> Iterator[dict[str, str]]:
    """The values of markers on every Python and system that is supported."""
    here = {name: str(value) for name, value in default_environment().items()}
    for python, (system, (platform, machines)) in product(PYTHONS, SYSTEMS.items()):
        for machine in machines:
            yield here | {
                "python_full_version": python,
                "implementation_version": python,
                "python_version": python.rpartition(".")[0],
                "sys_platform": system,
                "platform_system": platform,
                "platform_machine": machine,
            }


def wanted(lock: str) -> list[Requirement]:
    """What the lock of this name is for."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    own = [*project["project"]["dependencies"], *project["build-system"]["requires"], *extras["atlas"]]
    lines = {
        "requirements-plan.lock": own,
        "requirements.lock": [*own, *extras["app"], *extras["dev"]],
        "app/requirements.lock": (ROOT / "app" / "requirements.in").read_text(encoding="utf-8").split(),
    }
    return [Requirement(line) for line in lines[lock]]


@cache
def requires(name: str) -> list[Requirement] | None:
    """What the installed package says that it requires; None where it is not installed."""
    try:
        return [Requirement(line) for line in metadata.distribution(name).requires or []]
    except metadata.PackageNotFoundError:
        return None


def lacking(
    lock: Pins,
    roots: Iterable[Requirement],
    environment: Mapping[str, str],
    requires: Callable[[str], list[Requirement] | None] = requires,
) -> set[str]:
    """What is required on the way down from `roots` in `environment`, and is not in `lock` as it is required."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [("", "", root) for root in roots]
    while waiting:
        by, extra, requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        version, marker = lock.get(name, ("", None))
        if not version or (marker and not Marker(marker).evaluate(dict(environment))):
            found.add(f"{by or 'the project'} requires {requirement}, which is not there")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.add(f"{by or 'the project'} requires {requirement}, and {version} is there")
        for part in {"", *requirement.extras}:
            if (name, part) not in seen:
                seen.add((name, part))
                waiting += [(name, part, one) for one in requires(name) or []]
    return found


def paths() -> list[Path]:
    """Every lock of the project."""
    return sorted(path for path in (*ROOT.glob("requirements*.lock"), *ROOT.glob("*/requirements*.lock")))
