"""Whoever calls for Google (a push, a task, a schedule) may invoke, and who hands a task over may act as it."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.powers import powers_of
from analysis.grants import ACCOUNT, Grant, Scope, grants_of
from analysis.network.calls import CALLERS, called, calls
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import find
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, each, stack_policy

_INVOKE = "run.routes.invoke"
_ENQUEUE = "cloudtasks.tasks.create"
_ACT_AS = "iam.serviceAccounts.actAs"


@stack_policy(
    id="caller-is-admitted",
    title="The identity of a push, a task or a schedule may invoke the service that it calls",
    severity=Severity.HIGH,
    why="""Cloud Run answers a caller who may not invoke with 403. Pub/Sub, Cloud Tasks and Scheduler repeat the
    call until they give up, and the work is lost or lands among the dead letters. A task is refused even earlier
    where the one who enqueues it may not act as its identity.""",
    fix="""Declare it by components: `PushSubscription`, `Queue` and `Schedule` make the caller's identity with its
    one grant, and `queue.enqueue()` lets the user act as it.""",
    fix_raw="""Grant roles/run.invoker on that service to the token's account, and roles/iam.serviceAccountUser on
    that account to whoever enqueues.""",
    rows=(110, 114),
)
def caller_is_admitted(stack: Stack, settings: Settings) -> Iterator[Result]:
    for caller in stack.of_type(*CALLERS):
        yield from each((caller,), lambda one: _refused(stack, one))


def _refused(stack: Stack, caller: Value) -> Iterator[Result]:
    for block in calls(caller):
        email = block.at("oidcToken.serviceAccountEmail")
        accounts = stack.referred(email, ACCOUNT)
        if len(accounts) != 1:
            continue
        yield from _enqueuers(stack, caller, accounts[0])
        service = called(stack, block)
        if service is None or find(Value.of(service), "invoker_check_off").flag(False):
            continue
        if not _may(stack, accounts[0], _INVOKE, service):
            yield Problem(
                caller.resource,
                f"{email.path}: '{accounts[0].name}' may not invoke service '{service.name}', which is called "
                "as it: every call gets 403",
                key=email.path,
            )


def _enqueuers(stack: Stack, queue: Value, account: Resource) -> Iterator[Result]:
    """Whoever creates a task with an identity must be able to act as that identity.

    https://cloud.google.com/tasks/docs/creating-http-target-tasks#token
    """
    for grant in stack.once(_on_queues).get(queue.resource.urn, []):
        if grant.holder is None or grant.holder.type != ACCOUNT:
            continue
        try:
            if _ENQUEUE not in powers_of(grant).permissions or _may(stack, grant.holder, _ACT_AS, account):
                continue
        except NotKnown as reason:
            yield Unseen(queue.resource, str(reason))
            continue
        yield Problem(
            queue.resource,
            f"'{grant.holder.name}' may enqueue here but not act as '{account.name}', the identity of its tasks: "
            "every task is refused",
            key=grant.by.urn,
        )


def _may(stack: Stack, who: Resource, permission: str, entity: Resource) -> bool:
    """Whether a service account has a permission on an entity or the project; NotKnown where nobody can tell."""
    doubt: NotKnown | None = None
    for grant in stack.once(_by_holder).get(who.urn, []):
        if grant.entity is not entity and grant.scope is Scope.ENTITY:
            continue
        try:
            if permission in powers_of(grant).permissions:
                return True
        except NotKnown as reason:
            doubt = reason
    if doubt is not None:
        raise doubt
    return False


def _by_holder(stack: Stack) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    for grant in grants_of(stack):
        if grant.holder is not None:
            found.setdefault(grant.holder.urn, []).append(grant)
    return found


def _on_queues(stack: Stack) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    for grant in grants_of(stack):
        if grant.kind == "cloudtasks/queue" and grant.entity is not None:
            found.setdefault(grant.entity.urn, []).append(grant)
    return found
