"""The grants of a stack: who has which role on what, from every IAM type that pulumi-gcp has or will have.

IAM types are told by their suffix (there are hundreds). A grant is what one resource gives one member; it does not
say which permissions follow (`analysis.access.permissions`) nor whether they are too many.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN

ACCOUNT: Final = "gcp:serviceaccount/account:Account"
GROUP: Final = "gcp:cloudidentity/group:Group"
CUSTOM_ROLES: Final = ("gcp:projects/iAMCustomRole:IAMCustomRole", "gcp:organizations/iAMCustomRole:IAMCustomRole")
PUBLIC: Final = frozenset({"allUsers", "allAuthenticatedUsers"})
_IAM: Final = re.compile(r"^gcp:(?P<module>\w+)/(?P<kind>\w*?)[iI][aA][mM](?P<form>Member|Binding|Policy):")
_EMAIL: Final = re.compile(r"serviceAccount:[^@]+@(?P<project>[^.]+)\.iam\.gserviceaccount\.com$")
_HIERARCHY: Final = {"projects": "project", "folder": "folder", "organizations": "organization"}
# What an IAM resource says besides the entity that it is on.
_NOT_THE_ENTITY: Final = frozenset(
    {
        "role",
        "member",
        "members",
        "policyData",
        "condition",
        "project",
        "location",
        "region",
        "zone",
        "cloudRegion",
    }
)
_KINDS: Final = {
    # Types whose IAM resources do not repeat the name of what they are on.
    "bigquery/": "gcp:bigquery/table:Table",
    "cloudrun/": "gcp:cloudrun/service:Service",
    "dns/dnsManagedZone": "gcp:dns/managedZone:ManagedZone",
    "serviceaccount/": ACCOUNT,
}


class Scope(enum.StrEnum):
    """How much a grant is on: one entity, or all of a project, folder or organisation."""

    ENTITY = "entity"
    PROJECT = "project"
    FOLDER = "folder"
    ORGANIZATION = "organization"


class Form(enum.StrEnum):
    """What a grant does to other members of the same role or policy: nothing, or takes it from them."""

    MEMBER = "member"
    BINDING = "binding"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Grant:
    """`member` has `role` on something, by the resource `by`.

    What only creation will tell is None, with the resource that yields it where the plan has one: `holder` for the
    member (a service account, a log sink), `custom` for the role.
    """

    by: Resource
    form: Form
    role: str | None
    custom: Resource | None
    member: str | None
    holder: Resource | None
    scope: Scope
    kind: str
    """`pubsub/topic`, `project`, …"""
    entity: Resource | None
    """What it is on, where that is in the plan and is not the project."""
    entity_name: str
    """What it is on, in words."""
    condition: str | None
    """The CEL expression that narrows it, '' without one, None where it is not known."""

    @property
    def is_public(self) -> bool:
        """Whether everybody, or everybody with any Google account, has it."""
        return self.member in PUBLIC

    @property
    def role_name(self) -> str:
        """The role in words."""
        if self.role is not None:
            return self.role
        return f"the custom role '{self.custom.name}'" if self.custom else "a role known only after creation"

    @property
    def member_name(self) -> str:
        """The member in words."""
        if self.member is not None:
            return self.member
        return f"what '{self.holder.name}' yields" if self.holder else "a member known only after creation"


def is_iam(type_: str) -> bool:
    """Whether resources of the type grant roles."""
    return _IAM.match(type_) is not None


def grants_of(stack: Stack) -> list[Grant]:
    """Every grant of the stack, a member at a time, in the order of the granting resources' URNs; read once."""
    return stack.once(_every_grant)


def _every_grant(stack: Stack) -> list[Grant]:
    found: list[Grant] = []
    for type_ in sorted(stack.types):
        match = _IAM.match(type_)
        if match is None:
            continue
        for one in stack.of_type(type_):
            found += _grants(stack, one, match["module"], match["kind"], Form(match["form"].lower()))
    return found


def _grants(stack: Stack, one: Value, module: str, kind: str, form: Form) -> Iterator[Grant]:
    scope, entity, name, kind = _entity(stack, one, module, kind)
    for role, members, condition in _bindings(one, form):
        text = _text(role)
        custom = None
        if text is None or "/roles/" in text:
            custom = _first(stack.referred(role, *CUSTOM_ROLES))
        for member in members:
            who = _text(member)
            yield Grant(
                by=one.resource,
                form=form,
                role=text,
                custom=custom,
                member=who,
                holder=_holder(stack, member, who),
                scope=scope,
                kind=kind,
                entity=entity,
                entity_name=name,
                condition=condition,
            )


def _bindings(one: Value, form: Form) -> Iterator[tuple[Value, list[Value], str | None]]:
    """(role, members, condition) of what one IAM resource grants."""
    inputs = one.raw if isinstance(one.raw, dict) else {}
    if form is not Form.POLICY:
        key = "member" if form is Form.MEMBER else "members"
        found = Value(one.resource, inputs.get(key, MISSING), key)
        members = [found] if form is Form.MEMBER or not isinstance(found.raw, list) else list(found.items())
        yield (
            Value(one.resource, inputs.get("role", MISSING), "role"),
            members,
            _condition(inputs.get("condition")),
        )
        return
    data = inputs.get("policyData")
    try:
        bindings = json.loads(data)["bindings"] if isinstance(data, str) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        bindings = None
    if not isinstance(bindings, list):
        # The whole policy is known only after creation: one grant of which nothing is known.
        unknown = Value(one.resource, UNKNOWN, "policyData")
        yield unknown, [unknown], None
        return
    for binding in bindings:
        given = binding if isinstance(binding, dict) else {}
        listed = given.get("members")
        yield (
            Value(one.resource, given.get("role", MISSING), "policyData"),
            [Value(one.resource, item, "policyData") for item in (listed if isinstance(listed, list) else [])],
            _condition(given.get("condition")),
        )


def _condition(raw: Any) -> str | None:
    if raw is None:
        return ""
    expression = raw.get("expression") if isinstance(raw, dict) else None
    return expression if isinstance(expression, str) and UNKNOWN not in expression else None


def _entity(stack: Stack, one: Value, module: str, kind: str) -> tuple[Scope, Resource | None, str, str]:
    if module in _HIERARCHY and not kind:
        key = {"projects": "project", "folder": "folder", "organizations": "orgId"}[module]
        label = _HIERARCHY[module]
        return Scope(label), None, f"{label} {_shown(one, key)}", label
    type_ = _KINDS.get(f"{module}/{kind}") or f"gcp:{module}/{kind}:{kind[:1].upper()}{kind[1:]}"
    inputs = one.raw if isinstance(one.raw, dict) else {}
    keys = [key for key in sorted(inputs) if key not in _NOT_THE_ENTITY]
    label = type_.partition(":")[2].partition(":")[0]
    # The most particular key last: a table's grant names its dataset too.
    for key in reversed(keys):
        found = stack.referred(Value(one.resource, inputs[key], key), type_)
        if len(found) == 1:
            return Scope.ENTITY, found[0], f"{label} '{found[0].name}'", label
    named = "/".join(_shown(one, key) for key in keys)
    return Scope.ENTITY, None, f"{label} {named}".rstrip(), label


def _shown(one: Value, key: str) -> str:
    try:
        return one[key].text() or "?"
    except NotKnown:
        return "?"


def _holder(stack: Stack, member: Value, who: str | None) -> Resource | None:
    if who is not None:
        email = _EMAIL.match(who)
        made = _first(stack.named(ACCOUNT, who)) if email else None
        # An account of the same ID in another project is another account.
        other = (
            made is not None
            and email is not None
            and made.inputs.get("project") not in (None, UNKNOWN, email["project"])
        )
        return None if other else made
    if member.path != "member":
        # Of several members in one list, the plan does not tell which of them comes from what the list depends on.
        return None
    found = [
        one
        for urn in member.resource.propertyDependencies.get(member.path.partition("[")[0], ())
        if (one := stack.plan.by_urn.get(urn)) is not None and one.is_cloud
    ]
    return found[0] if len(found) == 1 else None


def _first(found: list[Resource]) -> Resource | None:
    return found[0] if len(found) == 1 else None


def _text(value: Value) -> str | None:
    try:
        return value.text()
    except NotKnown:
        return None
