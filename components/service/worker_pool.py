"""WorkerPool: instances that pull work and have no address, for sessions that outlast a push (LiveKit rooms).

Its instance count is set, not scaled by Google: for 0 to N on a backlog, push to a service instead
(https://cloud.google.com/run/docs/deploy-worker-pools).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pulumi
from pulumi_gcp import cloudrunv2

from components.component import Environment
from components.links import Access
from components.naming import Kind
from components.network.network import Network
from components.network.subnets import Tier
from components.security.keys import EncryptionKey
from components.service.container import Container
from components.service.workload import Workload


class WorkerPool(Workload):
    """A Cloud Run worker pool of `instances` instances, with an identity of its own."""

    pool: cloudrunv2.WorkerPool
    pool_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        container: Container,
        description: str,
        instances: int,
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
        template: dict[str, Any] = {
            "service_account": self.identity.email,
            "containers": [container.spec(self.uses, self.identity)],
            "labels": self.labels(),
            **self.vpc_access(),
            **self.encryption(),
        }
        self.pool = cloudrunv2.WorkerPool(
            name,
            name=env.naming.name(Kind.CLOUD_RUN, name),
            project=env.project,
            location=env.region,
            description=description,
            labels=self.labels(),
            deletion_protection=env.protect,
            launch_stage="GA",
            binary_authorization=cloudrunv2.WorkerPoolBinaryAuthorizationArgs(use_default=True),
            scaling=cloudrunv2.WorkerPoolScalingArgs(scaling_mode="MANUAL", manual_instance_count=instances),
            template=cast("cloudrunv2.WorkerPoolTemplateArgs", template),
            opts=self.guarded(depends_on=[*self.grants, *after, *env.apis]),
        )
        self.pool_name = self.pool.name
        self.register_outputs({"name": self.pool_name})
