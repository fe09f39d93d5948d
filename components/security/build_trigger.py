"""BuildTrigger: Cloud Build runs the repository's build file when a branch is pushed, as an identity of its own.

The connection to GitHub is made by hand (a GitHub app must be installed) and given by name. Cloud Build runs as a
service account directly: there is no federation here. A build that runs as a chosen service account must say where
its logs go, and a trigger cannot say it for a build file: the file needs `options: {logging: CLOUD_LOGGING_ONLY}`
(https://cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import cloudbuild

from components.component import Component, Environment, urn_of
from components.errors import ComponentError
from components.links import Access
from components.naming import Kind
from components.security.pipeline_identity import PipelineIdentity, refuse_private
from components.security.project_roles import project_grant

_REPOSITORY = r"projects/[^/]+/locations/(?P<location>[a-z0-9-]+)/connections/[^/]+/repositories/[^/]+"


class BuildTrigger(Component):
    """A push trigger on a second-generation repository connection."""

    family: ClassVar[str] = "security"

    trigger: cloudbuild.Trigger
    pipeline: PipelineIdentity

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        repository: str,
        branch: str = "main",
        build_file: str = "cloudbuild.yaml",
        included_files: Sequence[str] = (),
        substitutions: Mapping[str, pulumi.Input[str]] | None = None,
        approval: bool,
        uses: Sequence[Access],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`repository`: `projects/<p>/locations/<l>/connections/<c>/repositories/<r>`. `build_file`: its path in
        the repository. `included_files`: glob patterns; only a push that changes one of them starts a build
        (none: any push does). `substitutions`: values for the build file; a key begins with `_`
        (https://cloud.google.com/build/docs/build-push-docker-image#substitutions). `approval`: a person lets
        each build run first. `uses`: what the build may do, e.g. `[registry.push(), api.deploy()]`.

        ComponentError for a malformed repository, branch or substitution; LinkError for a use inside the VPC.
        """
        location = _checked_location(repository)
        _check(branch=branch, substitutions=substitutions or {})
        refuse_private(name, uses)
        super().__init__(name, env=env, opts=opts)
        self.pipeline = PipelineIdentity(
            f"{name}-build",
            env=env,
            description=f"Runs the Cloud Build builds of trigger {name}.",
            uses=[_write_logs(env), *uses],
            opts=self.child(),
        )
        self.trigger = cloudbuild.Trigger(
            name,
            name=env.naming.name(Kind.BUILD_TRIGGER, name),
            project=env.project,
            # A trigger must be where its connection is.
            location=location,
            description=f"Builds branch {branch} by {build_file}.",
            repository_event_config=cloudbuild.TriggerRepositoryEventConfigArgs(
                repository=repository,
                push=cloudbuild.TriggerRepositoryEventConfigPushArgs(branch=f"^{branch.replace('.', '[.]')}$"),
            ),
            filename=build_file,
            included_files=list(included_files) or None,
            substitutions=dict(substitutions) if substitutions else None,
            service_account=self.pipeline.identity.account_name,
            approval_config=cloudbuild.TriggerApprovalConfigArgs(approval_required=approval),
            # A trigger takes no labels.
            tags=[env.naming.system, env.naming.environment, name],
            opts=self.child(depends_on=[*self.pipeline.grants, *env.apis]),
        )
        self.register_outputs({"trigger": self.trigger.trigger_id})


def _write_logs(env: Environment) -> Access:
    """Writing the build's own log, which no entity offers."""
    return Access(
        verb="write logs",
        target=urn_of("pulumi:pulumi:Stack", f"{pulumi.get_project()}-{pulumi.get_stack()}"),
        grants=(project_grant(env.project, key="write-logs", role="roles/logging.logWriter"),),
    )


def _checked_location(repository: str) -> str:
    """The location of the connection's repository; ComponentError if it is no such name."""
    found = re.fullmatch(_REPOSITORY, repository)
    if not found:
        raise ComponentError(
            f"repository is '{repository}'",
            why="a trigger needs a repository of a second-generation connection",
            fix="give projects/<p>/locations/<l>/connections/<c>/repositories/<r>, as "
            "`gcloud builds repositories list --connection=<c> --region=<l>` prints it",
        )
    return found["location"]


def _check(*, branch: str, substitutions: Mapping[str, object]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", branch):
        raise ComponentError(
            f"branch is '{branch}'",
            why="it becomes part of a regular expression that decides what is built and deployed",
            fix="give one branch by its name, e.g. main",
        )
    for key in substitutions:
        if not re.fullmatch(r"_[A-Z0-9_]+", key):
            raise ComponentError(
                f"a substitution is called '{key}'",
                why="Cloud Build takes user-defined ones of the form _NAME only",
                fix="begin it with an underscore, in capitals",
            )
