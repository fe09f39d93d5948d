"""Physical names: the only place that makes one, with Google's limits for each kind of resource.

A name is `<system>-<environment>-<purpose>`. Nothing random goes into it: two plans of one commit have the
same names, and a reader of the console finds the component. It does not shorten: a name that Google would
refuse is an error that says which part to change, since a silently cut name can collide.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from components.errors import NamingError


@dataclass(frozen=True)
class NameRule:
    """What Google accepts as the name of one kind of resource."""

    longest: int
    shortest: int = 1
    pattern: str = r"[a-z]([-a-z0-9]*[a-z0-9])?"
    separator: str = "-"


class Kind(Enum):
    """Kinds of physical name, each with its rule and the page the rule comes from."""

    # RFC 1035 label: https://cloud.google.com/compute/docs/naming-resources
    COMPUTE = NameRule(63)
    # https://cloud.google.com/iam/docs/service-accounts-create (ID of 6 to 30 characters)
    SERVICE_ACCOUNT = NameRule(30, 6)
    # https://cloud.google.com/run/docs/deploying: "49 characters or less" for a service, job or worker pool
    CLOUD_RUN = NameRule(49)
    # https://cloud.google.com/sql/docs/postgres/instance-settings: project ID and instance ID together
    # at most 97 characters, a project ID at most 30.
    CLOUD_SQL = NameRule(66)
    # https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS (63 bytes, unquoted)
    SQL_DATABASE = NameRule(63, pattern=r"[a-z][a-z0-9_]*", separator="_")
    # https://www.mongodb.com/docs/atlas/reference/atlas-limits/#label-limits (cluster and project names)
    ATLAS = NameRule(64)
    # https://cloud.google.com/storage/docs/buckets#naming
    BUCKET = NameRule(63, 3)
    # https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
    PUBSUB = NameRule(255, 3)
    # https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#Queue
    QUEUE = NameRule(100)
    # https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create
    SECRET = NameRule(255)
    # https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create
    KMS = NameRule(63)
    # https://cloud.google.com/bigquery/docs/datasets#dataset-naming (no hyphens)
    DATASET = NameRule(1024, pattern=r"[a-z][a-z0-9_]*", separator="_")
    # https://cloud.google.com/iam/docs/creating-custom-roles (letters, digits, "_" and ".")
    CUSTOM_ROLE = NameRule(64, 3, pattern=r"[a-z][a-z0-9_]*", separator="_")
    # https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/create
    IDENTITY_POOL = NameRule(32, 4)
    # https://cloud.google.com/artifact-registry/docs/repositories/create-repos
    REPOSITORY = NameRule(63)
    # https://cloud.google.com/memorystore/docs/valkey/create-instances
    VALKEY = NameRule(63, 4)
    # https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.locations.buckets/create
    LOGGING = NameRule(100)
    # https://cloud.google.com/dns/docs/reference/rest/v1/managedZones
    DNS_ZONE = NameRule(63)
    # https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services
    MONITORING = NameRule(63)
    # https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest
    CERTIFICATE = NameRule(63)
    # https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets (displayName)
    BUDGET = NameRule(60)
    # https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs
    SCHEDULER = NameRule(500)
    # https://cloud.google.com/compute/docs/reference/rest/v1/globalForwardingRules: an endpoint of Google's APIs
    ENDPOINT = NameRule(20, pattern=r"[a-z][a-z0-9]*", separator="")
    # https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.triggers#BuildTrigger
    BUILD_TRIGGER = NameRule(64)


@dataclass(frozen=True)
class Naming:
    """Makes the physical names of one system in one environment.

    `generation` enters the names that Google keeps after deletion (key ring, pool, custom role, queue, log
    bucket, Cloud SQL instance), so that a destroyed environment can be made again.
    """

    system: str
    environment: str
    project: str
    generation: int = 1

    def name(self, kind: Kind, purpose: str = "", *, kept: bool = False, unique: bool = False) -> str:
        """The name for `purpose`.

        `kept`: Google keeps it after deletion, so the generation is part of it. `unique`: it must be unique
        in all of Google Cloud, so it ends in a stable hash of the project.

        Raises NamingError if Google would refuse it.
        """
        parts = [self.system, self.environment, *([purpose] if purpose else [])]
        if kept and self.generation > 1:
            parts.append(f"g{self.generation}")
        if unique:
            parts.append(stable_suffix(self.project))
        rule = kind.value
        joined = rule.separator.join(part.replace("-", rule.separator) for part in parts)
        return checked(joined, kind)

    def identity(self, purpose: str) -> str:
        """A service-account ID: without the environment, since a stack has a Google project of its own and
        the 30 characters that Google allows are few."""
        return checked(f"{self.system}-{purpose}", Kind.SERVICE_ACCOUNT)

    def endpoint(self, purpose: str) -> str:
        """The name of a Private Service Connect endpoint of Google's APIs: without the environment, as Google
        allows 20 letters and digits."""
        return checked(f"{self.system}{purpose}".replace("-", ""), Kind.ENDPOINT)


def checked(name: str, kind: Kind) -> str:
    """`name` itself if Google accepts it as a `kind`; NamingError otherwise."""
    rule = kind.value
    label = kind.name.lower().replace("_", " ")
    if not rule.shortest <= len(name) <= rule.longest:
        change = "shorten" if len(name) > rule.longest else "lengthen"
        raise NamingError(
            f"the {label} name '{name}' has {len(name)} characters",
            why=f"Google allows {rule.shortest} to {rule.longest} for it",
            fix=f"{change} the system's, the environment's or the component's name",
        )
    if not re.fullmatch(rule.pattern, name):
        raise NamingError(
            f"the {label} name '{name}' has characters that Google refuses",
            why=f"it must match {rule.pattern}",
            fix="use lower-case letters, digits and single hyphens, and begin with a letter",
        )
    return name


def stable_suffix(*inputs: str) -> str:
    """Six hexadecimal digits that change only with `inputs`."""
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:6]
