"""A private database is made after the connection that its address comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, primaries
from analysis.value import NotKnown, Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

_NETWORK: Final = "gcp:compute/network:Network"
_CONNECTION: Final = "gcp:servicenetworking/connection:Connection"


@resource_policy(
    id="sql-private-connection-first",
    title="A Cloud SQL instance in a network waits for the network's private services connection",
    severity=Severity.MEDIUM,
    why="""Nothing in the instance's inputs names the connection, so no order follows from them. Without one, or
    before it is there, Cloud SQL refuses the instance (NETWORK_NOT_PEERED) after minutes of an `up`.""",
    fix="""Use `Postgres` with the `Network` component: it waits for the network's private services.""",
    fix_raw="""Add a `servicenetworking.Connection` for the network, and `dependsOn` it in the instance.""",
    types=[INSTANCE],
    elements=primaries,
)
def sql_private_connection_first(instance: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    # https://cloud.google.com/sql/docs/postgres/configure-private-services-access
    network = instance.at("settings.ipConfiguration.privateNetwork")
    if not stack.is_given(network, _NETWORK):
        return
    ours = {one.urn for one in stack.referred(network, _NETWORK)}
    if not ours:
        yield Unseen(instance.resource, f"{network.path} is a network that is not in this plan")
        return
    lending = {urn for one in ours for urn in stack.once(_connections).get(one, ())}
    if not lending:
        if unread := stack.once(_connections).get(""):
            raise NotKnown("network", f"of the connection {unread[0].rpartition('::')[2]} cannot be read")
        yield f"{network.path} is a network without a private services connection: Cloud SQL refuses the instance"
    elif not lending & stack.waits_for(instance.resource):
        yield f"{network.path} needs the network's private services connection, and does not wait for it"


def _connections(stack: Stack) -> dict[str, list[str]]:
    """The connections of each network, both by URN; under '' those whose network cannot be read."""
    found: dict[str, list[str]] = {}
    for connection in stack.of_type(_CONNECTION):
        try:
            networks = [one.urn for one in stack.referred(connection["network"], _NETWORK)]
            if not networks:
                connection["network"].text()
        except NotKnown:
            networks = [""]
        for network in networks:
            found.setdefault(network, []).append(connection.resource.urn)
    return found
