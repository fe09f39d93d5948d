"""Cloud Run workloads and functions, each with what it needs at least, for fixtures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_gcp as gcp

PLACE = "europe-west1"
REPOSITORY = f"{PLACE}-docker.pkg.dev/acme/images"
IMAGE = f"{REPOSITORY}/app@sha256:{'a1' * 32}"
Given = Mapping[str, Any]


def container(**given: Any) -> dict[str, Any]:
    """A container, by default of an image that any policy accepts."""
    return {"image": IMAGE, **given}


def service(logical: str, template: Given | None = None, **given: Any) -> gcp.cloudrunv2.Service:
    """A service of the v2 API, named and placed as `given` says or by default."""
    made: Any = {"containers": [container()], **(template or {})}
    return gcp.cloudrunv2.Service(logical, **{"name": logical, "location": PLACE, "template": made, **given})


def job(name: str, task: Given | None = None, **given: Any) -> gcp.cloudrunv2.Job:
    """A job, its task's template given."""
    made: Any = {"template": {"containers": [container()], **(task or {})}}
    return gcp.cloudrunv2.Job(name, name=name, location=PLACE, template=made, **given)


def pool(name: str, template: Given | None = None, **given: Any) -> gcp.cloudrunv2.WorkerPool:
    """A worker pool."""
    made: Any = {"containers": [container()], **(template or {})}
    return gcp.cloudrunv2.WorkerPool(name, name=name, location=PLACE, template=made, **given)


def service_v1(
    name: str,
    spec: Given | None = None,
    *,
    notes: Any = None,
    revision_notes: Any = None,
    **given: Any,
) -> gcp.cloudrun.Service:
    """A service of the v1 API; `notes` are its annotations, `revision_notes` those of its template."""
    template: Any = {"spec": {"containers": [container()], **(spec or {})}}
    if revision_notes is not None:
        template["metadata"] = {"annotations": revision_notes}
    if notes is not None:
        given["metadata"] = {"annotations": notes}
    return gcp.cloudrun.Service(name, name=name, location=PLACE, template=template, **given)


def function(name: str, config: Given | None = None, **given: Any) -> gcp.cloudfunctionsv2.Function:
    """A function of the second generation."""
    made: Any = dict(config or {})
    return gcp.cloudfunctionsv2.Function(name, name=name, location=PLACE, service_config=made, **given)


def function_v1(name: str, **given: Any) -> gcp.cloudfunctions.Function:
    """A function of the first generation."""
    return gcp.cloudfunctions.Function(name, name=name, runtime="python312", region=PLACE, **given)
