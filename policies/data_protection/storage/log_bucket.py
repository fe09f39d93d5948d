"""Logs that are exported to Cloud Storage cannot be deleted before their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET, retention_s
from analysis.value import Value
from plan.plan import Resource
from policies.engine.policy import Result, Settings, Severity, Unseen, each, resource_policy

_STORAGE: Final = "storage.googleapis.com/"
_SINKS: Final = (
    "gcp:logging/projectSink:ProjectSink",
    "gcp:logging/folderSink:FolderSink",
    "gcp:logging/organizationSink:OrganizationSink",
    "gcp:logging/billingAccountSink:BillingAccountSink",
)
_ELSEWHERE: Final = (
    "gcp:bigquery/dataset:Dataset",
    "gcp:pubsub/topic:Topic",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
)


@resource_policy(
    id="log-sink-bucket-locked",
    title="A bucket that receives logs from a sink has a locked retention policy",
    severity=Severity.MEDIUM,
    why="""Whoever breaks in deletes the traces. Under a retention policy nobody can delete an exported log
    before its time, and only a locked policy cannot be shortened first.""",
    fix="Make the bucket with `retention=Retention(days=..., locked=True)`; it can never be undone.",
    fix_raw="Set `retentionPolicy.retentionPeriod` and `retentionPolicy.isLocked` on the bucket.",
    rows=(102,),
    cis_4=("2.3",),
    cis_5=("2.4",),
    types=_SINKS,
)
def log_sink_bucket_locked(sink: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    # A locked bucket outlives the stack, which what may be thrown away must not.
    if stack.disposable or sink["disabled"].flag(False):
        return
    destination = sink["destination"]
    if destination.is_unknown:
        if stack.yielding(destination, *_ELSEWHERE):
            return
        buckets = stack.yielding(destination, BUCKET)
        if not buckets:
            destination.text()
    else:
        text = destination.text("")
        if not text.startswith(_STORAGE):
            return
        buckets = stack.named(BUCKET, text.removeprefix(_STORAGE))
        if not buckets:
            yield Unseen(sink.resource, f"{destination.path} is '{text}', a bucket that is not in this plan")
    yield from each(map(Value.of, buckets), lambda bucket: _locked(bucket, sink.resource))


def _locked(bucket: Value, sink: Resource) -> Iterator[str]:
    locked = bucket.at("retentionPolicy.isLocked")
    if retention_s(bucket) <= 0:
        yield f"retentionPolicy is left out: what the sink '{sink.name}' exports can be deleted at any time"
    elif not locked.flag(False):
        said = "is false" if locked.present else "is left out, which means false"
        yield f"{locked.path} {said}: the retention of what the sink '{sink.name}' exports can be taken away"
