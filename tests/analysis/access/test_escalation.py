"""Who can become whom and what they reach, against brute force over the grants of small random stacks."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.access.blast_radius import PROJECT_WIDE, radii, readerships
from analysis.access.escalation import becoming
from analysis.stack import Stack
from plan.plan import Plan, Resource

PROJECT = "demo"
PEOPLE = ["w", "x", "y", "z"]
ACCOUNT = "gcp:serviceaccount/account:Account"
ROLES = {
    # Custom roles of one permission each, and what brute force makes of it.
    "token": ["iam.serviceAccounts.getAccessToken"],
    "key": ["iam.serviceAccountKeys.create"],
    "policy": ["iam.serviceAccounts.setIamPolicy"],
    "acts": ["iam.serviceAccounts.actAs"],
    "code": ["run.services.update"],
    "delegates": ["iam.serviceAccounts.implicitDelegation"],
    "seizes": ["resourcemanager.projects.setIamPolicy"],
    "reads": ["storage.objects.get"],
    "opens": ["secretmanager.versions.access"],
    "harmless": ["run.services.get"],
}
TAKES = {"token", "key", "policy"}
EVERYWHERE = "*"
Given = tuple[str, str, str]
"""Who has what role on whom; on `*` is on the project."""
grants = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(sorted(ROLES)),
        st.sampled_from([*PEOPLE, EVERYWHERE]),
    ),
    max_size=9,
)


def resource(type_: str, name: str, inputs: dict[str, Any]) -> Resource:
    return Resource(
        urn=f"urn:pulumi:s::p::{type_}::{name}", type=type_, name=name, custom=True, parent=None, inputs=inputs
    )


def email(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


def stack_of(given: list[Given]) -> Stack:
    made = [resource(ACCOUNT, name, {"accountId": name, "project": PROJECT}) for name in PEOPLE]
    made += [
        resource("gcp:projects/iAMCustomRole:IAMCustomRole", role, {"roleId": role, "permissions": permissions})
        for role, permissions in ROLES.items()
    ]
    made.append(resource("gcp:storage/bucket:Bucket", "bucket", {"name": "bucket", "project": PROJECT}))
    made.append(resource("gcp:secretmanager/secret:Secret", "secret", {"secretId": "secret", "project": PROJECT}))
    for number, (who, role, on) in enumerate(given):
        said = {"role": f"projects/{PROJECT}/roles/{role}", "member": f"serviceAccount:{email(who)}"}
        if on == EVERYWHERE:
            made.append(resource("gcp:projects/iAMMember:IAMMember", str(number), said | {"project": PROJECT}))
        elif role == "reads":
            made.append(
                resource("gcp:storage/bucketIAMMember:BucketIAMMember", str(number), said | {"bucket": "bucket"})
            )
        elif role == "opens":
            made.append(
                resource(
                    "gcp:secretmanager/secretIamMember:SecretIamMember", str(number), said | {"secretId": "secret"}
                )
            )
        else:
            path = f"projects/{PROJECT}/serviceAccounts/{email(on)}"
            made.append(
                resource("gcp:serviceaccount/iAMMember:IAMMember", str(number), said | {"serviceAccountId": path})
            )
    return Stack(Plan.of(made, project="p", stack="s", system="p", outputs={}))


def brute(given: list[Given]) -> tuple[set[tuple[str, str]], set[str]]:
    """(who can become whom, who can take the project), by trying every rule until nothing is new."""

    # On an account `code` is about nothing; on the project it is about every service.
    def has(who: str, roles: set[str], on: str) -> bool:
        return any(one == who and role in roles and place in (on, EVERYWHERE) for one, role, place in given)

    codes = {one for one, role, place in given if role == "code"}
    takes = {
        (one, two)
        for one, two in itertools.permutations(PEOPLE, 2)
        if has(one, TAKES, two) or (one in codes and has(one, {"acts"}, two))
    }
    tokens = {(one, two) for one, two in itertools.product(PEOPLE, PEOPLE) if has(one, {"token"}, two)}
    delegated = {(one, two) for one, two in itertools.product(PEOPLE, PEOPLE) if has(one, {"delegates"}, two)}
    # Through whom one may go at all, at any number of delegations; the last makes the token.
    through = set(delegated)
    while more := {(a, d) for a, b in through for c, d in delegated if b == c} - through:
        through |= more
    takes |= {(a, d) for a, b in through for c, d in tokens if b == c and a != d}
    takers = {one for one, role, place in given if role == "seizes" and place == EVERYWHERE}
    takes |= {(one, two) for one in takers for two in PEOPLE if one != two}
    closed = set(takes)
    while more := {(a, d) for a, b in closed for c, d in closed if b == c and a != d} - closed:
        closed |= more
    return closed, takers | {one for one, two in closed if two in takers}


@given(grants)
def test_who_can_become_whom_is_what_brute_force_finds(given: list[Given]) -> None:
    graph = becoming(stack_of(given))
    closed, takers = brute(given)
    for identity, _ in graph.holdings:
        told = {one.name for one in graph.becomes(identity.key)}
        assert told == {two for one, two in closed if one == identity.name}
        controls = any(graph.way(identity.key, hub) for hub in graph.controls)
        assert controls == (identity.name in takers)


@given(grants)
def test_a_way_begins_and_ends_where_it_should_and_each_step_is_granted(given: list[Given]) -> None:
    graph = becoming(stack_of(given))
    for identity, _ in graph.holdings:
        for other in graph.becomes(identity.key):
            way = graph.way(identity.key, other.key)
            assert [way[0].start, way[-1].end] == [identity.key, other.key]
            assert all(one.end == two.start for one, two in itertools.pairwise(way))
            for step in way:
                if step.start not in graph.controls:
                    assert step.by, step.how
                assert all(graph.holdings.holder_of(grant) is not None for grant in step.by)


@given(grants)
def test_a_blast_radius_is_what_all_whom_one_can_become_reach(given: list[Given]) -> None:
    stack = stack_of(given)
    closed, _ = brute(given)

    def reach(who: str) -> set[str]:
        return {
            f"{role}{EVERYWHERE if place == EVERYWHERE else ''}"
            for one, role, place in given
            if role in ("reads", "opens") and one == who
        }

    told = {one.identity.name: one.altogether.number for one in radii(stack)}
    for who in PEOPLE:
        all_of_it = set().union(*(reach(one) for one in [who, *(two for one, two in closed if one == who)]))
        entities = {one.removesuffix(EVERYWHERE) for one in all_of_it}
        wide = [one for one in all_of_it if one.endswith(EVERYWHERE)]
        assert told.get(who, 0) == len(entities) + PROJECT_WIDE * len(wide)
    readers = {one for one, role, _ in given if role == "opens"}
    [secret] = readerships(stack)
    assert secret.number == len(readers | {one for one, two in closed if two in readers})


@pytest.mark.parametrize("count", [2000])
def test_large_stacks_are_closed_fast(count: int) -> None:
    """A chain of accounts, each of which can become the next, and one that has tokens at large."""
    made = [
        resource(ACCOUNT, f"a{number}", {"accountId": f"a{number}", "project": PROJECT}) for number in range(count)
    ]
    for number in range(count - 1):
        said = {
            "role": "roles/iam.serviceAccountTokenCreator",
            "member": f"serviceAccount:{email(f'a{number}')}",
            "serviceAccountId": f"projects/{PROJECT}/serviceAccounts/{email(f'a{number + 1}')}",
        }
        made.append(resource("gcp:serviceaccount/iAMMember:IAMMember", str(number), said))
    stack = Stack(Plan.of(made, project="p", stack="s", system="p", outputs={}))
    began = time.process_time()
    graph = becoming(stack)
    first = next(identity for identity, _ in graph.holdings if identity.name == "a0")
    assert len(graph.becomes(first.key)) == count - 1
    assert time.process_time() - began < 5
