"""What a reviewer is told about the difference of two plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from analysis.comparison import as_if, compare
from plan.plan import Options, Plan, Resource
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN, secret
from review.markdown import MARKER, as_markdown

VALUE = "a-distinctive-value"


def resource(name: str, type_: str = "gcp:pubsub/topic:Topic", **inputs: Any) -> Resource:
    return Resource(
        urn=f"urn:pulumi:prod::demo::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        parent=None,
        inputs=inputs,
    )


def member(name: str, **inputs: Any) -> Resource:
    return resource(name, "gcp:pubsub/topicIAMMember:TopicIAMMember", **inputs)


def plan(*resources: Resource) -> Plan:
    return Plan.of(resources, project="demo", stack="prod", system="demo", outputs={})


def test_a_plan_compared_with_itself_shows_no_change() -> None:
    one = plan(resource("jobs", labels={"a": "b"}))
    assert compare(one, one).empty
    assert "no change" in as_markdown([compare(one, one)], "main", "HEAD")


def test_a_changed_property_is_told_by_its_path() -> None:
    before = plan(resource("api", template={"scaling": {"maxInstanceCount": 10}}))
    after = plan(resource("api", template={"scaling": {"maxInstanceCount": 50}}))
    (change,) = compare(before, after).changed[0].changes
    assert (change.path, change.before, change.after) == ("template.scaling.maxInstanceCount", 10, 50)


def test_who_gains_access_is_told_even_when_the_member_is_not_known_yet() -> None:
    account = resource("sink", "gcp:logging/projectSink:ProjectSink")
    grant = replace(
        member("grant", topic="jobs", role="roles/pubsub.publisher", member=UNKNOWN),
        propertyDependencies={"member": [account.urn]},
    )
    (row,) = compare(plan(account), plan(account, grant)).gained
    assert row.role == "roles/pubsub.publisher"
    assert row.entity == "topic jobs"
    assert "sink" in row.member, "an unknown member is told by the resource that yields it"


def full_secret() -> dict[str, str]:
    """A secret as no source should leave it: with its value."""
    return {**secret(), "value": VALUE}


@pytest.mark.parametrize(
    "nested", [lambda it: it, lambda it: [{"deep": it, "beside": 1}]], ids=["plain", "nested"]
)
@pytest.mark.parametrize("side", ["before", "after", "both"])
def test_a_secret_never_reaches_the_comment(side: str, nested: Callable[[Any], Any]) -> None:
    before = "cleared" if side == "after" else full_secret()
    after = "cleared" if side == "before" else {**full_secret(), "other": True}
    compared = compare(
        plan(resource("key", secretData=nested(before), kept=1)),
        plan(resource("key", secretData=nested(after), kept=[nested(after)])),
    )
    text = as_markdown([compared], "a", "b")
    assert VALUE not in text
    assert SIGNATURE not in text, "the mark of a secret tells a reader nothing"
    assert SECRET_KIND not in text
    assert "secret\\)" in text


def test_a_grant_that_loses_its_condition_is_a_gain_of_access() -> None:
    def conditioned(**condition: Any) -> Plan:
        return plan(member("grant", topic="jobs", role="roles/x", member="user:a@example.com", **condition))

    expression = "request.time < timestamp('2030-01-01T00:00:00Z')"
    narrow, wide = conditioned(condition={"title": "until", "expression": expression}), conditioned()
    found = compare(narrow, wide)
    assert [row.condition for row in found.gained] == [""], "without its condition a grant reaches further"
    assert [row.condition for row in found.lost] == [expression]
    assert "| gains | user:a" in as_markdown([found], "a", "b")


def test_losing_protection_is_a_change() -> None:
    kept = resource("jobs")
    before = plan(replace(kept, options=Options(protect=True, retainOnDelete=True)))
    after = plan(replace(kept, options=Options(protect=False, retainOnDelete=True)))
    (change,) = compare(before, after).changed[0].changes
    assert (change.path, change.before, change.after) == ("options.protect", True, False)


def test_an_option_that_one_source_cannot_tell_is_no_change() -> None:
    kept = resource("jobs")
    known = plan(replace(kept, options=Options(aliases=["urn:pulumi:prod::demo::a:b:C::old"])))
    assert compare(plan(kept), known).empty
    assert compare(known, plan(kept)).empty


def test_text_of_a_plan_cannot_become_markup_or_a_mention() -> None:
    evil = "<img src=x onerror=1> @everyone | [x](http://evil.example) `code`\n# heading"
    text = as_markdown([compare(plan(), plan(resource(evil)))], "a`b", "b\nc")
    assert "<img" not in text
    assert "@everyone" not in text
    assert "](http" not in text
    assert "\n# heading" not in text


def test_a_huge_comparison_stays_within_what_a_comment_holds() -> None:
    many = [
        member(f"grant-{n}", topic="t" * 80, role="roles/x", member=f"serviceAccount:{n}") for n in range(3000)
    ]
    text = as_markdown([compare(plan(), plan(*many))], "a", "b")
    assert text.startswith(MARKER)
    assert len(text) < 65_000
    assert "more" in text


def test_two_stacks_are_compared_by_what_they_really_differ_in() -> None:
    def stack(name: str, size: int) -> Plan:
        type_ = "gcp:pubsub/topic:Topic"
        one = Resource(
            urn=f"urn:pulumi:{name}::demo::{type_}::jobs",
            type=type_,
            name="jobs",
            custom=True,
            parent=None,
            inputs={"name": f"demo-{name}-jobs", "labels": {"environment": name}, "size": size},
        )
        return Plan.of([one], project="demo", stack=name, system="demo", outputs={})

    staging, prod = stack("staging", 1), stack("prod", 2)
    found = compare(as_if(staging, prod), prod)
    assert not found.added
    assert not found.removed
    assert [change.path for change in found.changed[0].changes] == ["size"]


def test_a_service_that_opens_to_the_internet_is_told_at_the_top() -> None:
    type_ = "gcp:cloudrunv2/service:Service"
    inside = plan(resource("api", type_, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY", invokerIamDisabled=False))
    outside = plan(resource("api", type_, ingress="INGRESS_TRAFFIC_ALL", invokerIamDisabled=True))
    found = compare(inside, outside)
    assert any("takes requests from the internet" in one for one in found.opened)
    assert any("asks nobody" in one for one in found.opened)
    text = as_markdown([found], "a", "b")
    assert text.index("newly: service api") < text.index("Changed")


def test_everyone_as_a_member_is_told_as_reachable() -> None:
    open_to_all = member("grant", topic="jobs", role="roles/pubsub.publisher", member="allUsers")
    assert compare(plan(), plan(open_to_all)).opened


def test_a_change_that_usually_replaces_says_so() -> None:
    found = compare(plan(resource("one", location="EU")), plan(resource("one", location="US")))
    assert "usually replaces it" in as_markdown([found], "a", "b")
