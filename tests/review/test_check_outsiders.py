"""`voicestack check` with files from outsiders: one clear error, exit code 2, and nothing reported as passed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plan.plan import Plan
from review.command import main
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of
from tests.review.test_check import POLICY, URN, plan_text
from tests.stacks.planned import ROOT

ONE = json.loads(plan_text())["resources"][0]


def written(folder: Path, text: str) -> str:
    file = folder / "plan.json"
    file.write_text(text)
    return str(file)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one error that both commands give."""
    found = []
    for command in ("check", "access"):
        assert main([command, *arguments]) == 2
        told = capsys.readouterr()
        assert told.out == "", "nothing may look as if it had passed"
        assert told.err.count("error: ") == 1
        assert "Traceback" not in told.err
        found.append(told.err)
    assert found[0] == found[1]
    return found[0]


TWICE = '"urn": "urn:pulumi:prod::demo::gcp:pubsub/topic:Topic::other",\n"urn": '
KINDS = {
    "plan": plan_text(),
    "preview": json.dumps({"steps": [{"op": "create", "newState": ONE}]}),
    "state": json.dumps({"version": 3, "deployment": {"resources": [ONE]}}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_comes_twice_hides_nothing_in_any_kind_of_plan(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--plan", written(tmp_path, KINDS[kind])]) in (0, 1)
    capsys.readouterr()
    forged = KINDS[kind].replace('"urn": ', TWICE)
    assert "line 2, column 1: the key 'urn' comes twice" in refusal(capsys, "--plan", written(tmp_path, forged))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "5",
        '"resources"',
        '{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": []}',
        '{"version": 4, "terraform_version": "1.9.0", "resources": []}',
        '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}',
        '{"apiVersion": "v1", "kind": "List", "items": []}',
        '{"version": 3, "checkpoint": {"latest": {"resources": []}}}',
    ],
)
def test_what_is_of_another_tool_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(capsys, "--plan", written(tmp_path, text))
    assert "not JSON" in told or "JSON of something else" in told


@pytest.mark.parametrize("option", ["--plan", "--waivers", "--policy-config"])
def test_a_pipe_does_not_hold_the_check_up(option: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "review.command", "check", option, str(pipe)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "is no file" in done.stderr


def test_a_plan_is_of_the_system_that_it_was_planned_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in KINDS.values():
        told = refusal(capsys, "--plan", written(tmp_path, text), "--system", "other")
        assert "leave --stack, --system and --config" in told


@pytest.mark.parametrize("kind", [dict, list])
def test_values_inside_each_other_without_end_are_bad_input(
    kind: type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened, closed = ('{"a":', "}") if kind is dict else ("[", "]")
    metric = {**ONE, "type": "gcp:logging/metric:Metric"}
    reader = {
        **ONE,
        "urn": f"{ONE['urn']}-shown",
        "type": "gcp:monitoring/slo:Slo",
        "inputs": {"basicSli": "DEEP"},
    }
    whole = {**json.loads(plan_text()), "resources": [metric, reader]}
    text = json.dumps(whole).replace('"DEEP"', opened * 900 + "1" + closed * 900)
    assert main(["check", "--plan", written(tmp_path, text)]) == 2
    told = capsys.readouterr()
    assert "is nested too deeply" in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_parent_or_a_dependency_that_is_not_there_is_of_no_matter(tmp_path: Path) -> None:
    gone = "urn:pulumi:prod::demo::c:c:C::gone"
    text = plan_text(parent=gone, dependencies=[gone], propertyDependencies={"name": [gone]}, provider=gone)
    assert main(["check", "--plan", written(tmp_path, text)]) in (0, 1)
    assert main(["access", "--plan", written(tmp_path, text)]) == 0


def _sarif(capsys: pytest.CaptureFixture[str], plan: Plan, folder: Path, *options: str) -> dict[str, Any]:
    main(["check", "--format", "sarif", "--plan", written(folder, plan.to_json()), *options])
    run: dict[str, Any] = json.loads(capsys.readouterr().out)["runs"][0]
    return run


def test_a_disabled_policy_is_not_enabled_in_sarif(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"all": "disabled", POLICY: "advisory"}))
    run = _sarif(capsys, plan_of(databases), tmp_path, "--policy-config", str(config))
    enabled = {rule["id"] for rule in run["tool"]["driver"]["rules"] if rule["defaultConfiguration"]["enabled"]}
    assert enabled == {POLICY, "waivers-in-order"}


def test_every_result_in_sarif_says_whether_it_is_suppressed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All results have `suppressions` or none has (SARIF 2.1.0, 3.27.23)."""
    waivers = tmp_path / "waivers.yaml"
    said = "ticket: SEC-1, owner: a@b.example, reason: They are made by a vendor., expires: 2026-12-01"
    waivers.write_text(f"waivers:\n  - {{policy: {POLICY}, resource: '{URN}', {said}}}\n")
    options = ("--waivers", str(waivers), "--today", "2026-11-21")
    results = _sarif(capsys, plan_of(databases), tmp_path, *options)["results"]
    [waived] = [one for one in results if one["suppressions"]]
    assert waived["ruleId"] == POLICY
    assert waived["suppressions"][0] == {
        "kind": "external",
        "status": "accepted",
        "justification": "They are made by a vendor. (a@b.example, SEC-1, until 2026-12-01)",
    }
    assert all(one["suppressions"] == [] for one in results if one is not waived)
    assert all((one["level"] == "none") is (one.get("kind") == "open") for one in results)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("a b/ü.py:7", ("a%20b/%C3%BC.py", 7)),
        ("https://x.example/a:7", ("https%3A//x.example/a", 7)),
        ("/etc/passwd:7", ("Pulumi.yaml", 1)),
        ("../../x.py:7", ("Pulumi.yaml", 1)),
        ("a/../x.py:7", ("Pulumi.yaml", 1)),
        ("x.py:" + "9" * 5000, ("Pulumi.yaml", 1)),
        ("x.py:0", ("x.py", 1)),
        ("x.py", ("Pulumi.yaml", 1)),
        ("", ("Pulumi.yaml", 1)),
        ("\ud800.py:7", ("%5Cud800.py", 7)),
    ],
)
def test_a_place_in_sarif_is_relative_to_the_root_whatever_the_plan_says(
    source: str, place: tuple[str, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {**json.loads(plan_of(databases).to_json()), "resources": [_bad(source)]}
    code = main(["check", "--format", "sarif", "--plan", written(tmp_path, json.dumps(bad))])
    assert code == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    [found] = [one["locations"][0]["physicalLocation"] for one in results if one["ruleId"] == POLICY]
    assert (found["artifactLocation"]["uri"], found["region"]["startLine"]) == place


def _bad(source: str) -> dict[str, Any]:
    return {**plan_of(databases).by_urn[URN].as_json(), "source": [source]}
