"""Links: access is declared by use.

An entity offers accesses (`topic.publish()`); a workload lists those it uses. An `Access` carries all that
follows from one use: the grants in Google, the environment variables, the mounted secrets, and whether the
network is needed. It creates nothing by itself: the workload that uses it does, under its own identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi

from components.errors import LinkError

if TYPE_CHECKING:
    from components.component import Component
    from components.network.destination import Destination
    from components.security.identity import Identity

Make = Callable[[str, "Identity", pulumi.ResourceOptions], pulumi.Resource | None]
"""Makes one grant resource: its logical name, who receives it, its options (with the parent). None where it can
only be made later, when the entity exists."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One right that one use needs.

    `key` is unique for what is granted on what (`jobs-publish`): a workload with two uses that need the same
    grant gets it once. `role` is the role's name, for readers; None where the right is not an IAM role (a
    database user). `wait`: the first revision waits for it.
    """

    key: str
    role: str | None
    make: Make
    wait: bool = True


@dataclass(frozen=True, kw_only=True)
class SecretValue:
    """A Secret Manager secret that a container receives as an environment variable, at run time.

    `secret` is the secret's ID, `version` a number or `latest` (an instance reads it when it starts).
    """

    variable: str
    secret: pulumi.Input[str]
    version: str = "latest"


Variable = pulumi.Input[str] | Callable[["Identity"], pulumi.Input[str]]
"""An environment variable's value; a callable where it depends on who uses the entity."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """One use of one entity, e.g. publishing to one topic."""

    verb: str
    target: Component | str
    """The entity, or its URN where it may not exist yet."""
    grants: tuple[Grant, ...]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    secrets: tuple[SecretValue, ...] = ()
    network: bool = False
    """Reaches the entity through the VPC: the workload needs an interface there."""
    needs: Destination | None = None
    """Where the network must let the workload connect; None for what is an API of Google's."""

    @property
    def target_urn(self) -> str:
        """The URN of the entity used."""
        return self.target if isinstance(self.target, str) else self.target.declared_urn

    def declared(self) -> dict[str, object]:
        """What the workload registers, so that any Plan carries the declared use."""
        return {
            "access": self.verb,
            "target": self.target_urn,
            "roles": sorted({grant.role for grant in self.grants if grant.role}),
        }


def grants_of(uses: Iterable[Access]) -> list[Grant]:
    """The grants that `uses` need, each once, in the order of first need."""
    found: dict[str, Grant] = {}
    for access in uses:
        for grant in access.grants:
            found.setdefault(grant.key, grant)
    return list(found.values())


def variables_of(uses: Iterable[Access], identity: Identity) -> dict[str, pulumi.Input[str]]:
    """The environment that `uses` set for `identity`; LinkError where two set one variable differently."""
    values: dict[str, pulumi.Input[str]] = {}
    owners: dict[str, Access] = {}
    for access in uses:
        for variable, value in access.variables.items():
            if variable in owners and owners[variable].target_urn != access.target_urn:
                raise LinkError(
                    f"two uses set the environment variable {variable}",
                    why=f"'{owners[variable].verb}' on {owners[variable].target_urn} and '{access.verb}' on "
                    f"{access.target_urn} would overwrite each other",
                    fix="give one of the two entities another name",
                )
            owners[variable] = access
            values[variable] = value(identity) if callable(value) else value
    return values


def variable_name(*parts: str) -> str:
    """An environment variable's name: `TOPIC_VOICE_JOBS` from ("topic", "voice-jobs")."""
    return "_".join(parts).replace("-", "_").upper()
