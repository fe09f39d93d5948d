"""Grants and declarations that no longer agree."""

from __future__ import annotations

from tests.policies.mutants.grantees import (
    ACCOUNT,
    ON_ACCOUNT,
    ON_BUCKET,
    ON_PROJECT,
    ON_SECRET,
    ON_SERVICE,
    ON_TOPIC,
    member,
    on_project,
    project,
    with_permission,
)
from tests.policies.mutation import Draft, mutant

BEYOND = "access-within-declared-uses"
WIDER = "grant-on-declared-target"
HOLDER = "grant-to-declared-user"
UNUSED = "declared-access-granted"
VERTEX = "vertex-callers-only-predict"
TABLE = "bigquery/iamMember:IamMember"


@mutant(BEYOND)
def the_worker_may_delete_recordings(draft: Draft) -> None:
    draft.inputs(ON_BUCKET, "worker-recordings-read")["role"] = "roles/storage.objectUser"


@mutant(BEYOND)
def the_api_may_read_what_it_only_adds(draft: Draft) -> None:
    draft.inputs(ON_BUCKET, "api-recordings-create")["role"] = "roles/storage.objectUser"


@mutant(BEYOND, stack="staging")
def the_api_administers_its_topic(draft: Draft) -> None:
    draft.inputs(ON_TOPIC, "api-jobs-publish")["role"] = "roles/pubsub.editor"


@mutant(BEYOND)
def the_frontend_reads_the_signing_key(draft: Draft) -> None:
    secret = draft.inputs(ON_SECRET, "api-jwt-signing-key-read")
    draft.grant(
        ON_SECRET,
        "slipped-in",
        "roles/secretmanager.secretAccessor",
        member(draft, "frontend"),
        secretId=secret["secretId"],
    )


@mutant(BEYOND)
def the_api_publishes_to_the_workers_topic(draft: Draft) -> None:
    topic = draft.inputs(ON_TOPIC, "worker-activity-publish")["topic"]
    draft.grant(ON_TOPIC, "slipped-in", "roles/pubsub.publisher", member(draft, "api"), topic=topic)


@mutant(BEYOND, also=("iam-workload-cannot-escalate",))
def the_queries_write_what_they_only_read(draft: Draft) -> None:
    name = "analytics-queries-analytics-user-activity-read"
    draft.inputs(TABLE, name)["role"] = "roles/bigquery.dataOwner"


@mutant(BEYOND, stack="staging")
def the_push_identity_may_also_look_at_services(draft: Draft) -> None:
    on_project(draft, "jobs-invoker", "roles/run.viewer")


@mutant(BEYOND)
def the_releaser_also_reads_logs(draft: Draft) -> None:
    on_project(draft, "github-deployer", "roles/logging.viewer")


@mutant(BEYOND)
def the_worker_gets_a_role_of_another_component(draft: Draft) -> None:
    role = draft.inputs(ON_SERVICE, "github-deployer-api-release")["role"]
    service = draft.find("cloudrunv2/service:Service", "worker")
    said = {key: service.inputs[key] for key in ("name", "location", "project")}
    inputs = said | {"role": role, "member": member(draft, "worker")}
    draft.add(ON_SERVICE, "slipped-in", inputs, depends={"name": service})


@mutant(BEYOND)
def a_dataset_lets_the_api_write_by_its_access_list(draft: Draft) -> None:
    dataset = draft.inputs("bigquery/dataset:Dataset", "analytics")
    email = member(draft, "api").partition(":")[2]
    dataset["accesses"] = [{"role": "WRITER", "userByEmail": email}]


@mutant(BEYOND, stack="staging")
def a_use_is_taken_from_the_declaration(draft: Draft) -> None:
    uses = draft.inputs("voicestack:service:Service", "worker")["uses"]
    uses[:] = [one for one in uses if "livekit-api-key" not in one["target"]]


@mutant(BEYOND)
def the_frontend_declares_nothing_any_more(draft: Draft) -> None:
    del draft.inputs("voicestack:service:Service", "frontend")["uses"]


@mutant(WIDER, also=("identity-blast-radius",))
def the_worker_reads_every_bucket(draft: Draft) -> None:
    draft.drop(ON_BUCKET, "worker-recordings-read")
    on_project(draft, "worker", "roles/storage.objectViewer")


@mutant(WIDER, also=("identity-blast-radius",))
def the_worker_writes_to_every_database(draft: Draft) -> None:
    del draft.inputs(ON_PROJECT, "worker-documents-write")["condition"]


@mutant(WIDER, stack="staging", also=("identity-blast-radius",))
def the_api_connects_to_every_database(draft: Draft) -> None:
    del draft.inputs(ON_PROJECT, "api-postgres-client")["condition"]


@mutant(WIDER)
def the_api_logs_in_to_another_database(draft: Draft) -> None:
    condition = draft.inputs(ON_PROJECT, "api-postgres-login")["condition"]
    condition["expression"] = condition["expression"].replace("voicestack-prod-postgres", "payroll")


@mutant(WIDER, also=("identity-blast-radius",))
def a_condition_asks_only_for_a_day(draft: Draft) -> None:
    condition = draft.inputs(ON_PROJECT, "migrate-postgres-login")["condition"]
    condition["expression"] = "request.time < timestamp('2030-01-01T00:00:00Z')"


@mutant(WIDER, also=("identity-blast-radius",))
def a_condition_has_a_way_around_it(draft: Draft) -> None:
    condition = draft.inputs(ON_PROJECT, "api-documents-read")["condition"]
    condition["expression"] += " || resource.type == 'firestore.googleapis.com/Database'"


@mutant(WIDER, stack="staging")
def a_condition_is_for_all_names_that_begin_alike(draft: Draft) -> None:
    condition = draft.inputs(ON_PROJECT, "worker-postgres-client")["condition"]
    condition["expression"] = f"resource.name.startsWith('projects/{project(draft)}/instances/voicestack')"


@mutant(WIDER, also=("identity-blast-radius",))
def the_api_publishes_to_every_topic(draft: Draft) -> None:
    on_project(draft, "api", "roles/pubsub.publisher")


@mutant(
    WIDER,
    also=(
        "identity-blast-radius",
        "secrets-granted-one-by-one",
    ),
)
def the_api_reads_every_secret(draft: Draft) -> None:
    on_project(draft, "api", "roles/secretmanager.secretAccessor")


@mutant(WIDER, stack="staging")
def the_releaser_releases_every_service(draft: Draft) -> None:
    role = draft.inputs(ON_SERVICE, "github-deployer-api-release")["role"]
    on_project(draft, "github-deployer", role)


@mutant(HOLDER)
def a_group_reads_the_reports(draft: Draft) -> None:
    bucket = draft.inputs(ON_BUCKET, "worker-reports-write")["bucket"]
    draft.grant(
        ON_BUCKET, "slipped-in", "roles/storage.objectViewer", "group:analysts@acme.example", bucket=bucket
    )


@mutant(HOLDER)
def an_account_of_another_project_publishes(draft: Draft) -> None:
    topic = draft.inputs(ON_TOPIC, "api-jobs-publish")["topic"]
    other = "serviceAccount:voicestack-api@acme-voice-dev.iam.gserviceaccount.com"
    draft.grant(ON_TOPIC, "slipped-in", "roles/pubsub.publisher", other, topic=topic)


@mutant(HOLDER, stack="staging")
def an_account_that_nobody_declares_for_reads_metrics(draft: Draft) -> None:
    made = draft.add(ACCOUNT, "stray", {"accountId": "stray", "project": project(draft)})
    made.dependencies.extend(draft.find(ACCOUNT, "api").dependencies)
    on_project(draft, "stray", "roles/monitoring.viewer")


@mutant(
    HOLDER,
    also=(
        "declared-access-granted",
        "federation-one-way-each",
    ),
)
def the_pool_pushes_images_itself(draft: Draft) -> None:
    pushes = draft.inputs(
        "artifactregistry/repositoryIamMember:RepositoryIamMember", "github-deployer-images-push"
    )
    pushes["member"] = draft.inputs(ON_ACCOUNT, "github-deployer-federated")["member"]


@mutant(UNUSED)
def the_api_may_no_longer_publish(draft: Draft) -> None:
    draft.drop(ON_TOPIC, "api-jobs-publish")


@mutant(UNUSED)
def the_worker_may_no_longer_read_its_key(draft: Draft) -> None:
    draft.drop(ON_SECRET, "worker-openai-api-key-read")


@mutant(UNUSED, stack="staging", also=("caller-is-admitted",))
def the_push_identity_may_no_longer_call_the_worker(draft: Draft) -> None:
    draft.drop(ON_SERVICE, "jobs-worker-invoke")


@mutant(UNUSED)
def the_migrations_lose_one_of_two_roles(draft: Draft) -> None:
    draft.drop(ON_PROJECT, "migrate-postgres-login")


@mutant(UNUSED)
def the_releaser_may_no_longer_act_as_the_api(draft: Draft) -> None:
    draft.drop(ON_ACCOUNT, "github-deployer-api-act-as")


@mutant(UNUSED, stack="staging")
def the_worker_declares_more_than_it_is_granted(draft: Draft) -> None:
    uses = draft.inputs("voicestack:service:Service", "worker")["uses"]
    target = next(one["target"] for one in uses if one["access"] == "write" and "Bucket" in one["target"])
    uses.append({"access": "delete", "target": target, "roles": ["roles/storage.admin"]})


@mutant(VERTEX, also=("access-within-declared-uses",))
def the_worker_uses_all_of_vertex(draft: Draft) -> None:
    on_project(draft, "worker", "roles/aiplatform.user")


@mutant(VERTEX)
def the_predictor_may_also_read_models(draft: Draft) -> None:
    with_permission(draft, "gemini", "aiplatform.models.get")


@mutant(
    VERTEX,
    stack="staging",
    also=(
        "access-within-declared-uses",
        "iam-no-impersonation-at-large",
        "identity-becomes-declared-only",
        "identity-blast-radius",
    ),
)
def the_api_runs_custom_jobs(draft: Draft) -> None:
    on_project(draft, "api", "roles/aiplatform.customCodeServiceAgent")
