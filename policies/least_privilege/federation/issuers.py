"""Issuers of tokens that strangers get tokens from too, and the claims by which one's own are told from theirs.

Everybody may have a repository on GitHub, and its runs get tokens of the same issuer as ours. What tells them
apart is whose they are: not the branch, the environment, the workflow's name or the event, which others share.
https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

END: Final = "\n"
"""Stands after a value that is compared as a whole, and not after the beginning of one."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer of many parties' tokens.

    A claim tells whose a token is where its value, or its beginning, matches the claim's pattern. `lasting` has
    those that can be taken over by nobody: a name is free again after a rename or a deletion, a number is not.
    """

    name: str
    whose: str
    """Who else gets its tokens, in words."""
    address: re.Pattern[str]
    claims: Mapping[str, re.Pattern[str]]
    lasting: Mapping[str, re.Pattern[str]]


def _issuer(name: str, whose: str, address: str, lasting: Mapping[str, str], named: Mapping[str, str]) -> Issuer:
    kept = {claim: re.compile(pattern) for claim, pattern in lasting.items()}
    others = {claim: re.compile(pattern) for claim, pattern in named.items()}
    # A pattern of names takes what has numbers too.
    return Issuer(name, whose, re.compile(address), {**kept, **others}, kept)


_WHOLE: Final = rf"[^{END}]+{END}"
_IN_FOLDER: Final = r"[^/\n]+/"
"""`acme/…`: what begins with `acme` alone may be `acme-evil/…`."""

SHARED: Final = (
    # https://docs.github.com/en/actions/reference/security/oidc. Not `job_workflow_ref`: whoever may read a
    # reusable workflow may call it. Repositories made since July 2026 have both numbers in `sub`:
    # https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
    _issuer(
        "GitHub",
        "every repository on GitHub",
        r"https://token\.actions\.githubusercontent\.com(/.*)?",
        {
            "repository_id": _WHOLE,
            "repository_owner_id": _WHOLE,
            "enterprise_id": _WHOLE,
            "sub": r"repo:[^/:@\n]+@\d+/|repository(_owner)?_id:\d+[:\n]",
        },
        {
            "repository": _IN_FOLDER,
            "repository_owner": _WHOLE,
            "enterprise": _WHOLE,
            "workflow_ref": _IN_FOLDER,
            "sub": r"repo(sitory)?:[^/:\n]+/|repository_owner:[^:\n]+[:\n]|repository(_owner)?_id:\d+[:\n]",
        },
    ),
    # https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
    _issuer(
        "GitLab.com",
        "every project on GitLab.com",
        r"https://gitlab\.com",
        {"namespace_id": _WHOLE, "project_id": _WHOLE},
        {
            "namespace_path": r"[^/\n]+[/\n]",
            "project_path": _IN_FOLDER,
            "sub": r"project_path:[^/:\n]+/",
        },
    ),
    # https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
    _issuer(
        "Bitbucket",
        "every repository of the workspace",
        r"https://api\.bitbucket\.org/2\.0/workspaces/.*",
        {"repositoryUuid": _WHOLE, "workspaceUuid": _WHOLE, "sub": r"\{[^{}\n]+\}:"},
        {},
    ),
    # https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
    _issuer(
        "Terraform Cloud",
        "every organisation on Terraform Cloud",
        r"https://app(\.eu)?\.terraform\.io",
        {
            "terraform_organization_id": _WHOLE,
            "terraform_project_id": _WHOLE,
            "terraform_workspace_id": _WHOLE,
        },
        {
            "terraform_organization_name": _WHOLE,
            "terraform_full_workspace": r"organization:[^:\n]+:",
            "sub": r"organization:[^:\n]+:",
        },
    ),
    # https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
    _issuer(
        "Google",
        "everybody with a Google account",
        r"(https://)?accounts\.google\.com",
        {"sub": _WHOLE, "azp": _WHOLE},
        {"email": _WHOLE, "hd": _WHOLE},
    ),
    # https://firebase.google.com/docs/auth/admin/verify-id-tokens
    _issuer(
        "Firebase", "whoever signs up to the app", r"https://securetoken\.google\.com/.*", {"sub": _WHOLE}, {}
    ),
    # https://buildkite.com/docs/agent/cli/reference/oidc
    _issuer(
        "Buildkite",
        "every organisation on Buildkite",
        r"https://agent\.buildkite\.com",
        {"organization_id": _WHOLE, "pipeline_id": _WHOLE},
        {"organization_slug": _WHOLE, "sub": r"organization:[^:\n]+:"},
    ),
    # https://circleci.com/docs/openid-connect-tokens/
    _issuer(
        "CircleCI",
        "every project of the organisation",
        r"https://oidc\.circleci\.com/org/.*",
        {
            "oidc.circleci.com/org-id": _WHOLE,
            "oidc.circleci.com/project-id": _WHOLE,
            "aud": _WHOLE,
            "sub": r"org/[^/\n]+/",
        },
        {},
    ),
    # https://learn.microsoft.com/en-us/rest/api/azure/devops/distributedtask/oidctoken/create; the claims of a
    # pipeline (p://) and a service connection (sc://) stand in https://github.com/gravitational/teleport/tree/master/rfd
    _issuer(
        "Azure DevOps",
        "every project of the organisation",
        r"https://vstoken\.dev\.azure\.com/.*",
        {"org_id": _WHOLE, "prj_id": _WHOLE},
        {"sub": r"(p|sc)://[^/\n]+/"},
    ),
    # https://vercel.com/docs/oidc/reference
    _issuer(
        "Vercel",
        "every team on Vercel",
        r"https://oidc\.vercel\.com(/.*)?",
        {"owner_id": _WHOLE, "project_id": _WHOLE},
        {"owner": _WHOLE, "sub": r"owner:[^:\n]+:"},
    ),
    # https://www.pulumi.com/docs/administration/access-identity/oidc-client/
    _issuer(
        "Pulumi Cloud",
        "every organisation on Pulumi Cloud",
        r"https://api\.pulumi\.com/oidc",
        {},
        {"organization": _WHOLE, "sub": r"pulumi:[a-z]+:org:[^:\n]+:"},
    ),
)


def shared_issuer(address: str) -> Issuer | None:
    """The issuer at the address, if it is one that issues tokens to many parties."""
    plain = address.strip().lower().rstrip("/")
    return next((one for one in SHARED if one.address.fullmatch(plain)), None)
