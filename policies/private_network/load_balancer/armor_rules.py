"""What the rules of a Cloud Armor policy come to: which attacks they refuse, whom they let through uncounted.

A rule in preview counts for nothing, whatever it says. Rules may be inline or resources of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analysis.access.cel import Call, Literal, Node, Operation
from analysis.access.cel_reader import NotRead, read
from analysis.network.addresses import ALL_IPV4, EVERYWHERE, Addresses, addresses_at, union
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.private_network.load_balancer.armor_attached import ARMOR, REGION_ARMOR

_RULE: Final = "gcp:compute/securityPolicyRule:SecurityPolicyRule"
_REGION_RULE: Final = "gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule"
LAST: Final = 2_147_483_647
"""The priority of the rule that takes what no other took."""
LIMITING: Final = ("throttle", "rate_based_ban")
_SETS: Final = ("evaluatePreconfiguredWaf", "evaluatePreconfiguredExpr")
# Sensitivity 0 with no rule opted in is a set without rules:
# https://cloud.google.com/armor/docs/rule-tuning#choose_an_appropriate_sensitivity_level
_EMPTY: Final = re.compile(
    r"\(\s*['\"]([\w.-]+)['\"]\s*,\s*\{(?![^}]*opt_in_rule_ids)[^}]*sensitivity['\"]\s*:\s*0\b"
)


def filters_requests(policy: Value) -> bool:
    """Whether a policy is one that can look into requests: not an edge, a network or a mesh policy."""
    return policy["type"].text("CLOUD_ARMOR") == "CLOUD_ARMOR"


def rules_of(stack: Stack, policy: Value) -> list[Value]:
    """The rules of a policy; what cannot be read is there as it is, for whoever reads it."""
    try:
        inline = list(policy["rules"].items())
    except NotKnown:
        inline = [policy["rules"]]
    return [*inline, *stack.once(_apart).get(policy.resource.urn, [])]


def _apart(stack: Stack) -> dict[str, list[Value]]:
    """The rules that are resources of their own, by the URN of their policy."""
    found: dict[str, list[Value]] = {}
    for rule in stack.of_type(_RULE, _REGION_RULE):
        try:
            policies = stack.referred(rule["securityPolicy"], ARMOR, REGION_ARMOR)
        except NotKnown:
            continue
        for policy in policies:
            found.setdefault(policy.urn, []).append(rule)
    return found


def in_force(rule: Value) -> bool:
    """Whether a rule does what it says, instead of only being logged."""
    return not rule["preview"].flag(False)


def refused_attacks(rule: Value) -> frozenset[str]:
    """The classes of attack (`sqli`, `xss`, `cve` …) that a rule refuses wherever they occur.

    A set that is looked for on some paths only does not count; one with exceptions does.
    """
    if not in_force(rule) or not rule["action"].text("").startswith("deny"):
        return frozenset()
    expression = rule.at("match.expr.expression").text("")
    if not expression:
        return frozenset()
    refused = _refused_by(expression)
    if refused is None:
        raise NotKnown(f"{rule.path}.match.expr.expression".lstrip("."), "is not read here")
    return refused


@lru_cache(maxsize=1024)
def _refused_by(expression: str) -> frozenset[str] | None:
    try:
        node = read(expression)
    except (NotRead, RecursionError):
        return None
    return _refused(node) - frozenset(name.partition("-")[0] for name in _EMPTY.findall(expression))


def _refused(node: Node) -> frozenset[str]:
    match node:
        case Call(function, None, (Literal(str() as name), *_)) if function in _SETS:
            return frozenset({name.partition("-")[0]})
        case Operation("||", operands):
            return frozenset().union(*map(_refused, operands))
        case Operation("&&", operands):
            narrowing = [one for one in operands if not _is_exception(one)]
            return _refused(narrowing[0]) if len(narrowing) == 1 else frozenset()
    return frozenset()


def _is_exception(node: Node) -> bool:
    """`request.path != '/upload'`, `!inIpRange(…)`: all but what is named."""
    match node:
        case Operation("!=", _):
            return True
        case Operation("!", (Call(function, _, _),)):
            return function not in _SETS
    return False


@dataclass(frozen=True, slots=True)
class Admission:
    """Who gets through a policy without being counted: everybody, by the rule at `path`; or not everybody."""

    path: str | None

    @property
    def is_open(self) -> bool:
        """Whether everybody does."""
        return self.path is not None


def admission(rules: list[Value]) -> Admission:
    """What happens to a request that no attack rule takes, from anywhere, by the rules in their order.

    Allowed ranges are added up: two halves of the internet are all of it. A rule that limits (throttle, ban)
    ahead of the first that lets everybody through counts, whatever it is about.
    """
    allowed = Addresses()
    for rule in sorted((one for one in rules if in_force(one)), key=_priority):
        action = rule["action"].text("")
        if action in LIMITING:
            return Admission(None)
        sources = _sources(rule)
        if action == "allow":
            allowed = union((allowed, sources))
            if allowed.covers(ALL_IPV4):
                return Admission(rule.path or "action")
        elif sources.covers(EVERYWHERE):
            return Admission(None)
    # Without a last rule Google adds one, which allows:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/securitypolicy/ ("rules")
    return Admission("rules")


def admits_everybody(rules: list[Value]) -> bool:
    """Whether some rule lets requests through wherever they come from, counted or not."""
    allowed = Addresses()
    for rule in sorted((one for one in rules if in_force(one)), key=_priority):
        lets_through = rule["action"].text("") in ("allow", *LIMITING)
        sources = _sources(rule)
        if lets_through:
            allowed = union((allowed, sources))
            if allowed.covers(ALL_IPV4):
                return True
        elif sources.covers(EVERYWHERE):
            return False
    return True


def _priority(rule: Value) -> float:
    priority = rule["priority"].number()
    if priority is None or priority != priority:  # noqa: PLR0124 - not a number is not itself
        raise NotKnown(rule["priority"].path, "is left out")
    return priority


def _sources(rule: Value) -> Addresses:
    """The addresses that a rule takes whatever they send; none where it looks at more than the address."""
    if not rule["match"].present:
        return Addresses()
    if rule.at("match.expr.expression").present:
        expression = rule.at("match.expr.expression").text("")
        return EVERYWHERE if expression.strip() == "true" else Addresses()
    found = Addresses()
    for one in rule.at("match.config.srcIpRanges").items():
        found = union((found, EVERYWHERE if one.text() == "*" else addresses_at(one)))
    return found


def classes(rules: list[Value]) -> tuple[frozenset[str], NotKnown | None]:
    """The classes of attack that a policy refuses, and why one of its rules could not be read."""
    found: frozenset[str] = frozenset()
    unread: NotKnown | None = None
    for rule in rules:
        try:
            found |= refused_attacks(rule)
        except NotKnown as reason:
            unread = reason
    return found, unread
