"""Who a firewall rule is between, as far as that is known: its ranges, groups, scopes and targets.

The far side of an allow is never read as less than it is, that of a deny never as more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from analysis.network.addresses import (
    ALL_IPV4,
    ALL_IPV6,
    EVERYWHERE,
    PUBLIC,
    Addresses,
    addresses_at,
    union,
)
from analysis.stack import Stack
from analysis.value import NotKnown, Value

ADDRESS_GROUP: Final = "gcp:networksecurity/addressGroup:AddressGroup"
# https://cloud.google.com/firewall/docs/firewall-policies-rule-details#sources
_NOT_FROM_OUTSIDE: Final = frozenset({"NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS"})
_STRANGERS: Final = ("RegionCodes", "ThreatIntelligences")
_NAMED: Final = ("Fqdns", "SecureTags", "Networks")
MOST_SAID: Final = 3
"""As many ranges as a sentence bears."""


def far_side(match: Value, side: str, stack: Stack, *, allow: bool) -> tuple[Addresses, str, NotKnown | None]:
    """The addresses, in words, and why some are not known, of what a policy's rule matches on its far side.

    Whoever is in any of the lists is matched, and must lie in the scope besides.
    """
    ranges = match[f"{side}IpRanges"]
    groups = match[f"{side}AddressGroups"]
    strangers = [match[f"{side}{kind}"] for kind in _STRANGERS]
    found, unknown = addresses_of(ranges)
    said = f"{ranges.path} {texts(ranges)}"
    others, others_unknown = given(groups, *strangers, *(match[f"{side}{kind}"] for kind in _NAMED))
    unknown = unknown or others_unknown
    if not (found or unknown or others):
        found, said = EVERYWHERE, f"{ranges.path} (left out, which means everywhere)"
    elif allow:
        for listed in strangers:
            if given(listed)[0]:
                # A country, or a list that Google keeps, is full of people whom nobody here knows.
                found, said = EVERYWHERE, f"{listed.path} {texts(listed)}"
        grouped, groups_unknown = addresses_of(groups, lambda group: _grouped(group, stack))
        unknown = unknown or groups_unknown
        if grouped and not found.covers(grouped):
            found, said = found | grouped, f"{groups.path} ({grouped.cidrs()})"
    try:
        scopes = [match[f"{side}Network{kind}"].text("") for kind in ("Scope", "Context")]
    except NotKnown as reason:
        return found - PUBLIC, said, reason
    return found - PUBLIC if _NOT_FROM_OUTSIDE & set(scopes) else found, said, unknown


def _grouped(group: Value, stack: Stack) -> Addresses:
    referred = stack.referred(group, ADDRESS_GROUP)
    if len(referred) != 1:
        raise NotKnown(group.path, "names an address group that is not in this stack")
    return union(addresses_at(item) for item in Value.of(referred[0])["items"].items())


def addresses_of(
    ranges: Value, of: Callable[[Value], Addresses] = addresses_at
) -> tuple[Addresses, NotKnown | None]:
    """The addresses of the ranges that are known, and why others are not."""
    found, unknown = [], None
    try:
        for one in ranges.items():
            try:
                found.append(of(one))
            except NotKnown as reason:
                unknown = reason
    except NotKnown as reason:
        unknown = reason
    return union(found), unknown


def texts(values: Value) -> str:
    """What a list holds, shortened; only what is known."""
    found = []
    for one in values.items() if isinstance(values.raw, list) else ():
        with suppress(NotKnown):
            found.append(one.text(""))
    return ", ".join(found[:MOST_SAID]) + (", …" if len(found) > MOST_SAID else "")


def given(*lists: Value) -> tuple[bool, NotKnown | None]:
    """Whether one of the lists holds something, and why that is not known."""
    unknown = None
    for one in lists:
        try:
            if any(True for _ in one.items()):
                return True, None
        except NotKnown as reason:
            unknown = reason
    return False, unknown


def narrow(ranges: Value) -> tuple[bool, NotKnown | None]:
    """Whether ranges of the near side are named, and are fewer than everything."""
    found, unknown = addresses_of(ranges)
    return bool(found) and not (found.covers(ALL_IPV4) or found.covers(ALL_IPV6)), unknown
