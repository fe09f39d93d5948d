"""`voicestack check` as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plan.plan import Plan
from review.command import main
from tests.plan.small_program import write
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of
from tests.stacks.planned import ROOT, planned

POLICY = "sql-no-public-address"
URN = "urn:pulumi:prod::demo::gcp:sql/databaseInstance:DatabaseInstance::bad-public"


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A plan's file with databases that anybody can reach."""
    file = tmp_path / "bad.json"
    file.write_text(plan_of(databases).to_json())
    return file


def only(tmp_path: Path, *policies: str) -> list[str]:
    """Options that switch off all policies but these."""
    file = tmp_path / "only.json"
    file.write_text(json.dumps({"all": "disabled"} | dict.fromkeys(policies, "mandatory")))
    return ["--policy-config", str(file)]


def plan_text(*, twice: bool = False, **changes: Any) -> str:
    """A plan of one resource with some fields changed."""
    one: dict[str, Any] = {
        "urn": "urn:pulumi:prod::demo::gcp:pubsub/topic:Topic::jobs",
        "type": "gcp:pubsub/topic:Topic",
        "name": "jobs",
        "custom": True,
        "parent": None,
        "inputs": {"name": "jobs"},
        "options": {},
        **changes,
    }
    whole = {"project": "demo", "stack": "prod", "system": "demo", "outputs": {}, "resources": [one] * (1 + twice)}
    return json.dumps(whole)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_the_reference_stacks_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run_json(capsys, "--root", str(ROOT))
    assert code == 0
    assert told["stacks"] == ["voicestack/prod", "voicestack/staging"]
    assert told["findings"] == []
    assert told["waived"] == []
    assert POLICY in told["passed"]


def test_a_violation_is_exit_code_1_and_told_in_full(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run_json(capsys, "--plan", str(bad), *only(tmp_path, POLICY))
    assert code == 1
    found = next(one for one in told["findings"] if one["urn"] == URN)
    assert found["policy"] == POLICY
    assert found["severity"] == "critical"
    assert found["enforcement"] == "mandatory"
    assert "ipv4Enabled" in found["message"]
    assert found["fix"].startswith("Set `settings.ipConfiguration.ipv4Enabled`")
    assert found["source"].startswith("tests/policies/open_databases.py:")
    assert {one["urn"].rsplit("::", 1)[1] for one in told["notEvaluated"]} == {"unknown-flag", "secret-flag"}
    assert told["passed"] == {}, "what was violated, or could not be looked at, has not passed"


def test_an_advisory_violation_is_told_with_exit_code_0(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"all": "disabled", POLICY: "advisory"}))
    code, told = run_json(capsys, "--plan", str(bad), "--policy-config", str(file))
    assert code == 0
    assert told["findings"]


def test_the_text_tells_what_where_why_and_how_to_fix_and_waive(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--plan", str(bad), *only(tmp_path, POLICY)]) == 1
    text = " ".join(capsys.readouterr().out.split())
    for part in (
        "A Cloud SQL instance has no public address [sql-no-public-address, critical]",
        "sql.DatabaseInstance 'bad-public' (tests/policies/open_databases.py:",
        "is true: the instance gets a public address",
        "why: With a public address anybody may try",
        "fix: Set `settings.ipConfiguration.ipv4Enabled` to false",
        "not evaluated (2)",
        "- policy: sql-no-public-address",
    ):
        assert part in text


def test_a_waiver_excuses_until_its_day_and_the_report_shows_the_days_left(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waivers = tmp_path / "waivers.yaml"
    two, one = URN.replace("bad-public", "absent-*"), URN
    said = "owner: a@b.example, reason: They are made by a vendor., expires: 2026-12-01"
    waivers.write_text(
        "waivers:\n"
        f"  - {{policy: {POLICY}, resource: '{two}', matches: 2, ticket: SEC-2, {said}}}\n"
        f"  - {{policy: {POLICY}, resource: '{one}', ticket: SEC-1, {said}}}\n"
    )
    options = ["--plan", str(bad), "--waivers", str(waivers), *only(tmp_path, POLICY)]
    code, told = run_json(capsys, *options, "--today", "2026-11-21")
    assert code == 0
    assert [one["daysLeft"] for one in told["waived"]] == [10, 10, 10]
    code, told = run_json(capsys, *options, "--today", "2026-12-02")
    assert code == 1
    assert "waivers-in-order" in {one["policy"] for one in told["findings"]}


def test_sarif_places_each_finding_at_its_line(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--plan", str(bad), "--format", "sarif", *only(tmp_path, POLICY)]) == 1
    [run] = json.loads(capsys.readouterr().out)["runs"]
    rules = run["tool"]["driver"]["rules"]
    told = [result for result in run["results"] if result.get("kind") != "open"]
    assert len(told) == 3
    assert len(run["results"]) - len(told) == 2, "what was not evaluated is there too, as open"
    for result in told:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == POLICY
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "tests/policies/open_databases.py"
        assert place["region"]["startLine"] > 1
    assert len({result["partialFingerprints"]["policyAndUrn/v1"] for result in told}) == 3


def _preview(plan: Plan) -> dict[str, Any]:
    steps = [{"op": "create", "newState": one.as_json()} for one in plan]
    return {"steps": steps}


def _state(plan: Plan) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": [one.as_json() for one in plan]}}


@pytest.mark.parametrize("shape", [_preview, _state])
def test_a_preview_and_a_state_get_the_plans_findings(
    shape: Any, bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(shape(Plan.read(bad))))
    _, ours = run_json(capsys, "--plan", str(bad))
    _, theirs = run_json(capsys, "--plan", str(other))
    same = ("policy", "urn", "message")
    assert [[one[key] for key in same] for one in ours["findings"]] == [
        [one[key] for key in same] for one in theirs["findings"]
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not whole"),
        ('{"resources": []', "not whole"),
        ("[]", "something else"),
        ('{"format_version": "1.2", "planned_values": {}}', "something else"),
        ('{"steps": []}', "not a preview"),
        ('{"deployment": {}}', "not a stack's state"),
        ('{"project": 1, "stack": 2, "system": 3, "outputs": {}, "resources": [{}]}', "not a plan"),
        ('{"steps": [], "diagnostics": [{"severity": "error", "message": "boom"}]}', "failed preview"),
        ("\ud800", "cannot be read"),
        ('{"steps": [], "diagnostics": 5}', "not a preview"),
        (plan_text(type=None), "not a plan"),
        (plan_text(type=["a"]), "not a plan"),
        (plan_text(urn=5), "not a plan"),
        (plan_text(source=[5]), "not a plan"),
        (plan_text(twice=True), "the same URN"),
    ],
)
def test_a_file_that_is_no_plan_is_one_error_and_exit_code_2(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert main(["check", "--plan", str(file)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == "", "nothing may look as if it had passed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--today", "tomorrow"], "--today tomorrow is no date"),
        (["--plan", "x.json", "--stack", "prod"], "--plan stands alone"),
        (["--waivers", "nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["--policy-config", "nowhere.json"], "nowhere.json cannot be read"),
        (["--stack", "nowhere"], "nowhere"),
    ],
)
def test_wrong_options_are_one_error_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--root", str(ROOT), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_plan_of_the_reference_stack_from_a_file_is_clean(tmp_path: Path) -> None:
    file = tmp_path / "prod.json"
    file.write_text(planned("prod").to_json())
    assert main(["check", "--plan", str(file)]) == 0


def test_a_preview_with_check_is_exit_code_1_where_a_policy_is_violated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = (
        "import pulumi_gcp as gcp\n"
        "gcp.sql.DatabaseInstance('open', name='open', database_version='POSTGRES_17', region='europe-west1')\n"
    )
    root = write(tmp_path, program)
    assert main(["preview", "--root", str(root)]) == 0
    assert main(["preview", "--check", "--root", str(root)]) == 1
    assert POLICY in capsys.readouterr().out


def test_nothing_in_a_plan_steers_the_terminal_or_forges_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan_text(name="jobs\x1b[2J\nno violation", urn="urn:pulumi:prod::demo::t:t:T::a\x1b]0;x\x07"))
    main(["check", "--plan", str(file)])
    main(["access", "--plan", str(file)])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\nno violation" not in told
    assert "\\x1b[2J" in told


def test_a_violation_is_exit_code_1_whoever_stops_reading(bad: Path) -> None:
    command = [sys.executable, "-m", "review.command", "check", "--plan", str(bad), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 1


def test_parents_in_a_circle_end_the_check_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    text = plan_text(type="c:c:C", custom=False, parent="urn:pulumi:prod::demo::gcp:pubsub/topic:Topic::jobs")
    file.write_text(text)
    assert main(["check", "--plan", str(file)]) in (0, 1)


def test_a_fault_of_our_own_is_exit_code_2(monkeypatch: pytest.MonkeyPatch, bad: Path) -> None:
    monkeypatch.setattr("review.checking.check", lambda *_, **__: 1 / 0)
    assert main(["check", "--plan", str(bad)]) == 2


def test_a_policy_that_had_nothing_to_look_at_has_not_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan_text())
    _, told = run_json(capsys, "--plan", str(file))
    assert told["passed"]
    assert all(told["passed"].values())
    assert POLICY not in told["passed"]


def test_a_waiver_of_a_stack_that_does_not_exist_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write(tmp_path, "")
    (root / "policies").mkdir()
    said = "owner: a@b.example, ticket: A-1, reason: They are made by a vendor., expires: 2020-01-01"
    (root / "policies" / "waivers.yaml").write_text(
        f"waivers:\n  - {{policy: {POLICY}, resource: 'urn:pulumi:prd::demo::t:t:T::a', {said}}}\n"
    )
    assert main(["check", "--root", str(root)]) == 2
    assert "line 2: there is no stack 'prd' of a project 'demo'" in capsys.readouterr().err
