"""What the workloads of a stack declare to use, and whether a grant is where a declared use says.

Each component registers its `uses` (access, target, roles) as inputs (`components.links`), so every plan carries
them, previews of the real engine included. Only the component that an identity belongs to declares for it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from analysis.access.conditions import UNSURE, Held, entities_in, reach_of, whole_entities_in
from analysis.access.powers import custom_powers
from analysis.grants import CUSTOM_ROLES, Grant, Scope
from analysis.stack import Stack, name_of
from plan.plan import Resource

IDENTITY: Final = "voicestack:security:Identity"
USES: Final = "uses"
PROJECT_ROLES: Final = frozenset(
    {
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
        "roles/cloudtrace.agent",
        "roles/bigquery.jobUser",
        "roles/memorystore.dbConnectionUser",
        "roles/redis.dbConnectionUser",
    }
)
"""Roles that can neither be granted on an entity nor be held to one (`components.security.project_roles`)."""
_ON_ENTITIES: Final = (
    # What has an IAM policy of its own, or whose grants a condition holds: a custom role with any of these does
    # not belong on a whole project. https://cloud.google.com/iam/docs/resource-types-with-policies,
    # https://cloud.google.com/iam/docs/resource-types-with-conditional-roles
    "artifactregistry.",
    "bigquery.dataPolicies.",
    "bigquery.datasets.",
    "bigquery.models.",
    "bigquery.routines.",
    "bigquery.tables.",
    "cloudfunctions.functions.",
    "cloudkms.",
    "cloudsql.instances.",
    "cloudtasks.",
    "datastore.entities.",
    "iam.serviceAccountKeys.",
    "iam.serviceAccounts.",
    "pubsub.",
    "run.configurations.",
    "run.executions.",
    "run.jobs.",
    "run.revisions.",
    "run.routes.",
    "run.services.",
    "run.tasks.",
    "run.workerpools.",
    "secretmanager.",
    "spanner.",
    "storage.",
)
_AROUND: Final = frozenset({"projects", "locations", "folders", "organizations"})


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One declared use: `by` uses the component `target` in the way `access`, which takes `roles`."""

    by: Resource
    access: str
    target: str
    roles: tuple[str, ...]

    @property
    def target_name(self) -> str:
        """The target in words."""
        return f"'{self.target.rpartition('::')[2]}'"


class Where(enum.Enum):
    """Where a grant is, seen from a declared use."""

    ON = "on what is used"
    WIDER = "on more than what is used"
    ELSEWHERE = "on something else"
    UNSURE = "the plan does not tell on what"


@dataclass(frozen=True)
class Uses:
    """The declared uses of a stack."""

    stack: Stack
    by_component: dict[str, tuple[Use, ...]] = field(default_factory=dict)
    unread: list[tuple[Resource, str]] = field(default_factory=list)
    """Components whose declaration is not one, with the reason."""
    _names: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether anything in the stack declares uses at all."""
        return bool(self.by_component or self.unread)

    def declarer_of(self, account: Resource) -> Resource | None:
        """The component that declares for a service account of the plan; None for one that nobody declares for."""
        owners = list(self.stack.owners(account))
        for owner in owners:
            if USES in owner.inputs:
                return owner
        # An `Identity` belongs to a component that uses nothing.
        return owners[1] if len(owners) > 1 and owners[0].type == IDENTITY else None

    def of(self, account: Resource) -> tuple[Use, ...] | None:
        """The uses declared for a service account of the plan; None where nobody declares for it."""
        declarer = self.declarer_of(account)
        return None if declarer is None else self.by_component.get(declarer.urn, ())

    def where(self, grant: Grant, use: Use) -> Where:
        """Where `grant` is, seen from `use`: whether the use may be the reason for it."""
        if grant.scope is Scope.ENTITY:
            return self._entity(grant, use)
        if grant.scope is not Scope.PROJECT:
            return Where.WIDER
        target = self.stack.plan.by_urn.get(use.target)
        if target is not None and target.is_stack:
            return Where.ON
        reach = reach_of(grant.condition)
        if isinstance(reach, Held):
            return Where.ON if self._holds(reach, use) else Where.WIDER
        if reach is UNSURE:
            return Where.UNSURE
        return Where.ON if belongs_on_project(grant) else Where.WIDER

    def _entity(self, grant: Grant, use: Use) -> Where:
        if grant.entity is None:
            # Outside the plan, or one of several that the plan does not tell apart.
            return Where.UNSURE
        # What the declaring component made for itself is its own.
        ours = {use.target, use.by.urn}
        return Where.ON if any(urn in ours for urn in self._around(grant.entity)) else Where.ELSEWHERE

    def _around(self, resource: Resource) -> Iterator[str]:
        """The URNs of `resource` and of all that is around it."""
        here: Resource | None = resource
        while here is not None:
            yield here.urn
            here = self.stack.plan.by_urn.get(here.parent or "")

    def _holds(self, reach: Held, use: Use) -> bool:
        names = self._names_of(use.target)
        wholes = [*map(entities_in, reach.names), *map(whole_entities_in, reach.beginnings)]
        return all(any(id_ in names for collection, id_ in pairs if collection not in _AROUND) for pairs in wholes)

    def _names_of(self, target: str) -> frozenset[str]:
        """What Google calls the things in a component."""
        found = self._names.get(target)
        if found is None:
            found = self._names[target] = frozenset(self._names_below(target))
        return found

    def _names_below(self, target: str) -> Iterator[str]:
        left = [target]
        while left:
            for one in self.stack.plan.children.get(left.pop(), ()):
                left.append(one.urn)
                name = name_of(one)
                if name is not None:
                    yield name
                database = one.inputs.get("database") if one.type.startswith("gcp:firestore/") else None
                if isinstance(database, str):
                    # A Firestore component has what lives in a database; the database is another's.
                    yield database


def uses(stack: Stack) -> Uses:
    """The declared uses of `stack`; ask with `stack.once(uses)`."""
    found = Uses(stack)
    for one in stack.plan:
        if one.is_component and USES in one.inputs:
            told = one.inputs[USES]
            if not isinstance(told, list):
                found.unread.append((one, f"{USES} is not a list"))
                continue
            read = [_use(one, item) for item in told]
            found.by_component[one.urn] = tuple(use for use in read if use is not None)
            if None in read:
                found.unread.append((one, f"{USES}[{read.index(None)}] does not say access, target and roles"))
    return found


def role_key(stack: Stack, role: str) -> str:
    """What is the same for two names of one role: the URN of a custom role of the plan, else the name."""
    if "/roles/" not in role:
        return role
    made = [one for type_ in CUSTOM_ROLES for one in stack.named(type_, role)]
    return made[0].urn if len(made) == 1 else role


def role_of(stack: Stack, grant: Grant) -> str | None:
    """The same for the role that is granted; None where only creation tells."""
    if grant.custom is not None:
        return grant.custom.urn
    return role_key(stack, grant.role) if grant.role is not None else None


def belongs_on_project(grant: Grant) -> bool:
    """Whether the role is one that nothing smaller than a project can have."""
    if grant.custom is None:
        return grant.role in PROJECT_ROLES
    permissions = custom_powers(grant.custom).permissions
    return bool(permissions) and not any(_is_on_entities(one) for one in permissions)


@lru_cache(maxsize=4096)
def _is_on_entities(permission: str) -> bool:
    return permission.startswith(_ON_ENTITIES)


def _use(by: Resource, item: Any) -> Use | None:
    if not isinstance(item, dict):
        return None
    access, target, roles = item.get("access"), item.get("target"), item.get("roles")
    if not isinstance(access, str) or not isinstance(target, str) or not isinstance(roles, list):
        return None
    if not all(isinstance(role, str) for role in roles):
        return None
    return Use(by, access, target, tuple(roles))
