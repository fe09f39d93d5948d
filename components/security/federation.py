"""GithubFederation: GitHub Actions acts on the system without any key, from one repository and one branch.

Google trusts a token by the numbers of the repository and of its owner (names can be taken over after a rename
or a deletion), by what started the run and by the branch. It releases: it does not run `pulumi up`, which needs
far more than any link grants, and it gives pull requests nothing unless a previewer is asked for.
https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import iam, serviceaccount

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access
from components.naming import Kind
from components.security.pipeline_identity import PipelineIdentity, refuse_private

ISSUER = "https://token.actions.githubusercontent.com"
"""https://docs.github.com/en/actions/reference/security/oidc, as are the claims below."""
STARTED_BY = ("push", "workflow_dispatch")
"""What may start a release. Not `pull_request_target`, `issue_comment` or `workflow_run`: their runs carry the
default branch's ref too, though an outsider starts them."""


class GithubFederation(Component):
    """A workload identity pool with one provider, and the identities that runs of one repository take on."""

    family: ClassVar[str] = "security"

    provider: iam.WorkloadIdentityPoolProvider
    provider_name: str
    """`projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`, which the
    workflow's authentication step asks for."""
    deployer: PipelineIdentity
    previewer: PipelineIdentity | None

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        repository_id: str,
        owner_id: str,
        branch: str = "main",
        github_environment: str | None = None,
        deployer_uses: Sequence[Access],
        previewer_uses: Sequence[Access] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`repository_id`, `owner_id`: GitHub's numbers (`gh api repos/OWNER/REPO --jq '.id, .owner.id'`).
        `branch`: the only one that releases. `github_environment`: the GitHub environment that a releasing job
        must run in, whose reviewers GitHub asks first. `previewer_uses`: what runs for pull requests of the
        repository itself may use; None for no such identity (GitHub gives a fork's run no token).

        ComponentError for a malformed number, branch or environment; LinkError for a use inside the VPC.
        """
        _check(repository_id=repository_id, owner_id=owner_id, branch=branch, environment=github_environment)
        for uses in (deployer_uses, previewer_uses or ()):
            refuse_private(name, uses)
        super().__init__(name, env=env, opts=opts)
        release = f"assertion.ref == 'refs/heads/{branch}' && assertion.event_name in {list(STARTED_BY)}"
        if github_environment is not None:
            release += f" && assertion.environment == '{github_environment}'"
        admitted = release
        if previewer_uses is not None:
            admitted = f"({release}) || assertion.event_name == 'pull_request'"
        pool_id = env.naming.name(Kind.IDENTITY_POOL, name, kept=True)
        self._pool_name = f"projects/{env.project_number}/locations/global/workloadIdentityPools/{pool_id}"
        pool = iam.WorkloadIdentityPool(
            name,
            workload_identity_pool_id=pool_id,
            project=env.project,
            display_name="GitHub Actions",
            description=f"Runs of GitHub repository {repository_id}.",
            opts=self.guarded(depends_on=list(env.apis)),
        )
        self.provider = iam.WorkloadIdentityPoolProvider(
            name,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=pool_id,
            project=env.project,
            display_name="GitHub Actions",
            description=f"Admits runs of repository {repository_id} on branch {branch}.",
            oidc=iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=ISSUER),
            attribute_mapping={
                # Google allows 127 characters here, and GitHub's own subject can be longer. Audit logs then
                # tell which run acted.
                "google.subject": "assertion.repository_id + '/' + assertion.run_id",
                "attribute.purpose": f"({release}) ? 'deploy' : 'preview'",
            },
            attribute_condition=(
                f"assertion.repository_id == '{repository_id}' && "
                f"assertion.repository_owner_id == '{owner_id}' && ({admitted})"
            ),
            opts=self.guarded(),
        )
        self.provider_name = f"{self._pool_name}/providers/{pool_id}"
        self.deployer = self._admit("deployer", "deploy", f"Releases from branch {branch}.", deployer_uses)
        self.previewer = (
            self._admit("previewer", "preview", "Previews pull requests.", previewer_uses)
            if previewer_uses is not None
            else None
        )
        self.register_outputs({"provider": self.provider_name})

    def _admit(self, who: str, purpose: str, description: str, uses: Sequence[Access]) -> PipelineIdentity:
        """The identity `who`, and the right of runs with this `purpose` to act as it."""
        name = f"{self.name}-{who}"
        pipeline = PipelineIdentity(name, env=self.env, description=description, uses=uses, opts=self.child())
        serviceaccount.IAMMember(
            f"{name}-federated",
            service_account_id=pipeline.identity.account_name,
            role="roles/iam.workloadIdentityUser",
            member=f"principalSet://iam.googleapis.com/{self._pool_name}/attribute.purpose/{purpose}",
            opts=self.child(depends_on=[self.provider]),
        )
        return pipeline


def _check(*, repository_id: str, owner_id: str, branch: str, environment: str | None) -> None:
    """The values go into a CEL expression as they are, so each has a pattern without quotes."""
    for what, value, pattern, example in (
        ("repository_id", repository_id, r"[1-9]\d*", "the number that `gh api repos/OWNER/REPO --jq .id` prints"),
        ("owner_id", owner_id, r"[1-9]\d*", "the number that `gh api repos/OWNER/REPO --jq .owner.id` prints"),
        ("branch", branch, r"[A-Za-z0-9][A-Za-z0-9._/-]*", "a branch without 'refs/heads/', e.g. main"),
        ("github_environment", environment, r"[A-Za-z0-9][A-Za-z0-9 ._-]*", "a name such as production"),
    ):
        if value is None:
            continue
        if not re.fullmatch(pattern, value) or value.startswith("refs/"):
            raise ComponentError(
                f"{what} is '{value}'",
                why="it is compared with GitHub's token, letter by letter, and decides who may deploy",
                fix=f"give {example}",
            )
