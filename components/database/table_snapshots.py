"""TableSnapshots: copies of a warehouse's tables, made by the clock, in a dataset of their own (E17).

A snapshot costs only what changed since, and goes by itself. The identity that makes them can read the tables and
make copies; it can change neither. Restoring is a `CREATE TABLE … CLONE` by hand.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import bigquery, projects

from components.component import Component, Environment
from components.database.scheduled_queries import runs_as, transfers_alert
from components.database.warehouse import Warehouse
from components.errors import ComponentError
from components.links import Access, Grant
from components.naming import Kind
from components.observability.alert import AlertRouting
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error

A_DAY = (1, 2, 3, 4, 6, 8, 12, 24)
PERMISSIONS = (
    "bigquery.datasets.get",
    "bigquery.tables.create",
    # A snapshot with an end is one that is deleted later.
    "bigquery.tables.deleteSnapshot",
    # IF NOT EXISTS looks.
    "bigquery.tables.get",
    "bigquery.tables.updateData",
)
"""What making a snapshot that ends needs on the dataset of the copies. Of Google's roles only dataOwner and wider
have deleteSnapshot; they also give the dataset away
(https://cloud.google.com/bigquery/docs/table-snapshots-create#permissions_and_roles)."""


class TableSnapshots(Component):
    """Snapshots of every table of `warehouse`, each `every_hours` (a part of a day), kept `keep_days`.

    Raises ComponentError where the hours do not divide a day or nothing would be kept.
    """

    family: ClassVar[str] = "database"

    identity: Identity
    dataset: bigquery.Dataset
    dataset_id: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        warehouse: Warehouse,
        every_hours: int = 6,
        keep_days: int = 7,
        key: EncryptionKey | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if every_hours not in A_DAY or keep_days < 1:
            raise ComponentError(
                f"'{name}' copies every {every_hours} hours and keeps {keep_days} days",
                why=f"the hours must divide a day ({', '.join(map(str, A_DAY))}), and a copy stays a day at least",
                fix="set `every_hours` and `keep_days` so",
            )
        key = key_or_error(name, env=env, key=key)
        role_id = env.naming.name(Kind.CUSTOM_ROLE, f"{name}-maker", kept=True)
        # Its name is written out, so that a plan says who receives which role.
        copies = Grant(key="copies", role=f"projects/{env.project}/roles/{role_id}", make=self._grant_copies)
        uses = [warehouse.read(), Access(verb="copy", target=warehouse, grants=(copies,))]
        super().__init__(name, env=env, props={"uses": [access.declared() for access in uses]}, opts=opts)
        self.identity = Identity(
            name, env=env, description=f"Copies the tables of {warehouse.dataset_id}.", opts=self.child()
        )
        self.dataset_id = env.naming.name(Kind.DATASET, name)
        self.dataset = bigquery.Dataset(
            name,
            dataset_id=self.dataset_id,
            project=env.project,
            location=warehouse.location,
            default_encryption_configuration=(
                bigquery.DatasetDefaultEncryptionConfigurationArgs(kms_key_name=key.id) if key else None
            ),
            delete_contents_on_destroy=not env.protect,
            labels=self.labels(),
            opts=self.guarded(depends_on=[*(key.ready if key else ()), *env.apis]),
        )
        self._role = projects.IAMCustomRole(
            name,
            role_id=role_id,
            project=env.project,
            title=f"{env.naming.system} {env.naming.environment} {name} maker",
            description="Makes table snapshots that end.",
            permissions=list(PERMISSIONS),
            stage="GA",
            opts=self.guarded(depends_on=[*env.apis]),
        )
        ready = runs_as(name, owner=self, identity=self.identity, uses=uses)
        transfer = bigquery.DataTransferConfig(
            name,
            project=env.project,
            location=warehouse.location,
            display_name=f"{env.naming.system} {env.naming.environment} {name}",
            data_source_id="scheduled_query",
            schedule=f"every {every_hours} hours",
            service_account_name=self.identity.email,
            params={"query": self._script(warehouse, keep_days)},
            opts=self.guarded(depends_on=ready),
        )
        if alerts is not None:
            transfers_alert(
                name,
                owner=self,
                routing=alerts,
                transfers=[transfer],
                hours=every_hours,
                advice="Scheduled queries, Run history tells the error. Time travel reaches a week back.",
            )
        self.register_outputs({"dataset": self.dataset.dataset_id})

    def _grant_copies(self, name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        return bigquery.DatasetIamMember(
            name,
            project=self.env.project,
            dataset_id=self.dataset.dataset_id,
            role=pulumi.Output.concat("projects/", self.env.project, "/roles/", self._role.role_id),
            member=identity.member,
            opts=opts,
        )

    def _script(self, warehouse: Warehouse, keep_days: int) -> str:
        # A snapshot's name must be a literal: hence EXECUTE IMMEDIATE.
        # https://cloud.google.com/bigquery/docs/table-snapshots-create
        lines = ["DECLARE moment STRING DEFAULT FORMAT_TIMESTAMP('%Y%m%d%H', @run_time);"]
        for table in sorted(warehouse.tables):
            copy = f"{self.env.project}.{self.dataset_id}.{table}"
            lines.append(
                f"EXECUTE IMMEDIATE 'CREATE SNAPSHOT TABLE IF NOT EXISTS `{copy}_' || moment || "
                f"'` CLONE `{warehouse.tables[table].path}` OPTIONS (expiration_timestamp = "
                f"TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {keep_days} DAY))';"
            )
        return "\n".join(lines)
