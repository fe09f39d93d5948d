"""What is in a bucket is encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET
from analysis.stores.encryption import names_own_key
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="bucket-own-key",
    title="A bucket encrypts new objects with a key of its own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to the data can be ended by disabling the key, and each use of the
    key is logged. Google's own key, the default, gives neither.""",
    fix="Give the `Bucket` a key: `key=keys.for_service(Agent.STORAGE)`; `customerKeys` demands it.",
    fix_raw="Set `encryption.defaultKmsKeyName` to a Cloud KMS key of the bucket's location.",
    rows=(100,),
    types=[BUCKET],
)
def bucket_own_key(bucket: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    key = bucket.at("encryption.defaultKmsKeyName")
    if not names_own_key(stack, key):
        yield f"{key.path} is left out: new objects are encrypted with Google's key"
