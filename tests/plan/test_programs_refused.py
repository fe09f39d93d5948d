"""What the embedded engine refuses, as the real one does, and how it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import VoicestackError
from plan.engine import fast
from plan.engine.run import plan_stack
from plan.errors import EngineError, ProgramError
from tests.plan.real_engine import PROGRAMS
from tests.plan.small_program import write

REFUSED = [
    (
        "unknown-property",
        ["sub", "deadLetterPolicy.dead_leter_topic", "did you mean deadLetterTopic?", "__main__.py:"],
    ),
    ("unknown-argument", ["sub", "colour", "__main__.py:"]),
    ("wrong-type", ["sub", "ackDeadlineSeconds", "'sixty'", "whole number"]),
    ("wrong-kind", ["sub", "labels", "'text'", "mapping"]),
    ("list-for-object", ["sub", "push_config"]),
    ("missing-input", ["sub", "pushConfig.pushEndpoint", "missing"]),
    ("missing-argument", ["sub", "topic", "__main__.py:"]),
    ("duplicate", ["sub", "gcp:pubsub/subscription:Subscription", "urn:pulumi:dev::wrong::"]),
    ("default-provider", ["topic", "default gcp provider", "disable-default-providers"]),
    ("read", ["topic", "read from the cloud"]),
    ("invoke", ["gcp:organizations/getProject:getProject", "network"]),
    ("exit", ["exit code 3"]),
    ("raise", ["KeyError", "missing-key", "__main__.py:"]),
    ("apply", ["ValueError", "__main__.py:"]),
    ("import", ["nowhere_to_be_found", "not installed"]),
    ("time-out", ["soon", "10m"]),
    ("unset", ["not-there"]),
]


@pytest.mark.parametrize("fast_run", [True, False], ids=["fast", "plain"])
@pytest.mark.parametrize(("case", "told"), REFUSED, ids=[case for case, _ in REFUSED])
def test_what_the_real_engine_refuses_is_refused_clearly(case: str, told: list[str], fast_run: bool) -> None:
    with pytest.raises(VoicestackError) as refusal:
        plan_stack(PROGRAMS / "wrong", "dev", config={"case": case}, fast=fast_run)
    assert isinstance(refusal.value, EngineError | ProgramError)
    for text in told:
        assert text in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_an_error_of_our_own_passes_through_as_it_is(tmp_path: Path) -> None:
    write(
        tmp_path,
        "from components.errors import NamingError\n"
        "pulumi.Output.from_input(1).apply(lambda _: (_ for _ in ()).throw(NamingError('x', why='y', fix='z')))\n",
    )
    with pytest.raises(VoicestackError) as refusal:
        plan_stack(tmp_path, "dev")
    assert type(refusal.value).__name__ == "NamingError"


def test_a_syntax_error_is_told_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, "x = (\n")
    with pytest.raises(ProgramError, match="SyntaxError"):
        plan_stack(tmp_path, "dev")


def test_a_program_that_waits_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "_PATIENCE", 0.2)
    write(tmp_path, "import asyncio\npulumi.export('never', asyncio.Future())\n")
    with pytest.raises(EngineError, match="never comes"):
        plan_stack(tmp_path, "dev")


def test_transforms_are_refused_because_they_are_not_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        "import pulumi_random\n"
        "pulumi_random.RandomPet('pet', opts=pulumi.ResourceOptions(transforms=[lambda args: None]))\n",
    )
    with pytest.raises(EngineError, match="transforms"):
        plan_stack(tmp_path, "dev")


@pytest.mark.parametrize("kind", ["register_resource_transform", "register_invoke_transform"])
def test_transforms_of_the_whole_stack_are_refused_too(tmp_path: Path, kind: str) -> None:
    write(tmp_path, f"pulumi.runtime.{kind}(lambda args: None)\n")
    with pytest.raises(EngineError, match="transforms"):
        plan_stack(tmp_path, "dev")


def test_a_method_of_a_resource_is_refused_because_no_provider_runs(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.export('made', pulumi.runtime.call('x:y:Z/method', {}))\n")
    with pytest.raises(EngineError, match="x:y:Z/method"):
        plan_stack(tmp_path, "dev")


def test_a_program_that_reports_an_error_is_not_taken_as_planned(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.log.error('broken')\n")
    with pytest.raises(EngineError, match="broken") as refusal:
        plan_stack(tmp_path, "dev")
    assert "the real preview counts the error and goes on" in str(refusal.value), "the reason must be true"


BOX = """
class Box(pulumi.ComponentResource):
    def __init__(self, **props):
        super().__init__('x:y:Box', 'box', props)
"""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("float('nan')", "no finite number (nan)"),
        ("[{'deep': float('-inf')}]", "no finite number (-inf)"),
        ("pulumi.FileArchive('.')", "an archive"),
        ("pulumi.AssetArchive({'a': pulumi.StringAsset('a')})", "an archive"),
        ("pulumi.FileAsset('nowhere.txt')", "'nowhere.txt', which cannot be read"),
        ("pulumi.RemoteAsset('https://example.com/a')", "an asset elsewhere"),
    ],
)
def test_what_a_plan_cannot_hold_is_refused_with_its_resource(tmp_path: Path, value: str, told: str) -> None:
    write(tmp_path, f"{BOX}Box(it={value})\n")
    with pytest.raises(EngineError) as refusal:
        plan_stack(tmp_path, "dev")
    assert told in str(refusal.value)
    assert "'box' (x:y:Box)" in str(refusal.value)


@pytest.mark.parametrize(
    "wrong",
    [
        "ack_deadline_seconds='60.0'",
        "ack_deadline_seconds=' 60'",
        "ack_deadline_seconds=''",
        "ack_deadline_seconds=True",
        "retain_acked_messages='yes'",
        "retain_acked_messages=1",
        "filter={'a': 'b'}",
    ],
)
def test_a_scalar_that_the_provider_cannot_turn_is_refused(tmp_path: Path, wrong: str) -> None:
    write(tmp_path, f"import pulumi_gcp as gcp\ngcp.pubsub.Subscription('sub', topic='t', {wrong})\n")
    with pytest.raises(EngineError, match="'sub'"):
        plan_stack(tmp_path, "dev")


def test_a_list_with_nothing_in_one_place_is_refused(tmp_path: Path) -> None:
    policy = "{'allowed_persistence_regions': ['europe-west1', None]}"
    write(tmp_path, f"import pulumi_gcp as gcp\ngcp.pubsub.Topic('t', message_storage_policy={policy})\n")
    with pytest.raises(EngineError, match=r"allowedPersistenceRegions\[1\] is nothing"):
        plan_stack(tmp_path, "dev")
