"""Service: a Cloud Run service that is either behind the load balancer or internal; there is no third way.

Traffic belongs to the release, not to `up`: the first release pins its revision at 100 %, every later `up` adds
a revision with 0 % and leaves the split alone (the project's `options.refresh: always` makes the state's split
the real one first). It does not route: the edge does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

import pulumi
from pulumi_gcp import cloudrunv2

from components.component import Environment
from components.errors import ComponentError, LinkError
from components.links import Access, Grant
from components.network.network import Network
from components.network.subnets import Tier
from components.observability.alert import AlertRouting
from components.observability.service_alerts import INTERACTIVE, LatencyLimits, service_alerts
from components.security.identity import Identity
from components.security.keys import EncryptionKey
from components.security.releaser_role import ReleaserRole
from components.security.service_agents import Agent
from components.service.container import Container
from components.service.endpoint import ServiceEndpoint
from components.service.promise import PromisedService
from components.service.workload import Workload

PORT = 8080


class Exposure(Enum):
    """Who reaches a service. Each is safe: none of them is reachable from the internet directly."""

    PUBLIC = "behind the load balancer and Armor: anyone, through them only"
    IAP = "behind the load balancer and Identity-Aware Proxy: whom IAP admits"
    INTERNAL = "from inside the project: the identities that declare `invoke()`"


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Instances (count), requests at once an instance takes, seconds a request may last.

    https://cloud.google.com/run/quotas: concurrency at most 1000, time-out at most 3600 s.
    """

    least: int = 0
    most: int = 10
    concurrency: int = 80
    timeout_s: int = 300

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise ComponentError(
                f"a service of at least {self.least} and at most {self.most} instances",
                why="the minimum must not exceed the maximum",
                fix="lower the minimum or raise the maximum",
            )
        for what, value, most in (
            ("concurrency", self.concurrency, 1000),
            ("time-out in seconds", self.timeout_s, 3600),
        ):
            if not 1 <= value <= most:
                raise ComponentError(
                    f"a {what} of {value}",
                    why=f"Cloud Run takes 1 to {most}",
                    fix="choose a value in that range",
                )


class Service(Workload):
    """A Cloud Run service with an identity of its own."""

    service: cloudrunv2.Service
    endpoint: ServiceEndpoint
    service_name: pulumi.Output[str]
    revision: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        container: Container,
        scaling: Scaling,
        exposure: Exposure,
        description: str,
        network: Network | None = None,
        tier: Tier = Tier.APP,
        uses: Sequence[Access] = (),
        after: Sequence[pulumi.Resource] = (),
        key: EncryptionKey | None = None,
        session_affinity: bool = False,
        cpu_always: bool = False,
        attempt: int = 1,
        alerts: AlertRouting | None = None,
        latency: LatencyLimits | None = INTERACTIVE,
        promised: PromisedService | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after`: what must exist before the first revision besides its grants (a secret's version).
        `cpu_always`: CPU also between requests, for background work. `promised`: what others already use.
        `attempt`: raised to try a revision again that failed to start, since Cloud Run takes no name twice.
        `latency`: how fast it must answer before somebody is told; None for a service whose requests are work."""
        self.endpoint = ServiceEndpoint.of(name, env=env)
        self.exposure = exposure
        self.scaling = scaling
        self.timeout_s = scaling.timeout_s
        self.latency = latency
        super().__init__(
            name, env=env, description=description, uses=uses, network=network, tier=tier, key=key, opts=opts
        )
        if exposure is Exposure.INTERNAL:
            # Whom its callers' tokens are for.
            audience = {"SERVICE_AUDIENCE": self.endpoint.audience}
            container = replace(container, variables={**container.variables, **audience})
        template = self._template(container, scaling, session_affinity=session_affinity, cpu_always=cpu_always)
        self.revision = pulumi.Output.concat(self.endpoint.name, "-", _hash_of({**template, "attempt": attempt}))
        self.service = cloudrunv2.Service(
            name,
            name=self.endpoint.name,
            project=env.project,
            location=env.region,
            description=description,
            labels=self.labels(),
            ingress=(
                "INGRESS_TRAFFIC_INTERNAL_ONLY"
                if exposure is Exposure.INTERNAL
                else "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
            ),
            default_uri_disabled=exposure is not Exposure.INTERNAL,
            invoker_iam_disabled=exposure is Exposure.PUBLIC,
            custom_audiences=[self.endpoint.audience],
            deletion_protection=env.protect,
            launch_stage="GA",
            binary_authorization=cloudrunv2.ServiceBinaryAuthorizationArgs(use_default=True),
            # Of the service, not of each revision: one that a split or a tag still names would keep instances too.
            # https://cloud.google.com/run/docs/configuring/min-instances
            scaling=cloudrunv2.ServiceScalingArgs(min_instance_count=scaling.least),
            template=cast("cloudrunv2.ServiceTemplateArgs", {**template, "revision": self.revision}),
            traffics=[
                cloudrunv2.ServiceTrafficArgs(
                    type="TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision=self.revision, percent=100
                )
            ],
            opts=self.guarded(ignore_changes=["traffics"], depends_on=[*self.grants, *after, *env.apis]),
        )
        self.service_name = self.service.name
        if exposure is Exposure.IAP:
            # IAP calls the service as its own agent, and nobody else may.
            # https://cloud.google.com/iap/docs/enabling-cloud-run
            cloudrunv2.ServiceIamMember(
                f"{name}-iap",
                project=env.project,
                location=env.region,
                name=self.service_name,
                role="roles/run.invoker",
                member=Agent.IAP.member(env),
                opts=self.guarded(depends_on=[*Agent.IAP.made(env)]),
            )
        if promised is not None:
            promised.keep(self)
        if alerts is not None:
            service_alerts(
                self,
                routing=alerts,
                service_name=self.endpoint.name,
                max_instances=scaling.most,
                memory_limit_mib=container.size.memory_mib,
                latency=latency,
            )
        self.register_outputs({"name": self.service_name, "revision": self.revision})

    def _template(
        self, container: Container, scaling: Scaling, *, session_affinity: bool, cpu_always: bool
    ) -> dict[str, Any]:
        spec = container.spec(self.uses, self.identity)
        spec["resources"] |= {"cpu_idle": not cpu_always, "startup_cpu_boost": True}
        spec["ports"] = {"container_port": PORT}
        # Google's front end answers /healthz itself, hence this path. Not /ready: a first revision starts before
        # its schema is migrated, and no instance should fail to start because a server it needs is away.
        spec["startup_probe"] = {
            "http_get": {"path": "/health", "port": PORT},
            # A minute, asked each second: what starts within two should not wait for a third.
            # https://cloud.google.com/run/docs/configuring/healthchecks
            "period_seconds": 1,
            "timeout_seconds": 1,
            "failure_threshold": 60,
        }
        spec["liveness_probe"] = {
            "http_get": {"path": "/health", "port": PORT},
            "period_seconds": 30,
            "timeout_seconds": 5,
            "failure_threshold": 3,
        }
        return {
            "service_account": self.identity.email,
            "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
            "max_instance_request_concurrency": scaling.concurrency,
            "timeout": f"{scaling.timeout_s}s",
            "session_affinity": session_affinity,
            "scaling": {"max_instance_count": scaling.most},
            "containers": [spec],
            "labels": self.labels(),
            **self.vpc_access(),
            **self.encryption(),
        }

    def invoke(self) -> Access:
        """Calling this service from another; LinkError where it is only reachable through the load balancer."""
        if self.exposure is not Exposure.INTERNAL:
            raise LinkError(
                f"'{self.name}' is behind the load balancer and cannot be invoked from inside",
                why="its run.app URL is off, so that nobody gets around Armor",
                fix="call it by its public address, or split the inner part into a service that is INTERNAL",
            )
        return Access(
            verb="invoke",
            target=self,
            grants=(self.endpoint.invoker_grant(self.service_name),),
            variables=self.endpoint.variables,
            network=True,
        )

    def deploy(self, releaser: ReleaserRole) -> Access:
        """Releasing this service: new revisions, traffic, and running them as the service's identity."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return cloudrunv2.ServiceIamMember(
                name,
                project=self.env.project,
                location=self.env.region,
                name=self.service_name,
                role=releaser.granted,
                member=identity.member,
                opts=opts,
            )

        release = Grant(key=f"{self.name}-release", role=releaser.role_name, make=make)
        return Access(verb="deploy", target=self, grants=(release, releaser.follow(), self.act_as()))


def _hash_of(template: dict[str, Any]) -> pulumi.Output[str]:
    """Ten hexadecimal digits of everything in the template: any change makes another revision name."""
    text = pulumi.Output.json_dumps(template, sort_keys=True)
    return text.apply(lambda known: hashlib.sha256(known.encode()).hexdigest()[:10])
