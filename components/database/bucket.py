"""Bucket: one Cloud Storage bucket, private for good, versioned, with rules for what goes when.

Access is by IAM on the bucket alone: no object ACLs, no public objects, whatever anybody sets. Content for the
public goes through a service or a CDN with its own access.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import storage

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, Grant, variable_name
from components.naming import Kind
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error

SECONDS = 86_400
# https://cloud.google.com/storage/docs/soft-delete
SOFT_DELETE_DAYS = range(7, 91)
UPLOAD_DAYS = 7
LOG_WRITER = "group:cloud-storage-analytics@google.com"
"""Who delivers access logs: https://cloud.google.com/storage/docs/access-logs#delivery."""


class StorageClass(Enum):
    """Colder is cheaper to keep and dearer to read: https://cloud.google.com/storage/docs/storage-classes."""

    STANDARD = "STANDARD"
    NEARLINE = "NEARLINE"
    COLDLINE = "COLDLINE"
    ARCHIVE = "ARCHIVE"


@dataclass(frozen=True)
class DeleteAfter:
    """Objects go `days` after they were made."""

    days: int

    def rule(self) -> storage.BucketLifecycleRuleArgs:
        """As the API takes it."""
        return _rule("Delete", storage.BucketLifecycleRuleConditionArgs(age=self.days, with_state="LIVE"))


@dataclass(frozen=True)
class MoveAfter:
    """Objects move to a colder class `days` after they were made."""

    days: int
    to: StorageClass

    def rule(self) -> storage.BucketLifecycleRuleArgs:
        """As the API takes it."""
        return _rule(
            "SetStorageClass",
            storage.BucketLifecycleRuleConditionArgs(age=self.days, with_state="ANY"),
            to=self.to,
        )


@dataclass(frozen=True)
class KeepVersions:
    """The newest `versions` of an object stay, the current one among them."""

    versions: int

    def rule(self) -> storage.BucketLifecycleRuleArgs:
        """As the API takes it."""
        return _rule(
            "Delete",
            storage.BucketLifecycleRuleConditionArgs(num_newer_versions=self.versions, with_state="ARCHIVED"),
        )


Lifecycle = DeleteAfter | MoveAfter | KeepVersions


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Objects cannot be changed or deleted for `days`. `locked` makes that final: not even the owner undoes it."""

    days: int
    locked: bool = False


class Bucket(Component):
    """A bucket; `location` is a region (the environment's by default), a dual-region or a multi-region.

    Versions that were replaced or deleted stay `replaced_days`, unless `KeepVersions` counts them; what is deleted
    for good can be brought back for `soft_delete_days` (7 to 90). `uploads_from` are the https origins whose pages
    may upload. `access_log` receives this bucket's access logs (it was made with `receives_access_logs`). Raises
    ComponentError for arguments that contradict each other.
    """

    family: ClassVar[str] = "database"

    bucket: storage.Bucket
    bucket_name: str
    receives_access_logs: bool

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        lifecycle: Sequence[Lifecycle] = (),
        replaced_days: int = 30,
        soft_delete_days: int = 7,
        retention: Retention | None = None,
        location: str | None = None,
        storage_class: StorageClass = StorageClass.STANDARD,
        uploads_from: Sequence[str] = (),
        access_log: Bucket | None = None,
        receives_access_logs: bool = False,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        _check(name, lifecycle, soft_delete_days, retention, uploads_from)
        if access_log is not None and not access_log.receives_access_logs:
            raise ComponentError(
                f"'{name}' sends its access logs to '{access_log.name}'",
                why="Cloud Storage may not write there",
                fix=f"make '{access_log.name}' with `receives_access_logs=True`",
            )
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.receives_access_logs = receives_access_logs
        self.bucket_name = env.naming.name(Kind.BUCKET, name, unique=True)
        rules = [one.rule() for one in lifecycle]
        if retention is None and not any(isinstance(one, KeepVersions) for one in lifecycle):
            replaced = storage.BucketLifecycleRuleConditionArgs(
                days_since_noncurrent_time=replaced_days, with_state="ARCHIVED"
            )
            rules.append(_rule("Delete", replaced))
        rules.append(
            _rule("AbortIncompleteMultipartUpload", storage.BucketLifecycleRuleConditionArgs(age=UPLOAD_DAYS))
        )
        self.bucket = storage.Bucket(
            name,
            name=self.bucket_name,
            project=env.project,
            location=(location or env.region).upper(),
            storage_class=storage_class.value,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # Cloud Storage allows one of the two; under retention nothing is replaced anyway.
            # https://cloud.google.com/storage/docs/bucket-lock
            versioning=storage.BucketVersioningArgs(enabled=retention is None),
            retention_policy=(
                storage.BucketRetentionPolicyArgs(
                    retention_period=str(retention.days * SECONDS), is_locked=retention.locked
                )
                if retention
                else None
            ),
            soft_delete_policy=storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=soft_delete_days * SECONDS
            ),
            lifecycle_rules=rules,
            cors=(
                [
                    storage.BucketCorArgs(
                        origins=list(uploads_from),
                        methods=["PUT", "POST"],
                        response_headers=["Content-Type", "x-goog-resumable"],
                        max_age_seconds=3600,
                    )
                ]
                if uploads_from
                else None
            ),
            encryption=storage.BucketEncryptionArgs(default_kms_key_name=key.id) if key else None,
            logging=(
                storage.BucketLoggingArgs(log_bucket=access_log.bucket.name, log_object_prefix=name)
                if access_log
                else None
            ),
            force_destroy=not env.protect,
            labels=self.labels(),
            opts=self.guarded(depends_on=[*(key.ready if key else ()), *env.apis]),
        )
        if receives_access_logs:
            storage.BucketIAMMember(
                f"{name}-access-logs",
                bucket=self.bucket.name,
                role="roles/storage.objectCreator",
                member=LOG_WRITER,
                opts=self.child(),
            )
        self.register_outputs({"bucket": self.bucket.name})

    def read(self) -> Access:
        """Reading and listing objects. Sets BUCKET_<NAME>, the bucket's name."""
        return self._access("read", "roles/storage.objectViewer")

    def write(self) -> Access:
        """Reading, making, replacing and deleting objects. Sets what `read` sets."""
        return self._access("write", "roles/storage.objectUser")

    def create(self) -> Access:
        """Making new objects, and no more: neither reading nor replacing. Sets what `read` sets."""
        return self._access("create", "roles/storage.objectCreator")

    def _access(self, verb: str, role: str) -> Access:
        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return storage.BucketIAMMember(
                name, bucket=self.bucket.name, role=role, member=identity.member, opts=opts
            )

        return Access(
            verb=verb,
            target=self,
            grants=(Grant(key=f"{self.name}-{verb}", role=role, make=make),),
            variables={variable_name("bucket", self.name): self.bucket_name},
        )


def _rule(
    action: str, condition: storage.BucketLifecycleRuleConditionArgs, *, to: StorageClass | None = None
) -> storage.BucketLifecycleRuleArgs:
    return storage.BucketLifecycleRuleArgs(
        action=storage.BucketLifecycleRuleActionArgs(type=action, storage_class=to.value if to else None),
        condition=condition,
    )


def _check(
    name: str,
    lifecycle: Sequence[Lifecycle],
    soft_delete_days: int,
    retention: Retention | None,
    uploads_from: Sequence[str],
) -> None:
    if soft_delete_days not in SOFT_DELETE_DAYS:
        raise ComponentError(
            f"'{name}' keeps what is deleted {soft_delete_days} days",
            why=f"Cloud Storage allows {SOFT_DELETE_DAYS.start} to {SOFT_DELETE_DAYS.stop - 1}",
            fix="set `soft_delete_days` within it",
        )
    for origin in uploads_from:
        if not re.fullmatch(r"https://[a-z0-9.-]+(:\d+)?", origin):
            raise ComponentError(
                f"'{name}' takes uploads from '{origin}'",
                why="any other page could upload too, or the request could be read on its way",
                fix="name origins like https://app.example.com, without a path and without '*'",
            )
    for one in lifecycle:
        if retention and isinstance(one, KeepVersions):
            raise ComponentError(
                f"'{name}' has retention and counts versions",
                why="under retention nothing is replaced, so there are no versions",
                fix="leave one of the two out",
            )
        if retention and isinstance(one, DeleteAfter) and one.days < retention.days:
            raise ComponentError(
                f"'{name}' deletes after {one.days} days what it retains {retention.days}",
                why="the rule could not act before the retention ends",
                fix=f"delete after {retention.days} days or later",
            )
