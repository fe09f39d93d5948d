"""Waivers excuse what they say, for as long as they say, and are violations themselves otherwise."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from plan.plan import Plan
from policies.engine.configuration import Configuration
from policies.engine.policy import Policy
from policies.engine.report import Checked, check
from policies.engine.waiver_file import WaiverFileError
from policies.engine.waivers import IN_ORDER, Waivers
from policies.private_network.cloud_sql.public_address import public_address
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of

TODAY = datetime.date(2026, 11, 21)
POLICY = public_address.id
URN = "urn:pulumi:prod::demo::gcp:sql/databaseInstance:DatabaseInstance::bad-public"
ABSENT = URN.replace("bad-public", "absent-*")
GOOD = {
    "policy": POLICY,
    "resource": URN,
    "owner": "platform@acme.example",
    "reason": "A migration reads from it until the end of the year.",
    "ticket": "SEC-1",
    "expires": "2026-12-31",
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(databases)


def waiver(**changes: str) -> str:
    """One entry of a waiver file."""
    lines = [f"{key}: '{value}'" for key, value in {**GOOD, **changes}.items() if value]
    return "  - " + "\n    ".join(lines) + "\n"


def read(folder: Path, *entries: str, policies: tuple[Policy, ...] = (public_address,)) -> Waivers:
    file = folder / "waivers.yaml"
    file.write_text("waivers:\n" + "".join(entries))
    return Waivers.read(file, policies)


def checked(plan: Plan, waivers: Waivers, today: datetime.date = TODAY) -> Checked:
    return check(plan, [public_address], today=today, waivers=waivers)


def wrong(plan: Plan, waivers: Waivers) -> list[str]:
    """What the check says of the waivers themselves."""
    return [one.message for one in checked(plan, waivers).findings if one.policy is IN_ORDER]


def test_a_waiver_excuses_its_finding_and_no_other(plan: Plan, tmp_path: Path) -> None:
    found = checked(plan, read(tmp_path, waiver()))
    assert [one.finding.resource.urn for one in found.waived] == [URN]
    assert found.waived[0].days_left == 40
    assert {one.resource.name for one in found.findings} == {"absent-flag", "absent-block"}
    assert POLICY not in found.passed, "what is waived has not passed"


def test_a_pattern_excuses_as_many_resources_as_it_says(plan: Plan, tmp_path: Path) -> None:
    found = checked(plan, read(tmp_path, waiver(resource=ABSENT, matches="2")))
    assert {one.finding.resource.name for one in found.waived} == {"absent-flag", "absent-block"}


def test_a_pattern_that_matches_more_than_it_says_excuses_none_and_is_a_violation(
    plan: Plan, tmp_path: Path
) -> None:
    found = checked(plan, read(tmp_path, waiver(resource=ABSENT)))
    assert not found.waived
    assert any("matches 2 resources, but says 1" in one.message for one in found.findings)
    assert not found.is_clean


def test_a_pattern_that_matches_less_than_it_says_is_a_violation(plan: Plan, tmp_path: Path) -> None:
    waivers = read(tmp_path, waiver(resource=ABSENT, matches="3"))
    assert any("say 2" in message for message in wrong(plan, waivers))


@pytest.mark.parametrize(("expires", "days"), [("2026-11-21", 0), ("2027-05-20", 180)])
def test_a_waiver_holds_on_its_last_day_and_up_to_180_days(
    plan: Plan, tmp_path: Path, expires: str, days: int
) -> None:
    found = checked(plan, read(tmp_path, waiver(expires=expires)))
    assert [one.days_left for one in found.waived] == [days]
    assert all(one.policy is not IN_ORDER for one in found.findings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expires": "2026-11-20"}, "ended on 2026-11-20: platform@acme.example"),
        ({"expires": "2027-05-21"}, "more than 180 days"),
        ({"resource": URN.replace("bad-public", "good-private")}, "excuses nothing"),
        ({"resource": URN.replace("bad-public", "gone")}, "excuses nothing"),
    ],
)
def test_a_waiver_that_excuses_nothing_today_is_a_violation(
    plan: Plan, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    found = checked(plan, read(tmp_path, waiver(**changes)))
    assert not found.waived
    assert [said in one.message for one in found.findings if one.policy is IN_ORDER] == [True]
    assert not found.is_clean


def test_a_duplicate_is_a_violation_and_the_first_still_holds(plan: Plan, tmp_path: Path) -> None:
    waivers = read(tmp_path, waiver(), waiver(ticket="SEC-2"))
    assert len(checked(plan, waivers).waived) == 1
    assert any("says what line 2 says" in message for message in wrong(plan, waivers))


def test_a_waiver_of_what_another_excuses_is_a_violation(plan: Plan, tmp_path: Path) -> None:
    waivers = read(tmp_path, waiver(), waiver(resource=URN.replace("bad-public", "bad-*")))
    assert any("another waiver excuses already" in message for message in wrong(plan, waivers))


def test_a_waiver_of_another_stack_is_let_be(plan: Plan, tmp_path: Path) -> None:
    assert not wrong(plan, read(tmp_path, waiver(resource=URN.replace("prod", "staging"))))


def test_a_waiver_of_what_cannot_be_told_yet_is_let_be(plan: Plan, tmp_path: Path) -> None:
    assert not wrong(plan, read(tmp_path, waiver(resource=URN.replace("bad-public", "unknown-flag"))))


def test_a_waiver_of_a_policy_that_is_switched_off_is_let_be(plan: Plan, tmp_path: Path) -> None:
    off = Configuration.of_json({POLICY: "disabled"}, [public_address])
    found = check(plan, [public_address], today=TODAY, configuration=off, waivers=read(tmp_path, waiver()))
    assert not found.findings


def test_brackets_and_question_marks_in_a_pattern_mean_themselves(plan: Plan, tmp_path: Path) -> None:
    waivers = read(tmp_path, waiver(resource=URN.replace("bad-public", "[ab]*-publi?*")))
    assert any("excuses nothing" in message for message in wrong(plan, waivers))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (waiver(resource="*"), "no URN"),
        (waiver(resource="urn:pulumi:*::demo::gcp:x/y:Z::a"), "no URN"),
        (waiver(resource="urn:pulumi:prod::demo::gcp:sql/*::a"), "no URN"),
        (waiver(resource=URN.replace("bad-public", "*")), "every resource of its type"),
        (waiver(resource=URN.replace("bad-public", "-*-")), "every resource of its type"),
        (waiver(resource=URN.replace("bad-public", "*:*")), "every resource of its type"),
        ("  - ? [a]\n    : b\n", "is not one text"),
        (waiver(matches="2"), "matches is for patterns"),
        (waiver(matches="0"), "matches"),
        (waiver(policy="no-such-policy"), "there is no policy 'no-such-policy'"),
        (waiver(expires="soon"), "expires"),
        (waiver(reason="because"), "reason"),
        (waiver(owner=""), "owner"),
        (waiver(ticket="   "), "ticket"),
        (waiver(color="red"), "color"),
        ("  - just text\n", "is no waiver"),
        (waiver() + "    owner: again\n", "'owner' is not one text"),
        ("  - policy: [a, b]\n", "'policy' is not one text"),
        ("  - 'policy: x\n", "is not YAML"),
    ],
)
def test_a_malformed_waiver_is_one_error_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WaiverFileError) as refusal:
        read(tmp_path, waiver(), text)
    assert said in str(refusal.value)
    assert "line" in refusal.value.what


@pytest.mark.parametrize("text", ["", "[]", "waivers: {}", "waivers: []\nmore: 1\n", "text"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    with pytest.raises(WaiverFileError, match="no list of waivers"):
        Waivers.read(file, [public_address])


def test_an_empty_list_excuses_nothing(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("waivers: []\n")
    assert not checked(plan, Waivers.read(file, [public_address])).waived
