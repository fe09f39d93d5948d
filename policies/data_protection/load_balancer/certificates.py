"""Certificates renew themselves, and their keys are nobody's to lose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import MISSING, Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_MANAGER: Final = "gcp:certificatemanager/certificate:Certificate"


@resource_policy(
    id="certificate-renews-itself",
    title="The load balancer's certificates are managed by Google",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""A certificate that somebody uploads expires on a day that nobody thinks of, and its private key lies on
    their machine and in the stack's state. One that Google manages is renewed a month before its end.""",
    fix="Use the `Edge` component: its `Certificate` makes a managed one for each host.",
    fix_raw="Use `certificatemanager.Certificate` with `managed` (and a DNS authorisation) and a certificate map.",
    rows=(133,),
    types=[
        _MANAGER,
        "gcp:compute/sSLCertificate:SSLCertificate",
        "gcp:compute/regionSslCertificate:RegionSslCertificate",
    ],
)
def renews_itself(certificate: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if certificate.resource.type != _MANAGER:
        yield "the certificate is uploaded (privateKey): nobody but its owner renews it"
        return
    # One by which the load balancer names itself to backends is not for the public; Google manages none of those.
    if certificate["scope"].text("DEFAULT") == "CLIENT_AUTH":
        return
    if certificate["selfManaged"].raw is not MISSING:
        yield "selfManaged is set: nobody but its owner renews the certificate"
    elif not certificate["managed"].present:
        yield "managed is left out: nobody renews the certificate"
