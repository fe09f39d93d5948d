"""Who is in a group holds what the group holds, however the plan tells of the group and of its member."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.access.blast_radius import radii, readerships
from analysis.access.escalation import becoming
from analysis.access.groups import MEMBERSHIP, Membership, groups_of
from analysis.access.members import Kind
from analysis.access.permissions import Holdings, holdings
from analysis.grants import ACCOUNT, GROUP, grants_of
from analysis.stack import Stack
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN

PROJECT = "acme"
SECRET = "gcp:secretmanager/secret:Secret"  # a type
ON_SECRET = "gcp:secretmanager/secretIamMember:SecretIamMember"  # a type
READER = "roles/secretmanager.secretAccessor"
EMAIL = "voice@acme.example"
OUTSIDE = "groups/02abc"


def resource(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> Resource:
    return Resource(
        urn=f"urn:pulumi:s::p::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        parent=None,
        inputs=inputs,
        **more,
    )


def account(name: str) -> Resource:
    return resource(ACCOUNT, name, {"accountId": name, "project": PROJECT})


def email(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


def group(name: str = "voice", id_: str = EMAIL, **more: Any) -> Resource:
    return resource(GROUP, name, {"groupKey": {"id": id_}, "parent": "customers/C1"}, **more)


def membership(
    member: str, of: Resource | str, *, name: str = "one", roles: tuple[str, ...] = ("MEMBER",), **more: Any
) -> Resource:
    """`member` is in `of`: a group of the plan, which is known after creation only, or a name."""
    inputs = {
        "group": of if isinstance(of, str) else UNKNOWN,
        "preferredMemberKey": {"id": member},
        "roles": [{"name": role} for role in roles],
    }
    needs = {} if isinstance(of, str) else {"group": [of.urn]}
    return resource(MEMBERSHIP, name, inputs | more, propertyDependencies=needs)


def granted(member: str, name: str = "grant", role: str = READER, **more: Any) -> Resource:
    return resource(ON_SECRET, name, {"secretId": "token", "role": role, "member": member}, **more)


def stack_of(*resources: Resource) -> Stack:
    secret = resource(SECRET, "token", {"secretId": "token", "project": PROJECT})
    return Stack(Plan.of([secret, *resources], project="p", stack="s", system="p", outputs={}))


def held(found: Holdings, name: str) -> list[tuple[str | None, list[str]]]:
    """The role of each grant that an identity holds, and the groups by which it does."""
    [identity] = [one for one, _ in found if one.name == name]
    return [(one.grant.role, [group.name for group in one.through]) for one in found.held[identity.key]]


@pytest.mark.parametrize("member", [email("worker"), email("worker").upper(), f" {email('worker')} "])
@pytest.mark.parametrize("granted_to", [f"group:{EMAIL}", "group:Voice@ACME.example"])
@pytest.mark.parametrize("id_", [EMAIL, "VOICE@acme.example"])
def test_a_member_holds_what_its_group_holds_whatever_the_case(member: str, granted_to: str, id_: str) -> None:
    made = group(id_=id_)
    found = stack_of(account("worker"), made, membership(member, made), granted(granted_to)).once(holdings)
    assert [role for role, _ in held(found, "worker")] == [READER]
    assert [one.kind for one, _ in found].count(Kind.GROUP) == 1, "one group, however it is spelled"


def test_what_the_group_holds_is_held_through_the_group_and_granted_to_nobody_else() -> None:
    made = group()
    stack = stack_of(account("worker"), made, membership(email("worker"), made), granted(f"group:{EMAIL}"))
    found = stack.once(holdings)
    assert held(found, "worker") == [(READER, [f"group:{EMAIL}"])]
    holder = found.holder_of(stack.once(grants_of)[0])
    assert holder is not None
    assert holder.kind is Kind.GROUP, "the grant still names the group"


@pytest.mark.parametrize("role", ["MEMBER", "MANAGER", "OWNER"])
def test_every_role_of_a_membership_counts(role: str) -> None:
    made = group()
    stack = stack_of(
        account("worker"), made, membership(email("worker"), made, roles=(role,)), granted(f"group:{EMAIL}")
    )
    assert len(held(stack.once(holdings), "worker")) == 1
    [told] = stack.once(groups_of).memberships
    assert told.lets_in == (role != "MEMBER")


def _by_member_key(made: Resource) -> Resource:
    one = membership(email("worker"), made)
    one.inputs["memberKey"] = one.inputs.pop("preferredMemberKey")
    return one


def _by_reference(made: Resource, value: Any = None) -> Resource:
    one = membership("", made)
    one.inputs["preferredMemberKey"] = value or {"id": UNKNOWN}
    one.propertyDependencies["preferredMemberKey"] = [account("worker").urn]
    return one


def _by_name(made: Resource) -> Resource:
    return membership(email("worker"), OUTSIDE)


def _by_state(made: Resource) -> Resource:
    one = membership(email("worker"), OUTSIDE)
    one.propertyDependencies["group"] = [made.urn]
    return one


@pytest.mark.parametrize(
    "make",
    [_by_member_key, _by_reference, lambda made: _by_reference(made, UNKNOWN), _by_name, _by_state],
    ids=["memberKey", "unknown e-mail", "unknown block", "name", "name and dependency"],
)
def test_a_membership_is_read_however_it_names_its_group_and_its_member(make: Any) -> None:
    # Only a state knows the name that Google gives.
    made = group(outputs={"name": OUTSIDE})
    stack = stack_of(account("worker"), made, make(made), granted(f"group:{EMAIL}"))
    assert held(stack.once(holdings), "worker") == [(READER, [f"group:{EMAIL}"])]
    assert not stack.once(holdings).unread


@pytest.mark.parametrize("known", [True, False], ids=["known e-mail", "unknown e-mail"])
def test_a_grant_to_a_group_that_only_creation_tells_is_to_that_group(known: bool) -> None:
    made = group(id_=EMAIL if known else UNKNOWN)
    grant = granted(f"group:{UNKNOWN}", propertyDependencies={"member": [made.urn]})
    found = stack_of(account("worker"), made, membership(email("worker"), made), grant).once(holdings)
    assert [role for role, _ in held(found, "worker")] == [READER]
    assert not found.unknown


def test_groups_in_groups_count_and_may_go_round() -> None:
    outer, inner = group("outer", "outer@acme.example"), group("inner", "inner@acme.example")
    stack = stack_of(
        account("worker"),
        outer,
        inner,
        membership(email("worker"), inner, name="a"),
        membership("Inner@acme.example", outer, name="b"),
        membership("outer@acme.example", inner, name="c"),
        granted("group:outer@acme.example"),
        granted("group:inner@acme.example", "other", "roles/secretmanager.viewer"),
    )
    found = stack.once(holdings)
    assert held(found, "worker") == [
        ("roles/secretmanager.viewer", ["group:inner@acme.example"]),
        (READER, ["group:inner@acme.example", "group:outer@acme.example"]),
    ]
    assert held(found, "group:outer@acme.example") == [
        (READER, []),
        ("roles/secretmanager.viewer", ["group:inner@acme.example"]),
    ]


def test_a_namesake_in_another_project_is_not_the_account_of_the_plan() -> None:
    made = group()
    other = "worker@elsewhere.iam.gserviceaccount.com"
    stack = stack_of(account("worker"), made, membership(other, made), granted(f"group:{EMAIL}"))
    assert held(stack.once(holdings), "worker") == []
    assert held(stack.once(holdings), other) == [(READER, [f"group:{EMAIL}"])]


def test_a_person_in_a_group_is_told_too() -> None:
    made = group()
    found = stack_of(made, membership("Ann@acme.example", made), granted(f"group:{EMAIL}")).once(holdings)
    [ann] = [one for one, _ in found if one.kind is Kind.PERSON]
    assert held(found, ann.name) == [(READER, [f"group:{EMAIL}"])]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"group": OUTSIDE}, "its e-mail is not in the plan"),
        ({"group": UNKNOWN}, "known only after creation"),
        ({"preferredMemberKey": {"id": UNKNOWN}}, "known only after creation"),
        ({"preferredMemberKey": {"id": "C0123"}}, "is no e-mail"),
        ({"preferredMemberKey": None}, "is left out"),
        ({"preferredMemberKey": 7}, ""),
        ({"group": [7]}, ""),
    ],
)
def test_a_membership_that_cannot_be_followed_is_never_silent(change: dict[str, Any], why: str) -> None:
    one = membership(email("worker"), OUTSIDE, **change)
    found = stack_of(account("worker"), one, granted(f"group:{EMAIL}")).once(holdings)
    [(by, told)] = found.unread
    assert by is one
    assert why in told


def test_escalation_and_blast_radius_reach_through_groups() -> None:
    made = group()
    on_account = resource(
        "gcp:serviceaccount/iAMMember:IAMMember",
        "tokens",
        {
            "serviceAccountId": f"projects/{PROJECT}/serviceAccounts/{email('admin')}",
            "role": "roles/iam.serviceAccountTokenCreator",
            "member": f"group:{EMAIL}",
        },
    )
    stack = stack_of(
        account("worker"),
        account("admin"),
        made,
        membership(email("worker"), made),
        on_account,
        granted(f"serviceAccount:{email('admin')}"),
    )
    graph = stack.once(becoming)
    worker = account("worker").urn
    assert [one.name for one in graph.becomes(worker)] == ["admin"]
    reach = {one.identity.name: one.altogether.number for one in stack.once(radii)}
    assert reach == {"worker": 1, "admin": 1, f"group:{EMAIL}": 1}
    [readers] = stack.once(readerships)
    assert {one.name for one in readers.through} == {"worker", f"group:{EMAIL}"}


def test_who_is_in_no_group_holds_nothing_of_it() -> None:
    made = group()
    found = stack_of(
        account("worker"), account("api"), made, membership(email("worker"), made), granted(f"group:{EMAIL}")
    ).once(holdings)
    assert held(found, "api") == []
    assert all(isinstance(one, Membership) for _, _, one in found.memberships)
