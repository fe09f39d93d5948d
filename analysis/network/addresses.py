"""Sets of IP addresses: what ranges cover together, and how much of that is the public internet.

Ranges are added up before anything is asked of them: 0.0.0.0/1 and 128.0.0.0/1 are the internet as much as
0.0.0.0/0 is. IPv4 and IPv6 are kept apart; an IPv4-mapped IPv6 range counts as the IPv4 range it maps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network, summarize_address_range
from typing import Final

from analysis.network.spans import Spans
from analysis.value import NotKnown, Value

_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_LONGEST: Final = 64
"""Characters; the longest way to write a range has fewer."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """A set of IP addresses."""

    v4: Spans = Spans()  # noqa: RUF009 - frozen
    v6: Spans = Spans()  # noqa: RUF009 - frozen

    @classmethod
    def of(cls, *ranges: str) -> Addresses:
        """The addresses of ranges in CIDR form or of single addresses; ValueError where one is neither."""
        return union(_parsed(text) for text in ranges)

    def __bool__(self) -> bool:
        return bool(self.v4) or bool(self.v6)

    def __or__(self, other: Addresses) -> Addresses:
        return Addresses(self.v4 | other.v4, self.v6 | other.v6)

    def __and__(self, other: Addresses) -> Addresses:
        return Addresses(self.v4 & other.v4, self.v6 & other.v6)

    def __sub__(self, other: Addresses) -> Addresses:
        return Addresses(self.v4 - other.v4, self.v6 - other.v6)

    def covers(self, other: Addresses) -> bool:
        """Whether every address of `other` is here."""
        return self.v4.covers(other.v4) and self.v6.covers(other.v6)

    def meets(self, other: Addresses) -> bool:
        """Whether some address is in both."""
        return bool(self & other)

    @property
    def public(self) -> Addresses:
        """Those of the public internet: neither private nor of Google's own infrastructure."""
        return self & PUBLIC

    @property
    def share(self) -> float:
        """The share of the public internet that is here, from 0 to 1; of IPv4 or of IPv6, whichever is more."""
        public = self.public
        return max(public.v4.size / PUBLIC.v4.size, public.v6.size / PUBLIC.v6.size)

    @property
    def size(self) -> int:
        """How many addresses there are."""
        return self.v4.size + self.v6.size

    def cidrs(self, most: int = 3) -> str:
        """The set as text: its ranges in CIDR form, at most so many of them."""
        found: list[str] = []
        for kind, spans in ((IPv4Address, self.v4), (IPv6Address, self.v6)):
            for first, last in spans:
                for network in summarize_address_range(kind(first), kind(last)):
                    if len(found) == most:
                        return ", ".join((*found, "…"))
                    found.append(str(network))
        return ", ".join(found)


def union(sets: Iterable[Addresses]) -> Addresses:
    """The addresses of all `sets`."""
    listed = list(sets)
    if len(listed) == 1:
        return listed[0]
    return Addresses(
        Spans.of(span for one in listed for span in one.v4), Spans.of(span for one in listed for span in one.v6)
    )


def addresses_at(value: Value) -> Addresses:
    """The addresses of one range that a resource names, none where it names nothing; NotKnown where the text is
    no range."""
    text = value.text()
    if text is None:
        return Addresses()
    try:
        return _parsed(text)
    except ValueError:
        raise NotKnown(value.path, "is not an address range") from None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Addresses:
    if len(text) > _LONGEST:
        raise ValueError("too long for a range")
    network = ip_network(text.strip(), strict=False)
    first, last = int(network.network_address), int(network.broadcast_address)
    if isinstance(network, IPv6Network):
        if not network.subnet_of(_MAPPED):
            return Addresses(v6=Spans(((first, last),)))
        base = int(_MAPPED.network_address)
        first, last = first - base, last - base
    return Addresses(v4=Spans(((first, last),)))


EVERYWHERE: Final = Addresses.of("0.0.0.0/0", "::/0")
ALL_IPV4: Final = Addresses.of("0.0.0.0/0")
ALL_IPV6: Final = Addresses.of("::/0")

PRIVATE: Final = Addresses.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""RFC 1918, RFC 6598 and, for IPv6, RFC 4193: https://cloud.google.com/vpc/docs/subnets#valid-ranges"""

GOOGLE_APIS: Final = Addresses.of(
    "199.36.153.8/30", "199.36.153.4/30", "2600:2d00:2:2000::/56", "2600:2d00:2:1000::/56"
)
"""private.googleapis.com and restricted.googleapis.com:
https://cloud.google.com/vpc/docs/configure-private-google-access#ip-addr-defaults"""

GOOGLE: Final = GOOGLE_APIS | Addresses.of(
    # Health checks and load balancers' proxies: https://cloud.google.com/load-balancing/docs/firewall-rules
    "35.191.0.0/16",
    "130.211.0.0/22",
    "209.85.152.0/22",
    "209.85.204.0/22",
    "2600:2d00:1:b029::/64",
    "2600:2d00:1:1::/64",
    "2600:1901:8001::/48",
    # Identity-Aware Proxy's TCP forwarding: https://cloud.google.com/iap/docs/using-tcp-forwarding
    "35.235.240.0/20",
    "2600:2d00:1:7::/64",
    # Forwarding by Cloud DNS: https://cloud.google.com/dns/docs/zones/forwarding-zones#firewall-rules
    "35.199.192.0/19",
    # What a rule for egress to Google's APIs should let through besides, for some go past its front ends:
    # https://cloud.google.com/vpc/docs/configure-private-google-access#ip-addr-defaults
    "34.126.0.0/18",
    "2001:4860:8040::/42",
)
"""Addresses of Google's own infrastructure, from and to which no stranger's traffic goes."""

# What routers of the internet never carry: https://www.iana.org/assignments/iana-ipv4-special-registry (IPv6 is
# told the other way round: of all of it only 2000::/3 is given out). The ranges for documentation are counted as
# public: a program that holds one still has its example's address in it.
PUBLIC: Final = (
    Addresses(v4=ALL_IPV4.v4, v6=Addresses.of("2000::/3").v6)
    - Addresses.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
    - PRIVATE
    - GOOGLE
)
"""The public internet without `GOOGLE`."""

INTERNET: Final = 1 / 1000
"""The share of the public internet from which on a set of ranges counts as the internet: in IPv4 nearly four
million strangers, about a /10."""
