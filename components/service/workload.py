"""Workload: what a Cloud Run service, a job and a worker pool have in common.

An identity of its own, the grants that its uses need, its interface in the VPC. It does not run anything: its
subclasses register the Cloud Run resource.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pulumi
from pulumi_gcp import serviceaccount

from components.component import Component, Environment
from components.errors import LinkError
from components.links import Access, Grant, grants_of
from components.network.network import Network
from components.network.subnets import Tier
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error


class Workload(Component):
    """Identity, grants and network of something that runs."""

    family: ClassVar[str] = "service"

    identity: Identity
    uses: tuple[Access, ...]
    grants: tuple[pulumi.Resource, ...]
    """What the first revision waits for."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        description: str,
        uses: Sequence[Access],
        network: Network | None,
        tier: Tier,
        key: EncryptionKey | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        """`key` encrypts Cloud Run's copy of the image.

        LinkError for a use that needs the network without one, ComponentError for no key where the environment has
        its own.
        """
        key = key_or_error(name, env=env, key=key)
        lost = [access for access in uses if access.network and network is None]
        if lost:
            raise LinkError(
                f"'{name}' uses '{lost[0].verb}' on {lost[0].target_urn} but is not in the network",
                why="the entity has a private address only",
                fix=f"give '{name}' the network: network=...",
            )
        super().__init__(
            name, env=env, props={"uses": [access.declared() for access in uses]} if uses else {}, opts=opts
        )
        self.uses = tuple(uses)
        self.network = network
        self.tier = tier
        self.key = key
        self.identity = Identity(name, env=env, description=description, opts=self.child())
        waited: list[pulumi.Resource] = list(key.ready if key else ())
        for grant in grants_of(uses):
            made = grant.make(f"{name}-{grant.key}", self.identity, self.child())
            if grant.wait and made is not None:
                waited.append(made)
        if network is not None:
            waited += network.allow_egress(
                name, self.identity, needs=[access.needs for access in uses], opts=self.child()
            )
        self.grants = tuple(waited)

    def vpc_access(self) -> dict[str, Any]:
        """The template's VPC access: Direct VPC egress for all traffic, so that nothing leaves but through the
        network's rules and its NAT."""
        if self.network is None:
            return {}
        return {
            "vpc_access": {
                "egress": "ALL_TRAFFIC",
                "network_interfaces": [
                    {
                        "network": self.network.vpc.id,
                        "subnetwork": self.network.subnets[self.tier].id,
                    }
                ],
            }
        }

    def encryption(self) -> dict[str, Any]:
        """The template's encryption key, which stops every instance when it is disabled:
        https://cloud.google.com/run/docs/securing/using-cmek"""
        return {"encryption_key": self.key.id} if self.key else {}

    def act_as(self) -> Grant:
        """Releasing what runs as this workload's identity takes the right to act as it, and as nobody else."""

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return serviceaccount.IAMMember(
                name,
                service_account_id=self.identity.account_name,
                role="roles/iam.serviceAccountUser",
                member=identity.member,
                opts=opts,
            )

        return Grant(key=f"{self.name}-act-as", role="roles/iam.serviceAccountUser", make=make)
