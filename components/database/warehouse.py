"""Warehouse: one BigQuery dataset with its tables, and views for those who may not read the tables themselves.

Everybody's access is a member on a table or on the dataset of the views. The dataset's own list of accesses stays
Google's default (the project's basic roles); nothing here ever makes it public. Queries that run by the clock are
`ScheduledQueries`, copies of the tables are `TableSnapshots`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import bigquery

from components.component import Component, Environment
from components.database.table import Table, TableRef
from components.errors import ComponentError, LinkError
from components.links import Access, Grant, Variable
from components.naming import Kind
from components.security.identity import Identity
from components.security.keys import EncryptionKey, key_or_error
from components.security.project_roles import project_grant

EDITOR = "roles/bigquery.dataEditor"
VIEWER = "roles/bigquery.dataViewer"
DAY_MS = 86_400_000


class Warehouse(Component):
    """A dataset with `tables` by name, and `views`: SQL by name, where `{dataset}` stands for the dataset's path.

    The views are in a dataset of their own, which may read the tables for its readers (an authorised dataset).
    `partition_days` is for a dataset whose tables somebody else makes (a log sink: one partitioned table a log):
    each partition goes after so many days. `location` is a region or a multi-region; the environment's region
    where it is left out. Raises ComponentError for `partition_days` beside `tables`, whose `keep_days` says it.
    """

    family: ClassVar[str] = "database"

    dataset: bigquery.Dataset
    dataset_id: str
    location: str
    tables: Mapping[str, TableRef]
    views: bigquery.Dataset | None
    """The dataset of the views."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        tables: Mapping[str, Table],
        views: Mapping[str, str] | None = None,
        location: str | None = None,
        partition_days: int | None = None,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if partition_days is not None and partition_days < 1:
            raise ComponentError(
                f"partitions of '{name}' go after {partition_days} days",
                why="they would be gone at once",
                fix="set `partition_days` to 1 or more, or leave it out",
            )
        if partition_days is not None and tables:
            raise ComponentError(
                f"'{name}' has tables of its own, and `partition_days`",
                why="partitions would go from tables too that are to keep theirs",
                fix="give each table its `keep_days`, and a log sink a warehouse of its own",
            )
        self._key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.dataset_id = env.naming.name(Kind.DATASET, name)
        self.location = location or env.region
        ready = [*(key.ready if key else ()), *env.apis]
        self.dataset = self._dataset(name, self.dataset_id, partition_days=partition_days, after=ready)
        self.path = f"{env.project}.{self.dataset_id}"
        self.tables = {table: self._table(name, table, shape) for table, shape in tables.items()}
        self.views = self._views(name, views, after=ready) if views else None
        self.register_outputs({"dataset": self.dataset.dataset_id})

    def append(self, *tables: str) -> Access:
        """Adding rows to these tables (all, where none is named). Sets BIGQUERY_PROJECT and BIGQUERY_DATASET.

        The role, dataEditor on each table, can change and delete rows too: Google has no narrower one.
        """
        grants = tuple(self._grant(table, "append", EDITOR) for table in self._chosen(tables))
        return Access(verb="append", target=self, grants=grants, variables=self._variables())

    def read(self, *tables: str) -> Access:
        """Querying these tables (all, where none is named). Sets what `append` sets."""
        grants = tuple(self._grant(table, "read", VIEWER) for table in self._chosen(tables))
        return Access(verb="read", target=self, grants=(*grants, self._job_grant()), variables=self._variables())

    def read_views(self) -> Access:
        """Querying the views, and through them what they show of the tables. Sets BIGQUERY_PROJECT and
        BIGQUERY_VIEWS, the dataset of the views. LinkError where there are none."""
        views = self.views
        if views is None:
            raise LinkError(
                f"'{self.name}' has no views",
                why="there is nothing that this use could reach",
                fix=f"give '{self.name}' its `views`, or use `read()`",
            )

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return bigquery.DatasetIamMember(
                name,
                project=self.env.project,
                dataset_id=views.dataset_id,
                role=VIEWER,
                member=identity.member,
                opts=opts,
            )

        return Access(
            verb="read-views",
            target=self,
            grants=(Grant(key=f"{self.name}-views", role=VIEWER, make=make), self._job_grant()),
            variables={"BIGQUERY_PROJECT": self.env.project, "BIGQUERY_VIEWS": self._views_id},
        )

    def jobs(self) -> Access:
        """Running queries at all; what they may read or write are other uses."""
        return Access(verb="query", target=self, grants=(self._job_grant(),))

    def sink_dataset(self) -> pulumi.Output[str]:
        """The dataset's ID for what makes its tables itself, as a member on the whole dataset (a log sink).

        LinkError where there are views: such a member takes their authorisation away
        (https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/datasetiammember/).
        """
        if self.views is not None:
            raise LinkError(
                f"a sink would write to all of '{self.name}', which has views",
                why="a member on the dataset takes the authorisation of its views away",
                fix="give the sink a warehouse of its own",
            )
        return self.dataset.dataset_id

    @property
    def _views_id(self) -> str:
        return self.env.naming.name(Kind.DATASET, f"{self.name}-views")

    def _variables(self) -> dict[str, Variable]:
        return {"BIGQUERY_PROJECT": self.env.project, "BIGQUERY_DATASET": self.dataset_id}

    def _chosen(self, tables: Sequence[str]) -> Sequence[str]:
        lost = [table for table in tables if table not in self.tables]
        if lost:
            raise LinkError(
                f"'{self.name}' has no table '{lost[0]}'",
                why="a grant on it could not be made",
                fix=f"use one of: {', '.join(self.tables)}",
            )
        return tables or list(self.tables)

    def _grant(self, table: str, verb: str, role: str) -> Grant:
        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return self.tables[table].allow(name, role=role, member=identity.member, opts=opts)

        return Grant(key=f"{self.name}-{table.replace('_', '-')}-{verb}", role=role, make=make)

    def _job_grant(self) -> Grant:
        # A query is a job of the project, not of the dataset.
        return project_grant(self.env.project, key="bigquery-jobs", role="roles/bigquery.jobUser")

    def _dataset(
        self, name: str, dataset_id: str, *, partition_days: int | None, after: Sequence[pulumi.Resource]
    ) -> bigquery.Dataset:
        return bigquery.Dataset(
            name,
            dataset_id=dataset_id,
            project=self.env.project,
            location=self.location,
            # A week, the most there is: https://cloud.google.com/bigquery/docs/time-travel
            max_time_travel_hours="168",
            # The table default counts from the making of a table and takes yesterday's rows with it.
            # https://cloud.google.com/bigquery/docs/updating-datasets#partition-expiration
            default_partition_expiration_ms=partition_days * DAY_MS if partition_days else None,
            default_encryption_configuration=(
                bigquery.DatasetDefaultEncryptionConfigurationArgs(kms_key_name=self._key.id)
                if self._key
                else None
            ),
            delete_contents_on_destroy=not self.env.protect,
            labels=self.labels(),
            opts=self.guarded(depends_on=list(after)),
        )

    def _table(self, name: str, table: str, shape: Table) -> TableRef:
        resource = bigquery.Table(
            f"{name}-{table}",
            project=self.env.project,
            dataset_id=self.dataset.dataset_id,
            table_id=table,
            description=shape.description,
            schema=shape.schema,
            time_partitioning=bigquery.TableTimePartitioningArgs(
                type=shape.partition.value,
                field=shape.partition_by,
                expiration_ms=shape.keep_days * DAY_MS if shape.keep_days else None,
            ),
            require_partition_filter=True,
            clusterings=list(shape.cluster_by) or None,
            encryption_configuration=(
                bigquery.TableEncryptionConfigurationArgs(kms_key_name=self._key.id) if self._key else None
            ),
            deletion_protection=self.env.protect,
            labels=self.labels(),
            opts=self.guarded(),
        )
        return TableRef(
            project=self.env.project,
            dataset=self.dataset_id,
            table=table,
            columns=shape.columns,
            resource=resource,
        )

    def _views(self, name: str, views: Mapping[str, str], *, after: Sequence[pulumi.Resource]) -> bigquery.Dataset:
        dataset = self._dataset(f"{name}-views", self._views_id, partition_days=None, after=after)
        # Authorised as a whole: every view in it may read the tables, whoever asks.
        # https://cloud.google.com/bigquery/docs/authorized-datasets
        authorised = bigquery.DatasetAccess(
            f"{name}-views",
            project=self.env.project,
            dataset_id=self.dataset.dataset_id,
            authorized_dataset=bigquery.DatasetAccessAuthorizedDatasetArgs(
                dataset=bigquery.DatasetAccessAuthorizedDatasetDatasetArgs(
                    project_id=self.env.project, dataset_id=dataset.dataset_id
                ),
                target_types=["VIEWS"],
            ),
            opts=self.child(),
        )
        # BigQuery reads a view's tables when the view is made.
        tables = [table.resource for table in self.tables.values()]
        for view, query in views.items():
            bigquery.Table(
                f"{name}-views-{view}",
                project=self.env.project,
                dataset_id=dataset.dataset_id,
                table_id=view,
                view=bigquery.TableViewArgs(query=query.replace("{dataset}", self.path), use_legacy_sql=False),
                deletion_protection=self.env.protect,
                labels=self.labels(),
                opts=self.child(depends_on=[authorised, *tables]),
            )
        return dataset
