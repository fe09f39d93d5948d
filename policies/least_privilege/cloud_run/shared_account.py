"""No two things that run code share a service account."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.running import MACHINES
from analysis.grants import ACCOUNT
from analysis.stack import Stack, name_of
from analysis.value import NotKnown, Value
from analysis.workloads.templates import KINDS, WORKLOADS, find, place_of
from plan.plan import Resource
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.least_privilege.cloud_run.own_account import DEFAULT


@stack_policy(
    id="run-account-not-shared",
    title="No two services, jobs, worker pools, functions or virtual machines share a service account",
    severity=Severity.MEDIUM,
    why="""Whoever shares an account has the rights of all that share it, so each of them may do what only one
    needs; audit logs cannot say which of them acted, and the rights of none can be taken away alone.""",
    fix="Use the `Service`, `Job` or `WorkerPool` component for each: identities are never passed in.",
    fix_raw="Make a `gcp.serviceaccount.Account` for each and grant it what that one uses.",
    rows=(36, 46),
)
def account_not_shared(stack: Stack, settings: Settings) -> Iterator[Result]:
    users: dict[str, list[tuple[Resource, str]]] = {}
    for one in stack.of_type(*WORKLOADS, *MACHINES):
        yield Looked(one.resource)
        try:
            account, place = _account(stack, one)
        except NotKnown as reason:
            yield Unseen(one.resource, str(reason))
            continue
        if account:
            users.setdefault(account, []).append((one.resource, place))
    for account, found in sorted(users.items()):
        distinct = list({_same(user): user for user, _ in found}.values())
        if len(distinct) == 1:
            continue
        first, second, *rest = distinct
        more = f" and {len(rest)} more" if rest else ""
        for user, place in found:
            other = second if _same(user) == _same(first) else first
            yield Problem(
                user,
                f"{place} is {_shown(account)}, as which the {_kind(other)} '{other.name}'{more} runs too: "
                "each has the rights of all of them",
            )


def _account(stack: Stack, one: Value) -> tuple[str, str]:
    """The account that `one` runs as, by its e-mail or its URN, and where it says so; '' for a default one."""
    machine = one.resource.type in MACHINES
    email = one["serviceAccount"]["email"] if machine else find(one, "account")
    place = "serviceAccount.email" if machine else place_of(one, "account")
    if email.is_unknown:
        # Only creation tells the e-mail, but the plan may say which account yields it.
        made = stack.yielding(email, ACCOUNT)
        if len(made) != 1:
            email.text()
        return made[0].urn, place
    said = email.text("").rpartition("/")[2].removeprefix("serviceAccount:").lower()
    if not said or DEFAULT.search(said):
        return "", place
    return said, place


def _same(one: Resource) -> tuple[str, str]:
    """The same for one service in several regions: those are one workload, which may have one account."""
    return one.type, name_of(one) or one.urn


def _shown(account: str) -> str:
    return f"the account '{account.rpartition('::')[2]}'" if "::" in account else account


def _kind(one: Resource) -> str:
    return KINDS.get(one.type) or MACHINES[one.type]
