"""No bucket can be made public, whatever anybody grants."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="bucket-public-access-prevented",
    title="A bucket refuses every grant to the public",
    severity=Severity.HIGH,
    why="""One grant to `allUsers`, made by hand years later, publishes every recording in a bucket. With public
    access prevention the grant is refused, or has no effect where it is already there.""",
    fix="Use the `Bucket` component, which always prevents it; publish through a service or a CDN.",
    fix_raw='Set `publicAccessPrevention` to "enforced".',
    rows=(96,),
    cis_4=("5.1",),
    cis_5=("5.1",),
    types=[BUCKET],
)
def bucket_public_access_prevented(bucket: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # The provider's default is "inherited": what the organisation says, which by default is nothing.
    # https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#publicaccessprevention_python
    prevention = bucket["publicAccessPrevention"]
    found = prevention.text("inherited")
    if found != "enforced":
        said = f"is '{found}'" if prevention.present else "is left out, which means 'inherited'"
        yield f"{prevention.path} {said}: one grant to allUsers would publish what is in the bucket"
