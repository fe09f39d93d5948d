"""Real previews of the reference stacks: the real engine, the real provider, no cloud account.

It uses the `pulumi` and the plugins that are on PATH, on a copy of the program, with a state of its own in a
temporary folder and a token that opens nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.stacks.planned import ROOT

NEEDED = ("pulumi", "pulumi-resource-gcp", "pulumi-resource-random", "pulumi-resource-docker-build")


def missing() -> str:
    """Why a rehearsal is not possible here, or empty."""
    absent = [tool for tool in NEEDED if shutil.which(tool) is None]
    return f"not on PATH: {', '.join(absent)}" if absent else ""


def project_copy(folder: Path) -> Path:
    """The project's own files in `folder`, so that `stack init` writes nothing into the working tree."""
    for name in ("Pulumi.yaml", *(path.name for path in ROOT.glob("Pulumi.*.yaml"))):
        shutil.copy(ROOT / name, folder / name)
    for name in ("stacks", "app"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def real_preview(folder: Path, stack: str) -> str:
    """The JSON of a real `pulumi preview` of `stack`; an AssertionError with the engine's words if it fails."""
    state = folder / "state"
    state.mkdir(exist_ok=True)
    surroundings = {
        **os.environ,
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_GCP_SKIP_REGION_VALIDATION": "true",
        "GOOGLE_OAUTH_ACCESS_TOKEN": "fake",
        # Nothing listens there: what still tries to reach Google fails at once instead of timing out.
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }

    def pulumi(*arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=folder,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
            timeout=540,
        )
        # A failed preview writes JSON too, of the part that worked: the exit code comes first.
        assert done.returncode == 0, f"pulumi {' '.join(arguments)} failed:\n{done.stderr}\n{done.stdout[-8000:]}"
        return done.stdout

    pulumi("stack", "init", stack)
    return pulumi("preview", "--stack", stack, "--json")
