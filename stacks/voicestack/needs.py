"""The APIs that the reference system calls beyond the common ones, and the service agents its grants name."""

from __future__ import annotations

from components.security.service_agents import Agent
from stacks.voicestack.settings import VoicestackSettings

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
AGENTS = frozenset({Agent.PUBSUB, Agent.BIGQUERY_TRANSFER, Agent.CLOUD_SQL, Agent.FIRESTORE, Agent.MEMORYSTORE})


def agents_of(settings: VoicestackSettings) -> frozenset[Agent]:
    """The service agents that this stack's grants name; an agent brings its API along."""
    encrypting = {Agent.BIGQUERY, Agent.CLOUD_RUN, Agent.STORAGE} if settings.customer_keys else set()
    admitting = {Agent.IAP} if settings.canary_people else set()
    return AGENTS | encrypting | admitting
