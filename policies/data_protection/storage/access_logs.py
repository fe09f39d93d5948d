"""Who reads and writes a bucket's objects is logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.buckets import BUCKET, log_receivers
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Result, Settings, Severity, each, stack_policy

_AUDITS: Final = (
    "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    "gcp:folder/iamAuditConfig:IamAuditConfig",
    "gcp:organizations/iamAuditConfig:IamAuditConfig",
)
_SERVICES: Final = frozenset({"allServices", "storage.googleapis.com"})
_NEEDED: Final = frozenset({"DATA_READ", "DATA_WRITE"})


@stack_policy(
    id="bucket-access-logged",
    title="Reading and writing a bucket's objects is logged, and not into the bucket itself",
    severity=Severity.MEDIUM,
    # The audit configuration may be the organisation's, which no plan of a project shows.
    enforcement=Enforcement.ADVISORY,
    why="""After a leak the question is who fetched which recording. Google logs that only where the project's
    audit configuration asks for data access, or the bucket has access logs; both are off by default.""",
    fix="Make the `ProjectBaseline`, whose audit configuration asks for it; or give the `Bucket` an `access_log`.",
    fix_raw="Add an `IAMAuditConfig` with DATA_READ and DATA_WRITE, or set `logging.logBucket` to another bucket.",
    rows=(99,),
)
def bucket_access_logged(stack: Stack, settings: Settings) -> Iterator[Result]:
    doubt = _unaudited(stack)
    receiving = stack.once(log_receivers)

    def check(bucket: Value) -> Iterator[str]:
        log = bucket.at("logging.logBucket")
        if stack.is_given(log, BUCKET):
            if not log.is_unknown and log.raw == bucket["name"].text():
                yield f"{log.path} is the bucket itself: each log that is delivered is logged again"
        elif doubt is not None and bucket.resource.urn not in receiving:
            if isinstance(doubt, NotKnown):
                raise doubt
            yield f"{log.path} is left out and {doubt}: nobody can tell who fetched what"

    yield from each(stack.of_type(BUCKET), check)


def _unaudited(stack: Stack) -> str | NotKnown | None:
    """Why the stack's audit configuration does not tell who reads objects; None where it does."""
    logged: dict[str, set[str]] = {}
    doubt: NotKnown | None = None
    for audit in stack.of_type(*_AUDITS):
        try:
            if audit["service"].text() in _SERVICES:
                types = (config["logType"].text("") for config in audit["auditLogConfigs"].items())
                logged.setdefault(audit.resource.type, set()).update(types)
        except NotKnown as reason:
            doubt = reason
    if any(types >= _NEEDED for types in logged.values()):
        return None
    return doubt or "no audit configuration of this stack logs DATA_READ and DATA_WRITE of Cloud Storage"
