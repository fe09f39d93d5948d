"""How long the policies take: over prod, over larger and larger stacks, and beside checkov on the same resources.

Checkov is measured where it is on PATH (`pip install checkov`, in an environment of its own): the same resources
are written as Terraform. Compared are slopes, what each resource more costs, so that neither start counts.
"""

from __future__ import annotations

import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from plan.engine.run import plan_stack
from plan.plan import Plan
from tests.benchmark.many import many
from tests.benchmark.measures import PROGRAM, ROOT, median, module, whole
from tests.benchmark.terraform import terraform

Line = Callable[[str, str, str, str], None]
_SMALL, _LARGE, _HUGE = 200, 2000, 10_000
_PRODS = 6
_TURNS = 7


def policy_figures(line: Line, *, turns: int) -> None:
    """Prints the figures, a line each."""
    runs = [module("policy_run", "prod") for _ in range(turns)]
    typical, best = (f"{how([run.seconds for run in runs]) * 1000:.0f}" for how in (statistics.median, min))
    about = f"{runs[0].resources} resources, first run of a process, median of {turns}; the fastest {best}"
    line("policies: all packs over prod, ms", typical, "50", about)
    huge = median([module("policy_run", str(_HUGE)) for _ in range(3)])
    line(f"policies: {_HUGE} resources, s", f"{huge.seconds:.2f}", "2", f"{huge.resources} resources, median of 3")
    growth = json.loads(_output("policy_growth"))
    for name, milliseconds, exponent in growth["worst"]:
        line(f"  grows worst: {name}", f"n^{exponent:.2f}", "", f"{milliseconds:.0f} ms at {growth['resources']}")
    if not shutil.which("checkov"):
        line("policies beside checkov: not measured, checkov is not on PATH", "", "", "")
        return
    _beside_checkov(line)


def _beside_checkov(line: Line) -> None:
    prod = plan_stack(ROOT, "prod")
    synthetic = [plan_stack(PROGRAM, "bench", config={"resources": str(size)}) for size in (_SMALL, _LARGE)]
    _slopes(line, "prod repeated", [many(prod, 1), many(prod, _PRODS)])
    _slopes(line, "synthetic", synthetic)


def _slopes(line: Line, what: str, plans: list[Plan]) -> None:
    """What a resource more costs, from the first of two plans to the second."""
    with tempfile.TemporaryDirectory() as folder:
        runs: dict[str, list[Callable[[], float]]] = {"checkov": [], "policies": [], "command": []}
        for number, plan in enumerate(plans):
            here = Path(folder) / str(number)
            (here / "terraform").mkdir(parents=True)
            file = here / "plan.json"
            file.write_text(plan.to_json(), encoding="utf-8")
            (here / "terraform" / "main.tf").write_text(terraform(plan), encoding="utf-8")
            scan = ["checkov", "--directory", str(here / "terraform"), "--framework", "terraform"]
            scan += ["--output", "json", "--soft-fail", "--quiet", "--skip-download"]
            _refuse_unread(scan)
            check = [sys.executable, "-m", "review.command", "check", "--plan", str(file), "--format", "json"]
            runs["checkov"].append(partial(_processor, scan))
            runs["policies"].append(partial(_policies, file))
            runs["command"].append(partial(_processor, check))
        slopes = _grown(runs, by=len(plans[1]) - len(plans[0]))
    sizes = " to ".join(str(len(plan)) for plan in plans)
    about = f"processor time, fastest of {_TURNS}, {sizes} resources, components included"
    for name, said in (("checkov", "checkov"), ("policies", "all packs"), ("command", "voicestack check")):
        line(f"{what}: {said}, ms a resource more", f"{slopes[name]:.3f}", "", about)
    for name, said, limit in (("policies", "all packs", "1/50"), ("command", "voicestack check", "")):
        share = f"1/{slopes['checkov'] / slopes[name]:.0f}"
        line(f"{what}: {said}, as a share of checkov", share, limit, "")


def _grown(runs: dict[str, list[Callable[[], float]]], *, by: int) -> dict[str, float]:
    """Milliseconds a resource more for each kind of run, of which there are a small and a large one.

    Of each the fastest turn counts: other load only ever adds to the time that a processor works.
    """
    best: dict[str, list[float]] = {name: [math.inf, math.inf] for name in runs}
    for _ in range(_TURNS):
        for name, sizes in runs.items():
            best[name] = [min(before, run()) for before, run in zip(best[name], sizes, strict=True)]
    return {name: (large - small) / by * 1000 for name, (small, large) in best.items()}


def _policies(file: Path) -> float:
    return module("policy_run", str(file)).processor


def _processor(command: list[str]) -> float:
    return whole(command, codes=(0, 1)).processor


def _refuse_unread(scan: list[str]) -> None:
    """RuntimeError where checkov could not parse what it was given: then it has measured nothing."""
    told = json.loads(subprocess.run(scan, capture_output=True, text=True, check=True).stdout)
    if told["summary"]["parsing_errors"] or not told["summary"]["resource_count"]:
        raise RuntimeError("checkov could not read the resources")


def _output(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmark.{name}"], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]
