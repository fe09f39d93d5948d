"""Nothing builds on Container Registry, which Google has shut down."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.registries import SERVICE
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_API = "containerregistry.googleapis.com"


@resource_policy(
    id="no-container-registry",
    title="Nothing builds on Container Registry",
    severity=Severity.MEDIUM,
    why="""Container Registry has taken no image since March 2025. It kept images in a bucket whose readers were
    those of every image, and no grant could be on one repository.""",
    fix="Use the `ImageRegistry` component.",
    fix_raw="Make an `artifactregistry.Repository`, in the region where the images run.",
    rows=(124,),
    types=["gcp:container/registry:Registry", SERVICE],
)
def no_container_registry(value: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr
    if value.resource.type != SERVICE:
        yield "this is a registry of Container Registry, which Google has shut down"
    elif value["service"].text() == _API:
        yield f"service is '{_API}': the API of Container Registry, which Google has shut down"
