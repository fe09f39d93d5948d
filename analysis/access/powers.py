"""What the role of a grant lets its holder do: its permissions, and how they escalate.

It looks a role up; who else gets its power through impersonation is not its business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analysis.access.permission_kinds import Escalation, escalation
from analysis.access.role_table import role_table
from analysis.grants import Grant
from analysis.value import NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN

BASIC: Final = frozenset(
    {"roles/owner", "roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader"}
)
"""The last three are the basic roles that come in the first ones' place:
https://cloud.google.com/iam/docs/roles-overview#basic"""
_OF_AGENTS: Final = re.compile(r"roles/.*serviceAgent", re.IGNORECASE)

# To run code takes `iam.serviceAccounts.actAs` as well, except to get into what runs already or may be run again
# otherwise, and where the code runs as an account that nobody has to be let act as.
# https://cloud.google.com/iam/docs/attach-service-accounts,
# https://cloud.google.com/deployment-manager/docs/access-control#access_control_for_deployment_manager
WITHOUT_ACT_AS: Final = frozenset(
    {
        "cloudbuild.builds.create",
        "composer.dags.execute",
        "composer.environments.executeAirflowCommand",
        "compute.instances.osAdminLogin",
        "compute.instances.osLogin",
        "container.pods.attach",
        "container.pods.exec",
        "container.pods.proxy",
        "dataproc.jobs.create",
        "deploymentmanager.deployments.create",
        "deploymentmanager.deployments.update",
        "osconfig.guestPolicies.create",
        "osconfig.osPolicyAssignments.create",
        "osconfig.patchJobs.exec",
        "run.instances.sshRead",
        "run.instances.sshRoot",
        "run.jobs.runWithOverrides",
        "run.jobs.sshRead",
        "run.jobs.sshRoot",
        "run.services.sshRead",
        "run.services.sshRoot",
        "run.workerpools.sshRead",
        "run.workerpools.sshRoot",
    }
)
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Powers:
    """The permissions of one role.

    `doubt` is why there may be more of them than the plan tells. Of a predefined role there are at least all that
    escalate or access data.
    """

    permissions: frozenset[str]
    escalating: tuple[tuple[str, Escalation], ...]
    """The permissions that escalate, sorted, with how."""
    doubt: NotKnown | None = None

    def which(self, *kinds: Escalation) -> list[str]:
        """The permissions that escalate in one of these ways."""
        return [name for name, kind in self.escalating if kind in kinds]

    def settle(self) -> None:
        """NotKnown where there may be more permissions: to be asked when those that are told do no harm."""
        if self.doubt is not None:
            raise self.doubt


def powers_of(grant: Grant) -> Powers:
    """What the grant's role holds; NotKnown where neither the plan nor the bundled table says."""
    if grant.custom is not None:
        return custom_powers(grant.custom)
    if grant.role is None:
        raise NotKnown("role", "is known only after creation")
    return _predefined(grant.role)


@lru_cache(maxsize=4096)
def _predefined(role: str) -> Powers:
    table = role_table()
    found = table.expand(role)
    if found is None:
        told = (
            f"{role} is not in the bundled table of {table.as_of}"
            if role.startswith("roles/")
            else f"{role} is a custom role that is not in the plan"
        )
        raise NotKnown("role", told)
    return Powers(found.permissions, _escalating(found.permissions))


def custom_powers(role: Resource) -> Powers:
    """The permissions that the plan tells of a custom role."""
    listed = role.inputs.get("permissions")
    if type(listed) is list and all(type(one) is str and UNKNOWN not in one for one in listed):
        return _custom(tuple(listed))
    told: set[str] = set()
    doubt: NotKnown | None = None
    try:
        for one in Value.of(role)["permissions"].items():
            try:
                told.add(one.text(""))
            except NotKnown as reason:
                doubt = reason
    except NotKnown as reason:
        doubt = reason
    permissions = frozenset(told)
    return Powers(permissions, _escalating(permissions), doubt)


@lru_cache(maxsize=4096)
def _custom(permissions: tuple[str, ...]) -> Powers:
    told = frozenset(permissions)
    return Powers(told, _escalating(told))


def _escalating(permissions: frozenset[str]) -> tuple[tuple[str, Escalation], ...]:
    return tuple((name, kind) for name in sorted(permissions) if (kind := _kind(name)) is not None)


@lru_cache(maxsize=65_536)
def _kind(permission: str) -> Escalation | None:
    return escalation(permission)


def is_of_agents(role: str | None) -> bool:
    """Whether a role is meant for a service of Google's to hold, and for nobody else."""
    return role is not None and _OF_AGENTS.fullmatch(role) is not None


def shown(names: list[str]) -> str:
    """Some names in words: the first of them, and how many there are besides."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
