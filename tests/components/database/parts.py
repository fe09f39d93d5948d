"""What the tests of Postgres share: types, a size, an instance of that size."""

from __future__ import annotations

from typing import Any

from components.component import Environment
from components.database.postgres import Postgres
from components.database.postgres_settings import Availability, PostgresSize
from tests.components.database.surroundings import private_network

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
SIZE = PostgresSize(tier="db-custom-4-16384", disk_limit_gb=500, max_connections=500, backups=30, log_days=7)


def postgres(env: Environment, **changes: Any) -> Postgres:
    given: dict[str, Any] = {
        "network": private_network(env),
        "size": SIZE,
        "availability": Availability.REGIONAL,
    }
    return Postgres("main", env=env, **(given | changes))
