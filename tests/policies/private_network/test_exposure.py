"""What rules expose, against asking for each port and each block of addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.network.addresses import PUBLIC, Addresses, union
from analysis.stack import Stack
from plan.plan import Plan, Resource
from policies.private_network.firewall.exposure import exposures
from policies.private_network.firewall.rule import FIREWALL
from policies.private_network.firewall.services import PORTS

# A few ports and a few blocks of the internet: small enough to ask for each.
MOST_PORT = 9
BLOCKS = [f"{number * 16}.0.0.0/4" for number in range(14)]
TCP = 6


@dataclass(frozen=True)
class Drawn:
    """A rule as it was drawn."""

    denies: bool
    priority: int
    ports: tuple[int, int]
    blocks: tuple[int, ...]
    targeted: bool
    network: str

    def inputs(self) -> dict[str, Any]:
        what = [{"protocol": "tcp", "ports": [f"{self.ports[0]}-{self.ports[1]}"]}]
        return {
            "name": "x",
            "network": self.network,
            "priority": self.priority,
            ("denies" if self.denies else "allows"): what,
            "sourceRanges": [BLOCKS[block] for block in self.blocks],
            **({"targetTags": ["web"]} if self.targeted else {}),
        }


RULES = st.lists(
    st.builds(
        Drawn,
        denies=st.booleans(),
        priority=st.integers(1, 3),
        ports=st.tuples(st.integers(0, MOST_PORT), st.integers(0, MOST_PORT)).map(lambda two: tuple(sorted(two))),
        blocks=st.sets(st.integers(0, len(BLOCKS) - 1), min_size=1, max_size=6).map(tuple),
        targeted=st.booleans(),
        network=st.sampled_from(["one", "two"]),
    ),
    max_size=7,
)


def stack_of(rules: list[Drawn]) -> Stack:
    resources = [
        Resource(
            urn=f"urn:pulumi:s::p::{FIREWALL}::rule-{index}",
            type=FIREWALL,
            name=f"rule-{index}",
            custom=True,
            parent=None,
            inputs=rule.inputs(),
        )
        for index, rule in enumerate(rules)
    ]
    return Stack(Plan.of(resources, project="p", stack="s", system="", outputs={}))


def open_blocks(rules: list[Drawn], network: str, port: int) -> dict[int, set[int]]:
    """By rule the blocks whose connections to a port it lets in."""
    found: dict[int, set[int]] = {}
    for block in range(len(BLOCKS)):
        matching = [
            (index, rule)
            for index, rule in enumerate(rules)
            if rule.network == network and block in rule.blocks and rule.ports[0] <= port <= rule.ports[1]
        ]
        denied = min((rule.priority for _, rule in matching if rule.denies and not rule.targeted), default=9)
        for index, rule in matching:
            if not rule.denies and rule.priority < denied:
                found.setdefault(index, set()).add(block)
    return found


def share_of(blocks: set[int]) -> float:
    return Addresses.of(*(BLOCKS[block] for block in blocks)).share if blocks else 0


@settings(max_examples=300)
@given(RULES, st.sampled_from([0.05, 0.2, 0.5]))
def test_exposures_are_what_asking_for_each_port_and_block_finds(rules: list[Drawn], share: float) -> None:
    found: set[tuple[int, int]] = set()
    for one in exposures(stack_of(rules), share):
        index = int(one.rule.resource.name.removeprefix("rule-"))
        for first, last in one.services:
            assert first // PORTS == last // PORTS == TCP
            found |= {(index, port % PORTS) for port in range(first, last + 1)}
    expected: set[tuple[int, int]] = set()
    for network in ("one", "two"):
        for port in range(MOST_PORT + 1):
            opened = open_blocks(rules, network, port)
            alone = {index for index, blocks in opened.items() if share_of(blocks) >= share}
            others = {index: blocks for index, blocks in opened.items() if index not in alone}
            together = len(others) > 1 and share_of(set().union(*others.values())) >= share
            expected |= {(index, port) for index in alone | (others.keys() if together else set())}
    assert found == expected


@given(RULES)
def test_the_order_in_which_rules_are_written_does_not_matter(rules: list[Drawn]) -> None:
    def services(order: list[Drawn]) -> set[tuple[Drawn, Any]]:
        return {
            (order[int(one.rule.resource.name.removeprefix("rule-"))], one.services)
            for one in exposures(stack_of(order), 0.2)
        }

    assert services(rules) == services(list(reversed(rules)))


def test_many_rules_of_one_network_are_gone_over_once() -> None:
    rules = [
        Drawn(False, 1000, (index % 60000, index % 60000), (index % len(BLOCKS),), False, "one")
        for index in range(5000)
    ]
    found = exposures(stack_of(rules), 0.01)
    assert len(found) == len(rules)
    assert union(one.rule.public for one in found) == union(map(Addresses.of, BLOCKS)) & PUBLIC
