"""Real previews of the reference stacks: the real engine, the real provider, no cloud account.

It uses the `pulumi` and the plugins that are on PATH, on a copy of the program, with a state of its own in a
temporary folder and a token that opens nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.needed import Needed
from tests.stacks.planned import ROOT

PLUGINS = ("pulumi-resource-gcp", "pulumi-resource-random", "pulumi-resource-docker-build")
needs_real_engine = Needed.PROVIDERS.unless(all(map(shutil.which, ("pulumi", *PLUGINS))))


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
    pulumi = _pulumi(folder)
    pulumi("stack", "init", stack)
    return pulumi("preview", "--stack", stack, "--json")


def real_policy_events(
    folder: Path, stack: str, packs: list[Path], *, codes: tuple[int, ...]
) -> list[dict[str, Any]]:
    """What the engine tells of the policy packs while it previews `stack`, which must end with one of `codes`."""
    pulumi = _pulumi(folder)
    pulumi("stack", "init", stack)
    log = folder / "events.json"
    chosen = [part for pack in packs for part in ("--policy-pack", str(pack))]
    pulumi("preview", "--stack", stack, *chosen, "--event-log", str(log), codes=codes)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    return [event["policyEvent"] for event in events if "policyEvent" in event]


def _pulumi(folder: Path) -> Callable[..., str]:
    """A function that runs `pulumi` in `folder`, with a state of its own and nothing of the machine's."""
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
        # The log of events is a flag for developers of the engine.
        "PULUMI_DEBUG_COMMANDS": "true",
        # Small programs import their fixtures.
        "PYTHONPATH": str(ROOT),
    }

    def pulumi(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
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
        told = f"{done.stderr}\n{done.stdout[-8000:]}"
        assert done.returncode in codes, f"pulumi {' '.join(arguments)} ended with {done.returncode}:\n{told}"
        return done.stdout

    return pulumi
