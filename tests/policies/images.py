"""Repositories of images and a project's APIs, for fixtures."""

from typing import Any

import pulumi
import pulumi_gcp as gcp


def repository(name: str, **more: Any) -> gcp.artifactregistry.Repository:
    """A repository of Artifact Registry, for container images unless said otherwise."""
    return gcp.artifactregistry.Repository(
        name, **{"repository_id": name, "location": "europe-west1", "format": "DOCKER", **more}
    )


def api(service: pulumi.Input[str], *, name: str = "api") -> gcp.projects.Service:
    """An API that the stack enables."""
    return gcp.projects.Service(name, service=service)
