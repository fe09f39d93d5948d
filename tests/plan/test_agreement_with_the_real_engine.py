"""The embedded engine says what the real one says; skipped where the real one is not on PATH."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plan.engine.run import plan_stack
from plan.errors import ReviewError
from plan.sources import preview_json
from plan.sources.agreement import differences
from tests.plan.config_cases import CASES
from tests.plan.real_engine import PROGRAMS, needs_real_engine, needs_real_provider, preview
from tests.plan.small_program import write

BENCHMARK = Path(__file__).parents[1] / "benchmark" / "program"
SCALARS = """
import pulumi_gcp as gcp
import pulumi_random as random
o = pulumi.ResourceOptions(provider=gcp.Provider("g", project="demo-project", region="europe-west1"))
labels = {"a": 1, "b": True, "c": 1.5, "d": 1e20, "e": 12345678901}
topic = gcp.pubsub.Topic("t", name=5, labels=labels, opts=o)
gcp.pubsub.Subscription("s", name="s", topic="t", ack_deadline_seconds="60", retain_acked_messages="1", opts=o)
gcp.pubsub.Subscription("c", name="c", topic=topic.name, ack_deadline_seconds=60.5, opts=o)
random.RandomId("r", byte_length="2", keepers={"a": 1, "b": True})
"""


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
    "case",
    ["unknown-property", "wrong-type", "hole-in-list", "missing-input", "duplicate", "default-provider"],
)
def test_both_engines_refuse_the_same(tmp_path: Path, case: str) -> None:
    program = tmp_path / "program"
    shutil.copytree(PROGRAMS / "wrong", program)
    settings = (program / "Pulumi.dev.yaml").read_text() + f"  case: {case}\n"
    (program / "Pulumi.dev.yaml").write_text(settings)
    with pytest.raises(ReviewError):
        plan_stack(program, "dev")
    assert preview(program, tmp_path / "real", "dev", settings).returncode != 0


@needs_real_provider
def test_both_engines_turn_the_same_scalars(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    write(program, SCALARS)
    done = preview(program, tmp_path, "dev", "config: {}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    embedded, real = plan_stack(program, "dev"), preview_json.read(done.stdout)
    cloud = [it.urn for it in real if it.is_cloud]
    assert len(cloud) == 4
    # Not by `differences`, to which a number and its text are equal.
    assert {urn: embedded.by_urn[urn].inputs for urn in cloud} == {urn: real.by_urn[urn].inputs for urn in cloud}
