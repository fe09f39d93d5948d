"""Protocols and ports are read as Google reads them, and every one is counted once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.network.spans import Spans
from policies.private_network.firewall.ports import SENSITIVE, sensitive_in
from policies.private_network.firewall.services import (
    EVERYTHING,
    PORTS,
    by_protocol,
    described,
    services,
    written,
    written_all,
)

PORT = st.integers(0, PORTS - 1)


@given(st.sampled_from([("tcp", 6), ("TCP", 6), (" udp ", 17), ("17", 17), ("sctp", 132)]), PORT, PORT)
def test_a_range_of_ports_is_those_ports_of_that_protocol(protocol: tuple[str, int], one: int, two: int) -> None:
    name, number = protocol
    first, last = sorted((one, two))
    found = by_protocol(services(name, f"{first}-{last}"))
    assert found == {number: Spans(((first, last),))}


@pytest.mark.parametrize("same", [("tcp", "6"), ("TCP", "tcp"), ("icmp", "1"), ("ah", "51"), ("UDP", "17")])
def test_a_protocol_has_a_name_and_a_number(same: tuple[str, str]) -> None:
    assert services(same[0]) == services(same[1])


@pytest.mark.parametrize("everything", ["all", "ALL", "All"])
def test_all_is_every_protocol(everything: str) -> None:
    assert services(everything) == EVERYTHING
    assert EVERYTHING.covers(services("tcp", "22") | services("icmp") | services("255"))


def test_no_ports_are_all_ports() -> None:
    assert services("tcp") == services("tcp", "0-65535")
    assert services("tcp").covers(SENSITIVE - services("udp"))


def test_a_protocol_without_ports_is_open_as_a_whole() -> None:
    assert services("icmp", "8") == services("icmp")


@pytest.mark.parametrize("wrong", ["tcp:x", "tcp:70000", "tcp:30-20", "quic", "256", "-1", "", "tcp:1-2-3", "²"])
def test_what_is_no_service_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no p"):
        written(wrong)


def test_services_are_told_in_words() -> None:
    assert described(EVERYTHING) == "every protocol and port"
    assert described(written_all(["udp:50-60", "tcp:22", "icmp"])) == "icmp, tcp 22, udp 50-60"
    assert described(services("tcp")) == "every tcp port"
    assert described(written_all([f"tcp:{port}" for port in range(1, 20, 2)])).endswith("and 6 more")
    assert described(services("47")) == "protocol 47"


def test_the_best_known_ports_are_named_first() -> None:
    said = sensitive_in(EVERYTHING)
    assert said.startswith("tcp 22 (SSH), tcp 3389 (RDP), tcp 5432 (PostgreSQL), tcp 6379 (Redis) and ")
    assert sensitive_in(services("tcp", "443")) == ""
