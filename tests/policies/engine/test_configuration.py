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
from tests.policies.open_databases import databases
from tests.policies.surroundings import plan_of

POLICIES = (public_address, budget_exists)


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
    with pytest.raises(PolicyConfigError, match="is not JSON") as refusal:
        Configuration.read(file, POLICIES)
    assert "comes twice" in str(refusal.value)
