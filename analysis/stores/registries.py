"""Repositories of Artifact Registry."""

from __future__ import annotations

from typing import Final

from analysis.value import Value

REPOSITORY: Final = "gcp:artifactregistry/repository:Repository"
SERVICE: Final = "gcp:projects/service:Service"


def holds_images(repository: Value) -> bool:
    """Whether container images are pushed to it: a remote repository only fetches, a virtual one has none.

    The default mode is STANDARD_REPOSITORY:
    https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories#Mode
    """
    return is_of_images(repository) and repository["mode"].text("STANDARD_REPOSITORY") == "STANDARD_REPOSITORY"


def is_of_images(repository: Value) -> bool:
    """Whether its packages are container images."""
    return repository["format"].text("").upper() == "DOCKER"
