"""Firestore databases by their key."""

import pulumi
import pulumi_gcp as gcp

from policies.data_protection.firestore.own_key import firestore_own_key
from tests.policies.databases import disposable, firestore
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/eur3/keyRings/r/cryptoKeys/k"


@judged(
    firestore_own_key,
    {
        "good-by-name": PASSED,
        "good-key-of-this-stack": PASSED,
        "bad-empty": VIOLATED,
        "absent": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-block": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def keys() -> None:
    key = gcp.kms.CryptoKey("key", name="k", key_ring="r")
    firestore("good-by-name", cmek_config={"kms_key_name": KEY})
    firestore("good-key-of-this-stack", cmek_config={"kms_key_name": key.id})
    firestore("bad-empty", cmek_config={"kms_key_name": ""})
    firestore("absent")
    firestore("unknown-key", cmek_config={"kms_key_name": unknown("a")})
    firestore("unknown-block", cmek_config=unknown("b").apply(lambda _: {"kms_key_name": KEY}))
    firestore("secret", cmek_config={"kms_key_name": pulumi.Output.secret(KEY)})


@judged(firestore_own_key, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    firestore("good-without")
