"""The plan as a file, and the plans read from what the real engine writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plan.engine.learn import learn
from plan.engine.run import plan_stack
from plan.errors import PlanFileError
from plan.plan import Plan
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN, secret
from plan.sources import preview_json, state
from plan.sources.agreement import differences
from tests.plan.real_engine import PROGRAMS

STACK = "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev"
PROVIDER = "urn:pulumi:dev::demo::pulumi:providers:gcp::google"
TOPIC = "urn:pulumi:dev::demo::gcp:pubsub/topic:Topic::topic"


def states(**topic: Any) -> list[dict[str, Any]]:
    return [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False, "outputs": {"a": 1}},
        {"urn": PROVIDER, "type": "pulumi:providers:gcp", "custom": True, "parent": STACK, "id": "7d0e"},
        {
            "urn": TOPIC,
            "type": "gcp:pubsub/topic:Topic",
            "custom": True,
            "parent": STACK,
            "provider": f"{PROVIDER}::7d0e",
            "inputs": {"__defaults": [], "name": "topic"},
            "propertyDependencies": {"name": [], "labels": [PROVIDER]},
            "dependencies": [PROVIDER],
            **topic,
        },
    ]


def from_preview(**topic: Any) -> Plan:
    steps = [{"op": "create", "urn": it["urn"], "newState": it} for it in states(**topic)]
    return preview_json.read(json.dumps({"steps": steps}))


def from_state(**topic: Any) -> Plan:
    return state.read(json.dumps({"version": 3, "deployment": {"resources": states(**topic)}}))


def test_a_plan_reads_back_as_it_was_written(tmp_path: Path) -> None:
    plan = plan_stack(PROGRAMS / "quirks", "dev")
    file = tmp_path / "plan.json"
    file.write_text(plan.to_json())
    assert Plan.read(file) == plan
    assert Plan.read(file).to_json() == plan.to_json()


def test_the_json_has_the_fields_of_the_design() -> None:
    raw = json.loads(plan_stack(PROGRAMS / "quirks", "dev").to_json())
    assert set(raw) == {"project", "stack", "system", "resources", "outputs"}
    fields = "urn type name custom parent inputs defaults dependencies propertyDependencies provider options"
    for resource in raw["resources"]:
        assert set(resource) == {*fields.split(), "source", "outputs"}
    assert raw["resources"] == sorted(raw["resources"], key=lambda it: it["urn"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": 1}', '{"resources": [{"urn": 1}]}'])
def test_a_file_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanFileError):
        Plan.from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"steps": []}', '{"steps": [1]}'])
def test_a_file_that_is_no_preview_is_refused(text: str) -> None:
    with pytest.raises(PlanFileError):
        preview_json.read(text)


@pytest.mark.parametrize("text", ["", "{}", '{"deployment": {}}', '{"deployment": {"resources": []}}'])
def test_a_file_that_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(PlanFileError):
        state.read(text)


@pytest.mark.parametrize("read", [from_preview, from_state])
def test_secrets_are_emptied_whatever_the_source_said(read: Any) -> None:
    plan = read(
        inputs={
            "masked": "[secret]",
            "cipher": {SIGNATURE: SECRET_KIND, "ciphertext": "AAABtop"},
            "clear": [{SIGNATURE: SECRET_KIND, "plaintext": '"hunter2"'}],
        },
        outputs={"made": {SIGNATURE: SECRET_KIND, "value": "hunter2"}},
    )
    assert plan.by_urn[TOPIC].inputs == {"masked": secret(), "cipher": secret(), "clear": [secret()]}
    assert plan.by_urn[TOPIC].outputs == {"made": secret()}
    assert "hunter2" not in plan.to_json()
    assert "AAAB" not in plan.to_json()


@pytest.mark.parametrize("read", [from_preview, from_state])
def test_defaults_move_beside_the_inputs_at_every_depth(read: Any) -> None:
    inputs = {
        "__defaults": ["enabled"],
        "enabled": True,
        "blocks": [{"__defaults": ["size"], "size": 3, "name": "x"}, {"__defaults": [], "name": "y"}],
    }
    topic = read(inputs=inputs).by_urn[TOPIC]
    assert topic.inputs == {"blocks": [{"name": "x"}, {"name": "y"}]}
    assert topic.defaults == {"enabled": True, "blocks[0].size": 3}


def test_nothing_that_differs_between_runs_is_kept() -> None:
    topic = from_state().by_urn[TOPIC]
    assert topic.provider == PROVIDER
    assert topic.propertyDependencies == {"labels": [PROVIDER]}


def test_a_state_tells_the_outputs_of_the_stack_and_no_resource_that_waits_for_deletion() -> None:
    assert from_state().outputs == {"a": 1}
    assert TOPIC not in from_state(delete=True).by_urn


def test_a_preview_leaves_out_what_it_deletes() -> None:
    steps = [{"op": "create", "newState": it} for it in states()[:2]]
    steps.append({"op": "delete", "oldState": states()[2]})
    assert TOPIC not in preview_json.read(json.dumps({"steps": steps})).by_urn


@pytest.mark.parametrize("read", [from_preview, from_state])
def test_only_what_the_engine_keeps_for_itself_is_dropped(read: Any) -> None:
    given = {"__defaults": [], "__internal": {}, "__mine": 1, "labels": {"__defaults": [], "__internal": "x"}}
    given["__pulumi-go-provider-version"] = "v1.5.0"
    topic = read(inputs=given, outputs={"__meta": "{}", "__pulumi_raw_state_delta": {}, "a": 1}).by_urn[TOPIC]
    assert topic.inputs == {"__mine": 1, "labels": {"__internal": "x"}}
    assert topic.outputs == {"a": 1}


@pytest.mark.parametrize("read", [from_preview, from_state])
def test_what_a_source_lacks_is_null(read: Any) -> None:
    options = read().by_urn[TOPIC].options
    assert options.aliases is None
    assert options.deleteBeforeReplace is None
    assert options.protect is False


def test_equal_plans_agree() -> None:
    plan = from_preview()
    assert differences(plan, plan) == []


def test_differences_are_told_with_resource_and_place() -> None:
    real = from_preview(inputs={"name": "topic", "labels": {"a": "1"}, "list": [1, 2]}, protect=True)
    mine = replace(
        real.by_urn[TOPIC],
        inputs={"name": "other", "labels": {"b": "1"}, "list": [1, 3]},
        defaults={"x": 1},
        dependencies=[],
        options=replace(real.by_urn[TOPIC].options, protect=False),
    )
    embedded = Plan.of(
        [mine, *[it for it in real if it.urn not in (TOPIC, PROVIDER)]],
        project="demo",
        stack="dev",
        system="demo",
        outputs={},
    )
    assert differences(embedded, real) == [
        f"{PROVIDER}: only in the real preview",
        f'{TOPIC}: dependencies: embedded [], real ["{PROVIDER}"]',
        f'{TOPIC}: inputs.labels.a: only real, "1"',
        f'{TOPIC}: inputs.labels.b: only embedded, "1"',
        f"{TOPIC}: inputs.list[1]: embedded 3, real 2",
        f'{TOPIC}: inputs.name: embedded "other", real "topic"',
        f"{TOPIC}: defaults.x: only embedded, 1",
        f"{TOPIC}: option protect: embedded false, real true",
    ]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("parent", PROVIDER),
        ("provider", f"{PROVIDER}-2"),
        ("dependencies", []),
        ("propertyDependencies", {"labels": [TOPIC]}),
    ],
)
def test_a_relation_that_differs_is_a_difference(attribute: str, value: Any) -> None:
    real = from_preview()
    other: Any = {attribute: value}
    mine = [replace(it, **other) if it.urn == TOPIC else it for it in real]
    embedded = Plan.of(mine, project="demo", stack="dev", system="demo", outputs={})
    (found,) = differences(embedded, real)
    assert found.startswith(f"{TOPIC}: {attribute}: embedded ")


def test_one_and_true_are_not_the_same() -> None:
    assert differences(from_preview(inputs={"a": True}), from_preview(inputs={"a": 1}))


def test_the_table_is_learned_from_defaults_and_probes() -> None:
    topic = states(inputs={"__defaults": ["enabled"], "enabled": True, "name": "topic", "rule": {"a": 1}})[2]
    probe = {
        "urn": TOPIC.replace("Topic::", "Topic$voicestack:probe:Probe::"),
        "type": "voicestack:probe:Probe",
        "custom": False,
        "parent": TOPIC,
        "inputs": {
            "name": "topic",
            "rule": UNKNOWN,
            "project": "p",
            "policy": "DELETE",
            "path": "projects/p/topics/topic",
            "effectiveLabels": "[secret]",
            "kind": UNKNOWN,
        },
    }
    provider = {**states()[1], "inputs": {"project": "p"}}
    steps = [{"op": "create", "newState": it} for it in (states()[0], provider, topic, probe)]
    learned = learn([preview_json.read(json.dumps({"steps": steps}))])
    assert learned.as_json()["types"]["gcp:pubsub/topic:Topic"] == {
        "defaults": {"enabled": True},
        "planned": {
            "rule": UNKNOWN,
            "project": "${provider.project}",
            "policy": "DELETE",
            "effectiveLabels": "${labels}",
        },
    }
    assert len(learned.reports) == 1
    assert "path" in learned.reports[0]


def test_what_differs_between_two_resources_is_no_default() -> None:
    def one(value: int) -> Plan:
        return from_preview(inputs={"__defaults": ["size"], "size": value})

    learned = learn([one(1), one(2), one(1)])
    assert learned.as_json() == {"types": {}}
    assert learned.reports
