"""Grants after which one identity reaches much, or one secret is read by many."""

from __future__ import annotations

from tests.policies.mutants.grantees import ON_PROJECT, ON_SECRET, member, on_account, on_project, project
from tests.policies.mutation import Draft, mutant

REACHES = "identity-blast-radius"
READ = "secret-blast-radius"
READER = "roles/secretmanager.secretAccessor"


@mutant(REACHES, also=("access-within-declared-uses",))
def the_frontend_reads_every_subscription(draft: Draft) -> None:
    on_project(draft, "frontend", "roles/pubsub.subscriber")


@mutant(
    REACHES,
    also=(
        "access-within-declared-uses",
        "iam-workload-cannot-escalate",
    ),
)
def the_queries_read_every_dataset(draft: Draft) -> None:
    on_project(draft, "analytics-queries", "roles/bigquery.dataOwner")


@mutant(REACHES, stack="staging", also=("grant-to-declared-user",))
def a_group_reads_every_bucket(draft: Draft) -> None:
    group = "group:analysts@acme.example"
    draft.grant(ON_PROJECT, "slipped-in", "roles/storage.objectViewer", group, project=project(draft))


@mutant(REACHES, also=("access-within-declared-uses",))
def the_push_identity_reads_every_bucket_for_a_while(draft: Draft) -> None:
    draft.grant(
        ON_PROJECT,
        "slipped-in",
        "roles/storage.objectViewer",
        member(draft, "jobs-invoker"),
        project=project(draft),
        condition={"title": "a while", "expression": "request.time < timestamp('2026-12-01T00:00:00Z')"},
    )


@mutant(READ, also=("grant-to-declared-user",))
def two_groups_read_the_signing_key(draft: Draft) -> None:
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")["secretId"]
    for group in ("developers", "support"):
        draft.grant(ON_SECRET, group, READER, f"group:{group}@acme.example", secretId=secret)


@mutant(
    READ,
    stack="staging",
    also=(
        "grant-to-declared-user",
        "iam-members-of-the-organisation",
    ),
)
def a_domain_reads_the_signing_key(draft: Draft) -> None:
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")["secretId"]
    draft.grant(ON_SECRET, "slipped-in", READER, "domain:acme.example", secretId=secret)


@mutant(
    READ,
    also=(
        "access-within-declared-uses",
        "identity-becomes-declared-only",
        "service-account-tokens-for-few",
    ),
)
def everybody_who_could_become_the_api_reads_its_key(draft: Draft) -> None:
    for account in ("frontend", "worker", "migrate", "analytics-queries"):
        who = member(draft, account)
        on_account(draft, "api", who, "roles/iam.serviceAccountTokenCreator", name=f"slipped-in-{account}")


@mutant(READ, also=("access-within-declared-uses",))
def every_workload_reads_the_models_key(draft: Draft) -> None:
    secret = draft.inputs(ON_SECRET, "worker-openai-api-key-read")["secretId"]
    for account in ("api", "frontend", "migrate", "analytics-queries", "jobs-invoker"):
        draft.grant(ON_SECRET, f"slipped-in-{account}", READER, member(draft, account), secretId=secret)
