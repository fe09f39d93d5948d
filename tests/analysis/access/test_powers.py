"""What a grant's role lets its holder do, and what is said where that is not known."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analysis.access.permission_kinds import Escalation, escalation
from analysis.access.powers import WITHOUT_ACT_AS, is_of_agents, powers_of, shown
from analysis.access.role_table import role_table
from analysis.grants import Grant, grants_of
from analysis.stack import Stack
from analysis.value import NotKnown
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN, secret

ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
MEMBER = "gcp:projects/iAMMember:IAMMember"


def granted(role: str, permissions: Any = None) -> Grant:
    """A grant of `role`, beside a custom role `voice` with `permissions`."""
    custom = _resource(ROLE, "voice", {"roleId": "voice", "permissions": permissions})
    grant = _resource(MEMBER, "grant", {"project": "p", "role": role, "member": "group:a@b.example"})
    return grants_of(Stack(Plan.of([custom, grant], project="p", stack="s", system="p", outputs={})))[0]


def _resource(type_: str, name: str, inputs: dict[str, Any]) -> Resource:
    urn = f"urn:pulumi:s::p::{type_}::{name}"
    return Resource(urn=urn, type=type_, name=name, custom=True, parent=None, inputs=inputs)


def test_a_predefined_role_is_looked_up() -> None:
    powers = powers_of(granted("roles/iam.serviceAccountUser"))
    assert powers.which(Escalation.IDENTITY) == ["iam.serviceAccounts.actAs"]
    powers.settle()


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("roles/nothing.known", "is not in the bundled table"),
        ("projects/p/roles/other", "is a custom role that is not in the plan"),
        (UNKNOWN, "is known only after creation"),
    ],
)
def test_a_role_that_is_not_known_is_never_harmless(role: str, told: str) -> None:
    with pytest.raises(NotKnown, match=told):
        powers_of(granted(role))


def test_a_custom_role_has_what_the_plan_says() -> None:
    powers = powers_of(granted("projects/p/roles/voice", ["a.b.get", "iam.roles.update"]))
    assert powers.permissions == {"a.b.get", "iam.roles.update"}
    assert powers.which(Escalation.ACCESS) == ["iam.roles.update"]


@pytest.mark.parametrize("permissions", [["a.b.get", UNKNOWN], ["a.b.get", secret()], UNKNOWN, secret(), 3])
def test_what_is_not_told_of_a_custom_role_is_in_doubt(permissions: Any) -> None:
    powers = powers_of(granted("projects/p/roles/voice", permissions))
    with pytest.raises(NotKnown):
        powers.settle()


def test_what_runs_code_without_acting_as_an_account_is_known_to_run_code() -> None:
    assert {escalation(name) for name in WITHOUT_ACT_AS} == {Escalation.CODE}


def test_names_of_roles_tell_nothing() -> None:
    """The table has roles on both sides of checkov's pattern that the pattern has on the wrong one."""
    harmless, harmful = set(), set()
    for role in role_table().roles:
        powers = powers_of(granted(role))
        escalates = bool(powers.which(Escalation.ACCESS, Escalation.IDENTITY))
        called_so = re.search("admin|editor|owner", role, re.IGNORECASE) is not None
        if called_so and not escalates:
            harmless.add(role)
        if escalates and not called_so and not is_of_agents(role):
            harmful.add(role)
    assert {"roles/monitoring.admin", "roles/dns.admin"} <= harmless
    assert {"roles/iam.devOps", "roles/dataplex.developer"} <= harmful
    assert len(harmless) > 50
    assert len(harmful) > 30


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d", "e"], "a, b, c and 2 more")],
)
def test_a_few_names_stand_for_many(names: list[str], text: str) -> None:
    assert shown(names) == text
