"""Which modules the policy about the default network need not search."""

from __future__ import annotations

import re
from pathlib import Path

import pulumi_gcp
import pytest

from policies.private_network.vpc.default_network import KEYS, WITHOUT

SDK = Path(pulumi_gcp.__file__).parent


def inputs_of(module: str) -> set[str]:
    """The names of all inputs of a module's types, blocks within blocks included, from the SDK's own source."""
    text = "".join(
        file.read_text(encoding="utf-8")
        for file in (SDK / module).glob("*.py")
        if not file.name.startswith("get_") and file.name != "outputs.py"
    )
    return set(re.findall(r"def (\w+)\(self\)", text))


@pytest.mark.parametrize("prefix", WITHOUT)
def test_a_module_is_passed_over_only_where_no_input_names_a_network(prefix: str) -> None:
    in_python = {re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower() for key in KEYS}
    found = inputs_of(prefix.removeprefix("gcp:").removesuffix("/"))
    assert found, f"{prefix} is no module of pulumi-gcp"
    assert not found & in_python, f"take {prefix} out of WITHOUT: it names networks"
