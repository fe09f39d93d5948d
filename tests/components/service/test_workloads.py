"""Jobs, worker pools, images and the world outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.security.releaser_role import ReleaserRole
from components.service.assistant import PERMISSIONS, VertexAssistant
from components.service.container import Container
from components.service.external_api import ExternalApi
from components.service.image import AppImage, content_hash
from components.service.job import Job
from components.service.worker_pool import WorkerPool
from tests.components.harness import PROJECT, of_type, only, plan_of
from tests.components.security.parts import API, a_key, depends_on
from tests.components.service.test_service import IMAGE, INVOKER, SERVICE, service

CONTAINER = Container(image=IMAGE, args=["migrate"])
JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
MEMBER = "gcp:projects/iAMMember:IAMMember"


def test_a_job_runs_as_an_identity_of_its_own_and_up_never_starts_it() -> None:
    found = plan_of(
        lambda env: Job("migrate", env=env, container=CONTAINER, description="Migrates.", timeout_s=600)
    )
    job = only(found, JOB).inputs
    assert job["template"]["template"]["serviceAccount"].startswith("voicestack-migrate@")
    assert "startExecutionToken" not in job
    assert "runExecutionToken" not in job
    assert job["binaryAuthorization"] == {"useDefault": True}


def test_a_worker_pool_has_a_fixed_number_of_instances_and_no_address() -> None:
    found = plan_of(
        lambda env: WorkerPool("rooms", env=env, container=CONTAINER, description="Holds rooms.", instances=2)
    )
    pool = only(found, POOL).inputs
    assert pool["scaling"] == {"scalingMode": "MANUAL", "manualInstanceCount": 2}
    assert "ports" not in pool["template"]["containers"][0]


@pytest.mark.parametrize("protect", [True, False])
def test_jobs_and_pools_are_deleted_only_where_the_environment_protects_nothing(protect: bool) -> None:
    def program(env: Environment) -> None:
        Job("migrate", env=env, container=CONTAINER, description="Migrates.", timeout_s=600)
        WorkerPool("rooms", env=env, container=CONTAINER, description="Holds rooms.", instances=1)

    found = plan_of(program, protect=protect)
    for type_ in (JOB, POOL):
        assert only(found, type_).inputs["deletionProtection"] is protect


def test_a_job_runs_in_the_second_generation_sandbox() -> None:
    found = plan_of(
        lambda env: Job("migrate", env=env, container=CONTAINER, description="Migrates.", timeout_s=600)
    )
    task = only(found, JOB).inputs["template"]["template"]
    assert task["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN2"


def test_each_is_encrypted_with_the_environments_key_once_it_may_be_used() -> None:
    def program(env: Environment) -> None:
        key = a_key()
        service(env, "api", key=key)
        Job("migrate", env=env, container=CONTAINER, description="Migrates.", timeout_s=600, key=key)
        WorkerPool("rooms", env=env, container=CONTAINER, description="Holds rooms.", instances=1, key=key)

    found = plan_of(program, cmek=True)
    for type_ in (SERVICE, JOB, POOL):
        made = only(found, type_)
        template = made.inputs["template"]
        assert (template["template"] if type_ == JOB else template)["encryptionKey"] == "key-id"
        assert depends_on(found, made, "key-grant", API), "Cloud Run refuses a key that its agent may not use"


def test_none_is_made_without_a_key_where_the_environment_has_its_own() -> None:
    with pytest.raises(ComponentError, match="'api' has no encryption key"):
        plan_of(service, cmek=True)


def test_a_deployer_may_act_as_the_workloads_it_deploys_and_as_nobody_else() -> None:
    def program(env: Environment) -> None:
        api, worker = service(env, "api"), service(env, "worker")
        role = ReleaserRole("releaser", env=env)
        service(env, "ci", uses=[api.deploy(role)])
        assert {grant.key for grant in worker.deploy(role).grants} >= {"worker-release", "worker-act-as"}

    found = plan_of(program)
    (acts,) = of_type(found, "gcp:serviceaccount/iAMMember:IAMMember")
    assert acts.inputs["serviceAccountId"].endswith(f"voicestack-api@{PROJECT}.iam.gserviceaccount.com")
    (released,) = of_type(found, INVOKER)
    assert released.inputs["name"] == "voicestack-prod-api"
    assert released.inputs["role"] == f"projects/{PROJECT}/roles/voicestack_prod_releaser"


def test_the_assistant_is_asked_with_one_permission() -> None:
    def program(env: Environment) -> None:
        service(env, uses=[VertexAssistant("gemini", env=env, model="gemini-2.5-flash").predict()])

    found = plan_of(program)
    role = only(found, "gcp:projects/iAMCustomRole:IAMCustomRole").inputs
    assert role["permissions"] == list(PERMISSIONS) == ["aiplatform.endpoints.predict"]
    assert len(of_type(found, MEMBER)) == 1


def test_the_assistant_is_asked_in_the_region_or_where_it_is_told_to() -> None:
    def program(env: Environment) -> None:
        near, far = (
            VertexAssistant(name, env=env, model="gemini", location=location).predict().variables
            for name, location in (("near", None), ("far", "global"))
        )
        assert (near["ASSISTANT_LOCATION"], far["ASSISTANT_LOCATION"]) == (env.region, "global")
        with pytest.raises(ComponentError, match="private endpoint"):
            VertexAssistant("eu", env=env, model="gemini", location="eu")

    plan_of(program)


def test_what_leaves_the_network_is_encrypted() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="encrypted"):
            ExternalApi("livekit", env=env, url="http://livekit.example.com")

    plan_of(program)


def test_an_image_is_tagged_by_its_content_and_built_only_by_up(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch")

    def tag() -> str:
        found = plan_of(
            lambda env: AppImage("app", env=env, repository="registry", context=str(tmp_path), base_image="base")
        )
        inputs = only(found, "docker-build:index:Image").inputs
        assert inputs["buildOnPreview"] is False
        return str(inputs["tags"][0])

    first = tag()
    assert tag() == first
    (tmp_path / "main.py").write_text("print()")
    assert tag() != first, "the registry's tags are immutable: other content needs another tag"


def test_the_content_hash_ignores_what_python_leaves_behind(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = content_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert content_hash(tmp_path) == before


def test_an_image_without_a_context_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="not a folder"):
        content_hash(tmp_path / "missing")


def test_a_service_starts_before_its_schema_and_without_its_servers() -> None:
    found = plan_of(service)
    probe = only(found, "gcp:cloudrunv2/service:Service").inputs["template"]["containers"][0]["startupProbe"]
    assert probe["httpGet"]["path"] == "/health", (
        "/ready needs a schema, which is migrated once services are there"
    )
    assert probe["periodSeconds"] * probe["failureThreshold"] <= 240, "Cloud Run waits no longer"
    assert probe["timeoutSeconds"] <= probe["periodSeconds"]
