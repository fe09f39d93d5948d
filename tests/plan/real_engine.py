"""Runs the real engine on a copy of a small program, offline, with a state of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

import plan.probe
from plan.engine.project import load_project
from tests.needed import Needed

PROGRAMS = Path(__file__).parent / "programs"

ENGINE = ("pulumi", "pulumi-language-python")
needs_real_engine = Needed.ENGINE.unless(all(map(shutil.which, ENGINE)))
needs_real_provider = Needed.PROVIDERS.unless(
    all(map(shutil.which, (*ENGINE, "pulumi-resource-gcp", "pulumi-resource-random")))
)


def preview(
    program: Path, folder: Path, stack: str, settings: str, *, probe: bool = False
) -> subprocess.CompletedProcess[str]:
    """`pulumi preview --json` of a copy of `program` in `folder` with `settings` as the stack's file.

    With `probe`, the original program runs through `plan.probe`.
    """
    work, state = folder / "work", folder / "state"
    if probe:
        work.mkdir()
        shutil.copy(program / "Pulumi.yaml", work)
    else:
        shutil.copytree(program, work)
    state.mkdir()
    project = work / "Pulumi.yaml"
    content = yaml.safe_load(project.read_text())
    content["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
    if probe:
        content["main"] = str(Path(plan.probe.__file__).parent)
    project.write_text(yaml.safe_dump(content))
    environment = {
        **os.environ,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_GCP_SKIP_REGION_VALIDATION": "true",
        "GOOGLE_OAUTH_ACCESS_TOKEN": "fake",
        "VOICESTACK_PROBE": str(load_project(program).program),
    }
    file = work / f"Pulumi.{stack}.yaml"
    file.unlink(missing_ok=True)
    _run(["pulumi", "stack", "init", stack], work, environment).check_returncode()
    # The engine has written its salt into the file; it keeps it there.
    salt = file.read_text() if file.exists() else ""
    file.write_text(salt + settings)
    return _run(["pulumi", "preview", "--json", "--stack", stack], work, environment)


def _run(command: list[str], work: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=work, env=dict(environment), capture_output=True, text=True, timeout=300, check=False
    )
