"""AuditAlerts: somebody changed who may do what, what is recorded, or what is reachable.

The eight changes that the CIS benchmark for Google Cloud asks to be counted and told (v4: 2.4 to 2.11), each a
log-based metric labelled with who did it, and two alert policies: what nobody does in this project wakes somebody,
what a deployment does too is told. It does not prevent anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from components.component import Component, Environment
from components.observability.alert import AlertRouting, Urgency, alert, any_of
from components.observability.log_archive import LogArchive
from components.observability.log_metric import LogMetric, log_metric

_BINDING = "protoPayload.serviceData.policyDelta.bindingDeltas"


@dataclass(frozen=True)
class Change:
    """A kind of administrative change: the entries that record it and who is told."""

    description: str
    filter: str
    urgency: Urgency


def _methods(resource: str, *methods: str) -> str:
    """Entries on `resource` by any of `methods`; `:` because Compute prefixes the API version."""
    either = " OR ".join(f'protoPayload.methodName:"{method}"' for method in methods)
    return f'resource.type="{resource}" AND ({either})'


CHANGES: Mapping[str, Change] = {
    "owner-changes": Change(
        "Project owners added or removed",
        'protoPayload.serviceName="cloudresourcemanager.googleapis.com" AND '
        "((ProjectOwnership OR projectOwnerInvitee) OR "
        f'({_BINDING}.action="REMOVE" AND {_BINDING}.role="roles/owner") OR '
        f'({_BINDING}.action="ADD" AND {_BINDING}.role="roles/owner"))',
        Urgency.PAGE,
    ),
    "audit-config-changes": Change(
        "Audit configuration changed",
        'protoPayload.methodName="SetIamPolicy" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:*',
        Urgency.PAGE,
    ),
    "custom-role-changes": Change(
        "Custom roles changed",
        _methods(
            "iam_role",
            "google.iam.admin.v1.CreateRole",
            "google.iam.admin.v1.UpdateRole",
            "google.iam.admin.v1.DeleteRole",
            "google.iam.admin.v1.UndeleteRole",
        ),
        Urgency.NOTIFY,
    ),
    "firewall-changes": Change(
        "Firewall rules changed",
        _methods(
            "gce_firewall_rule",
            "compute.firewalls.insert",
            "compute.firewalls.patch",
            "compute.firewalls.update",
            "compute.firewalls.delete",
        ),
        Urgency.NOTIFY,
    ),
    "route-changes": Change(
        "Routes changed",
        _methods("gce_route", "compute.routes.insert", "compute.routes.delete"),
        Urgency.NOTIFY,
    ),
    "network-changes": Change(
        "VPC networks or their peerings changed",
        _methods(
            "gce_network",
            "compute.networks.insert",
            "compute.networks.patch",
            "compute.networks.delete",
            "compute.networks.addPeering",
            "compute.networks.updatePeering",
            "compute.networks.removePeering",
        ),
        Urgency.NOTIFY,
    ),
    "bucket-access-changes": Change(
        "Access to buckets changed",
        'resource.type="gcs_bucket" AND protoPayload.methodName="storage.setIamPermissions"',
        Urgency.NOTIFY,
    ),
    "sql-changes": Change(
        "Cloud SQL instances reconfigured",
        'protoPayload.methodName="cloudsql.instances.update"',
        Urgency.NOTIFY,
    ),
}


class AuditAlerts(Component):
    """Counts of administrative changes, and alerts on them."""

    family: ClassVar[str] = "observability"

    metrics: Mapping[str, LogMetric]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        archive: LogArchive,
        alerts: AlertRouting | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, env=env, opts=opts)
        self.metrics = {
            key: log_metric(
                key,
                owner=self,
                archive=archive,
                filter_=change.filter,
                description=change.description,
                labels={"principal": "protoPayload.authenticationInfo.principalEmail"},
            )
            for key, change in CHANGES.items()
        }
        if alerts is not None:
            self._alert("grave", "owners or the audit configuration changed", Urgency.PAGE, alerts)
            self._alert("changes", "access, network or database configuration changed", Urgency.NOTIFY, alerts)
        self.register_outputs({"metrics": [metric.resource.name for metric in self.metrics.values()]})

    def _alert(self, suffix: str, title: str, urgency: Urgency, routing: AlertRouting) -> None:
        watched = {key: metric for key, metric in self.metrics.items() if CHANGES[key].urgency is urgency}
        alert(
            f"{self.name}-{suffix}",
            owner=self,
            routing=routing,
            title=f"{self.name}: {title}",
            # Ten minutes: longer than entries are late, short enough that a second change is a second incident.
            query=any_of({key: f"{metric.increase('10m', 'principal')} > 0" for key, metric in watched.items()}),
            duration_s=0,
            urgency=urgency,
            advice=(
                "The labels say what (`problem`) and who (`principal`).\n\n"
                "1. Was it a deployment or somebody who should? Then nothing is to be done.\n"
                "2. Otherwise read the entries: Logs Explorer, the archive's bucket, "
                '`protoPayload.authenticationInfo.principalEmail="..."`.\n'
                "3. Take the principal's access away first, undo the change second: the stack's next `up` "
                "restores what it declares."
            ),
            after=[metric.resource for metric in watched.values()],
        )
