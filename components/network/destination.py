"""Destination: what a workload may open a connection to.

An access names the destination it needs (`Access.needs`); the network turns each into one egress rule for the
workload's identity. A destination is not reachable by being named: rights on it are IAM's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from components.errors import ComponentError
from components.network.ranges import private_range


class Place(Enum):
    """Where a destination lies, as far as the network itself knows the addresses."""

    GOOGLE_APIS = "the Private Service Connect endpoint of Google's APIs"
    PRIVATE_SERVICES = "the range lent to Google, where Cloud SQL lives"
    DATA = "the data subnet, where Valkey's endpoints live"
    INTERNET = "anywhere, through Cloud NAT"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Addresses and TCP ports. `purpose` is part of the firewall rule's name."""

    purpose: str
    place: Place | str
    """A place of the network's own, or the range of a peered network (see `peered`)."""
    ports: tuple[str, ...]

    @classmethod
    def peered(cls, purpose: str, range_: str, *, ports: tuple[str, ...]) -> Destination:
        """A destination in a peered network, such as MongoDB Atlas.

        Raises ComponentError for a public or malformed range, or ports that are not numbers or short spans.
        """
        try:
            found = private_range(range_)
        except ValueError as error:
            raise ComponentError(
                f"the destination '{purpose}' is at {range_}",
                why=str(error),
                fix="give the private range that the peered network uses",
            ) from None
        if not ports or not all(re.fullmatch(r"\d{1,5}(-\d{1,5})?", port) for port in ports):
            raise ComponentError(
                f"the destination '{purpose}' has the ports {ports}",
                why="an egress rule must name the ports that are spoken",
                fix='give ports such as ("27015-27017",)',
            )
        return cls(purpose=purpose, place=str(found), ports=ports)


GOOGLE_APIS = Destination(purpose="google-apis", place=Place.GOOGLE_APIS, ports=("443",))
"""Every workload in the network has it: tokens, logs, secrets and other services' run.app URLs come this way."""

# Instances enforce the connectors, which speak to the proxy server's port only, never to 5432:
# https://cloud.google.com/sql/docs/postgres/sql-proxy#requirements
POSTGRES = Destination(purpose="postgres", place=Place.PRIVATE_SERVICES, ports=("3307",))

# Discovery, then the nodes: https://cloud.google.com/memorystore/docs/valkey/networking
VALKEY = Destination(purpose="valkey", place=Place.DATA, ports=("6379", "11000-13047"))

INTERNET = Destination(purpose="internet", place=Place.INTERNET, ports=("443",))
"""Outside services over TLS (LiveKit's signalling and its TURN/TLS are on 443 too)."""
