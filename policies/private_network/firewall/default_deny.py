"""What no rule allows is denied, by a rule that shows and logs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from analysis.network.addresses import ALL_IPV4, ALL_IPV6, INTERNET, Addresses, union
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.private_network.firewall.rule import POLICY_RULES, WITH_RULES, Action, Rule, owner_of, rules_of
from policies.private_network.firewall.services import EVERYTHING
from policies.private_network.networks import NETWORK, called

_ASSOCIATIONS: Final = (
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
    "gcp:compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation",
)
_SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"


@stack_policy(
    id="network-ingress-default-deny",
    title="A network denies, by a rule of its own, whatever comes in and is not allowed",
    severity=Severity.MEDIUM,
    why="""Google's implied deny is neither seen in a review nor logged, and in the `default` network other rules
    stand before it. A deny of one's own is in the plan, and its log is where a scan of the network shows.""",
    fix="Use the `Network` component: its firewall denies all ingress at the last priority.",
    fix_raw="""Add a `Firewall` with `direction` INGRESS, `priority` 65534, `denies` of protocol `all` and
    `sourceRanges` 0.0.0.0/0; another for ::/0 where a subnet has IPv6.""",
    rows=(4, 23),
)
def ingress_denied(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from _denied(stack, ingress=True, harm="no rule denies and logs what comes in and nobody allowed")


@stack_policy(
    id="network-egress-default-deny",
    title="A network denies whatever goes out and is not allowed",
    severity=Severity.HIGH,
    why="""Google lets everything out unless a rule denies it: whoever takes over a workload can send the data
    anywhere and fetch tools from anywhere. With a last deny, each way out is an allow that somebody has
    reviewed.""",
    fix="Use the `Network` component: its firewall denies all egress at the last priority.",
    fix_raw="""Add a `Firewall` with `direction` EGRESS, `priority` 65534, `denies` of protocol `all` and
    `destinationRanges` 0.0.0.0/0 (another for ::/0 where a subnet has IPv6), then allows for each
    destination.""",
    rows=(19, 23),
)
def egress_denied(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from _denied(
        stack, ingress=False, harm="no rule denies what goes out, and Google's default lets it all out"
    )


def _denied(stack: Stack, *, ingress: bool, harm: str) -> Iterator[Result]:
    networks = stack.of_type(NETWORK)
    if not networks:
        return
    closed, unread = _closed(stack, ingress=ingress)
    with_ipv6, maybe_ipv6 = _ipv6(stack)
    attached, anywhere = _attached(stack)
    for network in networks:
        urn = network.resource.urn
        yield Looked(network.resource)
        owners = (urn, *attached.get(urn, ()))
        denied = [closed[owner] for owner in owners if owner in closed]
        if any(one.covers(ALL_IPV4) and (urn not in with_ipv6 or one.covers(ALL_IPV6)) for one in denied):
            if urn in maybe_ipv6 and not any(one.covers(ALL_IPV6) for one in denied):
                yield Unseen(network.resource, "whether a subnet has IPv6 is not known before creation")
        elif anywhere or any(owner in unread for owner in owners):
            yield Unseen(network.resource, "a rule that may deny the rest is not known before creation")
        else:
            half = " in IPv6, which a subnet has" if any(one.covers(ALL_IPV4) for one in denied) else ""
            yield Problem(network.resource, f"{harm}{half}")


def _closed(stack: Stack, *, ingress: bool) -> tuple[dict[str, Addresses], set[str]]:
    """By network or policy the addresses of which every connection of everything is denied; and the networks and
    policies of which a rule that may deny more is not known."""
    rules: dict[str, list[Rule]] = defaultdict(list)
    unread: set[str] = set()
    for (urn, path), rule in stack.once(rules_of).items():
        if isinstance(rule, Rule):
            if rule.ingress is ingress:
                rules[rule.owner].append(rule)
        elif isinstance(rule, NotKnown):
            with suppress(NotKnown):
                unread.add(owner_of(Value(stack.plan.by_urn[urn], stack.plan.by_urn[urn].inputs, path), stack))
    closed: dict[str, Addresses] = {}
    for owner, its in rules.items():
        # What a policy passes on, its later rules do not see.
        passed_on = min(
            (one.priority for one in its if one.action is Action.NEXT and one.public.share >= INTERNET),
            default=float("inf"),
        )
        denies = [one for one in its if one.action is Action.DENY and one.priority < passed_on]
        closed[owner] = union(one.far for one in denies if one.is_for_all and one.services == EVERYTHING)
        if any(one.far_unknown or one.services_unknown or one.targets_unknown for one in denies):
            unread.add(owner)
    return closed, unread


def _attached(stack: Stack) -> tuple[dict[str, list[str]], bool]:
    """The firewall policies of each network, and whether a network that is not known has one.

    A policy that is not in the stack counts as one of an unknown network: nobody here knows its rules.
    """
    found: dict[str, list[str]] = defaultdict(list)
    anywhere = False
    for value in stack.of_type(*_ASSOCIATIONS):
        network = called(value["attachmentTarget"], stack, NETWORK)
        policy = called(value["firewallPolicy"], stack, *POLICY_RULES.values(), *WITH_RULES)
        if network is None or policy is None or policy not in stack.plan.by_urn:
            anywhere = True
        else:
            found[network].append(policy)
    return found, anywhere


def _ipv6(stack: Stack) -> tuple[set[str], set[str]]:
    """The networks that have a subnet with IPv6, and those of which one may."""
    certain: set[str] = set()
    maybe: set[str] = set()
    for subnet in stack.of_type(_SUBNET):
        network = called(subnet["network"], stack, NETWORK)
        if network is None:
            continue
        try:
            if subnet["stackType"].text("IPV4_ONLY") != "IPV4_ONLY":
                certain.add(network)
        except NotKnown:
            maybe.add(network)
    return certain, maybe
