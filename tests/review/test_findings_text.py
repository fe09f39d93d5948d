"""What a check tells people: where to mend, in lines that their terminal holds, and a waiver to copy."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from pathlib import Path

import pytest

from analysis.access.who_can import access_of
from plan.engine.source import Sources
from plan.plan import Plan, Resource
from policies.engine.pack import packs
from policies.engine.report import Checked, check
from policies.engine.waivers import Waivers
from review.access_text import access_text
from review.checking import WAIVERS, Checking
from review.command import main
from review.findings_text import findings_text
from tests.plan.small_program import write
from tests.stacks.planned import planned

TODAY = datetime.date(2026, 11, 21)


def plan_with(resources: list[Resource]) -> Plan:
    """Prod with these resources."""
    prod = planned("prod")
    return Plan.of(
        resources, project=prod.project, stack=prod.stack, system=prod.system, outputs=dict(prod.outputs)
    )


def checked(plan: Plan, policy: str) -> Checked:
    """What one policy says of `plan`."""
    chosen = [one for pack in packs() for one in pack.policies if one.id == policy]
    return check(plan, chosen, today=TODAY)


@pytest.fixture
def unlogged() -> Checked:
    """The database's settings are taken away, and with them all flags: several findings of one policy."""
    resources = [
        dataclasses.replace(one, inputs={**one.inputs, "settings": {"tier": "db-f1-micro"}})
        if one.type == "gcp:sql/databaseInstance:DatabaseInstance" and one.name == "postgres"
        else one
        for one in planned("prod")
    ]
    return checked(plan_with(resources), "sql-audit-flags")


def test_a_part_of_a_component_is_told_with_the_line_of_the_stack_that_asked_for_it(unlogged: Checked) -> None:
    text = " ".join(" ".join(findings_text(unlogged)).split())
    assert "sql.DatabaseInstance 'postgres' (components/database/" in text
    assert ", for stacks/voicestack/stores.py:" in text


def test_a_resource_with_several_findings_of_a_policy_is_named_once(unlogged: Checked) -> None:
    here = [one for one in unlogged.findings if one.resource.name == "postgres"]
    assert len(here) > 1
    lines = list(findings_text(unlogged))
    assert lines.count(f"     {here[0].resource.urn}") == 1


def test_the_stack_is_told_without_the_line_that_started_the_program() -> None:
    without = plan_with([one for one in planned("prod") if not one.type.endswith(":Budget")])
    assert "   stack 'voicestack-prod'" in list(findings_text(checked(without, "budget-exists")))


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_of_prose_is_wider_than_the_terminal(
    unlogged: Checked, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = [*findings_text(unlogged, every=True), *access_text(access_of(planned("prod")))]
    prose = [line for line in lines if " " in line.strip() and "urn:" not in line]
    assert max(map(len, prose)) <= columns
    assert max(map(len, prose)) > min(columns, 110) - 10, "and not narrower than there is room for"


def test_the_waiver_that_is_shown_is_read_once_its_blanks_are_filled(unlogged: Checked, tmp_path: Path) -> None:
    lines = list(findings_text(unlogged))
    shown = "\n".join(lines[lines.index("waivers:") :])
    for blank, filled in (
        ("owner: …", "owner: a@b.example"),
        ("reason: …", "reason: It is replaced within the month."),
        ("ticket: …", "ticket: SEC-1"),
        ("YYYY-MM-DD", "2027-03-31"),
    ):
        assert blank in shown
        shown = shown.replace(blank, filled)
    file = tmp_path / "waivers.yaml"
    file.write_text(shown)
    policies = [policy for pack in packs() for policy in pack.policies]
    assert len(Waivers.read(file, policies).entries) == 1


def test_what_was_not_asked_of_a_stack_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    off = tmp_path / "off.json"
    off.write_text('{"network-not-default": "disabled"}')
    told = {}
    for stack in ("staging", "prod"):
        main(["check", "--stack", stack, "--policy-config", str(off)])
        told[stack] = capsys.readouterr().out
        assert "switched off: network-not-default" in told[stack]
    assert "nothing durable was asked" in told["staging"]
    assert "nothing durable was asked" not in told["prod"]
    main(["check", "--format", "json", "--policy-config", str(off)])
    data = json.loads(capsys.readouterr().out)
    assert (data["disposable"], data["disabled"]) == (["voicestack/staging"], ["network-not-default"])


def test_what_started_the_process_is_no_place_to_mend() -> None:
    launcher = Path(sys.prefix) / "bin" / "voicestack"
    assert Sources(Path(sys.prefix).parent)._path(str(launcher)) is None


def test_what_is_said_of_the_usual_waivers_is_the_same_on_every_machine(tmp_path: Path) -> None:
    root = write(tmp_path, "")
    (root / WAIVERS).parent.mkdir()
    (root / WAIVERS).write_text("waivers: []\n")
    assert Checking.of(root).waivers.file == "policies/waivers.yaml"
