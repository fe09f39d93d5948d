"""No basic role is granted, on anything."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.powers import BASIC
from analysis.grants import Grant
from analysis.stack import Stack
from analysis.value import AFTER_CREATION, NotKnown
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity


@grant_policy(
    id="iam-no-basic-role",
    title="No basic role (owner, editor, viewer) is granted",
    severity=Severity.HIGH,
    why="""The basic roles hold thousands of permissions over every service of a project: an editor changes what
    runs and reads most data, a viewer reads all configuration and API keys. Whoever takes over one such workload
    has the project.""",
    fix="""Take the grant away: what a workload may do follows from its `uses=[…]`. People get the predefined roles
    of the services they work on, by a group.""",
    fix_raw="Grant the few predefined or custom roles that are needed, on the entities they are needed on.",
    rows=(139, 140, 141, 142),
    cis_4=("1.5",),
    cis_5=("1.6",),
)
def basic_role(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.role is None and grant.custom is None:
        raise NotKnown("role", AFTER_CREATION)
    if grant.role is not None and grant.role.strip() in BASIC:
        yield (
            f"{grant.member_name} gets {grant.role} on {grant.entity_name}: "
            "a basic role reaches every service, far beyond any one use"
        )
