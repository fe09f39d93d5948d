"""What a component declares to use, its identity may use."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.permissions import Holding, holdings
from analysis.access.role_table import role_table
from analysis.access.uses import Use, Where, role_key, role_of, uses
from analysis.stack import Stack
from plan.plan import Resource
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy


@stack_policy(
    id="declared-access-granted",
    title="Every access that a component declares to use is granted",
    severity=Severity.MEDIUM,
    why="""A declared use without its grant fails in production with 'permission denied', at the first call and
    not at deployment; or it is not needed, and then the declaration hides what the component really does.""",
    fix="Pass the entity's access in `uses`, which makes its grants, or remove the use.",
    fix_raw="Grant the role on the declared target, or remove the use from the component's declaration.",
)
def unused_declaration(stack: Stack, settings: Settings) -> Iterator[Result]:
    declared = stack.once(uses)
    accounts: dict[str, list[Holding]] = {}
    for identity, held in stack.once(holdings):
        declarer = declared.declarer_of(identity.account) if identity.account is not None else None
        if declarer is not None:
            accounts.setdefault(declarer.urn, []).extend(held)
    for urn, told in declared.by_component.items():
        component = stack.plan.by_urn[urn]
        yield Looked(component)
        needed = {(use.access, use.target, role): use for use in told for role in use.roles}
        if needed and urn not in accounts:
            yield Unseen(component, "it declares uses, and the plan has no service account of it")
            continue
        for (_, _, role), use in needed.items():
            yield from _found(stack, component, accounts[urn], use, role)


def _found(stack: Stack, component: Resource, held: list[Holding], use: Use, role: str) -> Iterator[Result]:
    if any(_grants(stack, one, use, role) for one in held):
        return
    unknown = stack.once(holdings).unknown
    if unknown or any(one.grant.role is None and one.grant.custom is None for one in held):
        yield Unseen(component, f"whether a grant of which only creation tells is {role} on {use.target_name}")
        return
    message = (
        f"'{component.name}' declares '{use.access}' on {use.target_name}, and nothing grants its identity {role} "
        "there: the call would be refused"
    )
    yield Problem(component, message, key=f"{use.access} {use.target} {role}")


def _grants(stack: Stack, holding: Holding, use: Use, role: str) -> bool:
    """Whether a grant gives what the declared role gives, on the target or on more."""
    if role_of(stack, holding.grant) != role_key(stack, role):
        needed = role_table().expand(role)
        if needed is None or not needed.complete or not needed.permissions <= holding.permissions:
            return False
    return stack.once(uses).where(holding.grant, use) is not Where.ELSEWHERE
