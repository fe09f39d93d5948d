"""The fix of a finding speaks of our components only to a program that has them."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from policies.engine.pack import packs
from policies.engine.run import evaluate
from tests.policies.surroundings import TODAY, plan_of

POLICIES = [policy for pack in packs() for policy in pack.policies]


def _topic(options: pulumi.ResourceOptions | None = None) -> None:
    gcp.pubsub.Topic("jobs", name="jobs", opts=options)


def test_a_program_without_our_components_is_told_what_to_set_on_resources() -> None:
    def program() -> None:
        # Somebody else's component is none of ours.
        theirs = pulumi.ComponentResource("acme:platform:Queue", "queue")
        _topic(pulumi.ResourceOptions(parent=theirs))

    found = evaluate(plan_of(program), POLICIES, today=TODAY).findings
    assert any(one.resource.is_stack for one in found)
    wrong = [one.policy.id for one in found if one.fix != one.policy.fix_raw]
    assert not wrong, f"these name components of ours: {wrong}"


def test_a_program_with_our_components_is_told_of_them_for_the_whole_stack() -> None:
    def program() -> None:
        pulumi.ComponentResource("voicestack:messaging:Topic", "topic")
        _topic()

    found = [one for one in evaluate(plan_of(program), POLICIES, today=TODAY).findings if one.resource.is_stack]
    assert found
    assert all(one.fix == one.policy.fix for one in found)
