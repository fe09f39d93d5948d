"""Databases for fixtures: what a case says nothing about is left out, as a program would leave it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_gcp as gcp

POSTGRES = "POSTGRES_17"


def disposable() -> None:
    """Makes the stack one that says that its data may be thrown away."""
    pulumi.ComponentResource("voicestack:security:ProjectBaseline", "project", {"disposable": True})


def instance(
    name: str,
    settings: Any = None,
    /,
    *,
    version: pulumi.Input[str] | None = POSTGRES,
    protect: bool | None = None,
    **more: Any,
) -> gcp.sql.DatabaseInstance:
    """A Cloud SQL instance; `settings` has the provider's keys (a tier is added)."""
    if isinstance(settings, Mapping):
        settings = {"tier": "db-custom-2-7680", **settings}
    return gcp.sql.DatabaseInstance(
        name,
        **{"name": name, "region": "europe-west1", "database_version": version, "settings": settings, **more},
        opts=pulumi.ResourceOptions(protect=protect),
    )


def replica(
    name: str, primary: pulumi.Input[str], settings: Any = None, /, **more: Any
) -> gcp.sql.DatabaseInstance:
    """A read replica of the instance that Google knows as `primary`."""
    return instance(name, settings or {}, master_instance_name=primary, **more)


def flags(**values: pulumi.Input[str] | None) -> dict[str, Any]:
    """Settings with database flags; two underscores in a name stand for the dot that Python does not allow."""
    return {
        "database_flags": [
            {"name": name.replace("__", "."), "value": value}
            for name, value in values.items()
            if value is not None
        ]
    }


def redis(name: str, /, **more: Any) -> gcp.redis.Instance:
    """A Memorystore for Redis instance."""
    return gcp.redis.Instance(name, **{"name": name, "memory_size_gb": 1, "region": "europe-west1", **more})


def cluster(name: str, /, **more: Any) -> gcp.redis.Cluster:
    """A Memorystore for Redis Cluster."""
    return gcp.redis.Cluster(
        name,
        **{"name": name, "shard_count": 3, "region": "europe-west1", "psc_configs": [{"network": "vpc"}], **more},
    )


def valkey(name: str, /, **more: Any) -> gcp.memorystore.Instance:
    """A Memorystore for Valkey instance."""
    return gcp.memorystore.Instance(
        name, **{"instance_id": name, "shard_count": 1, "location": "europe-west1", **more}
    )


def firestore(name: str, /, *, protect: bool | None = None, **more: Any) -> gcp.firestore.Database:
    """A Firestore database."""
    return gcp.firestore.Database(
        name,
        **{"name": name, "location_id": "europe-west1", "type": "FIRESTORE_NATIVE", **more},
        opts=pulumi.ResourceOptions(protect=protect),
    )
