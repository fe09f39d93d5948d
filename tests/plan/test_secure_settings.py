"""Encrypted settings in a plan: secret, not known, and readable as whatever the program takes them for."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.engine.run import plan_stack
from plan.errors import EngineError
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN
from tests.plan.small_program import write

SETTINGS = """config:
  whole: {secure: AAABciphertext}
  mixed:
    user: me
    port: 5432
    password: {secure: AAABciphertext}
    hosts: [a, {secure: AAABciphertext}]
  plain: 3
"""


@pytest.mark.parametrize("how", ["require_secret", "get_secret"])
@pytest.mark.parametrize("type_", ["", "_bool", "_int", "_float", "_object"])
def test_an_encrypted_setting_is_a_secret_unknown_read_as_any_type(tmp_path: Path, how: str, type_: str) -> None:
    program = f"value = pulumi.Config().{how}{type_}('whole')\npulumi.export('value', value)\n"
    program += "pulumi.export('next', value.apply(lambda it: it + 1))\n"
    plan = plan_stack(write(tmp_path, program, SETTINGS), "dev")
    assert plan.outputs == {"value": {SIGNATURE: SECRET_KIND}, "next": {SIGNATURE: SECRET_KIND}}


def test_what_is_in_clear_beside_an_encrypted_value_stays_known_and_secret(tmp_path: Path) -> None:
    program = """
found = pulumi.Config().require_secret_object("mixed")
pulumi.export("secret", found["user"])
pulumi.export("user", pulumi.Output.unsecret(found["user"]))
pulumi.export("host", pulumi.Output.unsecret(found["hosts"][0]))
pulumi.export("port", pulumi.Output.unsecret(found["port"]).apply(lambda port: port + 1))
pulumi.export("password", pulumi.Output.unsecret(found["password"]))
plain = pulumi.Config().require_object("mixed")
pulumi.export("plain", [plain["user"], plain["password"]])
"""
    plan = plan_stack(write(tmp_path, program, SETTINGS), "dev")
    assert plan.outputs == {
        "secret": {SIGNATURE: SECRET_KIND},
        "user": "me",
        "host": "a",
        "port": 5433,
        "password": UNKNOWN,
        "plain": ["me", UNKNOWN],
    }
    assert "ciphertext" not in plan.to_json()


@pytest.mark.parametrize("type_", ["bool", "int", "float", "object"])
def test_an_encrypted_setting_read_in_clear_is_told_how_to_be_read(tmp_path: Path, type_: str) -> None:
    write(tmp_path, f"pulumi.Config().require_{type_}('whole')\n", SETTINGS)
    with pytest.raises(EngineError, match="'demo:whole' as a plain") as refusal:
        plan_stack(tmp_path, "dev")
    assert f"require_secret_{type_}" in refusal.value.fix
    assert UNKNOWN not in str(refusal.value)


def test_settings_in_clear_are_read_as_ever_as_secrets_too(tmp_path: Path) -> None:
    write(tmp_path, "value = pulumi.Config().require_secret_int('plain')\n", SETTINGS)
    with (tmp_path / "__main__.py").open("a") as file:
        file.write("pulumi.export('value', pulumi.Output.unsecret(value))\n")
    assert plan_stack(tmp_path, "dev").outputs == {"value": 3}
