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


def environment_of(settings: SystemSettings) -> Environment:
    """The environment of the stack that the program runs for."""
    google = gcp.Provider(
        "google",
        project=settings.project_id,
        region=settings.region,
        # Named, though nothing here has a zone: what is left out is taken from whoever's GOOGLE_ZONE.
        zone="",
        # The budget API bills its calls to a project: https://cloud.google.com/billing/docs/reference/budget
        billing_project=settings.project_id,
        user_project_override=True,
    )
    # The daemon is whichever the machine has: Docker itself reads DOCKER_HOST. In the plan, or in the state, it
    # would replace the provider, and so the image, whenever another machine deploys.
    builder = docker_build.Provider("docker-build", host="", opts=pulumi.ResourceOptions(ignore_changes=["host"]))
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
