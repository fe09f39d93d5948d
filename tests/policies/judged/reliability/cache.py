"""Caches by what becomes of them and of what is in them after an accident."""

from typing import Any

import pulumi

from policies.reliability.cache.durability import cache_availability, cache_guard, cache_persistence
from policies.reliability.cache.supported_version import cache_version
from tests.policies.databases import cluster, disposable, redis, valkey
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    cache_guard,
    {
        "good-redis": PASSED,
        "good-valkey": PASSED,
        "bad-redis": VIOLATED,
        "bad-cluster": VIOLATED,
        "bad-valkey": VIOLATED,
        "absent-redis-is-on-by-default": PASSED,
        "absent-cluster-is-on-by-default": PASSED,
        "absent-valkey-is-on-by-default": PASSED,
        "unknown": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def guarded() -> None:
    redis("good-redis", deletion_protection=True)
    valkey("good-valkey", deletion_protection_enabled=True)
    redis("bad-redis", deletion_protection=False)
    cluster("bad-cluster", deletion_protection_enabled=False)
    valkey("bad-valkey", deletion_protection_enabled=False)
    redis("absent-redis-is-on-by-default")
    cluster("absent-cluster-is-on-by-default")
    valkey("absent-valkey-is-on-by-default")
    valkey("unknown", deletion_protection_enabled=unknown("other").apply(bool))
    cluster("secret", deletion_protection_enabled=pulumi.Output.secret(True))


@judged(
    cache_availability,
    {
        "good-redis": PASSED,
        "good-cluster": PASSED,
        "good-valkey": PASSED,
        "bad-redis": VIOLATED,
        "bad-cluster": VIOLATED,
        "bad-valkey": VIOLATED,
        "bad-replicas-in-one-zone": VIOLATED,
        "absent-redis": VIOLATED,
        "absent-cluster": VIOLATED,
        "absent-valkey": VIOLATED,
        "unknown-redis": NOT_EVALUATED,
        "unknown-valkey": NOT_EVALUATED,
        "secret-cluster": NOT_EVALUATED,
    },
)
def available() -> None:
    redis("good-redis", tier="STANDARD_HA")
    cluster("good-cluster", replica_count=1)
    valkey("good-valkey", replica_count=1, zone_distribution_config={"mode": "MULTI_ZONE"})
    redis("bad-redis", tier="BASIC")
    cluster("bad-cluster", replica_count=0)
    valkey("bad-valkey", replica_count=0)
    valkey("bad-replicas-in-one-zone", replica_count=2, zone_distribution_config={"mode": "SINGLE_ZONE"})
    redis("absent-redis")
    cluster("absent-cluster")
    valkey("absent-valkey")
    redis("unknown-redis", tier=unknown("a"))
    valkey("unknown-valkey", replica_count=unknown("b").apply(len))
    cluster("secret-cluster", replica_count=pulumi.Output.secret(1))


KEEPING = {"maxmemory-policy": "noeviction"}


def _rdb(mode: pulumi.Input[str]) -> dict[str, Any]:
    return {"persistence_config": {"mode": mode}}


@judged(
    cache_persistence,
    {
        "good-cache-without": PASSED,
        "good-redis": PASSED,
        "good-cluster-with-a-log": PASSED,
        "good-valkey-with-snapshots": PASSED,
        "good-valkey-with-backups": PASSED,
        "bad-redis": VIOLATED,
        "bad-cluster": VIOLATED,
        "bad-valkey": VIOLATED,
        "absent-eviction": PASSED,
        "absent-persistence": VIOLATED,
        "unknown-mode": NOT_EVALUATED,
        "secret-mode": NOT_EVALUATED,
    },
)
def persistent() -> None:
    valkey("good-cache-without", engine_configs={"maxmemory-policy": "allkeys-lru"}, **_rdb("DISABLED"))
    redis("good-redis", redis_configs=KEEPING, persistence_config={"persistence_mode": "RDB"})
    cluster("good-cluster-with-a-log", redis_configs=KEEPING, **_rdb("AOF"))
    valkey("good-valkey-with-snapshots", engine_configs=KEEPING, **_rdb("RDB"))
    backups = {"fixed_frequency_schedule": {"start_time": {"hours": 1}}, "retention": "604800s"}
    valkey("good-valkey-with-backups", engine_configs=KEEPING, automated_backup_config=backups)
    redis("bad-redis", redis_configs=KEEPING, persistence_config={"persistence_mode": "DISABLED"})
    cluster("bad-cluster", redis_configs=KEEPING, **_rdb("DISABLED"))
    valkey("bad-valkey", engine_configs=KEEPING, **_rdb("DISABLED"))
    valkey("absent-eviction")
    valkey("absent-persistence", engine_configs=KEEPING)
    valkey("unknown-mode", engine_configs=KEEPING, **_rdb(unknown()))
    valkey("secret-mode", engine_configs=KEEPING, **_rdb(pulumi.Output.secret("RDB")))


@judged(
    cache_version,
    {
        "good-redis": PASSED,
        "good-valkey": PASSED,
        "good-valkey-of-2026": PASSED,
        "good-valkey-of-tomorrow": PASSED,
        "bad-redis": VIOLATED,
        "bad-redis-6": VIOLATED,
        "absent-redis-is-new-enough": PASSED,
        "absent-valkey-is-new-enough": PASSED,
        "unknown": NOT_EVALUATED,
        "unknown-to-google": NOT_EVALUATED,
        "secret": NOT_EVALUATED,
    },
)
def versions() -> None:
    redis("good-redis", redis_version="REDIS_7_2")
    valkey("good-valkey", engine_version="VALKEY_7_2")
    valkey("good-valkey-of-2026", engine_version="VALKEY_9_1")
    valkey("good-valkey-of-tomorrow", engine_version="VALKEY_10_0")
    redis("bad-redis", redis_version="REDIS_5_0")
    redis("bad-redis-6", redis_version="REDIS_6_X")
    redis("absent-redis-is-new-enough")
    valkey("absent-valkey-is-new-enough")
    valkey("unknown", engine_version=unknown("other"))
    redis("unknown-to-google", redis_version="seven")
    redis("secret", redis_version=pulumi.Output.secret("REDIS_7_2"))


@judged(cache_guard, {"good-without": PASSED})
@judged(cache_availability, {"good-without": PASSED})
@judged(cache_persistence, {"good-without": PASSED})
def good_disposable() -> None:
    disposable()
    valkey("good-without", deletion_protection_enabled=False, engine_configs=KEEPING)
