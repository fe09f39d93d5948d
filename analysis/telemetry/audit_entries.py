"""The audit entries that changes of a project leave, as Google writes them; filters are tried on these.

`CHANGES`: the eight kinds of change of which CIS wants somebody told, each as the entries that record
it. A filter that lets one of a kind's entries pass unseen does not cover the kind.
https://cloud.google.com/logging/docs/audit/understanding-audit-logs
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.telemetry.log_entry import ANY, MAYBE, Entry

ACTIVITY: Final = "activity"
_OWNER: Final = "roles/owner"


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of administrative change."""

    what: str
    row: int
    cis_4: str
    cis_5: str
    entries: Sequence[tuple[str, Entry]]
    """What each entry records, in words, with the entry."""


def entry(
    service: str,
    method: str,
    resource: str,
    *,
    log: str = ACTIVITY,
    delta: Mapping[str, Any] | None = None,
    severity: str = "NOTICE",
) -> Entry:
    """An entry of the audit log `log` for a call of `method`; `delta` is how an IAM policy was changed."""
    payload: dict[str, Any] = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": service,
        "methodName": method,
        "authenticationInfo": {"principalEmail": "somebody@example.com"},
        "requestMetadata": {"callerIp": MAYBE, "callerSuppliedUserAgent": MAYBE},
        "resourceName": MAYBE,
        "request": MAYBE,
        "response": MAYBE,
    }
    if delta is not None:
        payload["serviceData"] = {
            "@type": "type.googleapis.com/google.iam.v1.logging.AuditData",
            "policyDelta": dict(delta),
        }
    return {
        "logName": f"projects/-/logs/cloudaudit.googleapis.com%2F{log}",
        "severity": severity,
        "resource": {"type": resource, "labels": {"project_id": ANY, "name": MAYBE, "location": MAYBE}},
        "protoPayload": payload,
        # A long operation leaves two entries; whoever wants one of them takes the first or the last.
        "operation": ANY,
    }


def _owner(action: str) -> Entry:
    return entry(
        "cloudresourcemanager.googleapis.com",
        "SetIamPolicy",
        "project",
        delta={"bindingDeltas": [{"action": action, "role": _OWNER, "member": "user:somebody@example.com"}]},
    )


def _compute(resource: str, kind: str, *verbs: str) -> list[tuple[str, Entry]]:
    """Compute writes its API's version before the method, and it is the tool's choice: the console says `v1`, most
    tools `beta`."""
    return [
        (
            f"{version}.compute.{kind}.{verb}",
            entry("compute.googleapis.com", f"{version}.compute.{kind}.{verb}", resource),
        )
        for verb in verbs
        for version in ("v1", "beta")
    ]


def _called(service: str, resource: str, *methods: str) -> list[tuple[str, Entry]]:
    return [(method, entry(service, method, resource)) for method in methods]


CHANGES: Final = (
    Change(
        "project owners",
        174,
        "2.4",
        "2.5",
        [
            ("an owner added", _owner("ADD")),
            ("an owner removed", _owner("REMOVE")),
            (
                "an owner invited",
                entry("cloudresourcemanager.googleapis.com", "InsertProjectOwnershipInvite", "project"),
            ),
        ],
    ),
    Change(
        "the audit configuration",
        175,
        "2.5",
        "2.6",
        [
            (
                "SetIamPolicy with auditConfigDeltas",
                entry(
                    "cloudresourcemanager.googleapis.com",
                    "SetIamPolicy",
                    "project",
                    delta={
                        "auditConfigDeltas": [
                            {"action": "REMOVE", "service": "allServices", "logType": "DATA_READ"}
                        ]
                    },
                ),
            )
        ],
    ),
    Change(
        "custom roles",
        176,
        "2.6",
        "2.7",
        _called(
            "iam.googleapis.com",
            "iam_role",
            "google.iam.admin.v1.CreateRole",
            "google.iam.admin.v1.UpdateRole",
            "google.iam.admin.v1.DeleteRole",
        ),
    ),
    Change(
        "firewall rules",
        177,
        "2.7",
        "2.8",
        _compute("gce_firewall_rule", "firewalls", "insert", "patch", "delete"),
    ),
    Change("routes", 178, "2.8", "2.9", _compute("gce_route", "routes", "insert", "delete")),
    Change(
        "VPC networks",
        179,
        "2.9",
        "2.10",
        _compute("gce_network", "networks", "insert", "patch", "delete", "addPeering", "removePeering"),
    ),
    Change(
        "access to buckets",
        180,
        "2.10",
        "2.11",
        _called("storage.googleapis.com", "gcs_bucket", "storage.setIamPermissions"),
    ),
    Change(
        "Cloud SQL instances",
        181,
        "2.11",
        "2.12",
        _called("cloudsql.googleapis.com", "cloudsql_database", "cloudsql.instances.update"),
    ),
)

AUDITED: Final = (
    *(one for change in CHANGES for one in change.entries),
    (
        "a read of data",
        entry("storage.googleapis.com", "storage.objects.get", "gcs_bucket", log="data_access", severity="INFO"),
    ),
    ("a refusal by policy", entry("run.googleapis.com", "/Services.Get", "audited_resource", log="policy")),
    (
        "an act of Google's own systems",
        entry(
            "cloudsql.googleapis.com",
            "cloudsql.instances.automatedBackup",
            "cloudsql_database",
            log="system_event",
        ),
    ),
)
"""What a trail must keep: those changes, and an entry of each other audit log."""
