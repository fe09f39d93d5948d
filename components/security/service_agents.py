"""Google's service agents: the accounts that Google's services act as in a project, by name.

Their e-mails follow from the project's number (https://cloud.google.com/iam/docs/service-agents, 10 April 2026).
Many do not exist before first use; `ProjectBaseline` makes those that grants name, and grants wait for them
through `Environment.agents`. Three cannot be made that way: a command makes them, once a project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol

import pulumi


class Home(Protocol):
    """What an agent's name and its first use depend on: a project, as far as an `Environment` knows it."""

    @property
    def project_number(self) -> str:
        """The project's number, digits."""

    @property
    def apis(self) -> Sequence[pulumi.Resource]:
        """The enabled services."""

    @property
    def agents(self) -> Mapping[Agent, pulumi.Resource]:
        """The agents that a resource makes."""


class Agent(Enum):
    """A service agent: (API it belongs to, domain of its e-mail, prefix of its e-mail)."""

    PUBSUB = ("pubsub.googleapis.com", "gcp-sa-pubsub", "service-")
    CLOUD_RUN = ("run.googleapis.com", "serverless-robot-prod", "service-")
    CLOUD_SQL = ("sqladmin.googleapis.com", "gcp-sa-cloud-sql", "service-")
    SECRET_MANAGER = ("secretmanager.googleapis.com", "gcp-sa-secretmanager", "service-")
    CLOUD_TASKS = ("cloudtasks.googleapis.com", "gcp-sa-cloudtasks", "service-")
    CLOUD_SCHEDULER = ("cloudscheduler.googleapis.com", "gcp-sa-cloudscheduler", "service-")
    ARTIFACT_REGISTRY = ("artifactregistry.googleapis.com", "gcp-sa-artifactregistry", "service-")
    STORAGE = ("storage.googleapis.com", "gs-project-accounts", "service-")
    FIRESTORE = ("firestore.googleapis.com", "gcp-sa-firestore", "service-")
    BIGQUERY = ("bigquery.googleapis.com", "bigquery-encryption", "bq-")
    BIGQUERY_TRANSFER = ("bigquerydatatransfer.googleapis.com", "gcp-sa-bigquerydatatransfer", "service-")
    MEMORYSTORE = ("memorystore.googleapis.com", "gcp-sa-memorystore", "service-")
    LOGGING = ("logging.googleapis.com", "gcp-sa-logging", "service-")
    MONITORING = ("monitoring.googleapis.com", "gcp-sa-monitoring-notification", "service-")
    IAP = ("iap.googleapis.com", "gcp-sa-iap", "service-")

    @property
    def api(self) -> str:
        """The API whose agent it is."""
        return self.value[0]

    def asked_for_by(self, project: str) -> str | None:
        """The command that makes the agent in `project`; None where `projects.ServiceIdentity` makes it.

        Google generates on request only the agent that its list calls an API's primary one. The others appear
        when they are first asked for, and a grant to one that does not exist is refused.
        """
        command = _ASKED_FOR_BY.get(self)
        return f"{command}{project}" if command else None

    def email(self, env: Home) -> str:
        """The agent's e-mail in the environment's project."""
        _, domain, prefix = self.value
        return f"{prefix}{env.project_number}@{domain}.iam.gserviceaccount.com"

    def member(self, env: Home) -> str:
        """The agent as an IAM member."""
        return f"serviceAccount:{self.email(env)}"

    def made(self, env: Home) -> Sequence[pulumi.Resource]:
        """What a grant to the agent must wait for: the resource that makes the agent, if there is one, and the
        APIs. An agent made by a command has no resource, and IAM takes a moment to know a new one."""
        resource = env.agents.get(self)
        return [*([resource] if resource else []), *env.apis]


_ASKED_FOR_BY = {
    # https://cloud.google.com/storage/docs/getting-service-agent
    Agent.STORAGE: "gcloud storage service-agent --project=",
    # https://cloud.google.com/bigquery/docs/customer-managed-encryption#grant_permission
    Agent.BIGQUERY: "bq show --encryption_service_account --project_id=",
    # https://cloud.google.com/logging/docs/routing/managed-encryption-storage
    Agent.LOGGING: "gcloud logging settings describe --project=",
}
