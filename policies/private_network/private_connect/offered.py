"""Who connects to a service that is offered to other networks is approved first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_OFFERS: Final = (
    "gcp:compute/serviceAttachment:ServiceAttachment",
    "gcp:compute/networkAttachment:NetworkAttachment",
)


@resource_policy(
    id="psc-connections-approved",
    title="A connection by Private Service Connect is approved before it is made",
    severity=Severity.HIGH,
    why="""With automatic acceptance any project of any company that learns the attachment's name gets a private
    way into the network, past its edge and its firewall.""",
    fix="No component offers a service to other networks; see the change for the resource.",
    fix_raw="""Set `connectionPreference` to ACCEPT_MANUAL and list projects in `consumerAcceptLists` (for a
    network attachment `producerAcceptLists`).""",
    rows=(26,),
    types=_OFFERS,
)
def connections_approved(offer: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The provider requires the input: https://www.pulumi.com/registry/packages/gcp/api-docs/compute/serviceattachment/
    preference = offer["connectionPreference"]
    if preference.text("ACCEPT_AUTOMATIC") != "ACCEPT_MANUAL":
        yield f"{preference.path} is not ACCEPT_MANUAL: any project may connect, and nobody is asked"
