"""Certificate: a Google-managed certificate for each of the edge's hosts, proved by DNS.

A certificate for several hosts would be replaced whenever one is added, and serve none of them until Google has
issued the new one; so each host has its own, and a new host touches no other's.

A host is proved by one CNAME record, so its certificate exists before the host points here. Where the zone lies
in this project the records are made; elsewhere they are an output (`records`). The map that the load balancer
reads has an entry for each host and none for the rest: a client that asks for another name gets no handshake.
https://cloud.google.com/certificate-manager/docs/how-it-works
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import certificatemanager, dns, monitoring

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind, stable_suffix
from components.observability.alert import AlertRouting, Urgency

TTL_S = 300
DAY = "86400s"


class Certificate(Component):
    """The proofs, the certificates and their map."""

    family: ClassVar[str] = "network"

    map: certificatemanager.CertificateMap
    records: tuple[pulumi.Output[dict[str, str]], ...]
    """What DNS must hold for the certificates to be issued and renewed: name, type, data."""
    certificates: Mapping[str, certificatemanager.Certificate]
    """By host."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        hosts: Sequence[str],
        dns_zone: pulumi.Input[str] | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`dns_zone`: the name of the Cloud DNS zone in this project that holds all the hosts.

        Raises ComponentError for no hosts, or one that is named twice.
        """
        if not hosts or len(set(hosts)) < len(hosts):
            raise ComponentError(
                f"the certificates '{name}' are for the hosts {', '.join(hosts) or '(none)'}",
                why="each host has one certificate, and a map without hosts ends no TLS",
                fix="name each host once",
            )
        super().__init__(name, env=env, opts=opts)
        self._dns_zone = dns_zone
        proofs = {host: self._proof(host) for host in hosts}
        self.records = tuple(
            proof.dns_resource_records[0].apply(
                lambda record: {"name": record.name, "type": record.type, "data": record.data}
            )
            for proof, _ in proofs.values()
        )
        self.certificates = {host: self._certificate(host, *proof) for host, proof in proofs.items()}
        self.map = certificatemanager.CertificateMap(
            name,
            name=env.naming.name(Kind.CERTIFICATE, name),
            project=env.project,
            description="Host to certificate.",
            labels=self.labels(),
            opts=self.guarded(depends_on=list(env.apis)),
        )
        self.entries = [self._entry(host) for host in hosts]
        if alerts is not None:
            self._alert(alerts)
        self.register_outputs({"map": self.map.id})

    def _proof(self, host: str) -> tuple[certificatemanager.DnsAuthorization, list[pulumi.Resource]]:
        """What proves `host`, and its record where that is made here."""
        purpose = f"{self.name}-{_label(host)}"
        proof = certificatemanager.DnsAuthorization(
            purpose,
            name=self.env.naming.name(Kind.CERTIFICATE, f"{self.name}-{stable_suffix(host)}"),
            project=self.env.project,
            location="global",
            domain=host,
            type="FIXED_RECORD",
            description=f"Proves {host}.",
            labels=self.labels(),
            opts=self.child(depends_on=list(self.env.apis)),
        )
        records: list[pulumi.Resource] = []
        if self._dns_zone is not None:
            record = proof.dns_resource_records[0]
            records.append(
                dns.RecordSet(
                    purpose,
                    project=self.env.project,
                    managed_zone=self._dns_zone,
                    name=record.name,
                    type=record.type,
                    ttl=TTL_S,
                    rrdatas=[record.data],
                    opts=self.child(),
                )
            )
        return proof, records

    def _certificate(
        self, host: str, proof: certificatemanager.DnsAuthorization, records: list[pulumi.Resource]
    ) -> certificatemanager.Certificate:
        # No field of it can change in place while the map uses it: its host is in the name, and nothing else is.
        return certificatemanager.Certificate(
            f"{self.name}-{_label(host)}",
            name=self.env.naming.name(Kind.CERTIFICATE, f"{self.name}-{stable_suffix(host)}"),
            project=self.env.project,
            location="global",
            scope="DEFAULT",
            description=f"Serves {host}.",
            managed=certificatemanager.CertificateManagedArgs(domains=[host], dns_authorizations=[proof.id]),
            labels=self.labels(),
            # Google renews it by the record.
            opts=self.child(depends_on=records),
        )

    def _entry(self, host: str) -> certificatemanager.CertificateMapEntry:
        return certificatemanager.CertificateMapEntry(
            f"{self.name}-{_label(host)}",
            name=self.env.naming.name(Kind.CERTIFICATE, f"{self.name}-{stable_suffix(host)}"),
            project=self.env.project,
            map=self.map.name,
            hostname=host,
            certificates=[self.certificates[host].id],
            description=f"The certificate of {host}.",
            labels=self.labels(),
            opts=self.child(),
        )

    def _alert(self, routing: AlertRouting) -> None:
        # From a log, because Certificate Manager has no metric of the days left; it writes an entry a day from
        # five to ten days before the end: https://cloud.google.com/certificate-manager/docs/logs-metrics
        env = self.env
        title = f"{self.name}: a certificate is about to expire"
        monitoring.AlertPolicy(
            f"{self.name}-expiry",
            project=env.project,
            display_name=f"{env.naming.system} {env.naming.environment}: {title}",
            combiner="OR",
            severity=Urgency.PAGE.value,
            enabled=True,
            conditions=[
                monitoring.AlertPolicyConditionArgs(
                    display_name=title,
                    condition_matched_log=monitoring.AlertPolicyConditionConditionMatchedLogArgs(
                        filter=(
                            f'logName="projects/{env.project}/logs/'
                            'certificatemanager.googleapis.com%2Fcertificates_expiry" AND '
                            'jsonPayload.state=("CLOSE_TO_EXPIRY" OR "EXPIRED")'
                        )
                    ),
                )
            ],
            # A condition on logs must say how often it tells.
            alert_strategy=monitoring.AlertPolicyAlertStrategyArgs(
                notification_rate_limit=monitoring.AlertPolicyAlertStrategyNotificationRateLimitArgs(period=DAY),
                auto_close=DAY,
            ),
            documentation=monitoring.AlertPolicyDocumentationArgs(
                content=(
                    "Google renews a month before the end, so renewal has failed for weeks.\n\n"
                    "1. `gcloud certificate-manager certificates describe` says why "
                    "(`authorizationAttemptInfo`).\n"
                    "2. Mostly the `_acme-challenge` CNAME is gone from DNS: the stack's outputs have it."
                ),
                mime_type="text/markdown",
            ),
            notification_channels=routing.channels(Urgency.PAGE),
            user_labels=self.labels(),
            opts=self.child(depends_on=list(self.env.apis)),
        )


def _label(host: str) -> str:
    return host.replace(".", "-").replace("*", "any")
