"""What a BigQuery table looks like (`Table`), and a table that exists (`TableRef`).

Columns are typed here, so that a wrong type or a partition by a column that is not there is found before anything
is registered. It makes no resource.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum

import pulumi
from pulumi_gcp import bigquery

from components.errors import ComponentError

# https://cloud.google.com/bigquery/docs/clustered-tables#limitations
MOST_CLUSTERED = 4


class Type(Enum):
    """Column types: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    TIMESTAMP = "TIMESTAMP"
    DATE = "DATE"
    JSON = "JSON"
    BYTES = "BYTES"


class Every(Enum):
    """The time that one partition holds."""

    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True)
class Column:
    """One column; `required` refuses NULL. A column cannot become required afterwards."""

    name: str
    type: Type
    description: str = ""
    required: bool = False


PUBSUB_METADATA = (
    Column("subscription_name", Type.STRING, "The subscription that wrote the row."),
    Column("message_id", Type.STRING, "The same for a message that was delivered twice."),
    Column("publish_time", Type.TIMESTAMP, "When Pub/Sub took the message."),
    Column("attributes", Type.JSON, "The message's attributes."),
)
"""What a BigQuery subscription writes of each message beside its content
(https://cloud.google.com/pubsub/docs/bigquery#write_metadata)."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table partitioned by the time column `partition_by` and clustered by `cluster_by` (at most 4).

    A query must say which partitions it reads. Partitions go after `keep_days`; None keeps them. Raises
    ComponentError for columns that do not fit.
    """

    columns: tuple[Column, ...]
    partition_by: str
    description: str
    partition: Every = Every.DAY
    cluster_by: tuple[str, ...] = ()
    keep_days: int | None = None

    def __post_init__(self) -> None:
        types = {column.name: column.type for column in self.columns}
        for name in types:
            # https://cloud.google.com/bigquery/docs/schemas#column_names
            if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,299}", name):
                raise ComponentError(
                    f"a column is called '{name}'",
                    why="BigQuery allows letters, digits and underscores, and no digit first",
                    fix="rename the column",
                )
        if types.get(self.partition_by) not in (Type.TIMESTAMP, Type.DATE):
            raise ComponentError(
                f"the table is partitioned by '{self.partition_by}'",
                why="it must be one of its columns, a TIMESTAMP or a DATE",
                fix=f"choose one of: {', '.join(n for n, t in types.items() if t in (Type.TIMESTAMP, Type.DATE))}",
            )
        lost = [name for name in self.cluster_by if name not in types]
        if lost or len(self.cluster_by) > MOST_CLUSTERED:
            raise ComponentError(
                f"the table is clustered by {', '.join(self.cluster_by)}",
                why=f"at most {MOST_CLUSTERED} of its columns can be: {', '.join(types)}",
                fix="name only such columns in `cluster_by`",
            )

    @property
    def schema(self) -> str:
        """The columns as the API's JSON."""
        return json.dumps(
            [
                {
                    "name": column.name,
                    "type": column.type.value,
                    "mode": "REQUIRED" if column.required else "NULLABLE",
                    "description": column.description,
                }
                for column in self.columns
            ]
        )


@dataclass(frozen=True, kw_only=True)
class TableRef:
    """A table in a dataset, for whoever writes to it or reads from it."""

    project: str
    dataset: str
    table: str
    columns: tuple[Column, ...]
    resource: bigquery.Table

    @property
    def path(self) -> str:
        """`<project>.<dataset>.<table>`, as queries and Pub/Sub's BigQuery subscriptions name it."""
        return f"{self.project}.{self.dataset}.{self.table}"

    def allow(
        self, name: str, *, role: str, member: pulumi.Input[str], opts: pulumi.ResourceOptions
    ) -> bigquery.IamMember:
        """`role` for `member` on this one table."""
        return bigquery.IamMember(
            name,
            project=self.project,
            dataset_id=self.dataset,
            table_id=self.resource.table_id,
            role=role,
            member=member,
            opts=opts,
        )
