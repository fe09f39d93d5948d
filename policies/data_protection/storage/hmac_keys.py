"""No HMAC keys: passwords to Cloud Storage that never end."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="storage-no-hmac-keys",
    title="No service account has an HMAC key for Cloud Storage",
    severity=Severity.HIGH,
    why="""An HMAC key is a password that acts as the service account on every bucket, from anywhere, until
    somebody deletes it; it is in the state too, and whoever can make one becomes that account.""",
    fix="Remove it: a service reaches its bucket as its own identity, by `uses=[bucket.read()]`.",
    fix_raw="Remove the key and use Google's client libraries with the attached service account.",
    rows=(103,),
    types=["gcp:storage/hmacKey:HmacKey"],
)
def storage_no_hmac_keys(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # A key must be inactive before it can be deleted; until then it opens nothing.
    # https://cloud.google.com/storage/docs/authentication/hmackeys#states
    state = key["state"]
    if state.text("ACTIVE") != "INACTIVE":
        said = "is 'ACTIVE'" if state.present else "is left out, which means 'ACTIVE'"
        yield f"{state.path} {said}: whoever has the key is the service account, from anywhere and without end"
