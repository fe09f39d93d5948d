"""FirestoreDatabase: a Firestore database itself, in native mode.

A project has one that is called `(default)`; one stack of the project makes it. What lives in it (indexes, expiry,
backups, who may use it) is `Firestore`'s.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import firestore

from components.component import Component, Environment
from components.security.keys import EncryptionKey, key_or_error

DEFAULT = "(default)"
"""The database that client libraries use when they are told no other."""


class FirestoreDatabase(Component):
    """The project's default database, with a week of point-in-time recovery.

    `location` is a region or a multi-region (`eur3`, `nam5`); it cannot be changed afterwards. The environment's
    region where it is left out.
    """

    family: ClassVar[str] = "database"

    database: firestore.Database
    database_name: str
    location: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        location: str | None = None,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.database_name = DEFAULT
        self.location = location or env.region
        self.database = firestore.Database(
            name,
            name=self.database_name,
            project=env.project,
            location_id=self.location,
            type="FIRESTORE_NATIVE",
            concurrency_mode="PESSIMISTIC",
            # An App Engine app is no part of this project, and disabling it would disable the database.
            app_engine_integration_mode="DISABLED",
            point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_ENABLED",
            delete_protection_state=("DELETE_PROTECTION_ENABLED" if env.protect else "DELETE_PROTECTION_DISABLED"),
            # The provider's default forgets the database and leaves it where it is.
            deletion_policy="DELETE",
            cmek_config=firestore.DatabaseCmekConfigArgs(kms_key_name=key.id) if key else None,
            opts=self.guarded(depends_on=[*(key.ready if key else ()), *env.apis]),
        )
        self.register_outputs({"database": self.database.name})
