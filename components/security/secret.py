"""Secret: a value in Secret Manager, kept in the environment's region, due for rotation from the first day.

Either this system alone uses the value (it is generated), or it comes from outside: then this makes the secret and
an operator adds the version, so that the value never enters the program. It does not rotate: when rotation is due
Secret Manager says so on the topic, and whoever listens there acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import pulumi
import pulumi_random as random
from pulumi_gcp import secretmanager

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, Grant, SecretValue, variable_name
from components.messaging.topic import Topic
from components.naming import Kind
from components.security.identity import Identity
from components.security.keys import DAY_S, EncryptionKey, key_or_error

SHORTEST_BYTES, LONGEST_BYTES = 16, 1024
LONGEST_PERIOD_DAYS = 365
RESTORABLE_DAYS = 7
"""How long a version that somebody destroyed can be brought back, where data is protected
(https://cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions: 1 to 1000 days)."""


@dataclass(frozen=True, kw_only=True)
class Generated:
    """A random value of `size_bytes` (16 to 1024), in base64. Raising `version` makes another."""

    size_bytes: int = 32
    version: int = 1

    def __post_init__(self) -> None:
        if not SHORTEST_BYTES <= self.size_bytes <= LONGEST_BYTES:
            raise ComponentError(
                f"a generated secret of {self.size_bytes} bytes",
                why="a shorter one can be guessed, and nothing here takes a longer one",
                fix=f"choose size_bytes from {SHORTEST_BYTES} to {LONGEST_BYTES}",
            )


@dataclass(frozen=True, kw_only=True)
class Supplied:
    """A value from outside. `present`: whether an operator has added a version."""

    present: bool


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """When rotation is due: at `first`, then every `period_days` (1 to 365), told on `topic`.

    `first`: a date and time in UTC, `2027-01-01T00:00:00Z`. It counts when the secret is made, when it must lie
    ahead; from then on Secret Manager advances it. `topic` needs Secret Manager's agent as publisher:
    `Topic(..., publishers=[Agent.SECRET_MANAGER])`.
    https://cloud.google.com/secret-manager/docs/secret-rotation
    """

    topic: Topic
    first: str
    period_days: int = 90

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", self.first):
            raise ComponentError(
                f"the first rotation is at '{self.first}'",
                why="a rotation period needs a first date, and Secret Manager takes UTC only",
                fix="give a date and time such as 2027-01-01T00:00:00Z",
            )
        if not 1 <= self.period_days <= LONGEST_PERIOD_DAYS:
            raise ComponentError(
                f"a rotation period of {self.period_days} days",
                why="a secret older than a year counts as not rotated",
                fix=f"choose period_days from 1 to {LONGEST_PERIOD_DAYS}",
            )
        if not self.topic.ready:
            raise ComponentError(
                f"topic '{self.topic.name}' has no publisher of Google's",
                why="Secret Manager refuses a secret whose topic its agent may not publish to",
                fix="make it with publishers=[Agent.SECRET_MANAGER]",
            )


class Secret(Component):
    """A secret. `has_version` tells whether a container can mount it."""

    family: ClassVar[str] = "security"

    secret: secretmanager.Secret
    secret_id: pulumi.Output[str]
    version: secretmanager.SecretVersion | None
    has_version: bool

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        source: Generated | Supplied,
        rotation: Rotation,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """ComponentError for no key where the environment has its own."""
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        replica = secretmanager.SecretReplicationUserManagedReplicaArgs(
            location=env.region,
            customer_managed_encryption=(
                secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(kms_key_name=key.id)
                if key
                else None
            ),
        )
        self.secret = secretmanager.Secret(
            name,
            secret_id=env.naming.name(Kind.SECRET, name),
            project=env.project,
            replication=secretmanager.SecretReplicationArgs(
                user_managed=secretmanager.SecretReplicationUserManagedArgs(replicas=[replica])
            ),
            rotation=secretmanager.SecretRotationArgs(
                rotation_period=f"{rotation.period_days * DAY_S}s", next_rotation_time=rotation.first
            ),
            topics=[secretmanager.SecretTopicArgs(name=rotation.topic.path)],
            version_destroy_ttl=f"{RESTORABLE_DAYS * DAY_S}s" if not env.disposable else None,
            deletion_protection=env.protect,
            deletion_policy="PREVENT" if env.protect else None,
            labels=self.labels(),
            opts=self.guarded(
                # Secret Manager moves the date on at each rotation.
                ignore_changes=["rotation.nextRotationTime"],
                depends_on=[*rotation.topic.ready, *(key.ready if key else ()), *env.apis],
            ),
        )
        self.secret_id = self.secret.secret_id
        self.version = self._generate(source) if isinstance(source, Generated) else None
        self.has_version = source.present if isinstance(source, Supplied) else True
        self.register_outputs({"secretId": self.secret_id, "hasVersion": self.has_version})

    def _generate(self, source: Generated) -> secretmanager.SecretVersion:
        value = random.RandomBytes(
            self.name,
            length=source.size_bytes,
            keepers={"version": str(source.version)},
            # Not protected: a new version replaces it, and the value itself is in the secret, which is.
            opts=self.child(),
        )
        return secretmanager.SecretVersion(
            self.name,
            project=self.env.project,
            secret=self.secret.id,
            # Write-only: no output and no refresh ever reads it back.
            secret_data_wo=value.base64,
            secret_data_wo_version=str(source.version),
            # A value that was replaced stays for whoever still runs with it, out of reach for new readers.
            deletion_policy="DISABLE",
            opts=self.child(),
        )

    def read(self, *, variable: str | None = None, version: str = "latest") -> Access:
        """Reading this secret, and only it, as the environment variable `variable` (by default the secret's name).

        `version`: `latest`, which an instance reads when it starts, or a number. While the secret lacks a version
        the grant is made and nothing is mounted: Cloud Run refuses a revision that mounts a secret without one.

        ComponentError for a version that is neither.
        """
        if version != "latest" and not re.fullmatch(r"[1-9]\d*", version):
            raise ComponentError(
                f"version '{version}' of secret '{self.name}'",
                why="Secret Manager numbers versions from 1",
                fix="give a number, or 'latest'",
            )

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            # Who waits for the grant waits for the value too.
            after = pulumi.ResourceOptions(depends_on=[self.version] if self.version else [])
            return secretmanager.SecretIamMember(
                name,
                project=self.env.project,
                secret_id=self.secret_id,
                role="roles/secretmanager.secretAccessor",
                member=identity.member,
                opts=pulumi.ResourceOptions.merge(opts, after),
            )

        value = SecretValue(variable=variable or variable_name(self.name), secret=self.secret_id, version=version)
        return Access(
            verb="read",
            target=self,
            grants=(Grant(key=f"{self.name}-read", role="roles/secretmanager.secretAccessor", make=make),),
            secrets=(value,) if self.has_version else (),
        )


def lacking_a_version(secrets: Iterable[Secret]) -> list[str]:
    """The names of those that an operator must still add a version to."""
    return [secret.name for secret in secrets if not secret.has_version]
