"""What the database components are given by others: a network, a key, channels to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pulumi
from pulumi_gcp import compute, kms, networkconnectivity, servicenetworking

from components.component import Environment
from components.links import Access, grants_of, variables_of
from components.observability.alert import AlertRouting
from components.security.identity import Identity
from components.security.keys import EncryptionKey

if TYPE_CHECKING:
    from components.network.network import Network


@dataclass(frozen=True)
class _PrivateNetwork:
    vpc: compute.Network
    private_services: servicenetworking.Connection
    connection_policy: networkconnectivity.ServiceConnectionPolicy


def private_network(env: Environment) -> Network:
    """The part of a network that databases use."""
    vpc = compute.Network("main", name="main", project=env.project, auto_create_subnetworks=False)
    made = _PrivateNetwork(
        vpc=vpc,
        private_services=servicenetworking.Connection(
            "main",
            network=vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=["main"],
        ),
        connection_policy=networkconnectivity.ServiceConnectionPolicy(
            "main",
            name="main",
            project=env.project,
            location=env.region,
            service_class="gcp-memorystore",
            network=vpc.id,
        ),
    )
    return cast("Network", made)


def encryption_key(env: Environment) -> EncryptionKey:
    """A key with one grant that its users wait for."""
    key = kms.CryptoKey("data", name="data", key_ring=f"projects/{env.project}/locations/x/keyRings/x")
    grant = kms.CryptoKeyIAMMember(
        "data-agent", crypto_key_id=key.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member="user:a@b.c"
    )
    return EncryptionKey(id=key.id, ready=(grant,))


def routing() -> AlertRouting:
    """One channel for each urgency."""
    return AlertRouting(
        page=(pulumi.Output.from_input("projects/x/notificationChannels/1"),),
        notify=(pulumi.Output.from_input("projects/x/notificationChannels/2"),),
    )


def use(env: Environment, workload: str, *uses: Access) -> dict[str, pulumi.Input[str]]:
    """Does what a workload does with its uses: an identity, the grants, the environment variables."""
    identity = Identity(workload, env=env, description="A workload.")
    for grant in grants_of(uses):
        grant.make(f"{workload}-{grant.key}", identity, pulumi.ResourceOptions())
    return variables_of(uses, identity)
