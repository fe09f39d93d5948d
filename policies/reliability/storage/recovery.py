"""An object that was deleted or replaced by mistake can be brought back.

Three things do it: soft delete, older versions, and a retention policy under which nothing can be deleted or
replaced at all. Any of them is enough for some days; only versions and retention last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.stores.buckets import (
    BUCKET,
    DAY_S,
    live_days,
    log_receivers,
    retention_s,
    soft_delete_s,
    version_days,
)
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


class Recovery(Settings):
    """How long a mistake may go unnoticed."""

    least_days: int = Field(
        default=7, ge=1, le=3650, description="Days in which an object can be brought back, at the least."
    )
    short_lived_days: int = Field(
        default=7,
        ge=0,
        le=3650,
        description="A bucket whose every object is deleted after so many days needs none of it.",
    )


@resource_policy(
    id="bucket-objects-recoverable",
    title="An object that was deleted or replaced can be brought back for some days",
    severity=Severity.HIGH,
    why="""A wrong path in a clean-up job deletes a bucket's objects in minutes; without soft delete, versions or
    retention they are gone before anybody looks.""",
    fix="Use the `Bucket` component, which has versions (or `retention`) and `soft_delete_days`.",
    fix_raw="""Set `softDeletePolicy.retentionDurationSeconds` to 604800 or more, `versioning.enabled` to true,
    or a `retentionPolicy`.""",
    rows=(98, 101),
    types=[BUCKET],
    settings=Recovery,
)
def bucket_objects_recoverable(bucket: Value, stack: Stack, settings: Recovery) -> Iterator[str]:
    if stack.disposable:
        return
    ways: tuple[Callable[[], bool], ...] = (
        lambda: soft_delete_s(bucket) >= settings.least_days * DAY_S,
        lambda: version_days(bucket) >= settings.least_days,
        lambda: retention_s(bucket) >= settings.least_days * DAY_S,
        lambda: live_days(bucket) <= settings.short_lived_days,
    )
    doubts = []
    for way in ways:
        try:
            if way():
                return
        except NotKnown as reason:
            doubts.append(reason)
    if doubts:
        raise doubts[0]
    yield (
        "softDeletePolicy, versioning and retentionPolicy are off, or shorter than "
        f"{settings.least_days} days: what is deleted or replaced by mistake is lost"
    )


@resource_policy(
    id="bucket-versioned",
    title="A bucket keeps older versions of its objects",
    severity=Severity.MEDIUM,
    # Soft delete restores too, for a shorter time and one object at a time: some are content with it.
    enforcement=Enforcement.ADVISORY,
    why="""With versions, what somebody replaced or deleted is still in the bucket, to be read and put back at
    once; soft delete alone keeps it for days, unseen and in no listing.""",
    fix="Use the `Bucket` component, which keeps versions unless it has `retention`.",
    fix_raw="Set `versioning.enabled` to true, with a life-cycle rule that deletes old versions.",
    rows=(98,),
    types=[BUCKET],
    settings=Recovery,
)
def bucket_versioned(bucket: Value, stack: Stack, settings: Recovery) -> Iterator[str]:
    # A bucket with folders can have no versions: https://cloud.google.com/storage/docs/hns-overview#limitations
    if stack.disposable or bucket.at("hierarchicalNamespace.enabled").flag(False):
        return
    # What receives access logs is written once.
    if bucket.resource.urn in stack.once(log_receivers):
        return
    versioning = bucket.at("versioning.enabled")
    if retention_s(bucket) > 0 or version_days(bucket) >= settings.least_days:
        return
    if live_days(bucket) <= settings.short_lived_days:
        return
    if versioning.flag(False):
        yield f"lifecycleRules delete an older version within {settings.least_days} days: versioning keeps nothing"
    else:
        said = "is false" if versioning.present else "is left out, which means false"
        yield f"{versioning.path} {said}: what is replaced or deleted is not in the bucket any more"
