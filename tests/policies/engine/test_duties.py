"""Who has two duties at once, compared with brute force: in any order, on a ring, its keys or the project."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from analysis.grants import grants_of
from analysis.stack import Stack
from plan.plan import Plan, Resource
from policies.data_protection.kms.separation import keys_separate_duties
from policies.engine.run import evaluate

RINGS = {"one": ("one/a", "one/b"), "two": ("two/c",)}
ROLES = {
    "admin": "roles/cloudkms.admin",
    "use": "roles/cloudkms.cryptoKeyDecrypter",
    "neither": "roles/cloudkms.viewer",
}


@dataclass(frozen=True)
class Given:
    """A grant: who, which duty, on what ('' is the project)."""

    who: str
    duty: str
    on: str


GRANTS = st.lists(
    st.builds(
        Given,
        st.sampled_from(["group:a@acme.example", "group:b@acme.example"]),
        st.sampled_from(list(ROLES)),
        st.sampled_from(["", *RINGS, *itertools.chain(*RINGS.values())]),
    ),
    max_size=8,
)


def keys_of(on: str) -> set[str]:
    """The keys that a grant on something is on."""
    if not on:
        return {*itertools.chain(*RINGS.values())}
    return set(RINGS.get(on, (on,)))


def planned(grants: list[Given]) -> Plan:
    made: list[Resource] = []
    for number, one in enumerate(grants):
        path = f"projects/p/locations/l/keyRings/{one.on.partition('/')[0]}"
        if not one.on:
            type_, inputs = "gcp:projects/iAMMember:IAMMember", {"project": "p"}
        elif one.on in RINGS:
            type_, inputs = "gcp:kms/keyRingIAMMember:KeyRingIAMMember", {"keyRingId": path}
        else:
            type_ = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
            inputs = {"cryptoKeyId": f"{path}/cryptoKeys/{one.on.partition('/')[2]}"}
        made.append(
            Resource(
                urn=f"urn:pulumi:s::p::{type_}::{number}",
                type=type_,
                name=str(number),
                custom=True,
                parent=None,
                inputs={**inputs, "role": ROLES[one.duty], "member": one.who},
            )
        )
    return Plan.of(made, project="p", stack="s", system="p", outputs={})


def together(grants: list[Given]) -> set[str]:
    """The members who have both duties for some key."""
    return {
        one.who
        for one, other in itertools.product(grants, repeat=2)
        if one.who == other.who
        and (one.duty, other.duty) == ("admin", "use")
        and keys_of(one.on) & keys_of(other.on)
    }


@given(GRANTS)
def test_who_has_both_duties_for_one_key_is_told(grants: list[Given]) -> None:
    found = evaluate(planned(grants), [keys_separate_duties]).findings
    told = {
        grant.member
        for finding in found
        for grant in grants_of(Stack(planned(grants)))
        if grant.by == finding.resource
    }
    assert told == together(grants)


@given(st.permutations([Given("group:a@acme.example", duty, "one/a") for duty in ROLES]))
def test_the_order_of_grants_does_not_matter(grants: list[Given]) -> None:
    assert len(evaluate(planned(grants), [keys_separate_duties]).findings) == 1


def in_group(grants: list[Given], *members: str) -> list[str]:
    """What is said where `members` are in group a."""
    type_ = "gcp:cloudidentity/group:Group"
    group = Resource(
        urn=f"urn:pulumi:s::p::{type_}::a",
        type=type_,
        name="a",
        custom=True,
        parent=None,
        inputs={"groupKey": {"id": "a@acme.example"}},
        outputs={"name": "groups/1"},
    )
    type_ = "gcp:cloudidentity/groupMembership:GroupMembership"
    memberships = [
        Resource(
            urn=f"urn:pulumi:s::p::{type_}::{member}",
            type=type_,
            name=member,
            custom=True,
            parent=None,
            inputs={"group": "groups/1", "preferredMemberKey": {"id": member}, "roles": [{"name": "MEMBER"}]},
        )
        for member in members
    ]
    plan = Plan.of([*planned(grants), group, *memberships], project="p", stack="s", system="p", outputs={})
    return [one.message for one in evaluate(plan, [keys_separate_duties]).findings]


def test_duties_meet_in_a_member_of_the_group_that_has_one_of_them() -> None:
    grants = [Given("group:a@acme.example", "use", "one"), Given("user:ann@acme.example", "admin", "one/a")]
    assert not in_group(grants, "bob@acme.example")
    [said] = in_group(grants, "Ann@acme.example", "bob@acme.example")
    assert said.startswith("user:ann@acme.example has")


def test_a_group_that_has_both_duties_is_told_once_and_not_for_each_member() -> None:
    grants = [Given("group:a@acme.example", duty, "one/a") for duty in ("admin", "use")]
    [said] = in_group(grants, "ann@acme.example", "bob@acme.example")
    assert said.startswith("group:a@acme.example has")
