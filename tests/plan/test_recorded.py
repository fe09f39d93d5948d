"""What the engine recorded is read strictly: no resource is hidden, none is made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan.errors import PlanFileError
from plan.plan import Plan
from plan.sentinels import SECRET_KIND, SIGNATURE, secret
from plan.sources import preview_json, state

HEAD = "urn:pulumi:prod::demo"
STACK = f"{HEAD}::pulumi:pulumi:Stack::demo-prod"
TOPIC = f"{HEAD}::gcp:pubsub/topic:Topic::jobs"
ENVELOPE = {SIGNATURE: SECRET_KIND, "ciphertext": "v1:AAAB:secret-bytes"}


def topic(**changes: Any) -> dict[str, Any]:
    """A topic as the engine writes it."""
    return {
        "urn": TOPIC,
        "type": "gcp:pubsub/topic:Topic",
        "custom": True,
        "inputs": {"name": "jobs"},
        "parent": STACK,
        **changes,
    }


def exported(*resources: Any, version: Any = 3, **more: Any) -> Plan:
    root = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}
    return state.read(json.dumps({"version": version, "deployment": {"resources": [root, *resources], **more}}))


def previewed(*steps: Any, **more: Any) -> Plan:
    root = {"op": "create", "newState": {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}}
    return preview_json.read(json.dumps({"steps": [root, *steps], **more}))


def step(op: str, state: Any = None) -> dict[str, Any]:
    return {"op": op, "urn": TOPIC} | ({"newState": state} if state is not None else {})


@pytest.mark.parametrize("version", [3, 4])
def test_both_versions_of_a_state_give_the_same_plan(version: int) -> None:
    assert exported(topic(), version=version) == exported(topic())


@pytest.mark.parametrize("version", [None, 1, 2, 5, "3", True, 3.5])
def test_a_state_of_another_version_is_refused(version: Any) -> None:
    with pytest.raises(PlanFileError, match="its version is"):
        exported(topic(), version=version)


def test_an_operation_that_was_cut_off_leaves_nothing_to_say() -> None:
    with pytest.raises(PlanFileError, match="1 operations were cut off"):
        exported(topic(), pending_operations=[{"resource": topic(), "type": "updating"}])
    assert TOPIC in exported(topic(), pending_operations=[]).by_urn


def test_what_waits_for_its_deletion_may_share_the_urn_of_what_replaced_it() -> None:
    plan = exported(topic(delete=True, inputs={"name": "old"}), topic())
    assert plan.by_urn[TOPIC].inputs == {"name": "jobs"}


def test_two_resources_with_one_urn_are_refused() -> None:
    with pytest.raises(PlanFileError, match="two resources have the URN"):
        exported(topic(inputs={"name": "bad"}), topic())
    with pytest.raises(PlanFileError, match="two steps leave"):
        previewed(step("create", topic(inputs={"name": "bad"})), step("create", topic()))


def test_no_ciphertext_reaches_the_plan() -> None:
    plan = exported(topic(inputs={"name": ENVELOPE, "labels": [{"a": ENVELOPE}]}, outputs={"id": ENVELOPE}))
    assert plan.by_urn[TOPIC].inputs == {"name": secret(), "labels": [{"a": secret()}]}
    assert "secret-bytes" not in plan.to_json()


def test_a_provider_of_a_state_is_a_provider_without_its_credentials() -> None:
    urn = f"{HEAD}::pulumi:providers:gcp::google"
    given = {"urn": urn, "type": "pulumi:providers:gcp", "custom": True, "inputs": {"credentials": ENVELOPE}}
    plan = exported(given, topic(provider=f"{urn}::0c5f-id"))
    assert plan.by_urn[urn].is_provider
    assert plan.by_urn[urn].inputs == {"credentials": secret()}
    assert plan.by_urn[TOPIC].provider == urn


@pytest.mark.parametrize("inputs", [None, {}, {"__defaults": []}])
def test_outputs_stand_in_for_the_inputs_of_what_was_only_read(inputs: Any) -> None:
    outputs = {"name": "jobs", "labels": {"a": "b"}, "key": ENVELOPE, "__meta": "x"}
    plan = exported(topic(external=True, inputs=inputs, outputs=outputs))
    assert plan.by_urn[TOPIC].inputs == {"name": "jobs", "labels": {"a": "b"}, "key": secret()}
    assert exported(topic(inputs={}, outputs=outputs)).by_urn[TOPIC].inputs == {}, "only where it was read"
    assert exported(topic(external=True, outputs=outputs)).by_urn[TOPIC].inputs == {"name": "jobs"}


@pytest.mark.parametrize("key", ["urn", "type", "custom"])
def test_a_resource_that_lacks_what_tells_what_it_is_is_refused(key: str) -> None:
    lacking = {name: value for name, value in topic().items() if name != key}
    with pytest.raises(PlanFileError, match=f"lacks '{key}'"):
        exported(lacking)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("delete", "no"),
        ("delete", 1),
        ("custom", "false"),
        ("external", "x"),
        ("inputs", []),
        ("inputs", ""),
        ("inputs", 5),
        ("outputs", [1]),
        ("parent", 5),
        ("provider", ["x"]),
        ("dependencies", "x"),
        ("dependencies", [5]),
        ("propertyDependencies", []),
        ("propertyDependencies", {"name": 5}),
        ("propertyDependencies", {"name": [5]}),
        ("ignoreChanges", "x"),
        ("customTimeouts", 5),
        ("type", "gcp:storage/bucket:Bucket"),
        ("urn", "abc"),
        ("urn", TOPIC.replace("prod", "dev")),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_and_hides_nothing(key: str, value: Any) -> None:
    wrong = topic(**{key: value})
    with pytest.raises(PlanFileError, match="is not a stack's state"):
        exported(wrong)
    with pytest.raises(PlanFileError, match="is not a preview"):
        previewed(step("create", wrong))


@pytest.mark.parametrize("resources", [None, 5, {}, [5], [None]])
def test_a_state_without_a_list_of_resources_is_refused(resources: Any) -> None:
    with pytest.raises(PlanFileError, match="not a stack's state"):
        state.read(json.dumps({"version": 3, "deployment": {"resources": resources}}))


@pytest.mark.parametrize("steps", [5, {}, [5], [{"op": 5}], [{"op": "create", "urn": TOPIC}], [{"op": "same"}]])
def test_a_preview_with_a_step_that_does_not_say_what_it_leaves_is_refused(steps: Any) -> None:
    with pytest.raises(PlanFileError, match="not a preview"):
        preview_json.read(json.dumps({"steps": steps}))


def test_a_replacement_leaves_one_resource() -> None:
    old, new = topic(inputs={"name": "old"}), topic(inputs={"name": "new"})
    plan = previewed(
        step("create-replacement", new), step("replace", new), {**step("delete-replaced"), "oldState": old}
    )
    assert plan.by_urn[TOPIC].inputs == {"name": "new"}


def test_what_was_refreshed_is_what_the_next_step_makes_of_it() -> None:
    old, new = topic(inputs={"name": "old"}), topic(inputs={"name": "new"})
    assert previewed(step("refresh", old), step("update", new)).by_urn[TOPIC].inputs == {"name": "new"}
    assert previewed(step("update", new), step("refresh", old)).by_urn[TOPIC].inputs == {"name": "new"}
    assert previewed(step("refresh", old)).by_urn[TOPIC].inputs == {"name": "old"}
    assert TOPIC not in previewed(step("refresh", old), step("delete")).by_urn
    assert TOPIC not in previewed(step("refresh")).by_urn, "it is gone"


def test_a_preview_that_leaves_out_what_stays_as_it_is_is_refused() -> None:
    with pytest.raises(PlanFileError, match="leaves out 2 resources") as refusal:
        previewed(step("update", topic()), changeSummary={"same": 2, "update": 1})
    assert "--show-sames" in refusal.value.fix
    assert TOPIC in previewed(step("same", topic()), changeSummary={"same": 1, "create": 1}).by_urn


def test_a_preview_of_a_corrupt_state_is_refused() -> None:
    with pytest.raises(PlanFileError, match="corrupt"):
        previewed(step("same", topic()), maybeCorrupt=True)
