"""The stacks are what their inventory says."""

from __future__ import annotations

import pytest
import yaml

from tests.stacks.inventory import FOLDER, REGENERATE, inventory_of
from tests.stacks.planned import STACKS, planned


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_what_its_inventory_says(stack: str) -> None:
    written = yaml.safe_load((FOLDER / f"{stack}.yaml").read_text(encoding="utf-8"))
    planned_now = yaml.safe_load(yaml.safe_dump(inventory_of(planned(stack))))
    differing = {key for key in written | planned_now if written.get(key) != planned_now.get(key)}
    assert not differing, f"{sorted(differing)} of {stack} changed; if that is meant: {REGENERATE}"


def test_prod_has_what_a_system_of_its_kind_has_and_not_much_more() -> None:
    cloud = sum(one.is_cloud for one in planned("prod"))
    assert 150 <= cloud <= 300, f"{cloud} resources: each must be there for a requirement"
