"""No account may do more than its component declares to use."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.powers import shown
from analysis.access.uses import uses
from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.least_privilege.access.comparison import Compared, Verdict, compared, nothing_declared, worst_first


@stack_policy(
    id="access-within-declared-uses",
    title="No identity may do more than its component declares to use",
    severity=Severity.HIGH,
    why="""What a workload may do beyond what it does is there for whoever gets into it. The declared uses say
    what it does; a grant beside them is a right that nobody asked for in code, and nobody will miss it when it
    is abused.""",
    fix="""Remove the grant, or declare the use: pass the entity's access (`topic.publish()`, `bucket.read()`)
    in the component's `uses`, which makes exactly the grants it takes.""",
    fix_raw="Remove the grant, or grant a role that holds no more than the declared uses need.",
)
def beyond_declared(stack: Stack, settings: Settings) -> Iterator[Result]:
    nothing = nothing_declared(stack)
    if nothing:
        yield Unseen(stack.root, nothing)
    for component, why in stack.once(uses).unread:
        yield Unseen(component, why)
    for one in stack.once(compared):
        grant = one.holding.grant
        yield Looked(grant.by)
        if one.verdict is Verdict.UNSURE:
            yield Unseen(grant.by, one.why)
        elif one.verdict is Verdict.BEYOND:
            yield Problem(grant.by, _message(one), key=key_of(grant))


def _message(one: Compared) -> str:
    grant, who = one.holding.grant, one.holding.identity.name
    beyond = sorted(one.beyond, key=worst_first)
    said = f"'{who}' has {grant.role_name} on {grant.entity_name}: no use of '{one.declarer.name}' needs "
    elsewhere = f"; it declares the role for {one.use.target_name} only" if one.use is not None else ""
    return f"{said}{shown(beyond)} there{elsewhere}"
