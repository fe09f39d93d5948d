"""`make bench`: the figures of the embedded engine, the policies and the app, each beside its limit, in one run.

Every comparison is measured in turns, so that a busy machine slows both sides. Figures, not a test: nothing fails.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from plan.plan import Plan
from tests.benchmark.measures import ROOT, median, module, whole
from tests.benchmark.policies import policy_figures

_SIZES = (1000, 5000)
_TURNS = 5
_TURNS_OF_LARGE = 3
_PACKAGES = {"gcp": "pulumi_gcp", "random": "pulumi_random", "docker-build": "pulumi_docker_build"}
_ROW = "{:<58} {:>10} {:>10}   {}"


def main(arguments: list[str]) -> int:
    """Measures and prints; always 0. With a folder and a stack, only the whole processes, for that project; with
    `app` or `policies`, only those."""
    print(_ROW.format("", "measured", "limit", ""))
    if arguments == ["app"]:
        _app()
        return 0
    if arguments == ["policies"]:
        policy_figures(_line, turns=_TURNS)
        return 0
    if arguments:
        folder, stack = arguments
        _process(Path(folder).resolve(), stack)
        return 0
    for size in _SIZES:
        _engine(size, _TURNS if size == min(_SIZES) else _TURNS_OF_LARGE)
    again = median([module("again", "prod") for _ in range(_TURNS)])
    about = f"{again.resources} resources, median of {_TURNS}"
    _line("prod's own program, planned again, ms a resource", f"{again.milliseconds_each:.2f}", "", about)
    _process(ROOT, "prod")
    policy_figures(_line, turns=_TURNS)
    _app()
    return 0


def _app() -> None:
    if not shutil.which("wrk"):
        _line("the app: not measured, wrk is not on PATH (Debian's package wrk)", "", "", "")
        return
    from tests.benchmark.service import api_figures  # noqa: PLC0415  # needs the extra `app`
    from tests.benchmark.work import work_figures  # noqa: PLC0415

    api_figures(_line, seconds=60, turns=_TURNS)
    work_figures(_line)


def _engine(size: int, turns: int) -> None:
    embedded, naive = [], []
    for _ in range(turns):
        embedded.append(module("embedded", str(size)))
        naive.append(module("naive", str(size)))
    ours, theirs = median(embedded), median(naive)
    about = f"{ours.resources} resources, median of {turns}"
    _line(f"{size}: embedded engine, ms a resource", f"{ours.milliseconds_each:.2f}", "1.5", about)
    _line(f"{size}: the SDK as it is, ms a resource", f"{theirs.milliseconds_each:.2f}", "", about)
    _line(f"{size}: ratio of the two", f"{ours.seconds / theirs.seconds:.2f}", "0.35", "")
    limit = "600" if size == max(_SIZES) else ""
    _line(f"{size}: embedded engine, peak memory in MiB", f"{ours.mebibytes:.0f}", limit, "")


def _process(root: Path, stack: str) -> None:
    command = [sys.executable, "-m", "review.command"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        plan = [*command, "plan", "--root", str(root), "--stack", stack, "--json", str(file)]
        whole(plan)
        made = Plan.read(file)
        bare = [sys.executable, "-m", "tests.benchmark.bare", json.dumps(_classes(made))]
        ours, floor = [], []
        for _ in range(_TURNS):
            ours.append(whole(plan))
            floor.append(whole(bare))
    planned, least = median(ours), median(floor)
    about = f"{len(made)} resources, median of {_TURNS}"
    _line(f"voicestack plan --stack {stack}, whole process, seconds", f"{planned.seconds:.2f}", "", about)
    _line("bare process: imports and classes, seconds", f"{least.seconds:.2f}", "", "")
    _line("ratio of the two", f"{planned.seconds / least.seconds:.2f}", "1.4", "")
    _line("voicestack plan, peak memory in MiB", f"{planned.mebibytes:.0f}", "230", "")
    preview = ["make", "preview"] if root == ROOT else [*command, "preview", "--root", str(root)]
    whole(preview)
    warm = median([whole(preview) for _ in range(_TURNS_OF_LARGE)])
    _line(
        f"{'make' if root == ROOT else 'voicestack'} preview, warm, seconds",
        f"{warm.seconds:.2f}",
        "5",
        f"median of {_TURNS_OF_LARGE}",
    )


def _classes(plan: Plan) -> list[str]:
    """`package:module:class` of each type in the plan, as a bare process finds it."""
    found = set()
    for resource in plan:
        if resource.is_cloud or resource.is_provider:
            parts = resource.type.split(":")
            package = _PACKAGES.get(parts[2] if resource.is_provider else parts[0])
            if package:
                module_ = "" if resource.is_provider else parts[1].split("/")[0].replace("index", "").lower()
                name = "Provider" if resource.is_provider else parts[2]
                found.add(f"{package}:{module_}:{name}")
    return sorted(found)


def _line(what: str, measured: str, limit: str, about: str) -> None:
    print(_ROW.format(what, measured, limit, about), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
