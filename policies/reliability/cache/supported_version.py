"""A cache runs a version that still gets fixes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.caches import REDIS, VALKEY
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_OLDEST_REDIS: Final = (7, 0)
"""Google offers older ones, but last patched them in 2022:
https://cloud.google.com/memorystore/docs/redis/supported-versions (2026-11)."""
_OLDEST_VALKEY: Final = (7, 2)
"""https://cloud.google.com/memorystore/docs/valkey/supported-versions (2026-11)."""
_VERSION: Final = re.compile(r"(?:REDIS|VALKEY)_(\d{1,2})_(\d{1,2}|X)", re.ASCII)


@resource_policy(
    id="cache-supported-version",
    title="A Redis or Valkey cache runs a version that still gets fixes",
    severity=Severity.LOW,
    why="""Redis before 7.0 gets fixes from nobody: its makers ended it, and Google's last patches are of 2022 and
    before. An upgrade in place is one setting.""",
    fix="Use the `Valkey` component, which knows supported versions only.",
    fix_raw="Set `redisVersion` to REDIS_7_2, or leave it out.",
    rows=(78, 80),
    enforcement=Enforcement.ADVISORY,
    # A Redis cluster has no such input: Google keeps one version of it.
    types=[REDIS, VALKEY],
)
def cache_version(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    redis = cache.resource.type == REDIS
    version = cache["redisVersion" if redis else "engineVersion"]
    said = version.text()
    # Left out, it is Google's default, which is new enough for both: Redis 7.0 and Valkey 9.1.
    # https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances and
    # https://cloud.google.com/memorystore/docs/valkey/supported-versions
    if said is None:
        return
    found = _VERSION.fullmatch(said)
    if found is None:
        raise NotKnown(version.path, "is no version of Redis or Valkey that Google names")
    oldest = _OLDEST_REDIS if redis else _OLDEST_VALKEY
    if (int(found[1]), 0 if found[2] == "X" else int(found[2])) < oldest:
        yield f"{version.path} is {said}, older than {'.'.join(map(str, oldest))}: it gets no more fixes"
