"""A plan as policies look at it: resources by type, what refers to what. Who is granted what is `analysis.grants`.

Every index is made once, when a policy first asks for it, so that a run stays linear in the number of resources.
It says what is there; whether that is right is each policy's business.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Final, TypeVar

from analysis.value import MISSING, Value
from plan.plan import STACK_TYPE, Plan, Resource
from plan.references import owner_of
from plan.sentinels import UNKNOWN

BASELINE: Final = "voicestack:security:ProjectBaseline"
_NAME_KEYS: Final = {
    # Most types have `name`; these are known by another input.
    "gcp:serviceaccount/account:Account": "accountId",
    "gcp:secretmanager/secret:Secret": "secretId",
    "gcp:secretmanager/regionalSecret:RegionalSecret": "secretId",
    "gcp:bigquery/dataset:Dataset": "datasetId",
    "gcp:bigquery/table:Table": "tableId",
    "gcp:artifactregistry/repository:Repository": "repositoryId",
    "gcp:memorystore/instance:Instance": "instanceId",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "roleId",
    "gcp:organizations/iAMCustomRole:IAMCustomRole": "roleId",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "workloadIdentityPoolId",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "workloadIdentityPoolProviderId",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "bucketId",
    "gcp:projects/service:Service": "service",
    "gcp:projects/serviceIdentity:ServiceIdentity": "service",
    "gcp:apigateway/api:Api": "apiId",
    "gcp:apigateway/apiConfig:ApiConfig": "apiConfigId",
    "gcp:apigateway/gateway:Gateway": "gatewayId",
}

T = TypeVar("T")


class Stack:
    """What policies are given."""

    def __init__(self, plan: Plan, today: datetime.date | None = None) -> None:
        self.plan = plan
        self.today = today or datetime.datetime.now(tz=datetime.UTC).date()
        """The day on which policies about ends and expiries look; only checks know one, plans never do."""
        self._made: dict[Callable[[Stack], Any], Any] = {}

    @cached_property
    def root(self) -> Resource:
        """The stack's own resource, to which a finding about an absence belongs."""
        for one in self.plan:
            if one.is_stack:
                return one
        name = f"{self.plan.project}-{self.plan.stack}"
        return Resource(
            urn=f"urn:pulumi:{self.plan.stack}::{self.plan.project}::{STACK_TYPE}::{name}",
            type=STACK_TYPE,
            name=name,
            custom=False,
            parent=None,
            inputs={},
        )

    @cached_property
    def disposable(self) -> bool:
        """Whether the stack says of itself that its data may be thrown away (a profile without `protect`).

        A stack that says nothing keeps its data.
        """
        return any(one.inputs.get("disposable") is True for one in self.plan.of_type(BASELINE))

    @cached_property
    def _by_type(self) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for one in self.plan:
            found.setdefault(one.type, []).append(Value.of(one))
        return found

    @property
    def types(self) -> Iterable[str]:
        """The types that occur."""
        return self._by_type.keys()

    def of_type(self, *types: str) -> list[Value]:
        """The inputs of every resource of these types."""
        if len(types) == 1:
            return self._by_type.get(types[0], [])
        return [value for type_ in types for value in self._by_type.get(type_, ())]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[Resource]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for one in self.plan:
            name = name_of(one)
            if name is not None:
                found.setdefault((one.type, name), []).append(one)
        return found

    def named(self, type_: str, name: str) -> list[Resource]:
        """The resources of `type_` that Google knows as `name`; `name` may be a path or a link that ends in it."""
        exact = self._by_name.get((type_, name))
        if exact:
            return exact
        for part in _parts(name):
            found = self._by_name.get((type_, part))
            if found:
                return found
        return []

    def referred(self, value: Value, *types: str) -> list[Resource]:
        """The resources of `types` that an input refers to.

        A known value is a name, a path or a link; for an unknown one the dependencies of the property tell, which
        may be several resources where the property is a large block. Empty: nothing of this stack.
        """
        if isinstance(value.raw, str) and not value.is_unknown:
            text = value.raw
            return [one for type_ in types for one in self.named(type_, text)]
        if value.raw is MISSING:
            # Its neighbours in the same block may depend on something; this does not.
            return []
        return self.yielding(value, *types)

    def yielding(self, value: Value, *types: str) -> list[Resource]:
        """The resources of `types` that the property around `value` depends on."""
        key = value.path.partition(".")[0].partition("[")[0]
        by_urn = self.plan.by_urn
        return [
            one
            for urn in value.resource.propertyDependencies.get(key, ())
            if (one := by_urn.get(urn)) is not None and one.type in types
        ]

    def is_given(self, value: Value, *types: str) -> bool:
        """Whether an input names something: by a text, or by what a resource of `types` will yield.

        NotKnown where only creation will tell and no such resource is behind it. What is only in part unknown (a
        path around an id) is a text, whatever it will be.
        """
        if value.is_unknown and (value.raw != UNKNOWN or self.yielding(value, *types)):
            return True
        return value.text("") != ""

    def owner(self, resource: Resource) -> Resource | None:
        """The component that made `resource`, or None."""
        return owner_of(self.plan, resource)

    def owners(self, resource: Resource) -> Iterator[Resource]:
        """The components around `resource`, the nearest first."""
        here, seen = self.owner(resource), set[str]()
        # Parents that go round in a circle are in no real plan, but a file may hold anything.
        while here is not None and here.urn not in seen:
            seen.add(here.urn)
            yield here
            here = self.owner(here)

    def waits_for(self, resource: Resource) -> set[str]:
        """The URNs of all that exists before `resource`, at any distance."""
        found: set[str] = set()
        left = list(resource.dependencies)
        while left:
            urn = left.pop()
            if urn not in found:
                found.add(urn)
                before = self.plan.by_urn.get(urn)
                if before is not None:
                    left += before.dependencies
        return found

    def precedes(self, before: Resource, after: Resource) -> bool:
        """Whether `before` exists before `after` is made."""
        seen: set[str] = set()
        left = list(after.dependencies)
        while left:
            if before.urn in left:
                return True
            seen.update(left)
            left = [
                urn
                for here in left
                if (one := self.plan.by_urn.get(here)) is not None
                for urn in one.dependencies
                if urn not in seen
            ]
        return False

    def once(self, make: Callable[[Stack], T]) -> T:
        """What `make` makes of this stack; made when it is first asked for, then kept for every policy."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made


def name_of(resource: Resource) -> str | None:
    """What Google calls a resource, by its own inputs; None where they do not tell."""
    found = resource.get(_NAME_KEYS.get(resource.type, "name"))
    return found if isinstance(found, str) else None


def _parts(text: str) -> Iterator[str]:
    """The parts of a name by which something may be known, the likeliest first."""
    if "@" in text:
        # A service account's e-mail, with `serviceAccount:` or a path before it.
        yield text.partition("@")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    *before, last = text.split("/")
    if before:
        yield last
    match before:
        case [*_, name, "versions" | "cryptoKeyVersions"]:
            yield name
