"""Where the reference system keeps its data. Sizes come from the profile, keys from the foundation."""

from __future__ import annotations

from dataclasses import dataclass

from components.database.bucket import Bucket, DeleteAfter, MoveAfter, StorageClass
from components.database.firestore import Firestore, Index, Order
from components.database.firestore_database import FirestoreDatabase
from components.database.postgres import Postgres
from components.database.scheduled_queries import ScheduledQueries
from components.database.table_snapshots import TableSnapshots
from components.database.valkey import NodeType, Valkey
from components.database.warehouse import Warehouse
from components.security.service_agents import Agent
from stacks.foundation import Foundation
from stacks.sizes import postgres_availability, postgres_size
from stacks.voicestack.analytics import QUERIES, TABLES

_UP, _DOWN = Order.ASCENDING, Order.DESCENDING
INDEXES = (
    Index("sessions", (("user_id", _UP), ("created_at", _DOWN))),
    Index("checkpoints", (("session_id", _UP), ("position", _UP))),
    Index("webhooks", (("user_id", _UP), ("active", _UP), ("created_at", _DOWN))),
)
RECORDING_DAYS = 30
REPORTS_HOT_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The stores that services use."""

    postgres: Postgres
    cache: Valkey
    documents: Firestore
    recordings: Bucket
    reports: Bucket
    warehouse: Warehouse

    @classmethod
    def of(cls, base: Foundation) -> Stores:
        """All of them, with the warehouse's scheduled queries and snapshots."""
        env, size, alerts, key = base.env, base.settings.size, base.alerts, base.key
        warehouse = Warehouse("analytics", env=env, tables=TABLES, key=key(Agent.BIGQUERY))
        ScheduledQueries("analytics-queries", env=env, warehouse=warehouse, queries=QUERIES, alerts=alerts)
        TableSnapshots("analytics-snapshots", env=env, warehouse=warehouse, key=key(Agent.BIGQUERY), alerts=alerts)
        return cls(
            postgres=Postgres(
                "postgres",
                env=env,
                network=base.network,
                size=postgres_size(size.database),
                availability=postgres_availability(size.database),
                replicas=size.database.replicas,
                key=key(Agent.CLOUD_SQL),
                alerts=alerts,
            ),
            cache=Valkey(
                "cache",
                env=env,
                network=base.network,
                node_type=NodeType[size.cache.node_type],
                replicas=size.cache.replicas,
                key=key(Agent.MEMORYSTORE),
                alerts=alerts,
            ),
            documents=Firestore(
                "documents",
                env=env,
                database=FirestoreDatabase("firestore", env=env, key=key(Agent.FIRESTORE)).database,
                indexes=INDEXES,
                expiry={"cache": "expires_at"},
            ),
            recordings=Bucket(
                "recordings",
                env=env,
                lifecycle=[DeleteAfter(RECORDING_DAYS)],
                uploads_from=[f"https://{base.settings.domain}"],
                key=key(Agent.STORAGE),
            ),
            reports=Bucket(
                "reports",
                env=env,
                lifecycle=[MoveAfter(REPORTS_HOT_DAYS, StorageClass.COLDLINE)],
                key=key(Agent.STORAGE),
            ),
            warehouse=warehouse,
        )
