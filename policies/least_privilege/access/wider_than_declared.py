"""A role that a use needs on one entity is granted on that entity, not on all of them."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, stack_policy
from policies.least_privilege.access.comparison import Compared, Verdict, compared


@stack_policy(
    id="grant-on-declared-target",
    title="A role that a use needs on one entity is not granted on more than that entity",
    severity=Severity.HIGH,
    why="""Granted on the project, the role reaches every entity of its kind, those of other systems and those
    to come included: one stolen token then reads every bucket instead of one.""",
    fix="""Let the entity's access make the grant (`uses=[bucket.read()]`): it is on the entity, or carries a
    condition on `resource.name` where Google has no policy for the entity.""",
    fix_raw="""Grant the role with the entity's own IAM member resource; where there is none (Cloud SQL,
    Firestore) add a `condition` on `resource.name` to the project's.""",
)
def wider_than_declared(stack: Stack, settings: Settings) -> Iterator[Result]:
    for one in stack.once(compared):
        grant = one.holding.grant
        yield Looked(grant.by)
        if one.verdict is Verdict.WIDER:
            yield Problem(grant.by, _message(one), key=key_of(grant))


def _message(one: Compared) -> str:
    grant = one.holding.grant
    held = " with a condition that does not hold it to that" if grant.condition else ""
    target = one.use.target_name if one.use is not None else "its target"
    access = one.use.access if one.use is not None else "its use"
    return (
        f"'{one.holding.identity.name}' declares '{access}' on {target}, and has {grant.role_name} on all of "
        f"{grant.entity_name}{held}"
    )
