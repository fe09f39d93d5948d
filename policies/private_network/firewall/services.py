"""What a firewall rule opens: protocols and ports, as sets of numbers that can be added and compared.

A service is one number, protocol * 65536 + port; a protocol without ports takes all of its 65536 numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from analysis.network.spans import Span, Spans
from analysis.value import NotKnown, Value

PORTS: Final = 65536
PROTOCOLS: Final = 256
# The names that Google knows: https://cloud.google.com/firewall/docs/firewalls#protocols_and_ports. Every other
# protocol goes by its number: https://www.iana.org/assignments/protocol-numbers
NUMBERS: Final = {"icmp": 1, "ipip": 4, "tcp": 6, "udp": 17, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132}
NAMES: Final = {number: name for name, number in NUMBERS.items()}
WITH_PORTS: Final = (NUMBERS["tcp"], NUMBERS["udp"], NUMBERS["sctp"])
EVERYTHING: Final = Spans(((0, PROTOCOLS * PORTS - 1),))
_PORTS: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def services(protocol: str, ports: str = "") -> Spans:
    """The services of a protocol (`tcp`, `TCP`, `6`, `all`) and its ports (`22`, `8000-8100`; without them, all).

    ValueError where either is none.
    """
    name = protocol.strip().lower()
    if name == "all":
        return EVERYTHING
    number = NUMBERS.get(name)
    if number is None:
        if not (name.isascii() and name.isdigit() and len(name) <= len("255") and int(name) < PROTOCOLS):
            raise ValueError("no protocol")
        number = int(name)
    first, last = 0, PORTS - 1
    # Of a protocol without ports Google takes no ports; it is open as a whole.
    if ports and number in WITH_PORTS:
        match = _PORTS.fullmatch(ports.strip())
        if match is None:
            raise ValueError("no ports")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < PORTS:
            raise ValueError("no ports")
    return Spans(((number * PORTS + first, number * PORTS + last),))


def written(text: str) -> Spans:
    """The services that a setting names: `udp:50000-60000`, `icmp`; ValueError where it names none."""
    protocol, _, ports = text.partition(":")
    return services(protocol, ports)


def written_all(texts: Iterable[str]) -> Spans:
    """The services that several settings name."""
    return Spans.of(span for text in texts for span in written(text))


def checked(texts: tuple[str, ...]) -> tuple[str, ...]:
    """`texts` if they all name services; ValueError for a setting that does not."""
    for text in texts:
        try:
            written(text)
        except ValueError:
            raise ValueError(f"'{text}' is no service such as tcp:8080, udp:50000-60000 or icmp") from None
    return texts


def services_at(block: Value, protocol_key: str) -> tuple[Spans, NotKnown | None]:
    """What one block of protocol and ports opens, as far as it is known, and why the rest is not."""
    unknown: NotKnown | None = None
    found: list[Span] = []
    try:
        protocol = block[protocol_key]
        name = protocol.text("all")
        whole = _read(protocol, name, "")
        ports = list(block["ports"].items())
    except NotKnown as reason:
        return Spans(), reason
    if not ports:
        return whole, None
    for port in ports:
        try:
            found += _read(port, name, port.text(""))
        except NotKnown as reason:
            unknown = reason
    return Spans.of(found), unknown


def _read(at: Value, protocol: str, ports: str) -> Spans:
    try:
        return services(protocol, ports)
    except ValueError:
        raise NotKnown(at.path, "is no protocol, port or range of ports") from None


def by_protocol(opened: Spans) -> dict[int, Spans]:
    """The ports of each protocol, where not everything is open (that would be 256 protocols)."""
    found: dict[int, list[Span]] = {}
    for first, last in opened:
        for number in range(first // PORTS, last // PORTS + 1):
            base = number * PORTS
            found.setdefault(number, []).append((max(first, base) - base, min(last, base + PORTS - 1) - base))
    return {number: Spans.of(spans) for number, spans in found.items()}


def described(opened: Spans, most: int = 4) -> str:
    """The services in words: `tcp 22, udp 50000-60000`."""
    if opened == EVERYTHING:
        return "every protocol and port"
    found: list[str] = []
    for number, ports in by_protocol(opened).items():
        name = NAMES.get(number, f"protocol {number}")
        if ports.size == PORTS:
            found.append(f"every {name} port" if number in WITH_PORTS else name)
        else:
            found += (f"{name} {first}" if first == last else f"{name} {first}-{last}" for first, last in ports)
    if len(found) > most:
        return f"{', '.join(found[:most])} and {len(found) - most} more"
    return ", ".join(found)
