"""Backend: one Cloud Run service as the load balancer sees it.

A serverless network endpoint group and the backend service in front of it, always with a Cloud Armor policy,
request logs and security headers. It does not decide who may invoke the service: that is the service's `Exposure`.
There is no time-out and no health check, since Google refuses both for serverless backends: a request, or a
WebSocket, lives as long as the service's request time-out
(https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import compute, iap

from components.component import Component, Environment
from components.naming import Kind, stable_suffix
from components.network.route import Caching, checked_people
from components.security.service_agents import Agent

# https://cloud.google.com/load-balancing/docs/custom-headers. A content policy beyond framing is the app's to say.
SECURITY_HEADERS = (
    "Strict-Transport-Security: max-age=31536000; includeSubDomains",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "Referrer-Policy: strict-origin-when-cross-origin",
    "Permissions-Policy: camera=(), geolocation=(), microphone=(self)",
)
HOUR_S = 3600


class Backend(Component):
    """What a route, or the canary, sends requests to."""

    family: ClassVar[str] = "network"

    service: compute.BackendService
    backend_name: str
    members: tuple[pulumi.Resource, ...]
    """What lets people in."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        service: pulumi.Input[str],
        policy: pulumi.Input[str],
        tag: str | None = None,
        caching: Caching = Caching.NONE,
        people: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`service`: the Cloud Run service's physical name, in the environment's region. `tag`: reach the
        revision with that traffic tag instead of the released one. `people`: if given, Identity-Aware Proxy admits
        only them.
        """
        checked_people(f"the backend '{name}'", people)
        super().__init__(name, env=env, opts=opts)
        # No field of a group can change in place while a backend uses it: its name says what is in it.
        prefix = env.naming.name(Kind.COMPUTE, f"{name}-{stable_suffix()}").removesuffix(stable_suffix())
        group = compute.RegionNetworkEndpointGroup(
            name,
            name=pulumi.Output.from_input(service).apply(
                lambda known: prefix + stable_suffix(known, tag or "", env.region)
            ),
            project=env.project,
            region=env.region,
            network_endpoint_type="SERVERLESS",
            description=f"The Cloud Run service of {name}.",
            cloud_run=compute.RegionNetworkEndpointGroupCloudRunArgs(service=service, tag=tag),
            opts=self.child(depends_on=list(env.apis)),
        )
        self.backend_name = env.naming.name(Kind.COMPUTE, name)
        self.service = compute.BackendService(
            name,
            name=self.backend_name,
            project=env.project,
            description=f"What is sent to {name}.",
            load_balancing_scheme="EXTERNAL_MANAGED",
            protocol="HTTPS",
            backends=[compute.BackendServiceBackendArgs(group=group.id)],
            security_policy=policy,
            custom_response_headers=list(SECURITY_HEADERS),
            log_config=compute.BackendServiceLogConfigArgs(enable=True, sample_rate=1.0),
            iap=compute.BackendServiceIapArgs(enabled=bool(people)),
            enable_cdn=caching is Caching.STATIC,
            cdn_policy=_static() if caching is Caching.STATIC else None,
            # IAP is switched on once its API is and its agent exists.
            # A tagged revision's comes and goes with the canary.
            opts=(self.guarded if tag is None else self.child)(
                depends_on=list(Agent.IAP.made(env)) if people else None
            ),
        )
        self.members = tuple(
            iap.WebBackendServiceIamMember(
                f"{name}-{stable_suffix(person)}",
                project=env.project,
                web_backend_service=self.service.name,
                role="roles/iap.httpsResourceAccessor",
                member=person,
                opts=self.child(),
            )
            for person in people
        )
        self.register_outputs({"service": self.service.id})


def _static() -> compute.BackendServiceCdnPolicyArgs:
    # https://cloud.google.com/cdn/docs/caching#cacheability: by content type, and never what says private or
    # no-store, or sets a cookie. The two headers keep answers made for one person out even where the app forgets
    # to say so.
    return compute.BackendServiceCdnPolicyArgs(
        cache_mode="CACHE_ALL_STATIC",
        default_ttl=HOUR_S,
        client_ttl=HOUR_S,
        max_ttl=24 * HOUR_S,
        serve_while_stale=24 * HOUR_S,
        negative_caching=True,
        request_coalescing=True,
        bypass_cache_on_request_headers=[
            compute.BackendServiceCdnPolicyBypassCacheOnRequestHeaderArgs(header_name=header)
            for header in ("Authorization", "Cookie")
        ],
        cache_key_policy=compute.BackendServiceCdnPolicyCacheKeyPolicyArgs(
            include_host=True, include_protocol=True, include_query_string=True
        ),
    )
