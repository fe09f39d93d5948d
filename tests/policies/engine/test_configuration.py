"""The configuration of policies: Pulumi's own form, and an error for anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.cost_and_operations.billing.budget import budget_exists
from policies.engine.configuration import Configuration, PolicyConfigError
from policies.engine.policy import Enforcement
from policies.engine.run import evaluate
from policies.private_network.cloud_sql.public_address import public_address
from policies.reliability.cloud_run.probes import startup_probe
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of

POLICIES = (public_address, budget_exists, startup_probe)
START = startup_probe.id


def read(folder: Path, raw: object) -> Configuration:
    file = folder / "config.json"
    file.write_text(json.dumps(raw, indent=2))
    return Configuration.read(file, POLICIES)


def test_a_level_alone_or_in_an_object_replaces_the_policys_own(tmp_path: Path) -> None:
    chosen = read(tmp_path, {public_address.id: "advisory", budget_exists.id: {"enforcementLevel": "disabled"}})
    assert chosen.enforcement_of(public_address) is Enforcement.ADVISORY
    assert chosen.enforcement_of(budget_exists) is Enforcement.DISABLED


def test_all_is_for_every_policy_that_says_nothing_itself(tmp_path: Path) -> None:
    chosen = read(tmp_path, {"all": "advisory", public_address.id: "mandatory"})
    assert chosen.enforcement_of(budget_exists) is Enforcement.ADVISORY
    assert chosen.enforcement_of(public_address) is Enforcement.MANDATORY


def test_a_disabled_policy_is_not_looked_for_and_has_not_passed(tmp_path: Path) -> None:
    found = evaluate(plan_of(databases), POLICIES, read(tmp_path, {public_address.id: "disabled"}))
    assert public_address.id not in found.looked
    assert public_address.id not in found.passed


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"no-such-policy": "advisory"}, "line 2: there is no policy 'no-such-policy'"),
        ({"sql-no-public-addres": "advisory"}, "did you mean 'sql-no-public-address'?"),
        ({public_address.id: "sometimes"}, "enforcementLevel is refused"),
        ({public_address.id: {"colour": "red"}}, "sql-no-public-address.colour is refused"),
        ({public_address.id: 3}, "is refused"),
        ([], "holds no object"),
    ],
)
def test_a_wrong_configuration_is_one_error(tmp_path: Path, raw: object, said: str) -> None:
    with pytest.raises(PolicyConfigError) as refusal:
        read(tmp_path, raw)
    assert said in str(refusal.value)


def test_a_truncated_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{\n"all": ')
    with pytest.raises(PolicyConfigError, match="line 2"):
        Configuration.read(file, POLICIES)


def test_a_key_that_comes_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"all": "mandatory", "all": "disabled"}')
    with pytest.raises(PolicyConfigError, match="line 1, column 22") as refusal:
        Configuration.read(file, POLICIES)
    assert "comes twice" in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({START: {"enforcement_level": "disabled"}}, "enforcement_level is refused"),
        ({START: {"least_seconds": 60}}, "least_seconds is refused"),
        ({"all": {"enforcement_level": "disabled"}}, "enforcement_level is refused"),
        ({START: {"LeastSeconds": 60}}, "LeastSeconds is refused"),
        ({START: {"leastSeconds": "60"}}, "leastSeconds is refused"),
        ({START: {"leastSeconds": True}}, "leastSeconds is refused"),
        ({START: {"leastSeconds": None}}, "leastSeconds is refused"),
        ({START: {"leastSeconds": 60.5}}, "leastSeconds is refused"),
        ({START: {"leastSeconds": -1}}, "leastSeconds is refused"),
        ({START: {"leastSeconds": 10**400}}, "leastSeconds is refused"),
        ({START: None}, "is refused"),
        ({START: ["disabled"]}, "is refused"),
        ({"all": {"leastSeconds": 60}}, "leastSeconds is refused"),
    ],
)
def test_a_key_counts_only_as_it_is_documented_and_a_value_only_in_its_kind(
    tmp_path: Path, raw: object, said: str
) -> None:
    with pytest.raises(PolicyConfigError, match="line 2") as refusal:
        read(tmp_path, raw)
    assert said in refusal.value.what


def test_a_program_may_make_settings_by_the_names_of_their_fields() -> None:
    assert startup_probe.settings.model_validate({"least_seconds": 60}) == startup_probe.settings.model_validate(
        {"leastSeconds": 60}
    )


def test_a_number_counts_as_the_engine_sends_it(tmp_path: Path) -> None:
    """With a fraction of zero: its messages have no other numbers."""
    assert read(tmp_path, {START: {"leastSeconds": 60.0}}).of(startup_probe) == read(
        tmp_path, {START: {"leastSeconds": 60}}
    ).of(startup_probe)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"all": NaN}', "line 2 holds no number"),
        ('{\n"all": {"enforcementLevel":\n1e999}}', "line 3 holds no number"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_python_would_read_beyond_json_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(PolicyConfigError) as refusal:
        Configuration.read(file, POLICIES)
    assert said in refusal.value.what


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(PolicyConfigError, match="is no file"):
        Configuration.read(tmp_path, POLICIES)
