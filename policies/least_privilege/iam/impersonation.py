"""Nobody may act as every service account of a project, folder or organisation."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.members import Kind, member_of
from analysis.access.permission_kinds import Escalation
from analysis.access.powers import BASIC, is_of_agents, powers_of, shown
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity


@grant_policy(
    id="iam-no-impersonation-at-large",
    title="No role to act as or to administer service accounts is granted on a project, folder or organisation",
    severity=Severity.HIGH,
    why="""Service Account User, Token Creator and every other role with such a permission let their holder become
    any service account there is, those of tomorrow included: one grant is then the sum of all others. That is as
    true of a group of people and of a service of Google's as of a workload.""",
    fix="""Grant it on the one account: `PushSubscription`, `Queue`, `Schedule` and `deploy()` do so for the
    identity that they need (`Identity`).""",
    fix_raw="Grant the role by `serviceaccount.IAMMember` on the one account that is to be acted as.",
    rows=(144, 145, 146),
    cis_4=("1.6",),
    cis_5=("1.7",),
)
def impersonation(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.scope is Scope.ENTITY or grant.role in BASIC:
        return
    if is_of_agents(grant.role) and member_of(grant) is Kind.AGENT:
        # What Google's own services are given to do their work; on anybody else it is as bad as any other.
        return
    powers = powers_of(grant)
    found = [
        name
        for name in powers.which(Escalation.ACCESS, Escalation.IDENTITY)
        if name.startswith("iam.serviceAccount")
    ]
    if found:
        yield (
            f"{grant.role_name}, granted to {grant.member_name} on {grant.entity_name}, holds {shown(found)}: "
            f"whoever has it can act as every service account of that {grant.scope}"
        )
    else:
        powers.settle()
