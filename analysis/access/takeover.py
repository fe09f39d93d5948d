"""Which permissions make another's rights one's own, and in what words that is told."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from analysis.access.permission_kinds import Escalation, escalation
from analysis.access.permissions import Holding
from analysis.access.powers import WITHOUT_ACT_AS
from analysis.access.running import MACHINES, TRIGGER
from analysis.grants import Grant
from analysis.workloads.templates import FUNCTION, JOB, POOL, SERVICE, SERVICE_V1

ACT_AS: Final = "iam.serviceAccounts.actAs"
TOKEN: Final = "iam.serviceAccounts.getAccessToken"  # noqa: S105 - a permission
DELEGATION: Final = "iam.serviceAccounts.implicitDelegation"
# https://cloud.google.com/iam/docs/service-account-permissions
TAKING: Final = {
    TOKEN: "makes access tokens of it",
    "iam.serviceAccounts.signBlob": "signs as it",
    "iam.serviceAccounts.signJwt": "signs as it",
    "iam.serviceAccounts.getOpenIdToken": "makes ID tokens of it",
    "iam.serviceAccountKeys.create": "makes a key of it",
    "iam.serviceAccountApiKeyBindings.create": "makes an API key bound to it",
    "iam.serviceAccounts.setIamPolicy": "grants itself any role on it",
    # On a project only; the key opens Cloud Storage: https://cloud.google.com/storage/docs/authentication/hmackeys
    "storage.hmacKeys.create": "makes an HMAC key of it",
}
"""On a service account: its rights are one's own. The strongest first."""
SEIZING: Final = {
    "resourcemanager.projects.setIamPolicy": "grants itself any role",
    "resourcemanager.folders.setIamPolicy": "grants itself any role",
    "resourcemanager.organizations.setIamPolicy": "grants itself any role",
    "privilegedaccessmanager.entitlements.create": "entitles itself to any role",
    "privilegedaccessmanager.entitlements.update": "entitles itself to any role",
}
"""On a project, folder or organisation: all of it is one's own."""
ROLE_UPDATE: Final = "iam.roles.update"
POOLS: Final = (
    "iam.googleapis.com/workloadIdentityPoolProviders.create",
    "iam.googleapis.com/workloadIdentityPoolProviders.update",
)
"""Who says whom a pool's provider trusts, and what its tokens are taken for, is anybody of the pool."""
DEPLOYING: Final = ("deploymentmanager.deployments.create", "deploymentmanager.deployments.update")
"""Runs as the Google APIs service agent, which is an editor:
https://cloud.google.com/deployment-manager/docs/access-control"""
INTO: Final = {
    "run.services.sshRoot": (SERVICE, SERVICE_V1, FUNCTION),
    "run.services.sshRead": (SERVICE, SERVICE_V1, FUNCTION),
    "run.jobs.sshRoot": (JOB,),
    "run.jobs.sshRead": (JOB,),
    "run.jobs.runWithOverrides": (JOB,),
    "run.workerpools.sshRoot": (POOL,),
    "run.workerpools.sshRead": (POOL,),
    "compute.instances.osAdminLogin": tuple(MACHINES),
    "compute.instances.osLogin": tuple(MACHINES),
    "osconfig.guestPolicies.create": tuple(MACHINES),
    "osconfig.osPolicyAssignments.create": tuple(MACHINES),
    "osconfig.patchJobs.exec": tuple(MACHINES),
    # Whoever runs a trigger chooses the branch: https://cloud.google.com/build/docs/cloud-build-service-account
    "cloudbuild.builds.create": (TRIGGER,),
}
"""What gets into something of these types that runs already, or has it run otherwise: nobody asks for the right to
act as its account."""
_HARMFUL: Final = frozenset([*TAKING, *SEIZING, *POOLS, *DEPLOYING, *INTO, ACT_AS, DELEGATION, ROLE_UPDATE])
_ATTACHING: Final = frozenset({"create", "deploy", "instantiateInline", "setServiceAccount", "update"})
"""Verbs of permissions of the kind CODE that attach an account to what runs."""
_ABOUT: Final = {
    "cloudrun/service": "run.services.",
    "cloudrunv2/service": "run.services.",
    "cloudrunv2/job": "run.jobs.",
    "cloudrunv2/workerPool": "run.workerpools.",
    "cloudtasks/queue": "cloudtasks.",
}


def code_of(held: Iterable[Holding]) -> tuple[str, Grant] | None:
    """A permission to run code with an account attached, and the grant that gives it; None without any.

    https://cloud.google.com/iam/docs/attach-service-accounts
    """
    for holding in held:
        # On an entity only those have an effect that are about its kind.
        found = _attaching(holding.permissions, _ABOUT.get(holding.grant.kind, ""))
        if found is not None:
            return found, holding.grant
    return None


@lru_cache(maxsize=4096)
def _attaching(permissions: frozenset[str], about: str) -> str | None:
    return min((one for one in permissions if one.startswith(about) and _attaches(one)), default=None)


@lru_cache(maxsize=65_536)
def _attaches(permission: str) -> bool:
    return (
        permission.rpartition(".")[2] in _ATTACHING
        and permission not in WITHOUT_ACT_AS
        and escalation(permission) is Escalation.CODE
    )


@lru_cache(maxsize=4096)
def is_harmless(permissions: frozenset[str]) -> bool:
    """Whether none of these makes another's rights one's own."""
    return _HARMFUL.isdisjoint(permissions)


def is_free(grant: Grant) -> bool:
    """Whether a right to set policies is not held to some roles.

    https://cloud.google.com/iam/docs/setting-limits-on-granting-roles
    """
    return "modifiedGrantsByRole" not in (grant.condition or "")
