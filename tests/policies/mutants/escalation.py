"""Grants by which one identity becomes another, or takes the project."""

from __future__ import annotations

from tests.policies.mutants.grantees import (
    ON_ACCOUNT,
    ON_PROJECT,
    ON_SERVICE,
    email,
    member,
    on_account,
    on_project,
    project,
    with_permission,
)
from tests.policies.mutation import Draft, mutant

BECOMES = "identity-becomes-declared-only"
TAKES = "project-not-to-be-taken"
ACT_AS = "roles/iam.serviceAccountUser"
TOKENS = "roles/iam.serviceAccountTokenCreator"


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "service-account-tokens-for-few",
    ),
)
def the_frontend_makes_tokens_of_the_worker(draft: Draft) -> None:
    on_account(draft, "worker", member(draft, "frontend"), TOKENS)


@mutant(
    BECOMES,
    stack="staging",
    also=(
        "access-within-declared-uses",
        "service-account-tokens-for-few",
    ),
)
def the_api_makes_id_tokens_of_the_push_identity(draft: Draft) -> None:
    on_account(draft, "jobs-invoker", member(draft, "api"), "roles/iam.serviceAccountOpenIdTokenCreator")


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "service-account-tokens-for-few",
    ),
)
def the_frontend_becomes_the_releaser(draft: Draft) -> None:
    on_account(draft, "github-deployer", member(draft, "frontend"), "roles/iam.workloadIdentityUser")


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "iam-no-impersonation-at-large",
    ),
)
def the_worker_makes_tokens_of_everybody(draft: Draft) -> None:
    on_project(draft, "worker", TOKENS)


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
        "service-account-tokens-for-few",
    ),
)
def the_api_makes_keys(draft: Draft) -> None:
    on_account(draft, "migrate", member(draft, "api"), "roles/iam.serviceAccountKeyAdmin")


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_worker_administers_an_account(draft: Draft) -> None:
    on_account(draft, "api", member(draft, "worker"), "roles/iam.serviceAccountAdmin")


@mutant(BECOMES, also=("access-within-declared-uses",))
def the_api_enqueues_as_the_worker(draft: Draft) -> None:
    on_account(draft, "worker", member(draft, "api"), ACT_AS)


@mutant(BECOMES, stack="staging", also=("access-within-declared-uses",))
def the_releaser_deploys_as_the_migrations(draft: Draft) -> None:
    on_account(draft, "migrate", member(draft, "github-deployer"), ACT_AS)


@mutant(
    BECOMES,
    also=(
        "grant-on-declared-target",
        "iam-no-impersonation-at-large",
    ),
)
def the_releaser_deploys_as_anybody(draft: Draft) -> None:
    on_project(draft, "github-deployer", ACT_AS)


@mutant(BECOMES, also=("access-within-declared-uses",))
def the_queue_can_open_a_shell_in_the_worker(draft: Draft) -> None:
    draft.inputs(ON_SERVICE, "webhooks-worker-invoke")["role"] = "roles/run.developer"


@mutant(
    BECOMES,
    also=(
        "access-within-declared-uses",
        "declared-access-granted",
    ),
)
def the_releaser_runs_the_migrations_with_other_arguments(draft: Draft) -> None:
    role = "roles/run.jobsExecutorWithOverrides"
    draft.inputs("cloudrunv2/jobIamMember:JobIamMember", "github-deployer-migrate-run")["role"] = role


@mutant(
    BECOMES,
    also=(
        "custom-role-cannot-escalate",
        "grant-on-declared-target",
        "iam-no-impersonation-at-large",
    ),
)
def a_custom_role_makes_tokens(draft: Draft) -> None:
    with_permission(draft, "gemini", "iam.serviceAccounts.getAccessToken")


@mutant(
    BECOMES,
    stack="staging",
    also=(
        "custom-role-cannot-escalate",
        "grant-on-declared-target",
        "iam-no-impersonation-at-large",
    ),
)
def a_custom_role_signs(draft: Draft) -> None:
    with_permission(draft, "gemini", "iam.serviceAccounts.signBlob")


@mutant(
    BECOMES,
    also=(
        "custom-role-cannot-escalate",
        "grant-on-declared-target",
        "iam-workload-cannot-escalate",
    ),
)
def a_custom_role_makes_hmac_keys(draft: Draft) -> None:
    with_permission(draft, "releaser-follower", "storage.hmacKeys.create")


@mutant(
    BECOMES,
    also=(
        "custom-role-cannot-escalate",
        "iam-workload-cannot-escalate",
    ),
)
def a_custom_role_says_whom_the_pool_admits(draft: Draft) -> None:
    with_permission(draft, "gemini", "iam.googleapis.com/workloadIdentityPoolProviders.update")


@mutant(
    BECOMES,
    also=(
        "federation-no-whole-pool",
        "secret-blast-radius",
    ),
)
def all_of_the_pool_becomes_the_releaser(draft: Draft) -> None:
    federated = draft.inputs(ON_ACCOUNT, "github-deployer-federated")
    federated["member"] = federated["member"].partition("/attribute.")[0] + "/*"


@mutant(BECOMES, stack="staging", also=("federation-one-way-each",))
def the_pool_becomes_the_migrations(draft: Draft) -> None:
    federated = draft.inputs(ON_ACCOUNT, "github-deployer-federated")["member"]
    on_account(draft, "migrate", federated, "roles/iam.workloadIdentityUser")


@mutant(BECOMES)
def a_pool_of_elsewhere_becomes_the_releaser(draft: Draft) -> None:
    other = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/attribute.a/b"
    on_account(draft, "github-deployer", other, "roles/iam.workloadIdentityUser")


@mutant(
    BECOMES,
    also=(
        "iam-elevated-grant-ends",
        "secret-blast-radius",
    ),
)
def a_group_makes_tokens_of_the_worker(draft: Draft) -> None:
    on_account(draft, "worker", "group:developers@acme.example", TOKENS)


@mutant(BECOMES, also=("service-agent-nothing-wider",))
def the_agent_of_pub_sub_makes_tokens_of_the_api(draft: Draft) -> None:
    agent = draft.inputs(ON_ACCOUNT, "jobs-sign")["member"]
    on_account(draft, "api", agent, TOKENS)


@mutant(
    BECOMES,
    stack="staging",
    also=(
        "iam-no-impersonation-at-large",
        "service-agent-nothing-wider",
    ),
)
def the_agent_of_pub_sub_makes_tokens_of_everybody(draft: Draft) -> None:
    agent = draft.inputs(ON_ACCOUNT, "jobs-sign")["member"]
    draft.grant(ON_PROJECT, "slipped-in", TOKENS, agent, project=project(draft))


@mutant(
    BECOMES,
    also=(
        "service-agent-may-do-its-part",
        "service-agent-nothing-wider",
    ),
)
def the_transfer_agent_makes_tokens_of_the_worker(draft: Draft) -> None:
    transfers = draft.inputs(ON_ACCOUNT, "analytics-queries-transfer-agent")
    transfers["serviceAccountId"] = f"projects/{project(draft)}/serviceAccounts/{email(draft, 'worker')}"


@mutant(
    TAKES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_worker_sets_the_projects_policy(draft: Draft) -> None:
    on_project(draft, "worker", "roles/resourcemanager.projectIamAdmin")


@mutant(
    TAKES,
    also=(
        "access-within-declared-uses",
        "iam-no-impersonation-at-large",
        "iam-workload-cannot-escalate",
        "identity-becomes-declared-only",
        "identity-blast-radius",
        "service-accounts-separate-duties",
    ),
)
def the_releaser_administers_security(draft: Draft) -> None:
    on_project(draft, "github-deployer", "roles/iam.securityAdmin")


@mutant(
    TAKES,
    stack="staging",
    also=(
        "access-within-declared-uses",
        "iam-no-basic-role",
        "identity-becomes-declared-only",
        "identity-blast-radius",
    ),
)
def the_migrations_own_the_project(draft: Draft) -> None:
    on_project(draft, "migrate", "roles/owner")


@mutant(
    TAKES,
    also=(
        "custom-role-cannot-escalate",
        "iam-workload-cannot-escalate",
    ),
)
def a_custom_role_sets_the_projects_policy(draft: Draft) -> None:
    with_permission(draft, "gemini", "resourcemanager.projects.setIamPolicy")


@mutant(
    TAKES,
    stack="staging",
    also=(
        "custom-role-cannot-escalate",
        "iam-workload-cannot-escalate",
    ),
)
def a_custom_role_changes_itself(draft: Draft) -> None:
    with_permission(draft, "gemini", "iam.roles.update")


@mutant(
    TAKES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_releasers_role_can_be_changed_by_its_holder(draft: Draft) -> None:
    on_project(draft, "github-deployer", "roles/iam.roleAdmin")


@mutant(
    TAKES,
    also=(
        "federation-one-way-each",
        "grant-to-declared-user",
        "iam-workload-cannot-escalate",
    ),
)
def the_pool_itself_administers_the_project(draft: Draft) -> None:
    federated = draft.inputs(ON_ACCOUNT, "github-deployer-federated")["member"]
    draft.grant(
        ON_PROJECT, "slipped-in", "roles/resourcemanager.projectIamAdmin", federated, project=project(draft)
    )


@mutant(
    TAKES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_api_entitles_itself(draft: Draft) -> None:
    on_project(draft, "api", "roles/privilegedaccessmanager.admin")


@mutant(
    TAKES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_folder_is_administered_by_the_worker(draft: Draft) -> None:
    who = member(draft, "worker")
    draft.grant(
        "folder/iAMMember:IAMMember", "slipped-in", "roles/resourcemanager.folderIamAdmin", who, folder="1"
    )
