"""Invoker: the identity as which Google calls one service for us, and its right to do so.

Pub/Sub push, Cloud Tasks and Cloud Scheduler each call with a token of an account of ours. Each subscription,
queue and schedule has its own, which may invoke that one service (or run that one job) and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.component import Component
from components.errors import ComponentError
from components.links import Access
from components.security.identity import Identity
from components.service.endpoint import ServiceEndpoint


@dataclass(frozen=True, kw_only=True)
class Invoker:
    """The identity, and what its calls wait for."""

    identity: Identity
    ready: tuple[pulumi.Resource, ...]

    @classmethod
    def of(cls, owner: Component, *, use: Access, purpose: str, description: str) -> Invoker:
        """The invoker that `owner` calls as, with the grants of `use`; `purpose` is its account's name."""
        identity = Identity(
            f"{owner.name}-invoker",
            env=owner.env,
            purpose=purpose,
            description=description,
            opts=owner.child(),
        )
        made = [grant.make(f"{owner.name}-{grant.key}", identity, owner.child()) for grant in use.grants]
        return cls(identity=identity, ready=tuple(grant for grant in made if grant is not None))


def calling(endpoint: ServiceEndpoint, service: pulumi.Input[str] | None) -> Access:
    """The use of `endpoint`; `service` is the created service's name, so that the grant follows it."""
    return Access(
        verb="invoke",
        target=endpoint.urn,
        grants=(endpoint.invoker_grant(service),),
    )


def checked_path(path: str) -> str:
    """`path` itself if it can follow a service's address; ComponentError otherwise."""
    if not path.startswith("/") or any(mark in path for mark in " ?#"):
        raise ComponentError(
            f"path is '{path}'",
            why="it is appended to the service's address: it begins with / and has no space, query or fragment",
            fix="write it like /pubsub/push",
        )
    return path
