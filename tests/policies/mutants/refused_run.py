"""Edits of containers and revisions that a preview accepts, and that Cloud Run refuses."""

from typing import Any

from tests.policies.mutants.cloud_run import JOB, SERVICE
from tests.policies.mutation import Draft, mutant


def _template(draft: Draft, name: str) -> dict[str, Any]:
    template: dict[str, Any] = draft.inputs(SERVICE, name)["template"]
    return template


def _container(draft: Draft, name: str) -> dict[str, Any]:
    container: dict[str, Any] = _template(draft, name)["containers"][0]
    return container


@mutant("run-no-reserved-variable")
def the_api_says_its_port(draft: Draft) -> None:
    _container(draft, "api")["envs"].append({"name": "PORT", "value": "8080"})


@mutant("run-no-reserved-variable", stack="staging")
def the_migrations_say_their_task(draft: Draft) -> None:
    task = draft.inputs(JOB, "migrate")["template"]["template"]["containers"][0]
    task["envs"].append({"name": "CLOUD_RUN_TASK_INDEX", "value": "0"})


@mutant("run-one-port", also=("run-startup-probe", "run-liveness-probe"))
def a_sidecar_has_a_port_too(draft: Draft) -> None:
    one = _container(draft, "frontend")
    _template(draft, "frontend")["containers"].append(
        {"name": "proxy", "image": one["image"], "ports": {"containerPort": 9090}}
    )


@mutant("run-mount-has-its-volume", stack="staging")
def the_worker_mounts_what_is_not_there(draft: Draft) -> None:
    _container(draft, "worker")["volumeMounts"] = [{"name": "models", "mountPath": "/models"}]


@mutant("run-probe-within-its-period")
def the_apis_probe_outlasts_its_period(draft: Draft) -> None:
    _container(draft, "api")["startupProbe"]["timeoutSeconds"] = 2


@mutant("run-revision-named-after-its-service", stack="staging")
def a_revision_is_named_after_the_release(draft: Draft) -> None:
    _template(draft, "worker")["revision"] = "release-42"


@mutant("run-traffic-adds-up")
def a_canary_gets_what_nobody_gave_up(draft: Draft) -> None:
    traffic = draft.inputs(SERVICE, "api")["traffics"]
    traffic.append({**traffic[0], "percent": 10})


@mutant("run-traffic-adds-up", stack="staging")
def a_part_of_the_requests_is_for_nobody(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["traffics"][0]["percent"] = 90
