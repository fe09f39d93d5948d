"""Runs a few tests of a test's own as all of ours are run, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.stacks.planned import ROOT


def run_of(suite: str, folder: Path, processes: int) -> subprocess.CompletedProcess[str]:
    """How the tests in the text `suite` end by our conftest and settings, in `folder`."""
    (folder / "test_it.py").write_text(suite)
    options = ["-q", "-o", "addopts=", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    plugins = ["-p", "xdist", "-p", "tests.conftest", "-n", str(processes)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *plugins, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # most of them take long to import
        capture_output=True,
        text=True,
        check=False,
    )
