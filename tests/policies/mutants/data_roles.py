"""Grants by which a workload administers the databases it uses."""

from __future__ import annotations

from tests.policies.mutation import Draft, mutant

MEMBER = "projects/iAMMember:IAMMember"
POLICY = "workload-administers-no-database"
# More than the workload declares, and all over the project.
ALSO = ("access-within-declared-uses", "identity-blast-radius")


def _grant(draft: Draft, role: str, account: str = "api") -> None:
    project = draft.inputs("serviceaccount/account:Account", account)["project"]
    id_ = draft.inputs("serviceaccount/account:Account", account)["accountId"]
    email = f"{id_}@{project}.iam.gserviceaccount.com"
    draft.grant(MEMBER, "slipped-in", role, f"serviceAccount:{email}", project=project)


@mutant(POLICY, also=ALSO)
def the_api_administers_redis(draft: Draft) -> None:
    _grant(draft, "roles/redis.admin")


@mutant(POLICY, also=ALSO)
def the_api_edits_redis(draft: Draft) -> None:
    _grant(draft, "roles/redis.editor")


@mutant(POLICY, also=ALSO)
def the_worker_administers_valkey(draft: Draft) -> None:
    _grant(draft, "roles/memorystore.admin", "worker")


@mutant(POLICY, also=ALSO)
def the_worker_owns_the_documents(draft: Draft) -> None:
    _grant(draft, "roles/datastore.owner", "worker")


@mutant(POLICY, stack="staging", also=ALSO)
def the_migrations_administer_cloud_sql(draft: Draft) -> None:
    _grant(draft, "roles/cloudsql.admin", "migrate")
