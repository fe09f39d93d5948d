"""Postgres: one Cloud SQL for PostgreSQL instance, its database, its read replicas, and who may use them.

It has no public address, takes TLS only, knows no password user, and is always backed up. It does not make the
schema, and it does not GRANT: the job that uses `own()` does both (see postgres_rights.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi_gcp import sql

from components.component import Component, Environment
from components.database.postgres_alerts import Watched, postgres_alerts
from components.database.postgres_rights import DeclaredRights, Right
from components.database.postgres_settings import Availability, PostgresSize, Version, settings
from components.errors import ComponentError, NamingError
from components.links import Access, Grant, Variable
from components.naming import Kind
from components.network.destination import POSTGRES
from components.observability.alert import AlertRouting
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error
from components.security.project_roles import project_grant, resource_is

if TYPE_CHECKING:
    from components.network.network import Network

LONGEST_USER = 63
"""Characters of a Postgres role's name: https://www.postgresql.org/docs/current/limits.html."""
MOST_REPLICAS = 10
"""Direct read replicas: https://cloud.google.com/sql/docs/postgres/replication#quota."""


class Postgres(Component):
    """A private Postgres instance named after the component, with one database named after the system.

    `availability` and `size` come from the environment's profile; `replicas` serve readers who accept a lag.
    Raises ComponentError for sizes that contradict each other.
    """

    family: ClassVar[str] = "database"

    instance: sql.DatabaseInstance
    replicas: tuple[sql.DatabaseInstance, ...]
    database: sql.Database
    instance_name: str
    connection_name: str
    """`<project>:<region>:<instance>`, what the Cloud SQL connectors take."""
    max_connections: int

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        network: Network,
        size: PostgresSize,
        availability: Availability,
        replicas: int = 0,
        version: Version = Version.V18,
        key: EncryptionKey | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if not 0 <= replicas <= MOST_REPLICAS:
            raise ComponentError(
                f"'{name}' has {replicas} read replicas",
                why=f"Cloud SQL allows 0 to {MOST_REPLICAS}",
                fix="set `replicas` within it",
            )
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.max_connections = size.max_connections
        self.instance_name = env.naming.name(Kind.CLOUD_SQL, name, kept=True)
        self.replica_names = tuple(
            env.naming.name(Kind.CLOUD_SQL, f"{name}-read-{number}", kept=True)
            for number in range(1, replicas + 1)
        )
        self.connection_name = f"{env.project}:{env.region}:{self.instance_name}"
        self.database_name = env.naming.name(Kind.SQL_DATABASE)
        self._rights = DeclaredRights(name)
        self.instance = sql.DatabaseInstance(
            name,
            name=self.instance_name,
            project=env.project,
            region=env.region,
            database_version=version.value,
            encryption_key_name=key.id if key else None,
            deletion_protection=env.protect,
            settings=settings(
                size,
                availability=availability,
                replica=False,
                network=network.vpc.id,
                region=env.region,
                protect=env.protect,
                disposable=env.disposable,
                labels=self.labels(),
            ),
            # The address comes from the range of the private-services connection.
            opts=self.guarded(depends_on=[network.private_services, *(key.ready if key else ()), *env.apis]),
        )
        # A replica in the same region uses its primary's key.
        # https://cloud.google.com/sql/docs/postgres/cmek#replicas
        self.replicas = tuple(
            sql.DatabaseInstance(
                f"{name}-read-{number}",
                name=replica_name,
                project=env.project,
                region=env.region,
                database_version=version.value,
                instance_type="READ_REPLICA_INSTANCE",
                master_instance_name=self.instance.name,
                deletion_protection=env.protect,
                settings=settings(
                    size,
                    availability=Availability.ZONAL,
                    replica=True,
                    network=network.vpc.id,
                    region=env.region,
                    protect=env.protect,
                    disposable=env.disposable,
                    labels=self.labels(),
                ),
                opts=self.guarded(),
            )
            for number, replica_name in enumerate(self.replica_names, start=1)
        )
        # Postgres drops no database that somebody is connected to: it goes with its instance.
        self.database = sql.Database(
            name,
            name=self.database_name,
            project=env.project,
            instance=self.instance.name,
            deletion_policy="ABANDON",
            opts=self.guarded(),
        )
        if alerts is not None:
            watched = Watched(
                instance=self.instance_name,
                replicas=self.replica_names,
                disk_limit_gb=size.disk_limit_gb,
                max_connections=size.max_connections,
            )
            postgres_alerts(self, watched, alerts)
        self.register_outputs({"connection_name": self.connection_name, "database": self.database_name})

    def connect(self, right: Right) -> Access:
        """Using the database with `right`, as the workload's own IAM database user.

        Sets DATABASE_INSTANCE (connection name), DATABASE_NAME, DATABASE_USER and, where there are read replicas,
        DATABASE_READ_INSTANCES (their connection names, comma-separated). Raises LinkError where one workload asks
        for two rights.
        """

        def declare(identity: Identity) -> str:
            user = self._user(identity)
            self._rights.declare(user, right)
            return user

        return self._access(f"connect-{right.value}", declare, roles=None)

    def own(self) -> Access:
        """Owning the schema: for the one job that migrates it and GRANTs what links declare.

        Sets what `connect` sets, and DATABASE_RIGHTS: JSON, `{"<database user>": "read"|"write"}`, of all links,
        whatever their order. Raises LinkError for a second owner.
        """

        def declare(identity: Identity) -> str:
            user = self._user(identity)
            self._rights.own(user)
            return user

        # From Postgres 15 on nobody else may create in the schema `public`.
        access = self._access("own", declare, roles=["cloudsqlsuperuser"])
        variables: dict[str, Variable] = {**access.variables, "DATABASE_RIGHTS": lambda _: self._rights.told()}
        return replace(access, variables=variables)

    def _access(self, verb: str, declare: Variable, *, roles: list[str] | None) -> Access:
        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            if callable(declare):
                declare(identity)
            user = sql.User(
                name,
                name=identity.email.apply(lambda email: email.removesuffix(".gserviceaccount.com")),
                project=self.env.project,
                instance=self.instance.name,
                type="CLOUD_IAM_SERVICE_ACCOUNT",
                database_roles=roles,
                # Postgres drops no role that still holds rights. Without the IAM role below nobody can log in as
                # it, and the next migrations REVOKE the rights of whoever is not listed.
                deletion_policy="ABANDON",
                opts=opts,
            )
            self._rights.follow(user.name)
            return user

        variables: dict[str, Variable] = {
            "DATABASE_INSTANCE": self.connection_name,
            "DATABASE_NAME": self.database_name,
            "DATABASE_USER": declare,
        }
        if self.replica_names:
            variables["DATABASE_READ_INSTANCES"] = ",".join(
                f"{self.env.project}:{self.env.region}:{name}" for name in self.replica_names
            )
        # https://cloud.google.com/sql/docs/postgres/iam-conditions
        condition = " || ".join(
            f"({resource_is('sqladmin.googleapis.com', f'projects/{self.env.project}/instances/{instance}')})"
            for instance in (self.instance_name, *self.replica_names)
        )
        iam = tuple(
            project_grant(
                self.env.project,
                key=f"{self.name}-{what}",
                role=role,
                title=f"{self.instance_name} only",
                condition=condition,
            )
            for what, role in (("client", "roles/cloudsql.client"), ("login", "roles/cloudsql.instanceUser"))
        )
        return Access(
            verb=verb,
            target=self,
            grants=(*iam, Grant(key=f"{self.name}-user", role=None, make=make)),
            variables=variables,
            network=True,
            needs=POSTGRES,
        )

    def _user(self, identity: Identity) -> str:
        # https://cloud.google.com/sql/docs/postgres/add-manage-iam-users (the e-mail without its suffix)
        user = f"{identity.account_id}@{self.env.project}.iam"
        if len(user) > LONGEST_USER:
            raise NamingError(
                f"the database user '{user}' has {len(user)} characters",
                why=f"Postgres allows {LONGEST_USER}, and the name follows from the service account's",
                fix=f"shorten the name of the workload '{identity.name}' or the project's ID",
            )
        return user
