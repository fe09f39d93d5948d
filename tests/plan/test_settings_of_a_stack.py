"""What a program receives as settings: the real engine's strings, or a clear refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan.engine.project import load_project
from plan.engine.scalars import config_text
from plan.engine.stack_file import StackConfig, load_stack
from plan.engine.yaml_file import load
from plan.errors import ConfigError, ReviewError
from plan.sentinels import UNKNOWN
from tests.plan.config_cases import CASES, REFUSED


def settings(
    folder: Path, stack: str, project: str = "name: demo\n", overrides: dict[str, str] | None = None
) -> StackConfig:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.dev.yaml").write_text(stack)
    (folder / "__main__.py").write_text("")
    return load_stack(load_project(folder), "dev", overrides)


@pytest.mark.parametrize(("written", "received"), CASES)
def test_a_value_reaches_the_program_as_the_real_engine_hands_it(
    tmp_path: Path, written: str, received: str
) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(f"config:\n  key: {written}\n")
    assert config_text(load(file).content["config"]["key"]) == received


@pytest.mark.parametrize("written", REFUSED)
def test_a_value_on_which_yaml_versions_differ_must_be_quoted(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, f"config:\n  projectNumber: {written}\n")
    assert "line 2" in refusal.value.what
    assert written in refusal.value.what
    assert refusal.value.fix == f'quote it: "{written}"'
    assert settings(tmp_path, f'config:\n  projectNumber: "{written}"\n').values["demo:projectNumber"] == written


def test_a_doubtful_value_inside_a_list_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="0123"):
        settings(tmp_path, "config:\n  numbers: [1, 0123]\n")


def test_a_key_without_namespace_belongs_to_the_project(tmp_path: Path) -> None:
    found = settings(tmp_path, "config:\n  a: 1\n  gcp:region: x\n  other:config:b: y\n")
    assert found.values == {"demo:a": "1", "gcp:region": "x", "other:b": "y"}


def test_an_encrypted_value_is_a_secret_that_nobody_knows(tmp_path: Path) -> None:
    found = settings(tmp_path, "config:\n  token: {secure: AAABciphertext}\n  plain: x\n")
    assert found.secure == {"demo:token"}
    assert found.values["demo:token"] == UNKNOWN
    assert "ciphertext" not in repr(found)


def test_a_structure_that_holds_an_encrypted_value_is_secret_as_a_whole(tmp_path: Path) -> None:
    found = settings(tmp_path, "config:\n  all: {user: me, password: {secure: AAAB}}\n")
    assert found.secure == {"demo:all"}


def test_encryption_settings_of_the_file_are_let_be(tmp_path: Path) -> None:
    found = settings(
        tmp_path, "secretsprovider: gcpkms://x\nencryptedkey: abc\nencryptionsalt: v1:x\nconfig:\n  a: b\n"
    )
    assert found.values == {"demo:a": "b"}


def test_an_empty_file_has_no_settings(tmp_path: Path) -> None:
    assert settings(tmp_path, "").values == {}


def test_an_override_wins_over_the_file_and_stays_in_memory(tmp_path: Path) -> None:
    found = settings(
        tmp_path, "config:\n  a: file\n  t: {secure: A}\n", overrides={"a": "0123", "t": "x", "gcp:zone": "z"}
    )
    assert found.values == {"demo:a": "0123", "demo:t": "x", "gcp:zone": "z"}
    assert not found.secure
    assert "0123" not in (tmp_path / "Pulumi.dev.yaml").read_text()


def test_the_projects_defaults_fill_what_the_stack_leaves_out(tmp_path: Path) -> None:
    project = (
        "name: demo\nconfig:\n  size: {type: integer, default: 3}\n  zones: {type: array, items: {type: string}, "
        "default: [a, b]}\n  short: text\n"
        "  gcp:region: {value: europe-west1}\n  over: {type: boolean, default: true}\n"
    )
    found = settings(tmp_path, "config:\n  over: false\n", project)
    assert found.values == {
        "demo:size": "3",
        "demo:zones": '["a","b"]',
        "demo:short": "text",
        "gcp:region": "europe-west1",
        "demo:over": "false",
    }


BAD: list[tuple[str, str, str, list[str]]] = [
    ("an environment", "name: demo\n", "environment: [shared]\nconfig: {}\n", ["environment", "line 1"]),
    ("a stray key", "name: demo\n", "config: {}\nregion: x\n", ["region", "line 2", "config"]),
    ("a key twice", "name: demo\n", "config:\n  a: 1\n  a: 2\n", ["'a'", "line 3", "line 2"]),
    ("a key under two names", "name: demo\n", "config:\n  a: 1\n  demo:a: 2\n", ["demo:a", "line 3", "line 2"]),
    ("no YAML", "name: demo\n", "config:\n  a: [1\n  b: 2\n", ["Pulumi.dev.yaml", "line", "not YAML"]),
    ("a tab", "name: demo\n", "config:\n\ta: 1\n", ["line 2", "not YAML"]),
    ("a list of settings", "name: demo\n", "config:\n  - a\n", ["mapping"]),
    ("a document that is text", "name: demo\n", "hello\n", ["mapping"]),
    ("infinity", "name: demo\n", "config:\n  a: .inf\n", ["'a'", "line 2"]),
    ("a tag", "name: demo\n", "config:\n  a: !env x\n", ["tag", "!env"]),
    ("a merge key", "name: demo\n", "config:\n  <<: {a: 1}\n", ["key"]),
    ("three colons", "name: demo\n", "config:\n  a:b:c:d: 1\n", ["a:b:c:d"]),
    ("a missing setting", "name: demo\nconfig:\n  region: {type: string}\n", "config: {}\n", ["region", "lacks"]),
    (
        "a wrong type",
        "name: demo\nconfig:\n  size: {type: integer}\n",
        "config:\n  size: many\n",
        ["size", "many", "integer", "line 2"],
    ),
    (
        "yes for a boolean",
        "name: demo\nconfig:\n  on: {type: boolean}\n",
        "config:\n  on: yes\n",
        ["'on'", "'yes'", "boolean"],
    ),
    (
        "an array of other things",
        "name: demo\nconfig:\n  zones: {type: array, items: {type: integer}}\n",
        "config:\n  zones: [a]\n",
        ["zones", "array of integer"],
    ),
    (
        "a secret in clear",
        "name: demo\nconfig:\n  token: {type: string, secret: true}\n",
        "config:\n  token: hunter2\n",
        ["token", "encrypted"],
    ),
    ("no name", "description: x\n", "config: {}\n", ["name", "Pulumi.yaml"]),
    ("an unknown type", "name: demo\nconfig:\n  a: {type: text}\n", "config: {}\n", ["'a'", "text", "string"]),
    (
        "a default of another type",
        "name: demo\nconfig:\n  a: {type: integer, default: x}\n",
        "",
        ["'a'", "default"],
    ),
    ("an array of nothing", "name: demo\nconfig:\n  a: {type: array}\n", "", ["'a'", "items"]),
    ("a typed foreign key", "name: demo\nconfig:\n  gcp:region: {type: string}\n", "", ["gcp:region"]),
    ("a project that is not YAML", "name: [demo\n", "", ["Pulumi.yaml", "not YAML"]),
    ("a program that is not there", "name: demo\nmain: stacks/none/\n", "", ["stacks/none", "line 2"]),
]


@pytest.mark.parametrize(("project", "stack", "told"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_settings_are_refused_with_what_why_and_how_to_fix(
    tmp_path: Path, project: str, stack: str, told: list[str]
) -> None:
    with pytest.raises(ReviewError) as refusal:
        settings(tmp_path, stack, project)
    for text in told:
        assert text in str(refusal.value)
    assert refusal.value.why
    assert refusal.value.fix


def test_a_refused_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(
            tmp_path,
            "config:\n  token: hunter2\n",
            "name: demo\nconfig:\n  token: {type: integer, secret: true}\n",
        )
    assert "hunter2" not in str(refusal.value)


def test_an_unknown_stack_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    settings(tmp_path, "config: {}\n")
    with pytest.raises(ReviewError, match="dev"):
        load_stack(load_project(tmp_path), "staging")


def test_an_unknown_system_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    settings(tmp_path, "config: {}\n")
    with pytest.raises(ReviewError, match="demo"):
        load_project(tmp_path, "nothing")


@pytest.mark.parametrize("listed", ['"{}"', "gcp", "[1]"])
def test_disabled_default_providers_must_be_a_list_of_names(tmp_path: Path, listed: str) -> None:
    found = settings(tmp_path, f"config:\n  pulumi:disable-default-providers: {listed}\n")
    with pytest.raises(ConfigError, match="disable-default-providers"):
        _ = found.disabled_providers
