"""What was deleted from a versioned bucket is gone some day."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET, old_versions_go, retention_s
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="bucket-old-versions-go",
    title="A versioned bucket deletes old versions after a while",
    severity=Severity.MEDIUM,
    # Whoever keeps every version for ever, as some do with state files, knows why.
    enforcement=Enforcement.ADVISORY,
    why="""In a versioned bucket a deleted object stays as an older version, without end unless a rule takes it: a
    recording that a caller had deleted is still there, and paid for.""",
    fix="Leave `replaced_days` of the `Bucket` component as it is (30), or set it.",
    fix_raw="Add a life-cycle rule: Delete, with `daysSinceNoncurrentTime` and `withState` ARCHIVED.",
    rows=(104,),
    types=[BUCKET],
)
def bucket_old_versions_go(bucket: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not bucket.at("versioning.enabled").flag(False) or retention_s(bucket) > 0:
        return
    if not old_versions_go(bucket):
        yield (
            "versioning.enabled is true and no rule in lifecycleRules deletes older versions: "
            "what is deleted stays for ever"
        )
