"""Keys: the project's own encryption keys, one for each family of data, each usable by one Google service.

A key is made when an entity's service asks for it (`for_service`), so there is none that nothing uses. It encrypts
nothing by itself and no identity of the system may use it: only Google's service agents do, each its own key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import kms

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.security.service_agents import Agent

DAY_S = 86_400
ROTATION_DAYS = 90
"""The longest that CIS (1.10) accepts; Google re-encrypts nothing, older versions go on decrypting."""
DESTROY_DELAY_DAYS = 30
"""How long a key version that somebody destroyed can be restored (Google's default, 24 h to 120 days):
https://cloud.google.com/kms/docs/destroy-restore. Cannot be changed on an existing key."""


@dataclass(frozen=True, kw_only=True)
class EncryptionKey:
    """A KMS key that one Google service may use, and the grant that lets it: what is encrypted waits for it."""

    id: pulumi.Output[str]
    """`projects/<p>/locations/<l>/keyRings/<r>/cryptoKeys/<k>`."""
    ready: Sequence[pulumi.Resource]


class Protection(Enum):
    """Where key material is kept. HSM is FIPS 140-2 level 3 and costs more for each key version."""

    SOFTWARE = "SOFTWARE"
    HSM = "HSM"


class Purpose(Enum):
    """What a key encrypts, by the service agent that uses it."""

    SQL = Agent.CLOUD_SQL
    VALKEY = Agent.MEMORYSTORE
    STORAGE = Agent.STORAGE
    PUBSUB = Agent.PUBSUB
    BIGQUERY = Agent.BIGQUERY
    FIRESTORE = Agent.FIRESTORE
    SECRETS = Agent.SECRET_MANAGER
    ARTIFACTS = Agent.ARTIFACT_REGISTRY
    LOGGING = Agent.LOGGING
    RUN = Agent.CLOUD_RUN


def key_or_error(name: str, *, env: Environment, key: EncryptionKey | None) -> EncryptionKey | None:
    """The key of the entity `name`: `key`, or None where Google's own keys do.

    ComponentError where the environment encrypts with its own keys and the entity is given none.
    """
    if key is None and env.cmek:
        raise ComponentError(
            f"'{name}' has no encryption key",
            why="this environment encrypts its data with keys of its own (cmek)",
            fix=f"give '{name}' the key of its Google service: key=keys.for_service(...)",
        )
    return key


class Keys(Component):
    """A key ring in the environment's region, and the keys that were asked for."""

    family: ClassVar[str] = "security"

    ring: kms.KeyRing

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        protection: Protection = Protection.SOFTWARE,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`protection`: SOFTWARE, or HSM; a change makes new keys, which protected ones refuse."""
        super().__init__(name, env=env, opts=opts)
        self._protection = protection
        self._made: dict[Purpose, EncryptionKey] = {}
        self.ring = kms.KeyRing(
            name,
            # Google never deletes a ring or a key, hence the generation in both names.
            name=env.naming.name(Kind.KMS, name, kept=True),
            project=env.project,
            location=env.region,
            opts=self.guarded(depends_on=list(env.apis)),
        )
        self.register_outputs({"ring": self.ring.id})

    def for_service(self, agent: Agent) -> EncryptionKey:
        """The key that `agent` encrypts with, made at the first request.

        ComponentError for a service that keeps no data of this system.
        """
        if agent not in {purpose.value for purpose in Purpose}:
            raise ComponentError(
                f"a key for {agent.name} was asked for",
                why="no entity here is encrypted as that service agent",
                fix=f"ask for one of {', '.join(sorted(purpose.value.name for purpose in Purpose))}",
            )
        purpose = Purpose(agent)
        if purpose not in self._made:
            self._made[purpose] = self._make(purpose)
        return self._made[purpose]

    def _make(self, purpose: Purpose) -> EncryptionKey:
        env, slug = self.env, purpose.name.lower()
        name = f"{self.name}-{slug}"
        key = kms.CryptoKey(
            name,
            name=env.naming.name(Kind.KMS, slug, kept=True),
            key_ring=self.ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{ROTATION_DAYS * DAY_S}s",
            destroy_scheduled_duration=f"{DESTROY_DELAY_DAYS * DAY_S}s",
            version_template=kms.CryptoKeyVersionTemplateArgs(
                algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level=self._protection.value
            ),
            labels=self.labels(encrypts=slug),
            # With the key goes everything it encrypts.
            deletion_policy="PREVENT" if env.protect else None,
            opts=self.guarded(),
        )
        use = kms.CryptoKeyIAMMember(
            f"{name}-use",
            crypto_key_id=key.id,
            # On this key only: https://cloud.google.com/kms/docs/reference/permissions-and-roles
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=purpose.value.member(env),
            opts=self.child(depends_on=list(purpose.value.made(env))),
        )
        return EncryptionKey(id=key.id, ready=(use,))
