"""PipelineIdentity: what a build or release pipeline acts as, with exactly what its uses grant.

A pipeline runs outside the system's VPC, so it can use nothing that has a private address only, and no variable or
secret is set for it. How it comes to act as this identity is its owner's affair (`GithubFederation`,
`BuildTrigger`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pulumi

from components.component import Component, Environment
from components.errors import LinkError
from components.links import Access, grants_of
from components.security.identity import Identity


class PipelineIdentity(Component):
    """A service account with the grants of its `uses`, which are registered as any workload's are."""

    family: ClassVar[str] = "security"

    identity: Identity
    grants: tuple[pulumi.Resource, ...]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        description: str,
        uses: Sequence[Access],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse_private(name, uses)
        super().__init__(
            name, env=env, props={"uses": [access.declared() for access in uses]} if uses else {}, opts=opts
        )
        self.identity = Identity(name, env=env, description=description, opts=self.child())
        made = [grant.make(f"{name}-{grant.key}", self.identity, self.child()) for grant in grants_of(uses)]
        # A grant may find that there is nothing to make for this identity.
        self.grants = tuple(one for one in made if one is not None)
        self.register_outputs({"email": self.identity.email})


def refuse_private(name: str, uses: Sequence[Access]) -> None:
    """LinkError if the pipeline `name` uses what only the VPC reaches."""
    for access in uses:
        if access.network:
            raise LinkError(
                f"the pipeline '{name}' uses '{access.verb}' on {access.target_urn}",
                why="that entity has a private address only, and a pipeline runs outside the VPC",
                fix="do it in a job of the system, and let the pipeline run that job",
            )
