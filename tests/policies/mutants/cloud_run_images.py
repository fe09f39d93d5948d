"""Edits that put secrets in the open, or let workloads run what nobody reviewed."""

from typing import Any

from plan.sentinels import secret
from tests.policies.mutants.cloud_run import JOB, SERVICE, add_function, add_pool, add_v1
from tests.policies.mutation import Draft, mutant

PASSWORD = "hunter2"
POLICY = "binaryauthorization/policy:Policy"
REPOSITORY = "europe-west1-docker.pkg.dev/acme-voice-prod/voicestack-prod-images"
DIGEST = f"sha256:{'ab' * 32}"


def _container(draft: Draft, service: str) -> dict[str, Any]:
    found: dict[str, Any] = draft.inputs(SERVICE, service)["template"]["containers"][0]
    return found


def _variables(draft: Draft, service: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _container(draft, service)["envs"]
    return found


def _task(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = draft.inputs(JOB, "migrate")["template"]["template"]["containers"][0]
    return found


@mutant("run-no-plain-secrets")
def the_api_is_given_a_password_in_plain_text(draft: Draft) -> None:
    _variables(draft, "api").append({"name": "DB_PASSWORD", "value": PASSWORD})


@mutant("run-no-plain-secrets", stack="staging")
def the_signing_key_becomes_a_plain_value(draft: Draft) -> None:
    key = next(one for one in _variables(draft, "api") if one["name"] == "JWT_SIGNING_KEY")
    del key["valueSource"]
    key["value"] = "correct horse battery staple"


@mutant("run-no-plain-secrets")
def the_worker_is_given_a_connection_string_with_a_password(draft: Draft) -> None:
    variable = next(one for one in _variables(draft, "worker") if one["name"] == "DATABASE_INSTANCE")
    variable["value"] = f"postgresql://worker:{PASSWORD}@10.0.0.3/voicestack"


@mutant("run-no-plain-secrets", stack="staging")
def the_worker_is_given_an_ai_providers_key_under_a_harmless_name(draft: Draft) -> None:
    _variables(draft, "worker").append({"name": "ASSISTANT", "value": "sk-" + "proj-" + "a1B2c3D4" * 5})


@mutant("run-no-plain-secrets")
def the_migrations_are_given_a_password_as_an_argument(draft: Draft) -> None:
    _task(draft)["args"] += ["--password", PASSWORD]


@mutant("run-no-plain-secrets")
def a_function_is_given_a_token(draft: Draft) -> None:
    add_function(draft, environmentVariables={"LIVEKIT_TOKEN": "devkey-secret"})


@mutant("run-no-plain-secrets")
def a_worker_pool_is_given_a_key(draft: Draft) -> None:
    image = f"{REPOSITORY}/app@{DIGEST}"
    add_pool(draft, containers=[{"image": image, "envs": [{"name": "LIVEKIT_API_KEY", "value": "devkey"}]}])


@mutant("run-secret-version-pinned", also=("secret-rotation-complete",))
def nobody_is_told_any_more_when_the_signing_key_rotates(draft: Draft) -> None:
    secret = draft.inputs("secretmanager/secret:Secret", "jwt-signing-key")
    del secret["topics"]


@mutant("run-secret-version-pinned", stack="staging")
def the_signing_key_is_read_from_another_project(draft: Draft) -> None:
    key = next(one for one in _variables(draft, "api") if one["name"] == "JWT_SIGNING_KEY")
    key["valueSource"]["secretKeyRef"]["secret"] = "projects/acme-shared/secrets/jwt"


@mutant("run-secret-version-pinned")
def a_functions_secret_has_no_version_of_its_own(draft: Draft) -> None:
    kept = {"key": "TOKEN", "projectId": "acme-shared", "secret": "token", "version": "latest"}
    add_function(draft, secretEnvironmentVariables=[kept])


@mutant("run-image-pinned")
def the_api_runs_whatever_is_tagged_latest(draft: Draft) -> None:
    _container(draft, "api")["image"] = f"{REPOSITORY}/app:latest"


@mutant("run-image-pinned", stack="staging")
def the_worker_runs_a_tag(draft: Draft) -> None:
    _container(draft, "worker")["image"] = f"{REPOSITORY}/app:v1.2.3"


@mutant("run-image-pinned")
def the_migrations_run_an_image_of_docker_hub(draft: Draft) -> None:
    _task(draft)["image"] = f"library/postgres@{DIGEST}"


@mutant("run-image-pinned", stack="staging")
def a_helper_by_its_tag_joins_the_frontend(draft: Draft) -> None:
    helper = {"name": "proxy", "image": "gcr.io/acme/proxy:2"}
    draft.inputs(SERVICE, "frontend")["template"]["containers"].append(helper)


@mutant("run-image-pinned")
def a_worker_pool_runs_a_tag(draft: Draft) -> None:
    add_pool(draft, containers=[{"image": f"{REPOSITORY}/app:v1"}])


@mutant("run-binary-authorization")
def any_image_may_run_as_the_api(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["binaryAuthorization"] = {"useDefault": False}


@mutant("run-binary-authorization", stack="staging")
def the_migrations_ask_nobody(draft: Draft) -> None:
    del draft.inputs(JOB, "migrate")["binaryAuthorization"]


@mutant("run-binary-authorization")
def the_glass_is_broken_for_the_worker(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["binaryAuthorization"]["breakglassJustification"] = "until Monday"


@mutant("run-binary-authorization")
def a_function_asks_nobody(draft: Draft) -> None:
    add_function(draft, binaryAuthorizationPolicy=None)


@mutant("run-binary-authorization")
def a_v1_service_asks_nobody(draft: Draft) -> None:
    add_v1(draft, notes={"run.googleapis.com/binary-authorization": None})


@mutant("image-policy-not-open")
def the_project_admits_every_image(draft: Draft) -> None:
    draft.inputs(POLICY)["defaultAdmissionRule"]["evaluationMode"] = "ALWAYS_ALLOW"


@mutant("image-policy-not-open", stack="staging")
def what_is_refused_is_only_written_to_the_log(draft: Draft) -> None:
    draft.inputs(POLICY)["defaultAdmissionRule"]["enforcementMode"] = "DRYRUN_AUDIT_LOG_ONLY"


@mutant("image-policy-not-open")
def the_project_admits_everybodys_repositories(draft: Draft) -> None:
    pattern = {"namePattern": "europe-west1-docker.pkg.dev/**"}
    draft.inputs(POLICY)["admissionWhitelistPatterns"].append(pattern)


@mutant("image-policy-not-open", stack="staging")
def the_project_has_no_policy_of_its_own(draft: Draft) -> None:
    draft.drop(POLICY)


@mutant("run-own-encryption-key")
def the_apis_image_is_under_googles_key(draft: Draft) -> None:
    del draft.inputs(SERVICE, "api")["template"]["encryptionKey"]


@mutant("run-own-encryption-key")
def the_migrations_image_is_under_googles_key(draft: Draft) -> None:
    del draft.inputs(JOB, "migrate")["template"]["template"]["encryptionKey"]


@mutant("run-own-encryption-key")
def a_worker_pools_image_is_under_googles_key(draft: Draft) -> None:
    add_pool(draft, encryptionKey=None)


@mutant("run-no-plain-secrets", stack="staging")
def a_secret_setting_becomes_a_variable_of_the_worker(draft: Draft) -> None:
    _variables(draft, "worker").append({"name": "GREETING", "value": secret()})
