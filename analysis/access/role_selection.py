"""Which of Google's predefined roles the bundled table holds, and how much of each.

Complete: the roles of the services that the voice systems consist of, and the few others that a stack of theirs
may grant. Partial: every other role that can escalate or reach data, with the permissions that do so and no more.
All other roles are left out; left out means not known, never harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.access.permission_kinds import accesses_data, escalation
from analysis.access.role_table import Expansion

COMPLETE_UP_TO: Final = 500
"""A wanted role with more permissions is kept in part: the basic ones and `iam.devOps` reach every service."""

BASIC: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer", "roles/browser"})
"""Google's basic roles, and the one for looking around. https://cloud.google.com/iam/docs/roles-overview#basic"""

SERVICES: Final = frozenset(
    [
        "aiplatform",
        "apigateway",
        "artifactregistry",
        "bigquery",
        "bigquerydatatransfer",
        "billing",
        "binaryauthorization",
        "certificatemanager",
        "cloudbuild",
        "clouddeploy",
        "cloudfunctions",
        "cloudkms",
        "cloudprofiler",
        "cloudscheduler",
        "cloudsql",
        "cloudtasks",
        "cloudtrace",
        "containeranalysis",
        "datastore",
        "dns",
        "errorreporting",
        "eventarc",
        "firestore",
        "iam",
        "iap",
        "logging",
        "memorystore",
        "monitoring",
        "orgpolicy",
        "parametermanager",
        "pubsub",
        "redis",
        "resourcemanager",
        "run",
        "secretmanager",
        "servicemanagement",
        "servicenetworking",
        "serviceusage",
        "speech",
        "storage",
        "storagetransfer",
        "telemetry",
        "vpcaccess",
        "workflows",
    ]
)
"""What voice systems consist of here: all roles of these services, their service agents' included."""

BESIDES: Final = frozenset(
    [
        "roles/compute.loadBalancerServiceUser",
        "roles/compute.networkUser",
        "roles/compute.networkViewer",
        "roles/compute.publicIpAdmin",
        "roles/compute.securityAdmin",
        "roles/compute.serviceAgent",
        "roles/compute.viewer",
        "roles/networkconnectivity.consumerNetworkAdmin",
        "roles/networkconnectivity.serviceAgent",
    ]
)
"""Roles of services whose other roles no such system needs: attaching to networks, and Google's own agents."""


def is_wanted(role: str) -> bool:
    """Whether the table is to hold the role whatever its permissions are."""
    service = role.removeprefix("roles/").partition(".")[0]
    return service in SERVICES or role in BESIDES or role in BASIC


def select(roles: Mapping[str, frozenset[str]]) -> dict[str, Expansion]:
    """What the table holds of `roles` (all permissions of each)."""
    chosen: dict[str, Expansion] = {}
    for role, permissions in roles.items():
        if is_wanted(role) and len(permissions) <= COMPLETE_UP_TO:
            chosen[role] = Expansion(permissions, complete=True)
            continue
        kept = frozenset(one for one in permissions if escalation(one) or accesses_data(one))
        if kept:
            chosen[role] = Expansion(kept, complete=False)
    return chosen
