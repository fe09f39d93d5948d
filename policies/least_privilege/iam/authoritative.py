"""No resource of the stack takes from others the access that it does not know of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from analysis.access.members import Kind, kind_of
from analysis.access.powers import BASIC
from analysis.grants import Form, Grant, Scope, grants_of, is_iam
from analysis.stack import Stack
from analysis.value import AFTER_CREATION, NotKnown, Value
from policies.engine.grant_policy import each_grant
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, each, stack_policy

_REMOVAL: Final = "gcp:projects/iamMemberRemove:IamMemberRemove"
_WIDE: Final = re.compile(r"^gcp:(projects|folder|organizations)/iam(Binding|Policy):", re.IGNORECASE)
_NOBODY: Final = {
    "members": ["nobody"],
    "policyData": json.dumps({"bindings": [{"role": "roles/none", "members": ["nobody"]}]}),
}
_BILLING: Final = re.compile(r"^gcp:billing/accountIam(Binding|Policy):", re.IGNORECASE)


@stack_policy(
    id="iam-nothing-authoritative",
    title="No IAM resource of the stack takes access from those it does not name",
    severity=Severity.HIGH,
    why="""A policy or a binding says who has access and removes everybody else: on a project that is Google's own
    service agents and the colleagues who could mend it, at the first `up` and without a word in the preview.
    Beside members of the same role it removes them, and they come back, at every `up`.""",
    fix="Grant by links (`uses=[…]`): they make members only. The audit configuration is `ProjectBaseline`'s.",
    fix_raw="Use the `IAMMember` resource of the same type, one for each member and role.",
    rows=(156,),
)
def nothing_authoritative(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from _on_the_hierarchy(stack)
    yield from each(stack.of_type(_REMOVAL), _removes)
    yield from _beside_others(stack)


def _on_the_hierarchy(stack: Stack) -> Iterator[Result]:
    for type_ in sorted(stack.types):
        if _WIDE.match(type_) or _BILLING.match(type_):
            for one in stack.of_type(type_):
                yield Looked(one.resource)
                what = type_.rpartition(":")[2]
                lost = "everybody's grants" if what.lower().endswith("policy") else "the role from everybody"
                yield Problem(
                    one.resource, f"{what} takes {lost} that it does not name: Google's agents, colleagues"
                )


def _removes(one: Value) -> Iterator[str]:
    """To take a basic role from an account that Google gave it to is what the resource is for."""
    basic = one["role"].text("") in BASIC
    if not basic or kind_of(one["member"].text("")) is not Kind.DEFAULT:
        yield (
            "the role is taken from a member that something else granted it to: the two undo each other, and "
            "who reads the grant does not see it"
        )


def _beside_others(stack: Stack) -> Iterator[Result]:
    """Bindings and policies on one entity, where another resource of the stack grants what they would remove."""
    grants = [grant for grant in _with_those_to_nobody(stack) if grant.scope is Scope.ENTITY]
    on_entity: dict[str, set[str]] = {}
    of_role: dict[tuple[str, str, str | None], set[str]] = {}
    for grant in grants:
        entity = _entity(grant)
        if entity is not None:
            on_entity.setdefault(entity, set()).add(grant.by.urn)
            of_role.setdefault((entity, grant.role_name, grant.condition), set()).add(grant.by.urn)

    def check(grant: Grant) -> Iterator[Result]:
        entity = _entity(grant)
        if entity is None:
            raise NotKnown("", f"what it is on, {grant.entity_name}, is known only after creation")
        if grant.form is Form.POLICY:
            others, what = on_entity[entity], "roles"
        else:
            if grant.role is None and grant.custom is None:
                raise NotKnown("role", AFTER_CREATION)
            others, what = of_role[entity, grant.role_name, grant.condition], grant.role_name
        if len(others) > 1:
            yield Problem(
                grant.by,
                f"this alone says who has {what} on {grant.entity_name}, and another resource of the stack says "
                "it too: each removes what the other grants",
            )

    seen: set[str] = set()
    for grant in grants:
        # One resource says it once, however many members it names.
        if grant.form is not Form.MEMBER and grant.by.urn not in seen:
            seen.add(grant.by.urn)
            yield from each_grant((grant,), check)


def _with_those_to_nobody(stack: Stack) -> list[Grant]:
    """The grants of the stack, and one of each binding or policy that names nobody: it takes from others too."""
    granting = {grant.by.urn for grant in grants_of(stack)}
    empty = [
        one.resource
        for type_ in stack.types
        if is_iam(type_) and not type_.endswith("Member")
        for one in stack.of_type(type_)
        if one.resource.urn not in granting
    ]
    if not empty:
        return grants_of(stack)
    plan = stack.plan
    filled = {one.urn: replace(one, inputs={**one.inputs, **_NOBODY}) for one in empty}
    stuffed = Stack(replace(plan, resources=tuple(filled.get(one.urn, one) for one in plan)))
    return [replace(grant, by=plan.by_urn[grant.by.urn]) for grant in grants_of(stuffed)]


def _entity(grant: Grant) -> str | None:
    """What the grant is on, the same for two grants on one entity; None where only creation tells."""
    if grant.entity is not None:
        return grant.entity.urn
    return None if "?" in grant.entity_name.rpartition(" ")[2].split("/") else grant.entity_name
