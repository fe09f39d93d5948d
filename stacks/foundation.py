"""Foundation: what every system stands on, made in the one order that works.

The project's baseline, keys, alert channels, network, image registry and log archive. It decides nothing about a
system: which APIs and service agents it needs comes from the system's program.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from components.component import Environment
from components.database.warehouse import Warehouse
from components.network.nat import NatSize
from components.network.network import Network
from components.network.subnets import Tier
from components.observability.alert import AlertRouting
from components.observability.alerting import Alerting
from components.observability.application_metrics import ApplicationMetrics
from components.observability.audit_alerts import AuditAlerts
from components.observability.log_archive import Lock, LogArchive
from components.security.image_registry import ImageRegistry
from components.security.keys import EncryptionKey, Keys
from components.security.project_baseline import ProjectBaseline
from components.security.service_agents import Agent
from stacks.environment import environment_of
from stacks.settings import SystemSettings

_APIS = frozenset(
    {
        "aiplatform.googleapis.com",
        "artifactregistry.googleapis.com",
        "certificatemanager.googleapis.com",
        "cloudkms.googleapis.com",
        "cloudtrace.googleapis.com",
        "compute.googleapis.com",
        "dns.googleapis.com",
        "iam.googleapis.com",
        "iamcredentials.googleapis.com",
        "logging.googleapis.com",
        "monitoring.googleapis.com",
        "networkconnectivity.googleapis.com",
        "run.googleapis.com",
        "secretmanager.googleapis.com",
        # The endpoint for Google APIs registers itself there.
        "servicedirectory.googleapis.com",
        "servicenetworking.googleapis.com",
        "sts.googleapis.com",
        # Where the app sends traces and metrics.
        "telemetry.googleapis.com",
    }
)
"""What every system calls; a system adds its own."""


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What a system's program takes its components' arguments from."""

    settings: SystemSettings
    env: Environment
    asked_for_by: list[str]
    """Commands that make the service agents which no resource can make; run once before the first `up`."""
    keys: Keys | None
    alerting: Alerting
    network: Network
    registry: ImageRegistry
    archive: LogArchive
    application: ApplicationMetrics

    @property
    def alerts(self) -> AlertRouting:
        """Who is told of an alert."""
        return self.alerting.routing

    def key(self, agent: Agent) -> EncryptionKey | None:
        """The key that one Google service encrypts with; None where Google's own keys do."""
        return _key(self.keys, agent)

    @classmethod
    def of(cls, settings: SystemSettings, *, apis: Collection[str], agents: Collection[Agent]) -> Foundation:
        """The foundation of the stack that the program runs for.

        `apis` are those the system calls beyond the common ones, `agents` the service agents that its grants name.
        """
        bare, size = environment_of(settings), settings.size
        baseline = ProjectBaseline(
            "project",
            env=bare,
            apis=_APIS | set(apis) | ({"billingbudgets.googleapis.com"} if settings.has_budget else set()),
            agents={*agents, Agent.ARTIFACT_REGISTRY, Agent.SECRET_MANAGER},
            images=ImageRegistry.path_of("images", env=bare),
            contacts=settings.alert_emails,
            log_days=size.log_days,
        )
        env = baseline.environment
        keys = Keys("keys", env=env) if env.cmek else None
        alerting = Alerting(
            "alerting", env=env, emails=settings.alert_emails, pagerduty_key=settings.pagerduty_key
        )
        network = Network(
            "network",
            env=env,
            ranges={
                Tier.APP: settings.app_range,
                Tier.DATA: settings.data_range,
                Tier.ML: settings.ml_range,
            },
            private_services_range=settings.services_range,
            nat=NatSize(addresses=size.nat_addresses),
            alerts=alerting.routing,
        )
        logs = Warehouse(
            "logs",
            env=env,
            tables={},
            partition_days=size.log_archive_days,
            key=_key(keys, Agent.BIGQUERY),
        )
        # Without a key, in any environment: Error Reporting reads no log bucket that has one.
        # https://cloud.google.com/error-reporting/docs/setup
        archive = LogArchive(
            "archive",
            env=env,
            retention_days=size.log_days,
            lock=Lock.OPEN,
            dataset_id=logs.sink_dataset(),
        )
        AuditAlerts("audit", env=env, archive=archive, alerts=alerting.routing)
        return cls(
            settings=settings,
            env=env,
            asked_for_by=list(baseline.asked_for_by),
            keys=keys,
            alerting=alerting,
            network=network,
            registry=ImageRegistry("images", env=env, key=_key(keys, Agent.ARTIFACT_REGISTRY)),
            archive=archive,
            application=ApplicationMetrics("application", env=env, archive=archive, alerts=alerting.routing),
        )


def _key(keys: Keys | None, agent: Agent) -> EncryptionKey | None:
    return keys.for_service(agent) if keys else None
