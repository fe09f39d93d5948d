"""Firestore: what a system keeps in a Firestore database: its indexes, expiry, backups, and who may use it.

The database itself is given: a stack makes its project's `FirestoreDatabase`. Collections need no resource.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import firestore

from components.component import Component, Environment
from components.database.firestore_database import DEFAULT
from components.database.maintenance import Day
from components.errors import ComponentError
from components.links import Access
from components.security.project_roles import project_grant, resource_is

# https://cloud.google.com/firestore/docs/backups (at most 14 weeks)
KEPT_DAYS = range(1, 99)
SECONDS = 86_400


class Order(Enum):
    """How one field of an index is sorted."""

    ASCENDING = "ASCENDING"
    DESCENDING = "DESCENDING"


@dataclass(frozen=True)
class Index:
    """A composite index of `collection`: fields in their order, each with its sort."""

    collection: str
    fields: tuple[tuple[str, Order], ...]

    @property
    def purpose(self) -> str:
        """What tells it from the others: `sessions-user_id-created_at`."""
        return "-".join((self.collection, *(path for path, _ in self.fields)))

    def __post_init__(self) -> None:
        if len(self.fields) < 2:  # noqa: PLR2004
            raise ComponentError(
                f"the index of '{self.collection}' has {len(self.fields)} field",
                why="Firestore indexes single fields by itself and refuses such a composite index",
                fix="name two fields or more, or leave the index out",
            )


class Firestore(Component):
    """Indexes, expiry and backups in the database `database`.

    `expiry` names for a collection the timestamp field at which a document may go (within a day after it). The
    daily backups are kept `daily_backup_days`, the weekly ones `weekly_backup_days`, 98 days at most. Raises
    ComponentError beyond that and for an index that is given twice.
    """

    family: ClassVar[str] = "database"

    database_name: str
    indexes: tuple[firestore.Index, ...]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        database: firestore.Database,
        database_name: str = DEFAULT,
        indexes: Sequence[Index] = (),
        expiry: Mapping[str, str] | None = None,
        daily_backup_days: int = 7,
        weekly_backup_days: int = 98,
        weekly_backup_on: Day = Day.SUNDAY,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        for field, days in (("daily_backup_days", daily_backup_days), ("weekly_backup_days", weekly_backup_days)):
            if days not in KEPT_DAYS:
                raise ComponentError(
                    f"{field} of '{name}' is {days}",
                    why=f"Firestore keeps a backup {KEPT_DAYS.start} to {KEPT_DAYS.stop - 1} days",
                    fix=f"set `{field}` within it",
                )
        purposes = [index.purpose for index in indexes]
        twice = {purpose for purpose in purposes if purposes.count(purpose) > 1}
        if twice:
            raise ComponentError(
                f"'{name}' has an index twice: {', '.join(sorted(twice))}",
                why="one index for the same fields is enough, and Firestore reads it in both directions",
                fix="leave one of them out",
            )
        super().__init__(name, env=env, opts=opts)
        self.database_name = database_name
        self.indexes = tuple(
            firestore.Index(
                f"{name}-{index.purpose}",
                project=env.project,
                database=database.name,
                collection=index.collection,
                query_scope="COLLECTION",
                fields=[
                    firestore.IndexFieldArgs(field_path=path, order=order.value) for path, order in index.fields
                ],
                opts=self.guarded(),
            )
            for index in indexes
        )
        for collection, field in sorted((expiry or {}).items()):
            firestore.Field(
                f"{name}-{collection}-{field}",
                project=env.project,
                database=database.name,
                collection=collection,
                field=field,
                ttl_config=firestore.FieldTtlConfigArgs(),
                opts=self.guarded(),
            )
        firestore.BackupSchedule(
            f"{name}-daily",
            project=env.project,
            database=database.name,
            retention=f"{daily_backup_days * SECONDS}s",
            daily_recurrence={},
            opts=self.guarded(),
        )
        firestore.BackupSchedule(
            f"{name}-weekly",
            project=env.project,
            database=database.name,
            retention=f"{weekly_backup_days * SECONDS}s",
            weekly_recurrence=firestore.BackupScheduleWeeklyRecurrenceArgs(day=weekly_backup_on.name),
            opts=self.guarded(),
        )
        self.register_outputs({"database": database.name})

    def read(self) -> Access:
        """Reading documents: `roles/datastore.viewer`. Sets FIRESTORE_PROJECT and FIRESTORE_DATABASE."""
        return self._access("read", "roles/datastore.viewer")

    def write(self) -> Access:
        """Reading and writing documents: `roles/datastore.user`. Sets what `read` sets."""
        return self._access("write", "roles/datastore.user")

    def _access(self, verb: str, role: str) -> Access:
        # Firestore has no IAM policy of its own: the project's grant is held to the one database.
        # https://cloud.google.com/firestore/docs/manage-databases#configure_per-database_access_permissions
        grant = project_grant(
            self.env.project,
            key=f"{self.name}-{verb}",
            role=role,
            title=f"{self.database_name} only",
            condition=resource_is(
                "firestore.googleapis.com", f"projects/{self.env.project}/databases/{self.database_name}"
            ),
        )
        return Access(
            verb=verb,
            target=self,
            grants=(grant,),
            variables={"FIRESTORE_PROJECT": self.env.project, "FIRESTORE_DATABASE": self.database_name},
        )
