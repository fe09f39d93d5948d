"""Logs are there when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

# https://www.pulumi.com/registry/packages/gcp/api-docs/logging/projectbucketconfig/ ("retentionDays")
_DEFAULT: Final = 30
_GOOGLES: Final = ("_Default", "_Required")


class Retention(Settings):
    """What may be set."""

    least_days: int = Field(
        default=30, ge=1, le=3650, description="Days that each log bucket must keep its entries."
    )
    locked: bool = Field(
        default=False,
        description="Whether log buckets must be locked. That is for ever: a locked bucket, and its project with "
        "it, can be deleted only when it is empty.",
    )


@resource_policy(
    id="log-bucket-keeps-long-enough",
    title="A log bucket keeps its entries as long as they may be asked for",
    severity=Severity.MEDIUM,
    settings=Retention,
    why="""Break-ins are found weeks later. What was logged before is then gone, and with it how they came in. What
    administrators do is kept for 400 days in a bucket that nobody can change; what everybody else did is not.""",
    fix="Raise `retention_days` of the `LogArchive` (`log_days` of the profile), or give it `lock=Lock.LOCKED`.",
    fix_raw="Set `retentionDays` to 30 or more, and `locked` where the retention must not be shortened.",
    rows=(172,),
    cis_4=("2.3",),
    cis_5=("2.4",),
    types=[
        "gcp:logging/projectBucketConfig:ProjectBucketConfig",
        "gcp:logging/folderBucketConfig:FolderBucketConfig",
        "gcp:logging/organizationBucketConfig:OrganizationBucketConfig",
        "gcp:logging/billingAccountBucketConfig:BillingAccountBucketConfig",
    ],
)
def keeps_long_enough(bucket: Value, stack: Stack, settings: Retention) -> Iterator[str]:
    if stack.disposable:
        return
    days = bucket["retentionDays"].number(_DEFAULT) or _DEFAULT
    if not days >= settings.least_days:
        yield f"retentionDays is {days:g}: entries are gone after that, {settings.least_days} days are asked for"
    own = bucket["bucketId"].is_unknown or bucket["bucketId"].text("") not in _GOOGLES
    if settings.locked and own and not bucket["locked"].flag(False):
        yield "locked is not true: whoever administers logging can shorten what is kept"
