"""From settings to the environment that components are given: providers, names, labels.

The providers are explicit: what is registered without one of them is refused in the stack files
(`pulumi:disable-default-providers`), so nothing can land in another project.
"""

from __future__ import annotations

import pulumi
import pulumi_docker_build as docker_build
import pulumi_gcp as gcp
import pulumi_random as random

from components.component import Environment
from components.naming import Naming
from stacks.settings import SystemSettings

DOCKER = "unix:///var/run/docker.sock"
"""The daemon that builds the image, on every machine the same: Docker's default on Linux
(https://docs.docker.com/reference/cli/dockerd/#daemon-socket-option)."""


def environment_of(settings: SystemSettings) -> Environment:
    """The environment of the stack that the program runs for."""
    google = gcp.Provider(
        "google",
        project=settings.project_id,
        region=settings.region,
        # Named, though nothing here asks for it: what is left out is taken from whoever's GOOGLE_ZONE. Each region
        # has a zone b: https://cloud.google.com/compute/docs/regions-zones#available
        zone=f"{settings.region}-b",
        # The budget API bills its calls to a project: https://cloud.google.com/billing/docs/reference/budget
        billing_project=settings.project_id,
        user_project_override=True,
    )
    # Left out, or empty, the address is taken from whoever's DOCKER_HOST into the state, by the provider too. A
    # machine with another would replace the provider, and with it the image. The alias keeps the image of a stack
    # that was made so.
    builder = docker_build.Provider(
        "docker", host=DOCKER, opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="docker-build")])
    )
    return Environment(
        naming=Naming(
            system=pulumi.get_project(),
            environment=settings.environment,
            project=settings.project_id,
            generation=settings.generation,
        ),
        project=settings.project_id,
        project_number=settings.project_number,
        region=settings.region,
        labels=settings.labels,
        providers=(google, random.Provider("random"), builder),
        protect=settings.size.protect and not settings.unlocked,
        disposable=not settings.size.protect,
        cmek=bool(settings.customer_keys),
    )
