"""What Google's service agents must be allowed for a stack to work, though nobody calls them.

A subscription's dead letters are published by Pub/Sub's agent, a key is used by the agent of the service whose
data it encrypts. Each need names the agent, a permission, the entity, and who needs it. That the grants are there,
and nothing wider, is the policies' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.grants import ACCOUNT, Grant, grants_of
from analysis.stack import Stack
from analysis.stores.encryption import KEYS
from analysis.stores.subscriptions import DEAD_LETTERS, SUBSCRIPTION, TOPIC
from analysis.value import NotKnown, Value
from components.security.service_agents import Agent
from plan.plan import Resource

USE_KEY: Final = "cloudkms.cryptoKeyVersions.useToDecrypt"
PUBLISH: Final = "pubsub.topics.publish"
CONSUME: Final = "pubsub.subscriptions.consume"
TOKEN: Final = "iam.serviceAccounts.getOpenIdToken"  # noqa: S105 - a permission
ACCESS_TOKEN: Final = "iam.serviceAccounts.getAccessToken"  # noqa: S105 - a permission
WRITE_TABLE: Final = "bigquery.tables.updateData"
CREATE_OBJECT: Final = "storage.objects.create"
READ_BUCKET: Final = "storage.buckets.get"
_TABLE: Final = "gcp:bigquery/table:Table"
_BUCKET: Final = "gcp:storage/bucket:Bucket"
_SECRET: Final = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type
_TRANSFER: Final = "gcp:bigquery/dataTransferConfig:DataTransferConfig"
_IDENTITY: Final = "gcp:projects/serviceIdentity:ServiceIdentity"
_DOMAIN: Final = re.compile(r"@(?P<domain>[a-z0-9-]+)(?:\.google\.com)?\.iam\.gserviceaccount\.com$")

# Which input of each type names the key, and whose agent uses it.
# https://cloud.google.com/kms/docs/compatible-services; each service's page says which account needs the role.
_KEYED: Final[Mapping[str, tuple[str, str]]] = {
    "gcp:artifactregistry/repository:Repository": ("kmsKeyName", "gcp-sa-artifactregistry"),
    "gcp:bigquery/dataset:Dataset": ("defaultEncryptionConfiguration.kmsKeyName", "bigquery-encryption"),
    "gcp:bigquery/table:Table": ("encryptionConfiguration.kmsKeyName", "bigquery-encryption"),
    "gcp:cloudrunv2/job:Job": ("template.template.encryptionKey", "serverless-robot-prod"),
    "gcp:cloudrunv2/service:Service": ("template.encryptionKey", "serverless-robot-prod"),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template.encryptionKey", "serverless-robot-prod"),
    "gcp:firestore/database:Database": ("cmekConfig.kmsKeyName", "gcp-sa-firestore"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": ("cmekSettings.kmsKeyName", "gcp-sa-logging"),
    "gcp:memorystore/instance:Instance": ("kmsKey", "gcp-sa-memorystore"),
    "gcp:pubsub/topic:Topic": ("kmsKeyName", "gcp-sa-pubsub"),
    "gcp:redis/cluster:Cluster": ("kmsKey", "cloud-redis"),
    "gcp:redis/instance:Instance": ("customerManagedKey", "cloud-redis"),
    "gcp:secretmanager/regionalSecret:RegionalSecret": (
        "customerManagedEncryption.kmsKeyName",
        "gcp-sa-secretmanager",
    ),
    _SECRET: ("replication.auto.customerManagedEncryption.kmsKeyName", "gcp-sa-secretmanager"),
    "gcp:sql/databaseInstance:DatabaseInstance": ("encryptionKeyName", "gcp-sa-cloud-sql"),
    _BUCKET: ("encryption.defaultKmsKeyName", "gs-project-accounts"),
}
KEYED_AGENTS: Final = frozenset(domain for _, domain in _KEYED.values())


@dataclass(frozen=True, slots=True)
class Need:
    """The agent of `domain` must have `permission` on `entity`, or `by` does not work."""

    by: Value
    """The input from which the need follows."""
    domain: str
    permission: str
    entity: Resource
    to: str
    """What for, in words that follow "to"."""
    before: bool = False
    """Whether `by` cannot even be made without it."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A need of which the plan does not tell enough."""

    by: Value
    why: str


def needs(stack: Stack) -> list[Need | Unread]:
    """Every need of `stack`; ask with `stack.once(needs)`."""
    found: list[Need | Unread] = []
    for look, types in (
        (_of_key, tuple(_KEYED)),
        (_of_replicas, (_SECRET,)),
        (_of_rotation, (_SECRET,)),
        (_of_dead_letters, (SUBSCRIPTION,)),
        (_of_push, (SUBSCRIPTION,)),
        (_of_delivery, (SUBSCRIPTION,)),
        (_of_transfer, (_TRANSFER,)),
    ):
        for one in stack.of_type(*types):
            try:
                found += look(stack, one)
            except NotKnown as reason:
                found.append(Unread(one, str(reason)))
    return found


def agent_of(grant: Grant) -> str | None:
    """The domain of the service agent that holds a grant, by which agents are told; None for anybody else."""
    if grant.member is not None:
        told = _DOMAIN.search(grant.member.strip().lower())
        return told["domain"] if told and grant.holder is None else None
    if grant.holder is not None and grant.holder.type == _IDENTITY:
        return _DOMAINS.get(str(grant.holder.inputs.get("service")))
    return None


def grants_for(stack: Stack, need: Need) -> list[Grant]:
    """The grants of the need's agent on its entity, on what holds that, on the project, or on who knows what."""
    held = stack.once(_agent_grants)
    return [grant for place in (*places(stack, need), "") for grant in held.get((need.domain, place), ())]


def places(stack: Stack, need: Need) -> list[str]:
    """The URNs of what a grant may be on to meet a need: the entity, and the key ring or dataset that holds it."""
    key, type_ = _HOLDERS.get(need.entity.type, ("", ""))
    holders = stack.referred(Value.of(need.entity)[key], type_) if key else []
    return [need.entity.urn, *(one.urn for one in holders)]


def _agent_grants(stack: Stack) -> dict[tuple[str, str], list[Grant]]:
    """The grants that agents hold, by the agent's domain and the URN of what they are on, if it is in the plan."""
    found: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants_of(stack):
        domain = agent_of(grant)
        if domain is not None:
            found.setdefault((domain, grant.entity.urn if grant.entity else ""), []).append(grant)
    return found


_HOLDERS: Final = {
    "gcp:kms/cryptoKey:CryptoKey": ("keyRing", "gcp:kms/keyRing:KeyRing"),
    _TABLE: ("datasetId", "gcp:bigquery/dataset:Dataset"),
}
_DOMAINS: Final = {agent.api: agent.value[1] for agent in Agent}


def _of_key(stack: Stack, one: Value) -> Iterator[Need | Unread]:
    path, domain = _KEYED[one.resource.type]
    yield from _key(stack, one.at(path), domain)


def _of_replicas(stack: Stack, secret: Value) -> Iterator[Need | Unread]:
    for replica in secret.at("replication.userManaged.replicas").items():
        yield from _key(stack, replica.at("customerManagedEncryption.kmsKeyName"), "gcp-sa-secretmanager")


def _key(stack: Stack, name: Value, domain: str) -> Iterator[Need | Unread]:
    if not stack.is_given(name, *KEYS):
        return
    made = [one for one in stack.referred(name, *KEYS) if one.type == KEYS[0]]
    if not made:
        yield Unread(name, f"{name.path} names a key that is not in this stack")
    for key in made:
        yield Need(name, domain, USE_KEY, key, "encrypt with it", before=True)


def _of_rotation(stack: Stack, secret: Value) -> Iterator[Need | Unread]:
    # https://cloud.google.com/secret-manager/docs/event-notifications: refused at creation otherwise.
    for topic in secret["topics"].items():
        for made in stack.referred(topic["name"], TOPIC):
            yield Need(topic, "gcp-sa-secretmanager", PUBLISH, made, "tell of rotations", before=True)


def _of_dead_letters(stack: Stack, subscription: Value) -> Iterator[Need | Unread]:
    # https://cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions
    target = subscription.at(DEAD_LETTERS)
    if not target.raw or not stack.is_given(target, TOPIC):
        return
    for topic in stack.referred(target, TOPIC):
        yield Need(target, "gcp-sa-pubsub", PUBLISH, topic, "put dead letters there")
    yield Need(target, "gcp-sa-pubsub", CONSUME, subscription.resource, "take dead letters out of it")


def _of_push(stack: Stack, subscription: Value) -> Iterator[Need | Unread]:
    # https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#configure_for_push_authentication
    email = subscription.at("pushConfig.oidcToken.serviceAccountEmail")
    for account in stack.referred(email, ACCOUNT):
        yield Need(email, "gcp-sa-pubsub", TOKEN, account, "sign the tokens of pushes")


def _of_delivery(stack: Stack, subscription: Value) -> Iterator[Need | Unread]:
    # https://cloud.google.com/pubsub/docs/create-bigquery-subscription#assign_bigquery_service_account and
    # https://cloud.google.com/pubsub/docs/create-cloudstorage-subscription; an account of one's own may do it too.
    table = subscription.at("bigqueryConfig.table")
    if table.present and not subscription.at("bigqueryConfig.serviceAccountEmail").present:
        for made in _tables(stack, table):
            yield Need(table, "gcp-sa-pubsub", WRITE_TABLE, made, "write messages into it", before=True)
    bucket = subscription.at("cloudStorageConfig.bucket")
    if bucket.raw and not subscription.at("cloudStorageConfig.serviceAccountEmail").present:
        for made in stack.referred(bucket, _BUCKET):
            yield Need(bucket, "gcp-sa-pubsub", CREATE_OBJECT, made, "write messages into it", before=True)
            yield Need(bucket, "gcp-sa-pubsub", READ_BUCKET, made, "read what kind of bucket it is", before=True)


def _tables(stack: Stack, table: Value) -> list[Resource]:
    """The tables of the stack that `project.dataset.table` names."""
    if table.is_unknown:
        return stack.yielding(table, _TABLE)
    parts = re.split(r"[.:]", table.text(""))
    return [
        one
        for one in stack.named(_TABLE, parts[-1])
        if len(parts) < 2 or one.inputs.get("datasetId") in (parts[-2], None)  # noqa: PLR2004 - dataset and table
    ]


def _of_transfer(stack: Stack, transfer: Value) -> Iterator[Need | Unread]:
    # https://cloud.google.com/bigquery/docs/use-service-accounts#permissions
    email = transfer["serviceAccountName"]
    for account in stack.referred(email, ACCOUNT):
        yield Need(email, "gcp-sa-bigquerydatatransfer", ACCESS_TOKEN, account, "run the query as it")
