"""How far the harm reaches when an identity or a secret is lost, as one number each.

For an identity: how many entities of the stack that keep data it can read or write, itself or through whom it can
become. A grant on the whole project counts for more than what the plan has, since it reaches what others made and
what is to come. For a secret: how many identities can read it; a group counts as several people.

    stack.once(radii)        # of each identity, the widest first
    stack.once(readerships)  # of each secret, the most read first
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from analysis.access.accounts import project_of
from analysis.access.conditions import EVERYTHING, Held, entities_in, reach_of, whole_entities_in
from analysis.access.dataset_grants import DATASET
from analysis.access.escalation import becoming
from analysis.access.members import Kind
from analysis.access.paths import reached, turned
from analysis.access.permission_kinds import accesses_data
from analysis.access.permissions import Holding, Identity, holdings
from analysis.access.uses import PROJECT_ROLES
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from plan.plan import Resource

SECRET: Final = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type
REGIONAL_SECRET: Final = "gcp:secretmanager/regionalSecret:RegionalSecret"  # noqa: S105 - a type
TABLE: Final = "gcp:bigquery/table:Table"
KEEPERS: Final = {
    # What keeps data, and the permissions that reach it. A dataset counts once, whatever tables it has.
    "gcp:storage/bucket:Bucket": ("storage.objects.", "storage.multipartUploads."),
    SECRET: ("secretmanager.versions.",),
    REGIONAL_SECRET: ("secretmanager.versions.",),
    "gcp:parametermanager/parameter:Parameter": ("parametermanager.parameterVersions.",),
    DATASET: ("bigquery.",),
    "gcp:sql/databaseInstance:DatabaseInstance": ("cloudsql.",),
    "gcp:alloydb/cluster:Cluster": ("alloydb.",),
    "gcp:spanner/instance:Instance": ("spanner.",),
    "gcp:bigtable/instance:Instance": ("bigtable.",),
    "gcp:firestore/database:Database": ("datastore.",),
    "gcp:memorystore/instance:Instance": ("memorystore.",),
    "gcp:redis/instance:Instance": ("redis.instances.",),
    "gcp:redis/cluster:Cluster": ("redis.clusters.",),
    "gcp:pubsub/topic:Topic": ("pubsub.topics.",),
    "gcp:pubsub/subscription:Subscription": ("pubsub.subscriptions.", "pubsub.snapshots."),
    "gcp:cloudtasks/queue:Queue": ("cloudtasks.",),
}
READING: Final = "secretmanager.versions.access"
PROJECT_WIDE: Final = 20
"""As how many entities a whole project counts, for each kind of them that is reached there."""
GROUP: Final = 5
"""As how many readers a group counts: the plan does not tell who is in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What one identity reaches by its own grants."""

    entities: dict[str, Resource] = field(default_factory=dict)
    """By their URNs."""
    everywhere: dict[str, Grant] = field(default_factory=dict)
    """The types of which it reaches all in a project, each with a grant that says so."""

    def add(self, other: Reach) -> None:
        """What `other` reaches is reached too."""
        self.entities.update(other.entities)
        for type_, grant in other.everywhere.items():
            self.everywhere.setdefault(type_, grant)

    @property
    def number(self) -> int:
        """How far it reaches."""
        return len(self.entities) + PROJECT_WIDE * len(self.everywhere)


@dataclass(frozen=True, slots=True, eq=False)
class Radius:
    """How far one identity reaches."""

    identity: Identity
    itself: Reach
    altogether: Reach
    """Itself, and as whom it can become."""
    through: tuple[Identity, ...]
    """Whom it can become, the nearest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Readership:
    """Who can read one secret."""

    secret: Resource
    readers: tuple[Identity, ...]
    """Who is granted it."""
    through: tuple[Identity, ...]
    """Who can become one of them."""

    @property
    def number(self) -> float:
        """How many can read it; infinite where it is everybody of a domain, a pool or the world."""
        return sum(_counts(one) for one in (*self.readers, *self.through))


def radii(stack: Stack) -> list[Radius]:
    """How far each identity reaches that reaches anything, the widest first; ask with `stack.once(radii)`."""
    graph, own = stack.once(becoming), stack.once(_own)
    found = []
    for identity, _ in graph.holdings:
        through = tuple(graph.becomes(identity.key))
        altogether = Reach()
        for one in (identity, *through):
            altogether.add(own[one.key])
        if altogether.number:
            found.append(Radius(identity, own[identity.key], altogether, through))
    return sorted(found, key=lambda one: (-one.altogether.number, one.identity.name))


def readerships(stack: Stack) -> list[Readership]:
    """Who can read each secret of the stack, the most read first; ask with `stack.once(readerships)`."""
    graph, keepers = stack.once(becoming), stack.once(_Keepers)
    back = turned(graph.steps)
    readers: dict[str, dict[str, Identity]] = {}
    for identity, held in graph.holdings:
        for urn in keepers.reach_of(held, only=READING).entities:
            readers.setdefault(urn, {})[identity.key] = identity
    found = []
    for secret in stack.of_type(SECRET, REGIONAL_SECRET):
        direct = readers.get(secret.resource.urn, {})
        others = {other for key in direct for other in reached(back, key)} - direct.keys()
        through = tuple(one for key, one in graph.holdings.identities.items() if key in others)
        found.append(Readership(secret.resource, tuple(direct.values()), through))
    return sorted(found, key=lambda one: (-one.number, one.secret.name))


def _own(stack: Stack) -> dict[str, Reach]:
    """What each identity reaches by its own grants."""
    keepers = stack.once(_Keepers)
    return {identity.key: keepers.reach_of(held) for identity, held in stack.once(holdings)}


def _counts(identity: Identity) -> float:
    return _WEIGHTS.get(identity.kind, 1)


_WEIGHTS: Final = {
    Kind.GROUP: GROUP,
    Kind.BASIC: GROUP,
    Kind.PUBLIC: math.inf,
    Kind.DOMAIN: math.inf,
    Kind.CROWD: math.inf,
    Kind.DELETED: 0,
}


class _Keepers:
    """What keeps data in a stack, found by type and by name."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._by_type = {type_: [one.resource for one in stack.of_type(type_)] for type_ in KEEPERS}
        self._datasets = {
            one.resource.urn: stack.referred(one["datasetId"], DATASET) for one in stack.of_type(TABLE)
        }
        self._projects = {
            one.urn: project_of(stack, one) for resources in self._by_type.values() for one in resources
        }

    def reach_of(self, held: Iterable[Holding], *, only: str | None = None) -> Reach:
        """What these grants reach; `only` by one permission."""
        found = Reach()
        for holding in held:
            permissions = holding.permissions if only is None else holding.permissions & {only}
            types = _types_of(permissions)
            if not types:
                continue
            if holding.grant.scope is Scope.ENTITY:
                self._entity(found, holding.grant, types)
            else:
                self._project(found, holding.grant, types)
        return found

    def _entity(self, found: Reach, grant: Grant, types: tuple[str, ...]) -> None:
        entity = grant.entity
        if entity is None:
            return
        for one in self._datasets.get(entity.urn, [entity]):
            if one.type in types:
                found.entities[one.urn] = one

    def _project(self, found: Reach, grant: Grant, types: tuple[str, ...]) -> None:
        reach = reach_of(grant.condition)
        if isinstance(reach, Held):
            pairs = [*map(entities_in, reach.names), *map(whole_entities_in, reach.beginnings)]
            names = {id_ for one in pairs for _, id_ in one}
            for type_ in types:
                for one in (one for name in sorted(names) for one in self._stack.named(type_, name)):
                    found.entities[one.urn] = one
            return
        project = project_of(self._stack, grant.by) if grant.scope is Scope.PROJECT else None
        for type_ in types:
            if reach is EVERYTHING and grant.role not in PROJECT_ROLES:
                found.everywhere.setdefault(SECRET if type_ == REGIONAL_SECRET else type_, grant)
            for one in self._by_type[type_]:
                if None in (project, self._projects[one.urn]) or project == self._projects[one.urn]:
                    found.entities[one.urn] = one


@lru_cache(maxsize=4096)
def _types_of(permissions: frozenset[str]) -> tuple[str, ...]:
    """The types of what keeps data that these permissions reach."""
    data = [one for one in permissions if accesses_data(one)]
    return tuple(type_ for type_, begin in KEEPERS.items() if any(one.startswith(begin) for one in data))
