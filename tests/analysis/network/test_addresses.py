"""Address arithmetic against what the standard library says of each single address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.network.addresses import (
    ALL_IPV4,
    EVERYWHERE,
    GOOGLE,
    INTERNET,
    PRIVATE,
    PUBLIC,
    Addresses,
    addresses_at,
    union,
)
from analysis.value import NotKnown, Value
from plan.plan import Resource

Networks = Sequence[IPv4Network | IPv6Network]

# Ranges around the borders that matter, and anywhere else.
_BASES = st.one_of(
    st.sampled_from([int(ip_address(text)) for text in ("10.0.0.0", "172.16.0.0", "100.64.0.0", "35.191.0.0")]),
    st.integers(0, 2**32 - 1),
)
V4 = st.builds(lambda base, length: IPv4Network((base, length), strict=False), _BASES, st.integers(0, 32))
V6 = st.builds(
    lambda base, length: IPv6Network((base, length), strict=False),
    st.one_of(st.just(int(ip_address("2600:2d00:1::"))), st.integers(0, 2**128 - 1)),
    st.integers(0, 128),
)
NETWORKS = st.lists(st.one_of(V4, V6), max_size=5)


def of(networks: Networks) -> Addresses:
    return Addresses.of(*map(str, networks))


def corners(*lists: Networks) -> Iterator[str]:
    """The addresses at, before and after both ends of every network."""
    for networks in lists:
        for network in networks:
            most = 2**network.max_prefixlen - 1
            for number in (int(network.network_address), int(network.broadcast_address)):
                for near in (number - 1, number, number + 1):
                    if 0 <= near <= most:
                        yield str(type(network.network_address)(near))


def within(address: str, networks: Networks) -> bool:
    """Told by the standard library; an IPv4-mapped address is the IPv4 address."""
    one = ip_address(address)
    one = getattr(one, "ipv4_mapped", None) or one
    return any(one in network for network in networks if network.version == one.version)


@given(NETWORKS, NETWORKS)
def test_sets_hold_the_addresses_that_their_ranges_hold(one: Networks, two: Networks) -> None:
    mine, its = of(one), of(two)
    for address in corners(one, two):
        if address.startswith("::ffff:"):
            continue
        single = Addresses.of(address)
        assert (mine | its).covers(single) is (within(address, one) or within(address, two))
        assert (mine & its).covers(single) is (within(address, one) and within(address, two))
        assert (mine - its).covers(single) is (within(address, one) and not within(address, two))
        assert mine.meets(single) is within(address, one)


@given(V4, st.data())
def test_a_range_cut_to_pieces_is_the_range(network: IPv4Network, data: st.DataObject) -> None:
    pieces = [network]
    for _ in range(data.draw(st.integers(0, 6))):
        piece = pieces.pop(data.draw(st.integers(0, len(pieces) - 1)))
        pieces += piece.subnets() if piece.prefixlen < 32 else [piece]
    assert of(list(data.draw(st.permutations(pieces)))) == of([network])
    assert of([network]).size == network.num_addresses


@given(V4)
def test_an_ipv4_mapped_range_is_the_ipv4_range(network: IPv4Network) -> None:
    mapped = f"::ffff:{network.network_address}/{96 + network.prefixlen}"
    assert Addresses.of(mapped) == of([network])


@given(NETWORKS)
def test_a_share_counts_what_is_public_and_nothing_else(networks: Networks) -> None:
    found = of(networks)
    assert found.public == found - (EVERYWHERE - PUBLIC)
    v4 = (found & ALL_IPV4).public
    assert v4.share == pytest.approx(v4.size / PUBLIC.v4.size)
    assert 0 <= found.share <= 1
    assert (found | PRIVATE | GOOGLE).share == found.share


@given(st.integers(0, 2**32 - 1))
def test_what_is_public_agrees_with_the_registry_of_special_addresses(number: int) -> None:
    address = ip_address(number)
    mine = PUBLIC.covers(Addresses.of(str(address)))
    if mine:
        # Documentation, benchmarks and a few more: never on the internet, and not exempt either.
        assert address.is_global or within(str(address), _EXAMPLES)
    else:
        assert not address.is_global or address.is_multicast or GOOGLE.covers(Addresses.of(str(address)))


_EXAMPLES: Networks = [
    ip_network(text)
    for text in ("192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24")
]


@pytest.mark.parametrize(
    "ranges",
    [
        ("0.0.0.0/0",),
        ("::/0",),
        ("0.0.0.0/1", "128.0.0.0/1"),
        ("::/1", "8000::/1"),
        ("2000::/3",),
        ("::ffff:0:0/96",),
        ("::ffff:0.0.0.0/97", "128.0.0.0/1"),
        ("0.0.0.0/0.0.0.0",),
        tuple(f"{first}.0.0.0/8" for first in range(256)),
    ],
)
def test_the_internet_is_the_internet_however_it_is_written(ranges: tuple[str, ...]) -> None:
    assert Addresses.of(*ranges).share == 1


@pytest.mark.parametrize(
    "text",
    [
        *("10.0.0.0/8", "192.168.3.4", "172.31.0.0/16", "100.64.0.0/10", "fd00::/8", "127.0.0.1", "fe80::/10"),
        *("35.191.0.0/16", "130.211.0.0/22", "35.235.240.0/20", "199.36.153.4/30", "2600:2d00:1:b029::/64"),
        *("209.85.152.0/22", "209.85.204.0/22", "35.199.192.0/19", "199.36.153.8/30", "34.126.0.0/18"),
        *("2600:1901:8001::/48", "2600:2d00:2:1000::/56", "2600:2d00:2:2000::/56", "2001:4860:8040::/42"),
    ],
)
def test_private_ranges_and_googles_own_are_not_public(text: str) -> None:
    assert not Addresses.of(text).public


def test_the_threshold_lies_between_a_company_and_a_crowd() -> None:
    assert Addresses.of("203.0.0.0/16").share < INTERNET < Addresses.of("8.0.0.0/8").share


@pytest.mark.parametrize("text", ["", "anywhere", "0/0", "10.0.0.0/33", "1.2.3", "10.0.0.0/8/8", "1" * 500, "*"])
def test_what_is_no_range_is_not_known(text: str) -> None:
    resource = Resource(urn="u", type="t", name="n", custom=True, parent=None, inputs={})
    with pytest.raises(NotKnown):
        addresses_at(Value(resource, text, "sourceRanges[0]"))


def test_ranges_are_told_in_cidr_form_and_not_too_many() -> None:
    assert Addresses.of("10.0.0.0/9", "10.128.0.0/9", "fd00::/64").cidrs() == "10.0.0.0/8, fd00::/64"
    assert Addresses.of("0.0.0.0/0").public.cidrs(2) == "1.0.0.0/8, 2.0.0.0/7, …"
    assert union([]) == Addresses()
