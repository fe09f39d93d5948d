"""Whose module a program gets under a name: its own folder's, unless Pulumi has imported another by then."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from components.errors import VoicestackError
from plan.engine.program_modules import OURS, programs_names
from plan.engine.run import plan_stack
from tests.plan.small_program import write

ROOT = Path(__file__).parents[2]


def asking(folder: Path, name: str) -> Path:
    """A project that exports where `name` comes from."""
    return write(folder, f"import {name}\npulumi.export('whose', getattr({name}, 'WHOSE', 'not the program'))\n")


@pytest.mark.parametrize("name", sorted(OURS))
@pytest.mark.parametrize("shape", ["module", "package", "folder"])
def test_a_package_beside_the_program_wins_over_ours_of_that_name(tmp_path: Path, name: str, shape: str) -> None:
    project = asking(tmp_path, name)
    if shape == "module":
        (tmp_path / f"{name}.py").write_text("WHOSE = 'program'\n")
    else:
        (tmp_path / name).mkdir()
        (tmp_path / name / "part.py").write_text("WHOSE = 'program'\n")
        (tmp_path / name / "__init__.py").write_text("from .part import WHOSE\n")
    if shape == "folder":
        (tmp_path / name / "__init__.py").unlink()
        write(tmp_path, f"from {name} import part\npulumi.export('whose', part.WHOSE)\n")
    before = {key: module for key, module in sys.modules.items() if key.partition(".")[0] in OURS}
    assert plan_stack(project, "dev").outputs == {"whose": "program"}
    assert {key: sys.modules.get(key) for key in before} == before


def test_every_package_of_this_project_gives_way_to_a_programs() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    assert {name.rstrip("*") for name in found["include"]} | {"tests"} == OURS


def test_a_program_without_packages_of_its_own_gets_ours_and_its_refusals_are_ours(tmp_path: Path) -> None:
    write(
        tmp_path,
        "from components.errors import VoicestackError\nraise VoicestackError('it', why='is', fix='ours')\n",
    )
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "waivers.yaml").write_text("")
    with pytest.raises(VoicestackError, match=r"^it\n"):
        plan_stack(tmp_path, "dev")
    write(tmp_path, "import policies\npulumi.export('where', policies.__file__)\n")
    assert plan_stack(tmp_path, "dev").outputs == {"where": str(ROOT / "policies" / "__init__.py")}


def test_a_program_in_the_folder_of_our_packages_gets_those_that_run_it() -> None:
    with programs_names(ROOT):
        assert sys.modules["components.errors"].VoicestackError is VoicestackError


@pytest.mark.parametrize("name", ["secrets", "types", "logging", "csv", "components"])
def test_a_module_beside_the_program_wins_exactly_where_it_does_under_pulumi(tmp_path: Path, name: str) -> None:
    project = asking(tmp_path, name)
    (tmp_path / f"{name}.py").write_text("WHOSE = 'program'\n")
    # What pulumi-language-python-exec imports before it runs the program, and how it runs it.
    runner = (
        "import argparse, asyncio, inspect, logging, os, sys, traceback, runpy, json\n"
        "from concurrent.futures import ThreadPoolExecutor\nimport pulumi, pulumi.runtime\n"
        "pulumi.export = lambda _, value: print(json.dumps(value))\nrunpy.run_path('.', run_name='__main__')\n"
    )
    real = subprocess.run(
        [sys.executable, "-P", "-c", runner], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert plan_stack(project, "dev").outputs == {"whose": json.loads(real.stdout)}


def test_the_standard_library_that_is_in_use_here_is_not_hit_by_a_programs_module(tmp_path: Path) -> None:
    write(tmp_path, "import secrets\npulumi.export('whose', secrets.WHOSE)\n")
    (tmp_path / "secrets.py").write_text("WHOSE = 'program'\n")
    assert plan_stack(tmp_path, "dev").outputs == {"whose": "program"}
    assert sys.modules["secrets"] is secrets
    assert secrets.token_hex(4)
