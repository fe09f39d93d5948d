"""The embedded engine says what the real one says; skipped where the real one is not on PATH."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from review.engine.run import plan_stack
from review.errors import ReviewError
from review.sources import preview_json
from review.sources.agreement import differences
from tests.review.config_cases import CASES
from tests.review.real_engine import PROGRAMS, needs_real_engine, needs_real_provider, preview

BENCHMARK = Path(__file__).parents[1] / "benchmark" / "program"


@needs_real_engine
def test_settings_reach_the_program_as_in_the_table(tmp_path: Path) -> None:
    settings = "config:\n" + "".join(f"  k{number}: {written}\n" for number, (written, _) in enumerate(CASES))
    done = preview(PROGRAMS / "echo", tmp_path, "dev", settings + f"  cases: {len(CASES)}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    (echo,) = preview_json.read(done.stdout).of_type("echo:index:Echo")
    received = {written: echo.inputs[f"k{number}"] for number, (written, _) in enumerate(CASES)}
    assert received == {written: f"<{text}>" for written, text in CASES}


@needs_real_provider
@pytest.mark.parametrize(
    ("program", "stack"), [(PROGRAMS / "quirks", "dev"), (BENCHMARK, "bench")], ids=["quirks", "benchmark"]
)
def test_both_engines_plan_the_same(tmp_path: Path, program: Path, stack: str) -> None:
    done = preview(program, tmp_path, stack, (program / f"Pulumi.{stack}.yaml").read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    assert differences(plan_stack(program, stack), preview_json.read(done.stdout)) == []


@needs_real_provider
@pytest.mark.parametrize(
    "case", ["unknown-property", "wrong-type", "missing-input", "duplicate", "default-provider"]
)
def test_both_engines_refuse_the_same(tmp_path: Path, case: str) -> None:
    program = tmp_path / "program"
    shutil.copytree(PROGRAMS / "wrong", program)
    settings = (program / "Pulumi.dev.yaml").read_text() + f"  case: {case}\n"
    (program / "Pulumi.dev.yaml").write_text(settings)
    with pytest.raises(ReviewError):
        plan_stack(program, "dev")
    assert preview(program, tmp_path / "real", "dev", settings).returncode != 0
