"""A bucket is not destroyed with what is in it."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="bucket-kept-on-destroy",
    title="A bucket that is not empty cannot be destroyed",
    severity=Severity.HIGH,
    why="""With `forceDestroy`, a renamed bucket or a `pulumi destroy` in the wrong stack first deletes every
    object in it. Without it, Cloud Storage refuses to delete a bucket that is not empty.""",
    fix="Choose a profile that protects its data: the `Bucket` component then leaves `forceDestroy` off.",
    fix_raw="Set `forceDestroy` to false, or leave it out.",
    rows=(104,),
    types=[BUCKET],
)
def bucket_kept_on_destroy(bucket: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # The provider's default is false: https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/
    force = bucket["forceDestroy"]
    if force.flag(False):
        yield f"{force.path} is true: destroying or replacing the bucket deletes every object in it"
