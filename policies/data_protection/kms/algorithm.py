"""Encryption keys are of algorithms and protection levels that are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.data_protection.kms.rotation import KEY
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words

# https://cloud.google.com/kms/docs/algorithms without RSA of 2,048 bits, SHA-1, signatures of what is not hashed,
# encryption that does not notice changes (CBC, CTR), and the curve of cryptocurrencies.
_GOOD: Final = (
    "GOOGLE_SYMMETRIC_ENCRYPTION",
    "EXTERNAL_SYMMETRIC_ENCRYPTION",
    "AES_128_GCM",
    "AES_256_GCM",
    "EC_SIGN_P256_SHA256",
    "EC_SIGN_P384_SHA384",
    "EC_SIGN_ED25519",
    "RSA_SIGN_PSS_3072_SHA256",
    "RSA_SIGN_PSS_4096_SHA256",
    "RSA_SIGN_PSS_4096_SHA512",
    "RSA_SIGN_PKCS1_3072_SHA256",
    "RSA_SIGN_PKCS1_4096_SHA256",
    "RSA_SIGN_PKCS1_4096_SHA512",
    "RSA_DECRYPT_OAEP_3072_SHA256",
    "RSA_DECRYPT_OAEP_4096_SHA256",
    "RSA_DECRYPT_OAEP_4096_SHA512",
    "HMAC_SHA256",
    "HMAC_SHA384",
    "HMAC_SHA512",
    "ML_KEM_768",
    "ML_KEM_1024",
    "KEM_XWING",
    "PQ_SIGN_ML_DSA_44",
    "PQ_SIGN_ML_DSA_65",
    "PQ_SIGN_ML_DSA_87",
    "PQ_SIGN_SLH_DSA_SHA2_128S",
    "PQ_SIGN_HASH_SLH_DSA_SHA2_128S_SHA256",
)


class AlgorithmSettings(Settings):
    """Which keys may be made."""

    algorithms: Words = Field(default=_GOOD, description="Cloud KMS's names of algorithms.")
    protection_levels: Words = Field(
        default=("SOFTWARE", "HSM", "HSM_SINGLE_TENANT", "EXTERNAL", "EXTERNAL_VPC"),
        description="Where key material may be kept; without SOFTWARE, every key must say where.",
    )


@resource_policy(
    id="kms-key-algorithm",
    title="A KMS key is of an algorithm and a protection level that are chosen",
    severity=Severity.MEDIUM,
    why="""SHA-1, short RSA keys and encryption that does not notice changes are broken, or will be within the life
    of what they protect; to change the algorithm later is to sign or encrypt everything anew.""",
    fix="Make keys by `Keys`, which makes symmetric ones of Google's own algorithm.",
    fix_raw="Set `versionTemplate.algorithm` and `protectionLevel` to ones that the policy's settings name.",
    rows=(169,),
    settings=AlgorithmSettings,
    types=[KEY],
)
def algorithm(key: Value, stack: Stack, settings: AlgorithmSettings) -> Iterator[str]:
    # Without a template: https://cloud.google.com/kms/docs/reference/rest/v1/CryptoKeyVersionTemplate
    template = key["versionTemplate"]
    level = template["protectionLevel"].text("SOFTWARE")
    if level not in settings.protection_levels:
        yield f"{template.path}.protectionLevel is {level}, which is not among those that are chosen"
    chosen = template["algorithm"].text("GOOGLE_SYMMETRIC_ENCRYPTION")
    if chosen not in settings.algorithms:
        yield f"{template.path}.algorithm is {chosen}, which is not among those that are chosen"
