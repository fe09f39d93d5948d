"""Encryption keys: their rotation, their end, where and what they are, and who has them."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.kms.algorithm import algorithm
from policies.data_protection.kms.destruction import destroy_delay, key_is_protected
from policies.data_protection.kms.location import ring_in_region
from policies.data_protection.kms.rotation import rotates
from policies.data_protection.kms.separation import keys_separate_duties
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

RING = "projects/acme-voice/locations/europe-west1/keyRings/voice"


def _key(name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Any) -> gcp.kms.CryptoKey:
    return gcp.kms.CryptoKey(name, name=name, key_ring=inputs.pop("key_ring", RING), opts=opts, **inputs)


def _template(
    algorithm: pulumi.Input[str] = "GOOGLE_SYMMETRIC_ENCRYPTION", level: pulumi.Input[str] | None = None
) -> gcp.kms.CryptoKeyVersionTemplateArgs:
    return gcp.kms.CryptoKeyVersionTemplateArgs(algorithm=algorithm, protection_level=level)


@judged(
    rotates,
    {
        "good-90-days": PASSED,
        "good-a-day": PASSED,
        "good-signing-cannot": PASSED,
        "good-hmac-cannot": PASSED,
        "good-imported-cannot": PASSED,
        "good-external-cannot": PASSED,
        "bad-a-second-more": VIOLATED,
        "bad-a-year": VIOLATED,
        "bad-never-a-number": VIOLATED,
        "bad-hardware": VIOLATED,
        "bad-purpose-said": VIOLATED,
        "absent-period": VIOLATED,
        "unknown-period": NOT_EVALUATED,
        "unknown-purpose": NOT_EVALUATED,
        "secret-period": NOT_EVALUATED,
    },
)
def rotations() -> None:
    _key("good-90-days", rotation_period="7776000s")
    _key("good-a-day", rotation_period="86400.000000001s")
    _key("good-signing-cannot", purpose="ASYMMETRIC_SIGN", version_template=_template("EC_SIGN_P256_SHA256"))
    _key("good-hmac-cannot", purpose="MAC", version_template=_template("HMAC_SHA256"))
    _key("good-imported-cannot", import_only=True)
    _key("good-external-cannot", version_template=_template("EXTERNAL_SYMMETRIC_ENCRYPTION", "EXTERNAL_VPC"))
    _key("bad-a-second-more", rotation_period="7776001s")
    _key("bad-a-year", rotation_period="31536000s")
    _key("bad-never-a-number", rotation_period="nans")
    _key("bad-hardware", version_template=_template(level="HSM"))
    _key("bad-purpose-said", purpose="ENCRYPT_DECRYPT")
    _key("absent-period")
    _key("unknown-period", rotation_period=unknown())
    _key("unknown-purpose", purpose=unknown("purpose"))
    _key("secret-period", rotation_period=pulumi.Output.secret("7776000s"))


@judged(
    key_is_protected,
    {
        "good-protected": PASSED,
        "good-prevented": PASSED,
        "good-abandoned": PASSED,
        "good-kept": PASSED,
        "bad-unprotected": VIOLATED,
        "bad-said": VIOLATED,
        "absent-everything": VIOLATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-policy": NOT_EVALUATED,
    },
)
def guards() -> None:
    _key("good-protected", pulumi.ResourceOptions(protect=True))
    _key("good-prevented", deletion_policy="PREVENT")
    _key("good-abandoned", deletion_policy="ABANDON")
    _key("good-kept", pulumi.ResourceOptions(retain_on_delete=True))
    _key("bad-unprotected", pulumi.ResourceOptions(protect=False))
    _key("bad-said", deletion_policy="DELETE")
    _key("absent-everything")
    _key("unknown-policy", deletion_policy=unknown())
    _key("secret-policy", deletion_policy=pulumi.Output.secret("PREVENT"))


class Baseline(pulumi.ComponentResource):
    """What a stack says of itself."""

    def __init__(self) -> None:
        super().__init__("voicestack:security:ProjectBaseline", "project", {"disposable": True})


@judged(key_is_protected, {"good-of-a-disposable-stack": PASSED})
@judged(destroy_delay, {"good-of-a-disposable-stack": PASSED})
def disposable() -> None:
    Baseline()
    _key("good-of-a-disposable-stack", destroy_scheduled_duration="86400s")


@judged(
    destroy_delay,
    {
        "good-30-days": PASSED,
        "good-120-days": PASSED,
        "bad-a-day": VIOLATED,
        "bad-never-a-number": VIOLATED,
        "absent-is-30-days": PASSED,
        "unknown-delay": NOT_EVALUATED,
        "secret-delay": NOT_EVALUATED,
    },
)
def delays() -> None:
    _key("good-30-days", destroy_scheduled_duration="2592000s")
    _key("good-120-days", destroy_scheduled_duration="10368000s")
    _key("bad-a-day", destroy_scheduled_duration="86400s")
    _key("bad-never-a-number", destroy_scheduled_duration="nans")
    _key("absent-is-30-days")
    _key("unknown-delay", destroy_scheduled_duration=unknown())
    _key("secret-delay", destroy_scheduled_duration=pulumi.Output.secret("2592000s"))


def _ring(name: str, location: pulumi.Input[str]) -> gcp.kms.KeyRing:
    return gcp.kms.KeyRing(name, name=name, location=location)


@judged(
    ring_in_region,
    {
        "good-region": PASSED,
        "good-multi-region": PASSED,
        "bad-global": VIOLATED,
        "unknown-location": NOT_EVALUATED,
        "secret-location": NOT_EVALUATED,
    },
    absent="a key ring without a location cannot be registered",
)
def rings() -> None:
    _ring("good-region", "europe-west1")
    _ring("good-multi-region", "europe")
    _ring("bad-global", "global")
    _ring("unknown-location", unknown())
    _ring("secret-location", pulumi.Output.secret("europe-west1"))


@judged(
    algorithm,
    {
        "good-symmetric": PASSED,
        "good-hardware": PASSED,
        "good-elliptic": PASSED,
        "bad-sha1": VIOLATED,
        "bad-short": VIOLATED,
        "bad-raw-signature": VIOLATED,
        "bad-without-integrity": VIOLATED,
        "bad-level": VIOLATED,
        "absent-template": PASSED,
        "absent-level": PASSED,
        "unknown-algorithm": NOT_EVALUATED,
        "unknown-level": NOT_EVALUATED,
        "secret-algorithm": NOT_EVALUATED,
    },
)
def algorithms() -> None:
    _key("good-symmetric", version_template=_template(level="SOFTWARE"))
    _key("good-hardware", version_template=_template(level="HSM"))
    _key("good-elliptic", purpose="ASYMMETRIC_SIGN", version_template=_template("EC_SIGN_P384_SHA384"))
    _key("bad-sha1", purpose="ASYMMETRIC_DECRYPT", version_template=_template("RSA_DECRYPT_OAEP_4096_SHA1"))
    _key("bad-short", purpose="ASYMMETRIC_SIGN", version_template=_template("RSA_SIGN_PSS_2048_SHA256"))
    _key("bad-raw-signature", purpose="ASYMMETRIC_SIGN", version_template=_template("RSA_SIGN_RAW_PKCS1_4096"))
    _key("bad-without-integrity", purpose="RAW_ENCRYPT_DECRYPT", version_template=_template("AES_256_CBC"))
    _key("bad-level", version_template=_template(level="PROTECTION_LEVEL_UNSPECIFIED"))
    _key("absent-template")
    _key("absent-level", version_template=_template())
    hidden = unknown()
    _key("unknown-algorithm", version_template=_template(hidden))
    _key("unknown-level", version_template=_template(level=hidden))
    _key("secret-algorithm", version_template=_template(pulumi.Output.secret("AES_256_GCM")))


ADMIN = "roles/cloudkms.admin"
BOTH = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def _on_key(name: str, role: pulumi.Input[str], member: pulumi.Input[str], key: pulumi.Input[str]) -> None:
    gcp.kms.CryptoKeyIAMMember(name, crypto_key_id=key, role=role, member=member)


def _on_ring(name: str, role: str, member: str, ring: pulumi.Input[str] = RING) -> None:
    gcp.kms.KeyRingIAMMember(name, key_ring_id=ring, role=role, member=member)


def _on_project(name: str, role: pulumi.Input[str], member: pulumi.Input[str]) -> None:
    gcp.projects.IAMMember(name, project="acme-voice", role=role, member=member)


@judged(
    keys_separate_duties,
    {
        "good-only-admin": PASSED,
        "good-only-use": PASSED,
        "good-admin-of-another-key": PASSED,
        "good-use-of-this-key": PASSED,
        "good-use-in-another-ring": PASSED,
        "bad-use-after-admin": VIOLATED,
        "a-use-before-admin": VIOLATED,
        "bad-only-decrypting": VIOLATED,
        "bad-only-encrypting": VIOLATED,
        "bad-use-of-a-key-in-the-ring": VIOLATED,
        "bad-use-of-a-key-that-is-made-in-the-ring": VIOLATED,
        "bad-use-of-the-ring-of-the-key": VIOLATED,
        "bad-use-at-large": VIOLATED,
        "bad-admin-at-large": VIOLATED,
        "bad-by-a-reference": VIOLATED,
        "bad-custom": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role or a member cannot be registered",
)
def duties() -> None:
    one, two = f"{RING}/cryptoKeys/one", f"{RING}/cryptoKeys/two"
    _on_key("good-only-admin", ADMIN, "group:a@acme.example", one)
    _on_key("good-only-use", BOTH, "group:b@acme.example", one)
    _on_key("good-admin-of-another-key", ADMIN, "group:c@acme.example", two)
    _on_key("good-use-of-this-key", BOTH, "group:c@acme.example", one)
    _on_ring("admin-of-a-ring", ADMIN, "group:d@acme.example", f"{RING}-other")
    _on_key("good-use-in-another-ring", BOTH, "group:d@acme.example", one)
    _on_key("admin-before-use", ADMIN, "group:e@acme.example", one)
    _on_key("bad-use-after-admin", BOTH, "group:e@acme.example", one)
    # Prowler sees the pair in one order only.
    _on_key("a-use-before-admin", BOTH, "group:f@acme.example", one)
    _on_key("b-admin-after-use", ADMIN, "group:f@acme.example", one)
    _on_project("admin-of-decrypter", ADMIN, "group:g@acme.example")
    _on_key("bad-only-decrypting", "roles/cloudkms.cryptoKeyDecrypter", "group:g@acme.example", one)
    _on_project("admin-of-encrypter", ADMIN, "group:h@acme.example")
    _on_key("bad-only-encrypting", "roles/cloudkms.cryptoKeyEncrypter", "group:h@acme.example", one)
    _on_ring("admin-of-the-ring", ADMIN, "group:i@acme.example")
    _on_key("bad-use-of-a-key-in-the-ring", BOTH, "group:i@acme.example", one)
    ring = _ring("ring", "europe-west1")
    made = _key("made", key_ring=ring.id)
    _on_ring("admin-of-the-made-ring", ADMIN, "group:j@acme.example", ring.id)
    _on_key("bad-use-of-a-key-that-is-made-in-the-ring", BOTH, "group:j@acme.example", made.id)
    _on_key("admin-of-a-key", ADMIN, "group:k@acme.example", one)
    _on_ring("bad-use-of-the-ring-of-the-key", BOTH, "group:k@acme.example")
    _on_key("admin-of-one-key", ADMIN, "group:l@acme.example", one)
    _on_project("bad-use-at-large", BOTH, "group:l@acme.example")
    _on_project("admin-at-large", ADMIN, "group:m@acme.example")
    _on_project("bad-admin-at-large", BOTH, "group:m@acme.example")
    account = gcp.serviceaccount.Account("account", account_id="voice-api", project="acme-voice")
    _on_project("admin-by-name", ADMIN, "serviceAccount:voice-api@acme-voice.iam.gserviceaccount.com")
    _on_key("bad-by-a-reference", BOTH, account.member, one)
    custom = gcp.projects.IAMCustomRole(
        "custom",
        role_id="custom",
        title="Custom",
        permissions=["cloudkms.cryptoKeyVersions.destroy", "cloudkms.cryptoKeyVersions.useToDecrypt"],
    )
    _on_key("bad-custom", custom.name, "group:n@acme.example", one)
    hidden = unknown()
    _on_key("unknown-member", BOTH, hidden, one)
    _on_key("unknown-role", hidden, "group:o@acme.example", one)
    _on_key("secret-role", pulumi.Output.secret(BOTH), "group:o@acme.example", one)
