"""Who releases a system: GitHub Actions, as an identity that holds no more than a release takes.

No federation is made where the settings name no repository. The release itself is not here.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.security.federation import GithubFederation
from components.security.releaser_role import ReleaserRole
from components.service.job import Job
from components.service.service import Service
from stacks.foundation import Foundation


def released_by_github(base: Foundation, *, services: Sequence[Service], jobs: Sequence[Job]) -> None:
    """Lets the settings' repository push images, release `services` and run `jobs`.

    It may run a job and not change it: what migrations are is decided by `up`, because they own the schema.
    """
    settings, env = base.settings, base.env
    if settings.github_repository_id is None or settings.github_owner_id is None:
        return
    role = ReleaserRole("releaser", env=env)
    GithubFederation(
        "github",
        env=env,
        repository_id=settings.github_repository_id,
        owner_id=settings.github_owner_id,
        branch=settings.github_branch,
        github_environment=settings.github_environment,
        deployer_uses=[
            base.registry.push(),
            *(service.deploy(role) for service in services),
            *(job.run() for job in jobs),
        ],
    )
