"""Edits after which workloads are lost, start too early or hang unnoticed."""

from typing import Any

from tests.policies.mutants.cloud_run import JOB, SERVICE, add_pool, add_v1
from tests.policies.mutation import Draft, mutant


def _container(draft: Draft, service: str) -> dict[str, Any]:
    found: dict[str, Any] = draft.inputs(SERVICE, service)["template"]["containers"][0]
    return found


@mutant("run-deletion-protected")
def the_api_can_be_deleted_by_an_edit(draft: Draft) -> None:
    draft.options(SERVICE, "api", protect=False)
    draft.inputs(SERVICE, "api")["deletionProtection"] = False


@mutant("run-deletion-protected")
def the_migrations_can_be_deleted_by_an_edit(draft: Draft) -> None:
    draft.options(JOB, "migrate", protect=False)
    draft.inputs(JOB, "migrate")["deletionProtection"] = False


@mutant("run-deletion-protected")
def a_worker_pool_can_be_deleted_by_an_edit(draft: Draft) -> None:
    add_pool(draft)
    draft.inputs("cloudrunv2/workerPool:WorkerPool", "rooms")["deletionProtection"] = False


@mutant("run-deletion-protected")
def a_v1_service_can_be_deleted_by_an_edit(draft: Draft) -> None:
    add_v1(draft)
    del draft.inputs("cloudrun/service:Service", "old")["deletionPolicy"]


@mutant("run-startup-probe")
def the_api_counts_as_ready_when_its_port_is_open(draft: Draft) -> None:
    del _container(draft, "api")["startupProbe"]


@mutant("run-startup-probe", stack="staging")
def the_worker_is_given_three_seconds_to_start(draft: Draft) -> None:
    _container(draft, "worker")["startupProbe"]["failureThreshold"] = 3


@mutant("run-startup-probe", stack="staging")
def the_frontends_probe_only_opens_a_connection(draft: Draft) -> None:
    _container(draft, "frontend")["startupProbe"] = {"tcpSocket": {"port": 8080}, "failureThreshold": 10}


@mutant("run-startup-probe")
def the_api_is_asked_on_a_path_of_googles(draft: Draft) -> None:
    _container(draft, "api")["startupProbe"]["httpGet"]["path"] = "/healthz"


@mutant("run-liveness-probe")
def an_api_that_hangs_is_not_restarted(draft: Draft) -> None:
    del _container(draft, "api")["livenessProbe"]


@mutant("run-liveness-probe", stack="staging")
def a_worker_that_hangs_is_not_restarted(draft: Draft) -> None:
    del _container(draft, "worker")["livenessProbe"]


@mutant("run-liveness-probe")
def a_frontend_that_hangs_is_not_restarted(draft: Draft) -> None:
    _container(draft, "frontend")["livenessProbe"] = {}


@mutant("run-health-checked")
def the_apis_revisions_are_released_unchecked(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["template"]["healthCheckDisabled"] = True


@mutant("run-health-checked", stack="staging")
def the_workers_revisions_are_released_unchecked(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["template"]["healthCheckDisabled"] = True


@mutant("run-health-checked")
def a_v1_services_revisions_are_released_unchecked(draft: Draft) -> None:
    add_v1(draft, revision_notes={"run.googleapis.com/health-check-disabled": "true"})


@mutant("run-no-reserved-path")
def the_uptime_check_asks_for_a_path_of_googles(draft: Draft) -> None:
    draft.all("UptimeCheckConfig")[0].inputs["httpCheck"]["path"] = "/healthz"


@mutant("run-no-reserved-path", stack="staging")
def jobs_are_pushed_to_a_path_of_googles(draft: Draft) -> None:
    push = draft.inputs("pubsub/subscription:Subscription", "jobs")["pushConfig"]
    push["pushEndpoint"] = push["pushEndpoint"].partition(".run.app")[0] + ".run.app/_ah/push"


@mutant("run-no-reserved-path")
def a_schedule_calls_a_path_of_googles(draft: Draft) -> None:
    draft.add(
        "cloudscheduler/job:Job",
        "sweep",
        {
            "name": "sweep",
            "region": "europe-west1",
            "schedule": "0 3 * * *",
            "timeZone": "Etc/UTC",
            "attemptDeadline": "600s",
            "retryConfig": {"retryCount": 3},
            "httpTarget": {
                "uri": "https://voicestack-prod-worker-123456789012.europe-west1.run.app/statusz",
                "httpMethod": "POST",
                "oidcToken": {
                    "serviceAccountEmail": "voicestack-jobs-push@acme-voice-prod.iam.gserviceaccount.com",
                    "audience": "voicestack-prod-worker",
                },
            },
        },
    )


@mutant("run-within-limits")
def the_apis_requests_may_last_two_hours(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["template"]["timeout"] = "7200s"


@mutant("run-within-limits", stack="staging")
def the_migrations_may_last_a_month(draft: Draft) -> None:
    draft.inputs(JOB, "migrate")["template"]["template"]["timeout"] = "2592000s"


@mutant("run-within-limits")
def the_frontend_keeps_more_instances_than_it_may_have(draft: Draft) -> None:
    draft.inputs(SERVICE, "frontend")["scaling"]["minInstanceCount"] = 11


@mutant("run-within-limits", stack="staging")
def a_revision_keeps_more_instances_than_it_may_have(draft: Draft) -> None:
    scaling = draft.inputs(SERVICE, "frontend")["template"]["scaling"]
    scaling["minInstanceCount"] = scaling["maxInstanceCount"] + 1


@mutant("run-second-generation")
def the_api_runs_where_the_kernel_is_imitated(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["template"]["executionEnvironment"] = "EXECUTION_ENVIRONMENT_GEN1"


@mutant("run-second-generation", stack="staging")
def google_chooses_the_workers_sandbox(draft: Draft) -> None:
    del draft.inputs(SERVICE, "worker")["template"]["executionEnvironment"]


@mutant("run-second-generation")
def a_v1_service_runs_in_the_first_generation(draft: Draft) -> None:
    add_v1(draft, revision_notes={"run.googleapis.com/execution-environment": "gen1"})
