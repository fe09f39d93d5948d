"""The page and the schema are what the policies say; every row of the comparison is answered."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

from policies.engine.anchors import Anchor, anchors
from policies.engine.left_out import LEFT_OUT
from policies.engine.pack import NAMES, packs
from policies.engine.policy import Policy
from policies.engine.reference import PAGE, SCHEMA, page_text, schema_text

POLICIES = [policy for pack in packs() for policy in pack.policies]


def test_the_page_says_what_the_policies_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "make policies"


def test_the_schema_says_what_may_be_set() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "make policies"


def test_the_schema_refuses_what_the_policies_refuse() -> None:
    import jsonschema  # noqa: PLC0415  # takes two seconds, and every process imports every test file

    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"all": "advisory", "budget-exists": {"enforcementLevel": "disabled"}}, schema)
    for wrong in ({"no-such-policy": "advisory"}, {"all": "sometimes"}, {"budget-exists": {"colour": "red"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


@pytest.mark.parametrize("anchor", anchors(), ids=lambda anchor: str(anchor.row))
def test_every_row_has_a_policy_or_a_reason(anchor: Anchor) -> None:
    row = anchor.row
    covered = any(row in policy.rows for policy in POLICIES)
    assert covered or row in LEFT_OUT, (
        f"row {row} has neither a policy nor a reason in policies/engine/left_out.py"
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_a_policy_says_what_a_reviewer_needs(policy: Policy) -> None:
    assert policy.id.replace("-", "").isalnum()
    assert policy.id.islower()
    assert not policy.title.endswith(".")
    assert policy.title[0].isupper()
    for text in (policy.why, policy.fix, policy.fix_raw):
        assert len(text) > 15, text
        assert text.endswith((".", ")", "`")), text
    assert set(policy.rows) <= {anchor.row for anchor in anchors()}
    for name, field in policy.settings.model_fields.items():
        assert name == "enforcement_level" or field.description, f"{policy.id}.{name} says nothing of itself"


def test_no_folder_of_a_pack_hides_a_module_that_python_or_a_package_needs() -> None:
    """Pulumi runs a pack with its folder first on the path."""
    found = [
        path
        for name in NAMES
        for path in (PAGE.parent.parent / "policies" / name).iterdir()
        if path.name != "__pycache__"
        if path.stem in sys.stdlib_module_names or (path.is_dir() and importlib.util.find_spec(path.name))
    ]
    assert not found, f"rename {found}"
