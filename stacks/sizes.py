"""From a profile's numbers to the arguments that components take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.database.postgres_settings import Availability, PostgresSize
from components.service.container import Container, ContainerSize
from components.service.service import Scaling
from stacks.profiles import DatabaseSize, ServiceSize


def container_of(
    size: ServiceSize,
    image: pulumi.Input[str],
    *,
    args: Sequence[str],
    variables: Mapping[str, pulumi.Input[str]] | None = None,
) -> Container:
    """A container of that size."""
    return Container(
        image=image,
        args=args,
        variables=variables or {},
        size=ContainerSize(cpu=size.cpu, memory_mib=size.memory_mib),
    )


def scaling_of(size: ServiceSize, *, timeout_s: int = 300) -> Scaling:
    """How that service scales."""
    return Scaling(least=size.least, most=size.most, concurrency=size.concurrency, timeout_s=timeout_s)


def postgres_size(size: DatabaseSize) -> PostgresSize:
    """The instance's sizes."""
    return PostgresSize(
        tier=size.tier,
        disk_gb=size.disk_gb,
        disk_limit_gb=size.disk_limit_gb,
        max_connections=size.max_connections,
        backups=size.backups,
        log_days=size.log_days,
    )


def postgres_availability(size: DatabaseSize) -> Availability:
    """Whether a standby takes over by itself."""
    return Availability.REGIONAL if size.highly_available else Availability.ZONAL
