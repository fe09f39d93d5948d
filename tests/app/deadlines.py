"""The app's command with other deadlines: `python -m tests.app.deadlines '{"app.queues.pull.DRAIN_S": 1}' ROLE`.
Whether a process waits for something is seen by whether it ends, then, and not by when.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from app.__main__ import main

ROOT = Path(__file__).parents[2]
"""Where it must be started."""


def command_of(role: str, deadlines: Mapping[str, float]) -> list[str]:
    """What starts the role."""
    return [sys.executable, "-m", "tests.app.deadlines", json.dumps(deadlines), role]


def changed(deadlines: Mapping[str, float]) -> None:
    """Makes them so in this process; KeyError where there is no such deadline."""
    for name, seconds in deadlines.items():
        module, _, deadline = name.rpartition(".")
        constants = vars(importlib.import_module(module))
        constants[deadline], _ = seconds, constants[deadline]


if __name__ == "__main__":
    changed(json.loads(sys.argv.pop(1)))
    sys.exit(main())
