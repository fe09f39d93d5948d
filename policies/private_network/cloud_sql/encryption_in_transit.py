"""Connections to Cloud SQL are encrypted, come through a connector, and meet a certificate that is renewed."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of, hosted
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


class Tls(enum.StrEnum):
    """What an instance asks of its clients, the least first; Cloud SQL's own words."""

    ENCRYPTED_ONLY = "ENCRYPTED_ONLY"
    CLIENT_CERTIFICATES = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


class TlsSettings(Settings):
    """What is asked for. Tools contradict each other here: CIS asks for encryption, others for certificates."""

    least: Tls = Tls.ENCRYPTED_ONLY
    """The least that an instance must ask of its clients."""


@resource_policy(
    id="sql-tls",
    title="A Cloud SQL instance refuses unencrypted connections",
    severity=Severity.HIGH,
    why="""Unless an instance refuses it, a client that is set up wrongly sends its password and all rows in the
    clear, and nobody notices.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="Set `settings.ipConfiguration.sslMode` to ENCRYPTED_ONLY.",
    rows=(50,),
    cis_4=("6.4",),
    cis_5=("6.4",),
    settings=TlsSettings,
    types=[INSTANCE],
    elements=hosted,
)
def tls(instance: Value, stack: Stack, settings: TlsSettings) -> Iterator[str]:
    # Left out, the API takes both kinds:
    # https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances#ipconfiguration
    mode = instance.at("settings.ipConfiguration.sslMode")
    said = mode.text()
    if said == Tls.CLIENT_CERTIFICATES:
        return
    if said != Tls.ENCRYPTED_ONLY:
        told = "is left out" if said is None else f"is {said[:40]}"
        yield f"{mode.path} {told}: clients may connect without encryption"
    elif settings.least is not Tls.ENCRYPTED_ONLY and engine_of(instance) is not Engine.SQLSERVER:
        # SQL Server has no such mode (same page).
        yield f"{mode.path} is {said}: clients need no certificate, which this project's configuration asks for"


@resource_policy(
    id="sql-connectors-only",
    title="A Cloud SQL instance is reached through Cloud SQL's connectors only",
    severity=Severity.MEDIUM,
    why="""A connector proves its identity to IAM and uses a certificate of an hour; with a direct connection a
    password alone, or a network path and an old certificate, is enough.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="Set `settings.connectorEnforcement` to REQUIRED.",
    rows=(51,),
    # Poolers and replication tools of others have no connector.
    enforcement=Enforcement.ADVISORY,
    types=[INSTANCE],
    elements=hosted,
)
def connectors_only(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Not required by default: https://cloud.google.com/sql/docs/postgres/connect-connectors#enforce
    enforced = instance.at("settings.connectorEnforcement")
    said = enforced.text()
    if said != "REQUIRED":
        told = "is left out" if said is None else f"is {said[:40]}"
        yield f"{enforced.path} {told}: clients may connect without a connector"


@resource_policy(
    id="sql-server-certificate",
    title="A Cloud SQL instance's certificate comes from a shared authority and is renewed by itself",
    severity=Severity.LOW,
    why="""The certificate of an instance's own authority names no host that a client could check, and when it
    runs out after ten years every client stops at once unless somebody has rotated it.""",
    fix="Use the `Postgres` component, which takes no argument for it.",
    fix_raw="""Set `settings.ipConfiguration.serverCaMode` to GOOGLE_MANAGED_CAS_CA and
    `serverCertificateRotationMode` to AUTOMATIC_ROTATION_DURING_MAINTENANCE.""",
    rows=(52,),
    # Connectors check the instance in another way: whoever enforces them loses little without it.
    enforcement=Enforcement.ADVISORY,
    types=[INSTANCE],
    elements=hosted,
)
def server_certificate(instance: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Both defaults: https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances#ipconfiguration
    configuration = instance.at("settings.ipConfiguration")
    authority = configuration["serverCaMode"]
    if authority.text("GOOGLE_MANAGED_INTERNAL_CA") not in ("GOOGLE_MANAGED_CAS_CA", "CUSTOMER_MANAGED_CAS_CA"):
        yield (
            f"{authority.path} is not one of the shared authorities: clients cannot check the instance's name, "
            "and its certificate is renewed by hand"
        )
        return
    rotation = configuration["serverCertificateRotationMode"]
    if rotation.text() != "AUTOMATIC_ROTATION_DURING_MAINTENANCE":
        yield f"{rotation.path} is not AUTOMATIC_ROTATION_DURING_MAINTENANCE: the certificate is renewed by hand"
