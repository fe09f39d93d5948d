"""Renews the bundled table of what the provider adds: `python -m tests.plan.learn_table [PROJECT STACK]…`.

Previews the small programs of the tests, and the given projects, on the real engine (which must be on PATH)
through `plan.probe`, and learns from all of them together. Not a test.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from plan.engine.learn import learn
from plan.engine.table import TABLE
from plan.plan import Plan
from plan.sources import preview_json
from tests.plan.real_engine import PROGRAMS, preview

ALWAYS = [(Path(__file__).parents[1] / "benchmark" / "program", "bench"), (PROGRAMS / "quirks", "dev")]


def main(arguments: list[str]) -> int:
    """Learns from the programs of the tests and from the given projects; the exit code."""
    asked = [(Path(project).resolve(), stack) for project, stack in zip(*[iter(arguments)] * 2, strict=True)]
    plans: list[Plan] = []
    for project, stack in ALWAYS + asked:
        with tempfile.TemporaryDirectory() as folder:
            settings = (project / f"Pulumi.{stack}.yaml").read_text()
            done = preview(project, Path(folder), stack, settings, probe=True)
        if done.returncode:
            print(f"{project} {stack}: the preview failed\n{done.stdout[-2000:]}{done.stderr}", file=sys.stderr)
            return 1
        plans.append(preview_json.read(done.stdout))
        print(f"{project.name} {stack}: {len(plans[-1])} resources, probes included")
    learned = learn(plans)
    for line in sorted(set(learned.reports)):
        print(f"left out: {line}")
    TABLE.write_text(json.dumps(learned.as_json(), indent=1, sort_keys=True) + "\n")
    print(f"{TABLE.name}: {len(learned.types)} types")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
