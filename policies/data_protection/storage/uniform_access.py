"""Access to a bucket is by IAM alone."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET
from analysis.value import Value
from policies.data_protection.storage.acls import ACLS
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="bucket-uniform-access",
    title="Access to a bucket is by IAM alone, without lists on single objects",
    severity=Severity.HIGH,
    why="""Beside IAM, an older bucket has a list of its own on each object. Whoever may write an object may
    publish it there, and no look at the bucket's IAM policy tells.""",
    fix="Use the `Bucket` component, whose access is by IAM alone; let a service say `bucket.read()`.",
    fix_raw="Set `uniformBucketLevelAccess` to true and replace access-control lists by `BucketIAMMember`.",
    rows=(97,),
    cis_4=("5.2",),
    cis_5=("5.2",),
    types=[BUCKET, *ACLS],
)
def bucket_uniform_access(value: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if value.resource.type != BUCKET:
        # Where access is uniform, Cloud Storage refuses them:
        # https://cloud.google.com/storage/docs/uniform-bucket-level-access#should-you-use
        yield "an access-control list takes effect only on a bucket whose access is not uniform"
        return
    # The default of provider and API is false:
    # https://cloud.google.com/storage/docs/json_api/v1/buckets#iamConfiguration.uniformBucketLevelAccess.enabled
    uniform = value["uniformBucketLevelAccess"]
    if not uniform.flag(False):
        said = "is false" if uniform.present else "is left out, which means false"
        yield f"{uniform.path} {said}: whoever writes an object may share it with anybody"
