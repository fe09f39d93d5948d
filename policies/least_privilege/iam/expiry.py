"""What lets people escalate ends by itself."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.cel import Call, Certainty, Literal, Name, Node, Operation, certain
from analysis.access.cel_reader import NotRead, read
from analysis.access.members import PEOPLE, member_of
from analysis.access.permission_kinds import Escalation
from analysis.access.powers import BASIC, powers_of, shown
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Enforcement, Settings, Severity


@grant_policy(
    id="iam-elevated-grant-ends",
    title="A grant by which people can escalate ends at a date",
    severity=Severity.MEDIUM,
    why="""Rights to change access or to become another identity are needed on a few days of a year. A grant that
    does not end is there on the day when somebody's laptop is taken over.""",
    fix="""Give it a condition that ends it, or hand such rights out on request (Privileged Access Manager) instead
    of by the stack.""",
    fix_raw="""Set `condition.expression` to `request.time < timestamp('…')`, or make a
    `privilegedaccessmanager.Entitlement` in the grant's place.""",
    rows=(158,),
    enforcement=Enforcement.ADVISORY,
)
def elevated_grant_ends(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.role in BASIC or member_of(grant) not in PEOPLE:
        return
    powers = powers_of(grant)
    kinds = [Escalation.ACCESS, Escalation.IDENTITY]
    if grant.scope is not Scope.ENTITY:
        kinds.append(Escalation.CODE)
    found = powers.which(*kinds)
    if not found:
        powers.settle()
        return
    if grant.condition is None:
        raise NotKnown("condition", "is known only after creation")
    match _ends(grant.condition):
        case Certainty.NO:
            yield (
                f"{grant.role_name}, granted to {grant.member_name} on {grant.entity_name}, holds {shown(found)} "
                "and has no condition that ends it"
            )
        case Certainty.UNSURE:
            raise NotKnown("condition.expression", "is of a form that is not understood here")


def _ends(expression: str) -> Certainty:
    """Whether the condition is false from some time on."""
    if not expression.strip():
        return Certainty.NO
    try:
        return certain(read(expression), _is_an_end)
    except NotRead:
        return Certainty.UNSURE


def _is_an_end(node: Node, negated: bool) -> Certainty:
    before, after = ({"<", "<="}, {">", ">="}) if not negated else ({">", ">="}, {"<", "<="})
    match node:
        case Operation(operator, (Name(("request", "time")), time)) if operator in before:
            return Certainty.YES if _is_a_date(time) else Certainty.UNSURE
        case Operation(operator, (time, Name(("request", "time")))) if operator in after:
            return Certainty.YES if _is_a_date(time) else Certainty.UNSURE
    return Certainty.NO


def _is_a_date(node: Node) -> bool:
    return (
        isinstance(node, Call)
        and node.function == "timestamp"
        and all(isinstance(one, Literal) for one in node.arguments)
    )
