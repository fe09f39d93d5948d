"""What inputs and options become in the plan: secrets, scalars, providers, what children inherit."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.engine.run import plan_stack
from plan.plan import Plan, Resource
from plan.sentinels import secret
from tests.plan.small_program import write


def named(plan: Plan, name: str) -> Resource:
    (found,) = [it for it in plan if it.name == name and not it.is_provider]
    return found


def with_google(tmp_path: Path, program: str) -> Plan:
    """The plan of `program`, which has the provider's options as `o`."""
    google = "import pulumi_gcp as gcp\nimport pulumi_random as random\nfrom pulumi import Output\n"
    google += "provider = gcp.Provider('g', project='demo-project', region='europe-west1')\n"
    google += "o = pulumi.ResourceOptions(provider=provider)\n"
    return plan_stack(write(tmp_path, google + program), "dev")


@pytest.mark.parametrize(
    "labels", ["{'a': Output.secret('hunter2'), 'b': 'c'}", "Output.secret({'a': 'hunter2'})"]
)
def test_what_copies_labels_with_a_secret_is_secret_and_unknown(tmp_path: Path, labels: str) -> None:
    program = f"topic = gcp.pubsub.Topic('topic', name='topic', labels={labels}, opts=o)\n"
    program += "pulumi.export('copy', topic.effective_labels)\n"
    program += "pulumi.export('made', topic.effective_labels.apply(lambda it: it['a']))\n"
    plan = with_google(tmp_path, program)
    assert plan.outputs == {"copy": secret(), "made": secret()}
    assert "hunter2" not in plan.to_json()


def test_an_output_declared_secret_is_secret_though_its_value_is_known(tmp_path: Path) -> None:
    program = "account = gcp.serviceaccount.Account('a', account_id='account-two', opts=pulumi.ResourceOptions("
    program += "provider=provider, additional_secret_outputs=['email', 'member', 'accountId']))\n"
    program += "gcp.projects.IAMMember('m', project='p', role='roles/viewer', member=account.member, opts=o)\n"
    program += "pulumi.export('seen', [account.email, account.account_id, account.email.apply(len)])\n"
    plan = with_google(tmp_path, program)
    assert named(plan, "m").inputs["member"] == secret()
    assert plan.outputs == {"seen": [secret(), secret(), secret()]}
    assert "account-two@" not in plan.to_json(), "the address was to be kept secret"


def test_scalars_are_planned_as_the_provider_turns_them(tmp_path: Path) -> None:
    program = "labels = {'a': 1, 'b': True, 'c': 1.5, 'd': 1e20, 'e': None}\n"
    program += "topic = gcp.pubsub.Topic('topic', name=5, labels=labels, opts=o)\n"
    program += "sub = gcp.pubsub.Subscription('sub', name='sub', topic=topic.name, ack_deadline_seconds='60',\n"
    program += "    retain_acked_messages='true', enable_message_ordering='0', opts=o)\n"
    program += "gcp.pubsub.Subscription('cut', name='cut', topic='t', ack_deadline_seconds=60.5, opts=o)\n"
    program += "random.RandomId('as-given', byte_length='2', keepers={'a': 1, 'b': True})\n"
    program += "pulumi.export('seen', [sub.ack_deadline_seconds, topic.labels])\n"
    plan = with_google(tmp_path, program)
    turned = {"a": "1", "b": "true", "c": "1.5", "d": "100000000000000000000", "e": None}
    assert named(plan, "topic").inputs == {"name": "5", "labels": turned}
    inputs = named(plan, "sub").inputs
    assert inputs["ackDeadlineSeconds"] == 60
    assert inputs["retainAckedMessages"] is True
    assert inputs["enableMessageOrdering"] is False
    assert named(plan, "cut").inputs["ackDeadlineSeconds"] == 60
    assert named(plan, "as-given").inputs == {"byteLength": "2", "keepers": {"a": 1, "b": True}}
    assert plan.outputs["seen"][0] == 60


def test_a_resource_without_a_class_uses_the_installed_provider(tmp_path: Path) -> None:
    program = "class Id(pulumi.CustomResource):\n    pass\n"
    program += "Id('random:index/randomId:RandomId', 'untyped', {'byteLength': 4})\n"
    program += "random.RandomId('typed', byte_length=4)\n"
    plan = with_google(tmp_path, program)
    assert named(plan, "untyped").provider == named(plan, "typed").provider


def test_what_a_parent_dies_with_its_children_die_with_too(tmp_path: Path) -> None:
    program = "def topic(name, **more):\n"
    program += "    return gcp.pubsub.Topic(name, opts=pulumi.ResourceOptions(provider=provider, **more))\n"
    program += "host = topic('host')\nparent = topic('parent', deleted_with=host)\n"
    program += "topic('child', parent=parent)\ntopic('other', parent=parent, deleted_with=parent)\n"
    plan = with_google(tmp_path, program)
    assert named(plan, "child").options.deletedWith == named(plan, "host").urn
    assert named(plan, "other").options.deletedWith == named(plan, "parent").urn


def test_an_encrypted_setting_stays_secret_and_unknown(tmp_path: Path) -> None:
    write(
        tmp_path,
        "token = pulumi.Config().require_secret('token')\n"
        "class Box(pulumi.ComponentResource):\n"
        "    def __init__(self, **props):\n"
        "        super().__init__('x:y:Box', 'box', props)\n"
        "Box(plain=token, made=token.apply(lambda it: it.upper()), text=pulumi.Output.concat('a', token),\n"
        "    nested={'a': [token]})\n"
        "pulumi.export('token', token)\n",
        "config:\n  token: {secure: AAABsecretciphertext}\n",
    )
    plan = plan_stack(tmp_path, "dev")
    box = named(plan, "box").inputs
    assert box == {"plain": secret(), "made": secret(), "text": secret(), "nested": {"a": [secret()]}}
    assert plan.outputs == {"token": secret()}
    assert "ciphertext" not in plan.to_json()
