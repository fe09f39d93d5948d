"""Cloud Storage's buckets: how long what is in them stays, and which of them get the others' logs.

Of life-cycle rules only those for every object count: one that is narrowed by a name, a class, a size or a date
says nothing about the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value

BUCKET: Final = "gcp:storage/bucket:Bucket"
DAY_S: Final = 86_400
_NARROWING: Final = (
    "matchesPrefixes",
    "matchesSuffixes",
    "matchesStorageClasses",
    "createdBefore",
    "customTimeBefore",
    "daysSinceCustomTime",
    "noncurrentTimeBefore",
    "sizeAboveBytes",
    "sizeBelowBytes",
)
_OF_VERSIONS: Final = ("daysSinceNoncurrentTime", "numNewerVersions")


def live_days(bucket: Value) -> float:
    """Days after which a rule has deleted any object that nobody touched; infinite where none does."""
    return min(
        (
            condition["age"].number(math.inf)
            for condition in _deletions(bucket, "LIVE")
            if not any(condition[key].present for key in _OF_VERSIONS)
        ),
        default=math.inf,
    )


def version_days(bucket: Value) -> float:
    """Days that a version stays after it was replaced or deleted, at the least; infinite where no rule takes it.

    0 without versions. A rule that takes live objects as well shortens nothing: what it takes was due anyway.
    """
    if not bucket.at("versioning.enabled").flag(False):
        return 0
    kept = (_kept(one) for one in _deletions(bucket, "ARCHIVED") if _state(one) == "ARCHIVED")
    return min(kept, default=math.inf)


def old_versions_go(bucket: Value) -> bool:
    """Whether a rule deletes versions that were replaced or deleted."""
    return any(True for _ in _deletions(bucket, "ARCHIVED"))


def retention_s(bucket: Value) -> float:
    """Seconds in which nobody can delete or replace an object; 0 without a retention policy."""
    return bucket.at("retentionPolicy.retentionPeriod").number(0)


def soft_delete_s(bucket: Value) -> float:
    """Seconds in which what was deleted for good can be restored.

    Google's default is seven days, and only a written 0 turns it off:
    https://cloud.google.com/storage/docs/soft-delete#default-policy
    """
    return bucket.at("softDeletePolicy.retentionDurationSeconds").number(7 * DAY_S)


def log_receivers(stack: Stack) -> frozenset[str]:
    """The URNs of the buckets that get another one's access logs; for `stack.once`."""
    found = set()
    for bucket in stack.of_type(BUCKET):
        try:
            targets = stack.referred(bucket.at("logging.logBucket"), BUCKET)
        except NotKnown:
            continue
        found |= {one.urn for one in targets if one.urn != bucket.resource.urn}
    return frozenset(found)


def _kept(condition: Value) -> float:
    # What replaced it counts as one that is newer; so long as that is the last, a larger count keeps it.
    # https://cloud.google.com/storage/docs/lifecycle#numnewerversions
    if condition["numNewerVersions"].number(0) > 1:
        return math.inf
    return condition["daysSinceNoncurrentTime"].number(0)


def _deletions(bucket: Value, state: str) -> Iterator[Value]:
    """The conditions of the rules that delete every object in `state`."""
    for rule in bucket["lifecycleRules"].items():
        condition = rule["condition"]
        if rule.at("action.type").text() != "Delete" or _state(condition) not in (state, "ANY"):
            continue
        if not any(condition[key].present and condition[key].raw != [] for key in _NARROWING):
            yield condition


def _state(condition: Value) -> str:
    # Left out, it matches both: https://cloud.google.com/storage/docs/lifecycle#islive
    return condition["withState"].text("ANY")
