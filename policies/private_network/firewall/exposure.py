"""What the rules of a network let the public internet reach, added up over all of them.

Rules of one network, or of one firewall policy, are taken together: two halves of the internet are all of it, and
so are many small ranges. Whom the rules are for is not looked at, since one machine may be the target of both.

A deny counts where it comes before an allow (a lower number, or the same: Google lets a deny win) and is for
everything in the network; a deny for some targets shadows nothing, for others stay open. Neither does a rule of
another policy, whose place in the order the plan may not show.
https://cloud.google.com/firewall/docs/firewalls#priority_order_for_firewall_rules
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from analysis.network.spans import Span, Spans
from analysis.stack import Stack
from policies.private_network.firewall.blocks import Blocks
from policies.private_network.firewall.rule import Action, Rule, rules_of

MOST_NAMED: Final = 3
"""As many rules as a sentence bears."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """`rule` opens `services` to the public internet: alone, or `together` with others of its network.

    Of many others a few are named.
    """

    rule: Rule
    services: Spans
    together: tuple[Rule, ...]


def exposures(stack: Stack, share: float) -> list[Exposure]:
    """What at least `share` of the public internet can reach; at most one entry for a rule."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in stack.once(rules_of).values():
        if isinstance(rule, Rule) and rule.ingress:
            groups[rule.owner].append(rule)
    return [found for rules in groups.values() for found in _exposures(rules, share)]


def _exposures(rules: Sequence[Rule], share: float) -> Iterator[Exposure]:
    denies = [one for one in rules if one.action is Action.DENY and one.public and one.is_for_all]
    first_deny = min((one.priority for one in denies), default=float("inf"))
    doubtful: list[Rule] = []
    for rule in rules:
        if rule.action is not Action.ALLOW or not rule.public or not rule.services:
            continue
        # Nothing comes before it, so nothing has to be added up or taken away.
        if rule.priority < first_deny and rule.public.share >= share:
            yield Exposure(rule, rule.services, ())
        else:
            doubtful.append(rule)
    if sum(rule.public.share for rule in doubtful) >= share:
        yield from _swept([*denies, *doubtful], share)


def _swept(rules: Iterable[Rule], share: float) -> Iterator[Exposure]:
    """Goes over all services in order; between two places where some rule begins or ends, the same rules count."""
    candidates = sorted(rules, key=lambda rule: (rule.priority, rule.action is not Action.DENY))
    blocks = Blocks([rule.public for rule in candidates], share)
    is_deny = [rule.action is Action.DENY for rule in candidates]
    begins: dict[int, list[int]] = defaultdict(list)
    ends: dict[int, list[int]] = defaultdict(list)
    for index, rule in enumerate(candidates):
        for first, last in rule.services:
            begins[first].append(index)
            ends[last + 1].append(index)
    opened: dict[int, list[Span]] = defaultdict(list)
    partners: dict[int, set[int]] = defaultdict(set)
    # In the order in which Google asks the rules: an index into `candidates` is a rank.
    active: list[int] = []
    for here, after in pairwise(sorted(begins.keys() | ends.keys())):
        for index in ends[here]:
            del active[bisect_left(active, index)]
        for index in begins[here]:
            insort(active, index)
        alone, together = _opening(blocks, is_deny, active)
        for index in (*alone, *together):
            opened[index].append((here, after - 1))
        for index in together:
            if len(partners[index]) <= MOST_NAMED:
                partners[index].update(together[: MOST_NAMED + 1])
    for index, spans in opened.items():
        others = sorted(partners[index] - {index})[:MOST_NAMED]
        yield Exposure(candidates[index], Spans.of(spans), tuple(candidates[other] for other in others))


def _opening(blocks: Blocks, is_deny: Sequence[bool], active: Iterable[int]) -> tuple[list[int], list[int]]:
    """Which of the active rules open a service to the internet: those that do so alone, and the others if they do
    so together."""
    denied = joined = 0
    alone: list[int] = []
    others: list[int] = []
    for index in active:
        mask = blocks.masks[index]
        if is_deny[index]:
            denied |= mask
            continue
        mask &= ~denied
        if blocks.reaches(mask):
            alone.append(index)
        elif mask:
            others.append(index)
            joined |= mask
    return alone, others if len(others) > 1 and blocks.reaches(joined) else []
