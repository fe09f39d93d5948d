"""Profiles: what staging and prod differ in, and nothing else does.

A profile holds sizes, availability, retention, protection and budget. A stack chooses one by name; components
get its values as arguments and never ask which one it was. Nothing in it is fixed when a stack is made: what would
replace data (the keys that encrypt it) is a setting of its own.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServiceSize(_Frozen):
    """Instances (count), vCPUs, memory (MiB), requests at once an instance."""

    least: int = Field(ge=0, le=1000)
    most: int = Field(ge=1, le=1000)
    cpu: int = 1
    memory_mib: int = 512
    concurrency: int = Field(default=80, ge=1, le=1000)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"the minimum of {self.least} instances exceeds the maximum of {self.most}")
        return self


class DatabaseSize(_Frozen):
    """Cloud SQL: machine tier, zones, read replicas, disk (GB), backups kept (count), log days for PITR."""

    tier: str
    highly_available: bool
    replicas: int = 0
    disk_gb: int = 10
    disk_limit_gb: int
    max_connections: int
    backups: int
    log_days: int


class CacheSize(_Frozen):
    """Memorystore for Valkey: node type, shards, replicas of each shard."""

    node_type: str
    shards: int = 1
    replicas: int = 0


class Profile(_Frozen):
    """Everything that depends on what an environment is for."""

    protect: bool
    frontend: ServiceSize
    api: ServiceSize
    worker: ServiceSize
    database: DatabaseSize
    cache: CacheSize
    nat_addresses: int
    log_days: int
    log_archive_days: int
    """Days that logs stay in BigQuery, for long-term analysis."""
    budget: tuple[int, int]
    """Monthly amounts in the billing account's currency: warning, critical."""


# Seeds: A1-A4 (instances), D1 (minimum 2 in prod, 0 in staging), D3 (shared CPU in staging), E13 (30 days of
# logs), E18 (budget 500 and 1000). A worker's memory is for ten of the longest recordings at once.
STAGING = Profile(
    protect=False,
    frontend=ServiceSize(least=0, most=2),
    api=ServiceSize(least=0, most=5),
    worker=ServiceSize(least=0, most=5, memory_mib=1024, concurrency=10),
    database=DatabaseSize(
        tier="db-f1-micro",
        highly_available=False,
        disk_limit_gb=50,
        max_connections=50,
        backups=7,
        log_days=3,
    ),
    cache=CacheSize(node_type="SHARED_CORE_NANO"),
    nat_addresses=1,
    log_days=30,
    log_archive_days=90,
    budget=(250, 500),
)
PROD = Profile(
    protect=True,
    frontend=ServiceSize(least=0, most=10),
    api=ServiceSize(least=2, most=50, cpu=1, memory_mib=512),
    worker=ServiceSize(least=0, most=30, memory_mib=1024, concurrency=10),
    database=DatabaseSize(
        tier="db-custom-4-16384",
        highly_available=True,
        replicas=1,
        disk_gb=50,
        disk_limit_gb=500,
        max_connections=500,
        backups=30,
        log_days=7,
    ),
    cache=CacheSize(node_type="HIGHMEM_MEDIUM", replicas=1),
    nat_addresses=2,
    log_days=30,
    log_archive_days=400,
    budget=(500, 1000),
)
PROFILES = {"staging": STAGING, "prod": PROD}


def overridden(profile: Profile, part: str, **values: Any) -> Profile:
    """`profile` with those `values` of one part that are not None; validated again."""
    given = {key: value for key, value in values.items() if value is not None}
    merged = profile.model_dump()
    merged[part] = {**merged[part], **given}
    return Profile.model_validate(merged)
