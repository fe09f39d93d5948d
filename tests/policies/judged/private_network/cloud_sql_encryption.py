"""Cloud SQL instances whose connections are, and are not, encrypted and checked."""

import pulumi

from policies.private_network.cloud_sql.encryption_in_transit import connectors_only, server_certificate, tls
from tests.policies.databases import instance, replica
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


def _tls(name: str, mode: pulumi.Input[str] | None) -> None:
    instance(name, {"ip_configuration": {"ssl_mode": mode}})


@judged(
    tls,
    {
        "good-encrypted-as-cis-asks": PASSED,
        "good-client-certificates": PASSED,
        "good-replica": PASSED,
        "bad-both": VIOLATED,
        "bad-replica-of-an-encrypted-one": VIOLATED,
        "absent-mode": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-mode": NOT_EVALUATED,
        "secret-mode": NOT_EVALUATED,
    },
)
def modes() -> None:
    _tls("good-encrypted-as-cis-asks", "ENCRYPTED_ONLY")
    _tls("good-client-certificates", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
    replica("good-replica", "good-encrypted-as-cis-asks", {"ip_configuration": {"ssl_mode": "ENCRYPTED_ONLY"}})
    _tls("bad-both", "ALLOW_UNENCRYPTED_AND_ENCRYPTED")
    replica("bad-replica-of-an-encrypted-one", "good-encrypted-as-cis-asks")
    _tls("absent-mode", None)
    instance("absent-settings")
    _tls("unknown-mode", unknown())
    _tls("secret-mode", pulumi.Output.secret("ENCRYPTED_ONLY"))


@judged(
    connectors_only,
    {
        "good-required": PASSED,
        "bad-not-required": VIOLATED,
        "bad-replica": VIOLATED,
        "absent": VIOLATED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def connectors() -> None:
    instance("good-required", {"connector_enforcement": "REQUIRED"})
    instance("bad-not-required", {"connector_enforcement": "NOT_REQUIRED"})
    replica("bad-replica", "good-required")
    instance("absent", {})
    instance("unknown", {"connector_enforcement": unknown("other")})
    instance("secret", {"connector_enforcement": pulumi.Output.secret("REQUIRED")})


def _certified(name: str, authority: pulumi.Input[str] | None, rotation: pulumi.Input[str] | None) -> None:
    instance(
        name,
        {"ip_configuration": {"server_ca_mode": authority, "server_certificate_rotation_mode": rotation}},
    )


ROTATED = "AUTOMATIC_ROTATION_DURING_MAINTENANCE"


@judged(
    server_certificate,
    {
        "good-shared-authority": PASSED,
        "good-authority-of-ones-own": PASSED,
        "bad-authority-of-the-instance": VIOLATED,
        "bad-not-rotated": VIOLATED,
        "absent-authority": VIOLATED,
        "absent-rotation": VIOLATED,
        "absent-settings": VIOLATED,
        "unknown-authority": NOT_EVALUATED,
        "unknown-rotation": NOT_EVALUATED,
        "secret-authority": NOT_EVALUATED,
    },
)
def certificates() -> None:
    _certified("good-shared-authority", "GOOGLE_MANAGED_CAS_CA", ROTATED)
    _certified("good-authority-of-ones-own", "CUSTOMER_MANAGED_CAS_CA", ROTATED)
    _certified("bad-authority-of-the-instance", "GOOGLE_MANAGED_INTERNAL_CA", None)
    _certified("bad-not-rotated", "GOOGLE_MANAGED_CAS_CA", "NO_AUTOMATIC_ROTATION")
    _certified("absent-authority", None, None)
    _certified("absent-rotation", "GOOGLE_MANAGED_CAS_CA", None)
    instance("absent-settings")
    _certified("unknown-authority", unknown(), ROTATED)
    _certified("unknown-rotation", "GOOGLE_MANAGED_CAS_CA", unknown("rotation"))
    _certified("secret-authority", pulumi.Output.secret("GOOGLE_MANAGED_CAS_CA"), ROTATED)
