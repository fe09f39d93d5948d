"""Settings: bad input is one message that names key, value, what is allowed and the fix."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.errors import VoicestackError
from plan.engine.run import plan_stack
from stacks.settings_error import SettingsError, refuse_wrong_secrecy
from stacks.settings_schema import FOLDER, REFERENCE, reference_text, schema_text
from stacks.voicestack.settings import VoicestackSettings
from tests.stacks.planned import ROOT, STACKS, planned

GOOD: dict[str, Any] = {
    "profile": "prod",
    "projectId": "acme-voice-prod",
    "projectNumber": "123456789012",
    "region": "europe-west1",
    "domain": "voice.example.com",
    "livekitUrl": "wss://livekit.example.com",
    "owner": "platform",
    "costCentre": "voice",
    "alertEmails": '["a@example.com"]',
    "billingAccount": "none",
    "firstRotation": "2027-03-01T00:00:00Z",
}


def checked(**changes: Any) -> VoicestackSettings:
    values = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return VoicestackSettings.checked(values, environment="prod", project="voicestack")


def test_a_good_stack_file_is_accepted() -> None:
    assert checked().size.api.most == 50


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"projectId": None}, ["voicestack:projectId", "missing"]),
        ({"regoin": "europe-west1"}, ["voicestack:regoin", "not a setting", "voicestack:region"]),
        ({"region": "mars-north1"}, ["voicestack:region", "mars-north1", "europe-west1"]),
        ({"appRange": "10.0.1.0/33"}, ["voicestack:appRange", "10.0.1.0/33"]),
        ({"appRange": "8.8.8.0/24"}, ["voicestack:appRange", "8.8.8.0/24"]),
        ({"appRange": "10.0.1.5/24"}, ["voicestack:appRange", "10.0.1.5/24"]),
        ({"apiMinInstances": "9", "apiMaxInstances": "3"}, ["apiMinInstances", "9", "apiMaxInstances", "3"]),
        ({"apiMaxInstances": "-1"}, ["voicestack:apiMaxInstances", "-1"]),
        ({"apiMaxInstances": "many"}, ["voicestack:apiMaxInstances", "many"]),
        ({"apiMinInstances": "60"}, ["apiMinInstances", "60", "50", "prod"]),
        ({"dataRange": "10.0.1.0/24"}, ["appRange", "dataRange", "10.0.1.0/24"]),
        ({"servicesRange": "10.0.0.0/20"}, ["servicesRange", "10.0.0.0/20"]),
        ({"projectNumber": "0123"}, ["voicestack:projectNumber", "0123"]),
        ({"projectNumber": "12a"}, ["voicestack:projectNumber", "12a"]),
        ({"profile": "qa"}, ["voicestack:profile", "qa", "prod"]),
        ({"alertEmails": '["nobody"]'}, ["voicestack:alertEmails", "nobody"]),
        ({"alertEmails": "[]"}, ["voicestack:alertEmails"]),
        ({"alertEmails": "a@example.com"}, ["voicestack:alertEmails", "a@example.com"]),
        ({"githubRepositoryId": "1"}, ["githubOwnerId"]),
        ({"githubRepositoryId": "1", "githubOwnerId": "2"}, ["githubEnvironment", "prod", "reviewers"]),
        ({"image": "gcr.io/acme/app:latest"}, ["voicestack:image", "latest", "sha256"]),
        ({"billingAccount": "mine"}, ["voicestack:billingAccount", "mine"]),
        ({"databaseTier": "huge"}, ["voicestack:databaseTier", "huge"]),
        ({"generation": "0"}, ["voicestack:generation", "0"]),
        ({"profile": "staging"}, ["voicestack:customerKeys is missing", "false", "true", "profile: prod"]),
        ({"customerKeys": "perhaps"}, ["voicestack:customerKeys", "perhaps"]),
        ({"unlocked": "perhaps"}, ["voicestack:unlocked", "perhaps"]),
        ({"firstRotation": "2027-13-41T00:00:00Z"}, ["voicestack:firstRotation", "2027-13-41"]),
        ({"firstRotation": "2027-03-01"}, ["voicestack:firstRotation", "2027-03-01"]),
    ],
)
def test_bad_input_is_told_by_key_value_and_fix(changes: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        checked(**changes)
    text = str(caught.value)
    for word in says:
        assert word in text, f"the message lacks '{word}':\n{text}"
    assert "Pulumi.prod.yaml" in text, "the message does not say which file to change"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"customerKeys": "false"}, False),
        ({"profile": "staging", "customerKeys": "true"}, True),
        ({"profile": "staging", "customerKeys": "false"}, False),
    ],
)
def test_a_stack_keeps_the_keys_that_it_was_made_with(settings: dict[str, str], expected: bool) -> None:
    """A prod stack older than the setting has them; the profile decides nothing."""
    assert checked(**settings).customer_keys is expected


def test_every_wrong_key_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        checked(region="x", profile="y", owner=None)
    for key in ("region", "profile", "owner"):
        assert f"voicestack:{key}" in str(caught.value)


def test_overlapping_subnets_are_refused_with_both_ranges() -> None:
    with pytest.raises(VoicestackError) as caught:
        planned("prod", ("appRange", "10.0.2.0/25"))
    assert "10.0.2.0/25" in str(caught.value)
    assert "10.0.2.0/24" in str(caught.value)


def test_a_supplied_secret_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(VoicestackError) as caught:
        planned("prod", ("suppliedSecrets", '["voicestack-prod-openai-api-key"]'))
    assert "suppliedSecrets" in str(caught.value)
    assert "openai-api-key" in str(caught.value).split("why:")[1]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_lets_nothing_use_a_default_provider(stack: str) -> None:
    given = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    assert given["pulumi:disable-default-providers"] == ["gcp"], "else a resource may land in another project"


def test_a_secret_in_plain_text_is_refused_without_showing_it() -> None:
    with pytest.raises(VoicestackError) as caught:
        planned("prod", ("pagerdutyKey", "hunter2"))
    assert "voicestack:pagerdutyKey is in plain text" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_encrypted_secret_is_planned_without_decrypting_it(tmp_path: Path) -> None:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    for folder in ("stacks", "app"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    stack = tmp_path / "Pulumi.prod.yaml"
    text = stack.read_text(encoding="utf-8") + "  voicestack:pagerdutyKey:\n    secure: v1:abc:ciphertext\n"
    stack.write_text(text, encoding="utf-8")
    plan = plan_stack(tmp_path, "prod")
    channels = plan.of_type("gcp:monitoring/notificationChannel:NotificationChannel")
    assert {one.inputs["type"] for one in channels} == {"email", "pagerduty"}
    assert "ciphertext" not in plan.to_json()


def test_an_ordinary_setting_that_is_encrypted_is_refused() -> None:
    with pytest.raises(SettingsError, match="is encrypted"):
        refuse_wrong_secrecy("region", secret=False, encrypted=True, environment="prod", project="voicestack")


def test_a_secret_value_is_not_repeated_in_an_error() -> None:
    with pytest.raises(SettingsError) as caught:
        checked(pagerdutyKey="hunter2-hunter2", region="x")
    assert "hunter2" not in str(caught.value)


def test_the_schema_is_that_of_the_settings() -> None:
    written = (FOLDER / "voicestack" / "settings.schema.json").read_text(encoding="utf-8")
    assert written == schema_text("voicestack"), "the settings changed: make schema"


def test_the_reference_page_is_that_of_the_settings() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_text(), "the settings changed: make schema"


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_files_keep_to_the_schema(stack: str) -> None:
    schema = json.loads(schema_text("voicestack"))["properties"]["config"]
    given = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    own = {key for key in given if key.startswith("voicestack:")}
    assert own <= set(schema["properties"])
    assert set(schema["required"]) <= own


def test_the_project_file_declares_the_required_keys() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    required = {field.alias for field in VoicestackSettings.model_fields.values() if field.is_required()}
    assert required - {"environment"} == set(declared)
