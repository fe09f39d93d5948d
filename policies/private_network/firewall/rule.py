"""A firewall rule in one form, whatever it is written as: a rule of a VPC, or one of a firewall policy.

What is not known of a rule is told apart: a rule whose ports are known and whose sources are not can still be
judged by its ports. The sources of an allow are never read as fewer than they are, those of a deny never as more.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.network.addresses import ALL_IPV4, Addresses
from analysis.network.spans import Span, Spans
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from policies.private_network.firewall.services import EVERYTHING, services_at
from policies.private_network.firewall.sides import addresses_of, far_side, given, narrow, texts
from policies.private_network.networks import NETWORK, called

FIREWALL: Final = "gcp:compute/firewall:Firewall"
# The rule types with the types of policy that they belong to.
POLICY_RULES: Final = {
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule": (
        "gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy"
    ),
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule": (
        "gcp:compute/regionNetworkFirewallPolicy:RegionNetworkFirewallPolicy"
    ),
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule": "gcp:compute/firewallPolicy:FirewallPolicy",
}
WITH_RULES: Final = (
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
)
TYPES: Final = (FIREWALL, *POLICY_RULES, *WITH_RULES)


class Action(enum.Enum):
    """What becomes of a connection that a rule matches."""

    ALLOW = "allow"
    DENY = "deny"
    NEXT = "goto_next"
    """It goes on to the next policy: the rest of this one does not see it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rule:
    """An enabled rule. `far` are the sources of ingress or the destinations of egress."""

    at: Value
    """The firewall's inputs, or the rule's block."""
    owner: str
    """The network or the policy that it is a rule of; the URN where that is in the stack."""
    action: Action
    ingress: bool
    priority: float
    services: Spans
    services_unknown: NotKnown | None
    far: Addresses
    far_at: str
    """Which property says `far`, with its value, in words."""
    far_unknown: NotKnown | None
    accounts: bool
    """It is for the holders of named service accounts or secure tags, or for a named internal load balancer."""
    tags: bool
    """It is for what has network tags."""
    near: bool
    """It is for named ranges of the network's own side."""
    networks: bool
    """It is for named networks of an organisation, all that is in them."""
    targets_unknown: NotKnown | None
    """Why it is not known whether it is for some only."""
    public: Addresses
    """The part of `far` that is the public internet."""

    @property
    def resource(self) -> Resource:
        """What it is written in."""
        return self.at.resource

    @property
    def is_for_all(self) -> bool:
        """Whether it is known to apply to all that is in the network."""
        return not (self.accounts or self.tags or self.near or self.networks or self.targets_unknown)

    @property
    def name(self) -> str:
        """The rule in words."""
        index = self.at.path
        return f"'{self.resource.name}'{f' ({index})' if index else ''}"


def each_rule(value: Value) -> Iterator[Value]:
    """The rules of a resource of `TYPES`: the resource itself, or each block of a policy that holds its rules."""
    if value.resource.type in WITH_RULES:
        yield from value["rules"].items()
    else:
        yield value


def rules_of(stack: Stack) -> dict[tuple[str, str], Rule | NotKnown | None]:
    """Every rule of the stack by its resource's URN and the path of its block: the rule, why it cannot be read at
    all, or None where it is disabled."""
    found: dict[tuple[str, str], Rule | NotKnown | None] = {}
    for value in stack.of_type(*TYPES):
        try:
            places = list(each_rule(value))
        except NotKnown as reason:
            found[value.resource.urn, ""] = reason
            continue
        for place in places:
            try:
                found[place.resource.urn, place.path] = _read(place, stack)
            except NotKnown as reason:
                found[place.resource.urn, place.path] = reason
    return found


def rule_at(place: Value, stack: Stack) -> Rule | None:
    """The rule at a place that `each_rule` yields, None where it is disabled; NotKnown where it cannot be read."""
    found = stack.once(rules_of)[place.resource.urn, place.path]
    if isinstance(found, NotKnown):
        raise found.with_traceback(None)
    return found


def owner_of(at: Value, stack: Stack) -> str:
    """The network or the policy that a rule belongs to. One that is not known is taken for one of its own: of two
    unknown networks nobody can say that they are the same."""
    type_ = at.resource.type
    if type_ in WITH_RULES:
        return at.resource.urn
    named = at["network"] if type_ == FIREWALL else at["firewallPolicy"]
    return called(named, stack, POLICY_RULES.get(type_, NETWORK)) or at.resource.urn


def insist(*unknown: NotKnown | None) -> None:
    """Raises the first reason why something is not known, if there is one."""
    for reason in unknown:
        if reason is not None:
            raise reason.with_traceback(None)


def _read(at: Value, stack: Stack) -> Rule | None:
    if at["disabled"].flag(False):
        return None
    return _vpc_rule(at, stack) if at.resource.type == FIREWALL else _policy_rule(at, stack)


def _vpc_rule(at: Value, stack: Stack) -> Rule:
    # The API's defaults: INGRESS, 1000, all sources or destinations, every port.
    # https://cloud.google.com/compute/docs/reference/rest/v1/firewalls
    ingress = at["direction"].text("INGRESS") != "EGRESS"
    allowed = list(at["allows"].items())
    denied = [] if allowed else list(at["denies"].items())
    opened, services_unknown = _services(allowed or denied, "protocol")
    near, far = ("destinationRanges", "sourceRanges") if ingress else ("sourceRanges", "destinationRanges")
    ranges = at[far]
    found, far_unknown = addresses_of(ranges)
    said = f"{far} {texts(ranges)}"
    if not found and far_unknown is None:
        tagged, far_unknown = given(at["sourceTags"], at["sourceServiceAccounts"]) if ingress else (False, None)
        if not tagged and far_unknown is None:
            found, said = ALL_IPV4, f"{far} (left out, which means 0.0.0.0/0)"
    accounts, accounts_unknown = given(at["targetServiceAccounts"])
    tags, tags_unknown = given(at["targetTags"])
    limited, near_unknown = narrow(at[near])
    return Rule(
        at=at,
        owner=owner_of(at, stack),
        action=Action.DENY if denied else Action.ALLOW,
        ingress=ingress,
        priority=at["priority"].number(1000),
        services=opened,
        services_unknown=services_unknown,
        far=found,
        far_at=said,
        far_unknown=far_unknown,
        accounts=accounts,
        tags=tags,
        near=limited,
        networks=False,
        targets_unknown=accounts_unknown or tags_unknown or near_unknown,
        public=found.public,
    )


def _policy_rule(at: Value, stack: Stack) -> Rule:
    ingress = at["direction"].text("INGRESS") != "EGRESS"
    # What a security profile inspects is let in all the same, so it is an allow.
    said = at["action"].text("allow")
    action = Action(said) if said in ("deny", "goto_next") else Action.ALLOW
    match = at["match"]
    blocks = list(match["layer4Configs"].items())
    opened, services_unknown = _services(blocks, "ipProtocol") if blocks else (EVERYTHING, None)
    side, other = ("src", "dest") if ingress else ("dest", "src")
    found, where, far_unknown = far_side(match, side, stack, allow=action is Action.ALLOW)
    accounts, accounts_unknown = given(
        at["targetServiceAccounts"], at["targetSecureTags"], at["targetForwardingRules"]
    )
    networks, networks_unknown = given(at["targetResources"])
    limited, near_unknown = narrow(match[f"{other}IpRanges"])
    return Rule(
        at=at,
        owner=owner_of(at, stack),
        action=action,
        ingress=ingress,
        priority=at["priority"].number(0),
        services=opened,
        services_unknown=services_unknown,
        far=found,
        far_at=where,
        far_unknown=far_unknown,
        accounts=accounts,
        tags=False,
        near=limited,
        networks=networks,
        targets_unknown=accounts_unknown or networks_unknown or near_unknown,
        public=found.public,
    )


def _services(blocks: list[Value], protocol_key: str) -> tuple[Spans, NotKnown | None]:
    found: list[Span] = []
    unknown: NotKnown | None = None
    for block in blocks:
        opened, reason = services_at(block, protocol_key)
        found += opened
        unknown = reason or unknown
    return Spans.of(found), unknown
