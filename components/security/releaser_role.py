"""ReleaserRole: what a release may do to the services and jobs it is let at, and nothing else.

`roles/run.developer` also deletes, opens a root shell in a running container (`run.services.sshRoot`), calls the
service and runs a job with other arguments. This role looks, updates, and runs a job as it stands. It grants
nothing by itself: `deploy()` of a service or a job grants it on that one entity, beside the right to act as the
entity's identity. A release that sets `invoker_iam_disabled` would need `run.services.setIamPolicy`, so it must
update by field mask (template, traffic): https://cloud.google.com/run/docs/securing/managing-access
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import projects

from components.component import Component, Environment
from components.links import Grant
from components.naming import Kind
from components.security.identity import Identity

# https://cloud.google.com/run/docs/reference/iam/permissions
RELEASES = (
    "run.services.get",
    "run.services.update",
    "run.revisions.get",
    "run.revisions.list",
    "run.jobs.get",
    "run.jobs.update",
    "run.jobs.run",
    "run.executions.get",
)
"""On one service or one job; those of the other kind have no effect there."""
FOLLOWS = ("run.operations.get",)
"""On the project: an operation belongs to the location and to no service, so a grant on a service is not asked.
It reads an operation whose name, a random UUID, one knows; it lists none."""


class ReleaserRole(Component):
    """A custom role to grant on what is released, and one to wait for what was begun."""

    family: ClassVar[str] = "security"

    role: projects.IAMCustomRole
    role_name: str
    """`projects/<project>/roles/<role>`, known at plan time."""
    granted: pulumi.Output[str]
    """The same for a grant's `role`: it makes the grant wait for the role, and is known at plan time too."""
    follower: projects.IAMCustomRole

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        self.role = self._make(name, "releaser", "Updates services and jobs, and runs jobs.", RELEASES)
        self.role_name = self._name_of(name)
        self.granted = self._granted(self.role)
        self._follower_name = self._name_of(f"{name}-follower")
        self.follower = self._make(f"{name}-follower", "release follower", "Waits for operations.", FOLLOWS)
        self.register_outputs({"role": self.granted})

    def follow(self) -> Grant:
        """Waiting for the operations that a release began; one grant, however many entities are released."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return projects.IAMMember(
                name,
                project=self.env.project,
                role=self._granted(self.follower),
                member=identity.member,
                opts=opts,
            )

        return Grant(key=f"{self.name}-follow", role=self._follower_name, make=make)

    def _make(
        self, purpose: str, title: str, description: str, permissions: tuple[str, ...]
    ) -> projects.IAMCustomRole:
        env = self.env
        return projects.IAMCustomRole(
            purpose,
            role_id=self._id_of(purpose),
            project=env.project,
            title=f"{env.naming.system} {env.naming.environment} {title}",
            description=description,
            permissions=list(permissions),
            stage="GA",
            opts=self.guarded(depends_on=list(env.apis)),
        )

    def _id_of(self, purpose: str) -> str:
        return self.env.naming.name(Kind.CUSTOM_ROLE, purpose, kept=True)

    def _name_of(self, purpose: str) -> str:
        return f"projects/{self.env.project}/roles/{self._id_of(purpose)}"

    def _granted(self, role: projects.IAMCustomRole) -> pulumi.Output[str]:
        # Not `role.name`, which a preview does not know although it follows from the ID.
        return pulumi.Output.concat("projects/", self.env.project, "/roles/", role.role_id)
