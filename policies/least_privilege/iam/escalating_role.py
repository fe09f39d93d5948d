"""No workload may change who has access, or get at credentials, by a role that can: whatever the role is called.

Names do not tell: hundreds of roles called admin change no access, and `roles/dataplex.developer`,
`roles/iam.devOps` or `roles/earthengine.appsPublisher` do. What a role can do stands in the bundled table; a role
that it lacks is told as not evaluated. Acting as service accounts is `impersonation`'s, basic roles are
`basic_role`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.members import WORKLOADS, Kind, member_of
from analysis.access.permission_kinds import Escalation
from analysis.access.powers import BASIC, WITHOUT_ACT_AS, Powers, is_of_agents, powers_of, shown
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity

_CREDENTIALS: Final = frozenset({"iam.serviceAccountKeys.create", "iam.serviceAccountApiKeyBindings.create"})


@grant_policy(
    id="iam-workload-cannot-escalate",
    title="No workload has a role that changes access or yields credentials",
    severity=Severity.HIGH,
    why="""A workload that may set an IAM policy, change a role or make a key gives itself, or whoever has broken
    into it, every right there is to give. The role's name does not tell whether it can.""",
    fix="""Take the grant away: the links in `uses=[…]` grant roles that use an entity and cannot change who else
    does. Access is changed by `pulumi up`, not by what runs.""",
    fix_raw="""Grant the role for using the entity (`publisher`, `objectUser`, `secretAccessor`), not the one for
    administering it; where only a few permissions are needed, a custom role without those named.""",
    rows=(143,),
    cis_4=("1.5",),
    cis_5=("1.6",),
)
def escalating_role(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.role in BASIC:
        return
    kind = member_of(grant)
    if kind not in WORKLOADS or (kind is Kind.AGENT and is_of_agents(grant.role)):
        return
    powers = powers_of(grant)
    harmful = _harmful(powers, grant.scope)
    if harmful:
        yield (
            f"{grant.role_name}, granted to {grant.member_name} on {grant.entity_name}, holds {shown(harmful)}: "
            "whoever has it can give itself rights that were not granted"
        )
    else:
        powers.settle()


def _harmful(powers: Powers, scope: Scope) -> list[str]:
    """The permissions that escalate by themselves where the role is granted.

    Acting as one account, or running code on one service, is what a release is for. On a whole project it is not.
    """
    if scope is Scope.ENTITY:
        return sorted({*powers.which(Escalation.ACCESS), *(powers.permissions & _CREDENTIALS)})
    escalating = powers.which(Escalation.ACCESS, Escalation.IDENTITY)
    return sorted(
        {
            *(name for name in escalating if not name.startswith("iam.serviceAccount")),
            *(powers.permissions & WITHOUT_ACT_AS),
        }
    )
