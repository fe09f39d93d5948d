"""A custom role holds nothing that escalates, and no wildcard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.permission_kinds import Escalation, escalation
from analysis.access.powers import WITHOUT_ACT_AS, custom_powers, shown
from analysis.grants import CUSTOM_ROLES
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_ALONE: Final = (Escalation.ACCESS, Escalation.IDENTITY)


@resource_policy(
    id="custom-role-cannot-escalate",
    title="A custom role holds no permission that escalates, and no wildcard",
    severity=Severity.HIGH,
    why="""A custom role is made to hold few permissions. One that sets IAM policies, makes keys, acts as service
    accounts or gets into what runs holds all others by a detour, and no reader of the grant sees it.""",
    fix="""Leave the permission out. What a release needs on one service is `ReleaserRole`; acting as an account is
    granted on that account (`deploy()` does both).""",
    fix_raw="""Take the named permissions out of `permissions`; to act as an account, grant
    `roles/iam.serviceAccountUser` on that account.""",
    rows=(148,),
    types=CUSTOM_ROLES,
)
def custom_role(role: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    powers = custom_powers(role.resource)
    wild = sorted(name for name in powers.permissions if "*" in name)
    if wild:
        yield f"permissions has {shown(wild)}: a wildcard takes in what Google adds later too"
    alone = sorted({*powers.which(*_ALONE), *(powers.permissions & WITHOUT_ACT_AS)})
    if alone:
        yield f"permissions has {shown(alone)}: whoever has the role can {_ways(alone)}"
    if not wild and not alone:
        powers.settle()


def _ways(names: list[str]) -> str:
    return " and ".join(sorted({kind.value for name in names if (kind := escalation(name)) is not None}))
