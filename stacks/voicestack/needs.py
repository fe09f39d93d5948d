"""The APIs that the reference system calls beyond the common ones, and the service agents its grants name."""

from __future__ import annotations

from components.security.service_agents import Agent

APIS = frozenset(
    f"{name}.googleapis.com"
    for name in (
        "bigquery",
        "bigquerydatatransfer",
        "cloudtasks",
        "firestore",
        "memorystore",
        "pubsub",
        "sqladmin",
        "storage",
    )
)
ENCRYPTING = frozenset({Agent.BIGQUERY, Agent.STORAGE})
"""Those that are named only where data is encrypted by keys of the project."""
AGENTS = frozenset({Agent.PUBSUB, Agent.BIGQUERY_TRANSFER, Agent.CLOUD_SQL, Agent.FIRESTORE, Agent.MEMORYSTORE})
