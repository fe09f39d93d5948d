"""Job: a Cloud Run job, for work that runs to its end, such as schema migrations.

It makes the job; an `up` never runs it: the release does, or a schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pulumi
from pulumi_gcp import cloudrunv2

from components.component import Environment
from components.links import Access, Grant
from components.naming import Kind
from components.network.network import Network
from components.network.subnets import Tier
from components.security.identity import Identity
from components.security.keys import EncryptionKey
from components.security.releaser_role import ReleaserRole
from components.service.container import Container
from components.service.workload import Workload


class Job(Workload):
    """A Cloud Run job with an identity of its own; `timeout_s` is one task's, in seconds."""

    job: cloudrunv2.Job
    job_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        container: Container,
        description: str,
        timeout_s: int,
        retries: int = 0,
        network: Network | None = None,
        tier: Tier = Tier.APP,
        uses: Sequence[Access] = (),
        after: Sequence[pulumi.Resource] = (),
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name, env=env, description=description, uses=uses, network=network, tier=tier, key=key, opts=opts
        )
        task: dict[str, Any] = {
            "service_account": self.identity.email,
            "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
            "timeout": f"{timeout_s}s",
            "max_retries": retries,
            "containers": [container.spec(self.uses, self.identity)],
            **self.vpc_access(),
            **self.encryption(),
        }
        self.job = cloudrunv2.Job(
            name,
            name=env.naming.name(Kind.CLOUD_RUN, name),
            project=env.project,
            location=env.region,
            labels=self.labels(),
            deletion_protection=env.protect,
            launch_stage="GA",
            binary_authorization=cloudrunv2.JobBinaryAuthorizationArgs(use_default=True),
            template=cloudrunv2.JobTemplateArgs(
                labels=self.labels(),
                parallelism=1,
                task_count=1,
                template=cast("cloudrunv2.JobTemplateTemplateArgs", task),
            ),
            opts=self.guarded(depends_on=[*self.grants, *after, *env.apis]),
        )
        self.job_name = self.job.name
        self.register_outputs({"name": self.job_name})

    def deploy(self, releaser: ReleaserRole) -> Access:
        """Releasing a new version of this job, and running it as the job's identity."""
        release = self._grant("release", releaser.role_name, releaser.granted)
        return Access(verb="deploy", target=self, grants=(release, releaser.follow(), self.act_as()))

    def run(self) -> Access:
        """Starting this job, as it is: `roles/run.invoker` on it alone."""
        role = "roles/run.invoker"
        return Access(verb="run", target=self, grants=(self._grant("run", role, role),))

    def _grant(self, verb: str, role_name: str, role: pulumi.Input[str]) -> Grant:
        """`role` on this one job; `role_name` is how readers know it."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return cloudrunv2.JobIamMember(
                name,
                project=self.env.project,
                location=self.env.region,
                name=self.job_name,
                role=role,
                member=identity.member,
                opts=opts,
            )

        return Grant(key=f"{self.name}-{verb}", role=role_name, make=make)
