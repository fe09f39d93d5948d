"""Requests from the internet pass Cloud Armor before they reach a backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.network.front import (
    BACKEND_BUCKET,
    BACKEND_SERVICE,
    REGION_BACKEND_SERVICE,
    is_external_backend,
)
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

ARMOR: Final = "gcp:compute/securityPolicy:SecurityPolicy"
REGION_ARMOR: Final = "gcp:compute/regionSecurityPolicy:RegionSecurityPolicy"


@resource_policy(
    id="lb-backend-behind-armor",
    title="Every backend of a public load balancer has a Cloud Armor policy",
    severity=Severity.HIGH,
    why="""A backend without one takes whatever is sent: injections, scanners, and floods that scale the service up
    and are paid for. One backend of many is enough; a policy on its neighbours does not cover it.""",
    fix="Route to the service by the `Edge` component: each `Backend` of it gets the edge's `ArmorPolicy`.",
    fix_raw="""Set `securityPolicy` on the backend service, or `edgeSecurityPolicy` on the backend bucket, to a
    Cloud Armor policy.""",
    rows=(128,),
    types=[BACKEND_SERVICE, REGION_BACKEND_SERVICE, BACKEND_BUCKET],
)
def backend_behind_armor(backend: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not is_external_backend(backend):
        return
    key = "edgeSecurityPolicy" if backend.resource.type == BACKEND_BUCKET else "securityPolicy"
    if not stack.is_given(backend[key], ARMOR, REGION_ARMOR):
        yield f"{key} is left out: requests from the internet reach this backend unfiltered"
