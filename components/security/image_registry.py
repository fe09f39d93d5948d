"""ImageRegistry: the Docker repository that the system's images come from, and only they.

Tags cannot be moved, images are scanned (the Container Scanning API is enabled by `ProjectBaseline`), old ones go.
It builds nothing. Cloud Run needs no grant to pull from it: in its own project its service agent reads every
repository (https://cloud.google.com/run/docs/deploying#other-projects).
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import artifactregistry

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, Grant
from components.naming import Kind
from components.security.identity import Identity
from components.security.keys import DAY_S, EncryptionKey, key_or_error


class ImageRegistry(Component):
    """An Artifact Registry repository. Images are pushed and deployed by digest."""

    family: ClassVar[str] = "security"

    repository: artifactregistry.Repository
    path: pulumi.Output[str]
    """`<region>-docker.pkg.dev/<project>/<repository>`; an image is `<path>/<image>@sha256:…`."""

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        kept_versions: int = 20,
        untagged_days: int = 30,
        key: EncryptionKey | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`kept_versions`: the newest of each image, which are never deleted: as many releases as one may want to
        go back. `untagged_days`: the age in days from which other images without a tag are deleted
        (https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview: what one policy
        keeps, no other deletes).

        ComponentError for fewer than one version or day, or no key where the environment has its own.
        """
        for argument, value in (("kept_versions", kept_versions), ("untagged_days", untagged_days)):
            if value < 1:
                raise ComponentError(
                    f"{argument} is {value}",
                    why="a clean-up that keeps nothing deletes the images that are deployed",
                    fix=f"choose {argument} of at least 1",
                )
        key = key_or_error(name, env=env, key=key)
        super().__init__(name, env=env, opts=opts)
        self.repository = artifactregistry.Repository(
            name,
            repository_id=_repository_id(name, env=env),
            project=env.project,
            location=env.region,
            description="Images of this system: the only ones that Binary Authorization admits.",
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            docker_config=artifactregistry.RepositoryDockerConfigArgs(immutable_tags=True),
            cleanup_policies=[
                artifactregistry.RepositoryCleanupPolicyArgs(
                    id="keep-newest",
                    action="KEEP",
                    most_recent_versions=artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(
                        keep_count=kept_versions
                    ),
                ),
                artifactregistry.RepositoryCleanupPolicyArgs(
                    id="delete-untagged",
                    action="DELETE",
                    condition=artifactregistry.RepositoryCleanupPolicyConditionArgs(
                        tag_state="UNTAGGED", older_than=f"{untagged_days * DAY_S}s"
                    ),
                ),
            ],
            cleanup_policy_dry_run=False,
            # "Inherited" is on where the project's scanning API is; the field has no stronger value.
            vulnerability_scanning_config=artifactregistry.RepositoryVulnerabilityScanningConfigArgs(
                enablement_config="INHERITED"
            ),
            kms_key_name=key.id if key else None,
            labels=self.labels(),
            deletion_policy="PREVENT" if env.protect else None,
            opts=self.guarded(depends_on=[*(key.ready if key else ()), *env.apis]),
        )
        self.path = pulumi.Output.concat(
            env.region, "-docker.pkg.dev/", env.project, "/", self.repository.repository_id
        )
        self.register_outputs({"path": self.path})

    @staticmethod
    def path_of(name: str, *, env: Environment) -> str:
        """The path of the registry `name`, before it exists: Binary Authorization's policy names it."""
        return f"{env.region}-docker.pkg.dev/{env.project}/{_repository_id(name, env=env)}"

    def pull(self) -> Access:
        """Reading images: what deploys one must be able to
        (https://cloud.google.com/run/docs/deploying#permissions_required_to_deploy)."""
        return self._access("pull", "roles/artifactregistry.reader")

    def push(self) -> Access:
        """Adding images and reading them; deleting none."""
        return self._access("push", "roles/artifactregistry.writer")

    def _access(self, verb: str, role: str) -> Access:
        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return artifactregistry.RepositoryIamMember(
                name,
                project=self.env.project,
                location=self.env.region,
                repository=self.repository.name,
                role=role,
                member=identity.member,
                opts=opts,
            )

        return Access(verb=verb, target=self, grants=(Grant(key=f"{self.name}-{verb}", role=role, make=make),))


def _repository_id(name: str, *, env: Environment) -> str:
    return env.naming.name(Kind.REPOSITORY, name)
