"""`voicestack access` about groups: who is in them, and what they then may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.plan import Plan
from plan.sentinels import UNKNOWN
from tests.policies.mutants.grantees import ACCOUNT, ON_SECRET, email, project
from tests.policies.mutation import Draft
from tests.review.access_runs import of, plan_file, run_json, run_text
from tests.stacks.planned import planned

GROUP = "cloudidentity/group:Group"
MEMBERSHIP = "cloudidentity/groupMembership:GroupMembership"


def _grouped(member_of: str) -> Plan:
    """A stack in which `idle` is in a group, by name or as the plan makes it, and holds nothing else."""
    draft = Draft(planned("prod"))
    draft.add(ACCOUNT, "idle", {"accountId": "idle", "project": project(draft)})
    made = draft.add(GROUP, "voice", {"groupKey": {"id": "Voice@acme.example"}, "parent": "customers/C1"})
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")["secretId"]
    draft.grant(ON_SECRET, "g", "roles/secretmanager.secretAccessor", "group:voice@acme.example", secretId=secret)
    draft.add(
        MEMBERSHIP,
        "idle-in-voice",
        {
            "group": member_of,
            "preferredMemberKey": {"id": email(draft, "idle")},
            "roles": [{"name": "MEMBER"}, {"name": "MANAGER"}],
        },
        depends={"group": made} if member_of == UNKNOWN else {},
    )
    return draft.done()


def test_who_is_in_a_group_is_told_with_what_the_group_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(plan_file(tmp_path, _grouped(UNKNOWN)))
    text = run_text(capsys, "--plan", file, "--identity", "idle")
    for part in (
        "is in group:voice@acme.example, and may let others in",
        "read secretmanager/secret 'jwt-signing-key', as one of group:voice@acme.example",
        "blast radius 1:",
    ):
        assert part in text, part
    assert "can do nothing" not in text
    told = run_json(capsys, "--plan", file)
    assert [one["through"] for one in of(told, "idle")["access"]] == [["group:voice@acme.example"]]
    [of_group] = of(told, "group:voice@acme.example")["members"]
    assert (of_group["name"], of_group["letsOthersIn"]) == ("idle", True)
    assert of(told, "api")["members"] is None
    assert "members: idle, and whoever is added elsewhere" in run_text(capsys, "--plan", file)


def test_a_group_whose_members_or_grants_the_plan_does_not_hold_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = run_text(capsys, "--plan", str(plan_file(tmp_path, _grouped("groups/02abc"))))
    for part in (
        "group:voice@acme.example: a group its members are not in the plan",
        "memberships that may give more than is told here",
        "idle-in-voice: what groups/02abc is granted is not known: its e-mail is not in the plan",
    ):
        assert part in text, part
