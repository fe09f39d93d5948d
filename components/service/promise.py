"""PromisedService: a service that is used before it is made, so that two services may call each other.

Its address is known beforehand; the grants on it are not possible before it exists, so they are kept until the
service is made with `promised=`. A promise that nobody keeps leaves declared uses without their grants: the
invariant test over every stack finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pulumi

from components.component import Environment
from components.errors import LinkError
from components.links import Access, Grant
from components.security.identity import Identity
from components.service.endpoint import ServiceEndpoint


class Kept(Protocol):
    """The service that was promised, as far as a promise knows it."""

    name: str
    declared_urn: str

    def invoke(self) -> Access:
        """Calling it."""


class PromisedService:
    """The internal service `name`, which the program makes later at its top level."""

    def __init__(self, name: str, *, env: Environment) -> None:
        self.endpoint = ServiceEndpoint.of(name, env=env)
        self._waiting: list[Callable[[Kept], object]] = []
        self._kept: Kept | None = None

    def keep(self, service: Kept) -> None:
        """Called by the service itself: makes the grants that were asked for; LinkError for another service."""
        if service.declared_urn != self.endpoint.urn:
            raise LinkError(
                f"'{service.name}' keeps the promise of '{self.endpoint.purpose}'",
                why="callers would be granted access to another service than they call",
                fix=f"pass the promise to the service named '{self.endpoint.purpose}'",
            )
        self._kept = service
        for make in self._waiting:
            make(service)
        self._waiting.clear()

    def invoke(self) -> Access:
        """Calling it."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource | None:
            if self._kept is None:
                self._waiting.append(lambda service: _grant(service, name, identity, opts))
                return None
            return _grant(self._kept, name, identity, opts)

        key = f"{self.endpoint.purpose}-invoke"
        return Access(
            verb="invoke",
            target=self.endpoint.urn,
            grants=(Grant(key=key, role="roles/run.invoker", make=make, wait=False),),
            variables=self.endpoint.variables,
            network=True,
        )


def _grant(service: Kept, name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource | None:
    # `invoke` refuses a service behind the load balancer.
    return service.invoke().grants[0].make(name, identity, opts)
