"""What answers anybody is reached only past Cloud Armor or Identity-Aware Proxy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.permission_kinds import accesses_data
from analysis.access.permissions import holdings
from analysis.access.running import running
from analysis.grants import PUBLIC, grants_of
from analysis.network.ways_in import told, ways_in
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import FUNCTION, FUNCTION_V1, SERVICE, SERVICE_V1, find, having
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, each, stack_policy
from policies.private_network.load_balancer.armor_attached import ARMOR, REGION_ARMOR
from policies.private_network.load_balancer.armor_rules import filters_requests, in_force, rules_of

_ANSWERING: Final = (SERVICE, SERVICE_V1, FUNCTION, FUNCTION_V1)


@stack_policy(
    id="internet-passes-a-guard",
    title="Every way from the internet to a service that asks nobody who calls passes Cloud Armor or IAP",
    severity=Severity.CRITICAL,
    why="""A service without a check of its invoker answers whoever gets through. What stands on the way, rules of
    Cloud Armor that filter requests or Identity-Aware Proxy, is then all that keeps attackers from the service,
    and from the data that its identity reads.""",
    fix="""Route to the service by the `Edge` component: every `Backend` of it gets the edge's `ArmorPolicy`, and
    a canary's people pass IAP.""",
    fix_raw="""On each backend service that leads to it, set `securityPolicy` to a Cloud Armor policy with rules in
    force, or `iap.enabled` to true.""",
    rows=(33, 34, 128, 131),
)
def guarded_way_in(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from each(stack.of_type(*_ANSWERING), lambda service: _unguarded(stack, service))


def _unguarded(stack: Stack, service: Value) -> Iterator[Result]:
    ways = stack.once(ways_in)
    backends = ways.backends_of(service.resource)
    if not backends or not asks_nobody(stack, service):
        return
    unread: NotKnown | None = None
    for backend in backends:
        try:
            if is_guarded(stack, Value.of(backend)):
                continue
        except NotKnown as reason:
            unread = reason
            continue
        yield Problem(
            service.resource,
            f"{told(ways.through(backend, service.resource))}, which asks nobody who calls: backend "
            f"'{backend.name}' has neither a Cloud Armor rule in force nor IAP{_data(stack, service.resource)}",
            key=backend.urn,
        )
    if unread is not None:
        yield Unseen(service.resource, str(unread))


def asks_nobody(stack: Stack, service: Value) -> bool:
    """Whether everybody who reaches `service` may call it: the check is off, or everybody is an invoker."""
    if service.resource.type in having("invoker_check_off") and find(service, "invoker_check_off").flag(False):
        return True
    return service.resource.urn in stack.once(_open_to_everybody)


def is_guarded(stack: Stack, backend: Value) -> bool:
    """Whether requests to `backend` pass IAP, or a Cloud Armor policy that looks at them."""
    if backend.at("iap.enabled").flag(False):
        return True
    given = backend["securityPolicy"]
    policies = stack.referred(given, ARMOR, REGION_ARMOR)
    if not policies:
        # A policy of another stack: what it says is not known here.
        if given.text(""):
            raise NotKnown(given.path, "names a Cloud Armor policy that is not in this stack")
        return False
    return any(_looks_at_requests(stack, Value.of(policy)) for policy in policies)


def _looks_at_requests(stack: Stack, policy: Value) -> bool:
    if not filters_requests(policy):
        return False
    unread: NotKnown | None = None
    for rule in rules_of(stack, policy):
        try:
            if in_force(rule) and rule["action"].text("allow") != "allow":
                return True
        except NotKnown as reason:
            unread = reason
    if unread is not None:
        raise unread
    return False


def _open_to_everybody(stack: Stack) -> set[str]:
    """The URNs of what everybody may call by a grant."""
    return {grant.entity.urn for grant in grants_of(stack) if grant.member in PUBLIC and grant.entity is not None}


def _data(stack: Stack, service: Resource) -> str:
    """How much the service's identity reaches, in words."""
    account = next((one.account for one in stack.once(running) if one.resource is service), None)
    held = stack.once(holdings).held.get(account.urn, []) if account else []
    reached = {
        one.grant.entity_name for one in held if any(accesses_data(permission) for permission in one.permissions)
    }
    if not account or not reached:
        return ""
    shown = ", ".join(sorted(reached)[:3])
    more = f" and {len(reached) - 3} more" if len(reached) > 3 else ""  # noqa: PLR2004 - the three shown
    return f". Its identity '{account.name}' reaches {shown}{more}"
