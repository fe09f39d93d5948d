"""The grants that Google needs and nobody calls are there, and come first."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.agent_needs import Need, Unread, agent_of, grants_for, needs
from analysis.access.powers import powers_of
from analysis.grants import Grant, Scope, grants_of
from analysis.stack import Stack
from analysis.value import NotKnown
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy


@stack_policy(
    id="service-agent-may-do-its-part",
    title="Every service agent of Google's holds the grant without which something of the stack fails",
    severity=Severity.HIGH,
    why="""Google encrypts, delivers, forwards and rotates as accounts of its own. Without their grants some things
    are refused at the first `up` (a key, a topic for rotations), and others fail in silence: dead letters are
    never put aside, pushes never arrive, and nothing says so.""",
    fix="""Use the component that makes both: `Keys` and `env.key(…)`, `PushSubscription`, `BigQuerySubscription`,
    `Secret`, `ScheduledQueries`; each waits for the grants that it needs.""",
    fix_raw="""Grant the agent a role with the permission on that one entity, and let what needs it depend on the
    grant (`depends_on`).""",
    rows=(108, 170),
)
def agent_may_do_its_part(stack: Stack, settings: Settings) -> Iterator[Result]:
    for need in stack.once(needs):
        yield Looked(need.by.resource)
        if isinstance(need, Unread):
            yield Unseen(need.by.resource, need.why)
        else:
            yield from _met(stack, need)


def _met(stack: Stack, need: Need) -> Iterator[Result]:
    resource, words = need.by.resource, f"Google's agent @{need.domain}"
    doubt = ""
    giving: list[Grant] = []
    for grant in grants_for(stack, need):
        try:
            if _reaches(grant) and need.permission in powers_of(grant).permissions:
                giving.append(grant)
        except NotKnown as reason:
            doubt = str(reason)
    if giving:
        if need.before and not any(stack.precedes(grant.by, resource) for grant in giving):
            yield Problem(
                resource,
                f"{need.by.path}: {words} gets {giving[0].role_name} on {_named(need)} only after this is made, "
                f"which needs it: the first `up` is refused",
                key=need.by.path,
            )
    elif doubt := doubt or _whoever(stack, need):
        yield Unseen(resource, f"whether {words} may use {_named(need)}: {doubt}")
    else:
        yield Problem(
            resource,
            f"{need.by.path}: {words} has no grant of {need.permission} on {_named(need)}, which it needs "
            f"to {need.to}",
            key=f"{need.by.path} {need.permission}",
        )


def _reaches(grant: Grant) -> bool:
    """Whether a grant is on something of the plan, or on the project; NotKnown where nobody can tell."""
    if grant.scope is not Scope.ENTITY or grant.entity is not None:
        return True
    if grant.entity_name.endswith("?"):
        raise NotKnown("", f"on what {grant.by.name} grants is known only after creation")
    return False


def _whoever(stack: Stack, need: Need) -> str:
    """Why somebody of whom only creation tells may be the agent; '' where everybody on the entity is known."""
    for grant in stack.once(_to_whoever).get(need.entity.urn, []):
        try:
            if need.permission in powers_of(grant).permissions:
                return "who holds a grant on it is known only after creation"
        except NotKnown as reason:
            return str(reason)
    return ""


def _to_whoever(stack: Stack) -> dict[str, list[Grant]]:
    """The grants to somebody of whom only creation tells, by the URN of what they are on."""
    found: dict[str, list[Grant]] = {}
    for grant in grants_of(stack):
        if grant.member is None and grant.entity is not None and agent_of(grant) is None:
            found.setdefault(grant.entity.urn, []).append(grant)
    return found


def _named(need: Need) -> str:
    return f"{need.entity.type.rsplit(':', 1)[1]} '{need.entity.name}'"
