"""Every IAM type of the SDK is seen, told by its suffix: a grant to everybody, or of a basic role, on anything."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pulumi_gcp
import pytest

from plan.plan import Plan, Resource
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from policies.least_privilege.iam.basic_role import basic_role
from policies.least_privilege.iam.public_principal import public_principal


@cache
def iam_types() -> tuple[str, ...]:
    """The tokens of all resources of the SDK by which access is granted."""
    said = Path(pulumi_gcp.__file__).read_text(encoding="utf-8")
    listed = re.search(r'resource_modules="""(.*?)"""', said, re.DOTALL)
    assert listed is not None
    tokens = [token for module in json.loads(listed[1]) for token in module["classes"]]
    return tuple(token for token in tokens if re.search(r"iam(member|binding|policy)$", token, re.IGNORECASE))


def granted(type_: str, role: str, member: str) -> Plan:
    """A plan of one resource of the type that grants the role to the member."""
    given = {"role": role, "member": member, "members": [member]}
    data = json.dumps({"bindings": [{"role": role, "members": [member]}]})
    one = Resource(
        urn=f"urn:pulumi:s::p::{type_}::one",
        type=type_,
        name="one",
        custom=True,
        parent=None,
        inputs={"policyData": data} if type_.lower().endswith("policy") else given,
    )
    return Plan.of([one], project="p", stack="s", system="p", outputs={})


def test_the_sdk_has_hundreds_of_them() -> None:
    assert len(iam_types()) > 400


@pytest.mark.parametrize(
    ("policy", "role", "member"),
    [
        (public_principal, "roles/browser", "allUsers"),
        (public_principal, "roles/browser", "allAuthenticatedUsers"),
        (basic_role, "roles/editor", "group:voice@acme.example"),
    ],
)
def test_none_is_overlooked(policy: Policy, role: str, member: str) -> None:
    overlooked = [type_ for type_ in iam_types() if not evaluate(granted(type_, role, member), [policy]).findings]
    assert overlooked == []
