"""Somebody is told before a certificate expires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.telemetry.alerts import Alerts
from analysis.telemetry.log_entry import ANY, MAYBE, Entry, any_of
from analysis.value import Value
from policies.engine.policy import Result, Settings, Severity, Unseen, resource_policy

_MANAGER: Final = "gcp:certificatemanager/certificate:Certificate"
_DAYS_LEFT: Final = ("monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires",)
# https://cloud.google.com/certificate-manager/docs/logs-metrics: an entry a day, from ten days before the end on.
_EXPIRING: Final[Entry] = {
    "logName": "projects/-/logs/certificatemanager.googleapis.com%2Fcertificates_expiry",
    "severity": MAYBE,
    "resource": {
        "type": "certificatemanager.googleapis.com/Project",
        "labels": {"resource_container": ANY, "location": MAYBE},
    },
    "jsonPayload": {
        "@type": "type.googleapis.com/google.cloud.certificatemanager.logging.v1.CertificatesExpiry",
        "count": MAYBE,
        "certificates": MAYBE,
        "state": "CLOSE_TO_EXPIRY",
    },
}


@resource_policy(
    id="certificate-expiry-told",
    title="An alert tells before a certificate expires",
    severity=Severity.MEDIUM,
    why="""Renewal fails in silence: a DNS record was tidied away, a domain moved. On the day the certificate ends,
    every caller is refused at once.""",
    fix="Give the `Edge` its `alerts`: its `Certificate` watches Google's expiry log.",
    fix_raw="""Add an alert policy with a `conditionMatchedLog` on the log
    `certificatemanager.googleapis.com/certificates_expiry`, or on the uptime check's
    `time_until_ssl_cert_expires`.""",
    rows=(133,),
    types=[
        _MANAGER,
        "gcp:compute/managedSslCertificate:ManagedSslCertificate",
        "gcp:compute/sSLCertificate:SSLCertificate",
        "gcp:compute/regionSslCertificate:RegionSslCertificate",
    ],
)
def expiry_told(certificate: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    alerts = stack.once(Alerts)
    answers = [alerts.watch(_DAYS_LEFT, {})]
    if certificate.resource.type == _MANAGER:
        # Certificates that are not in Certificate Manager leave no such entry.
        answers.append(alerts.catch(_EXPIRING))
    answer = any_of(answers)
    if answer is False:
        yield "no alert watches when it expires: the day it does, every caller is refused"
    elif answer is None:
        yield Unseen(certificate.resource, "a condition that may watch its end is not known")
