"""Edits that let workloads run as somebody else."""

from tests.policies.mutants.cloud_run import JOB, SERVICE, add_function, add_pool, add_v1, email
from tests.policies.mutation import Draft, mutant

DEFAULT = "123456789012-compute@developer.gserviceaccount.com"


@mutant("run-own-service-account")
def the_api_runs_as_the_default_account(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["template"]["serviceAccount"] = DEFAULT


@mutant("run-own-service-account", stack="staging")
def the_workers_account_is_left_out(draft: Draft) -> None:
    del draft.inputs(SERVICE, "worker")["template"]["serviceAccount"]


@mutant("run-own-service-account")
def the_migrations_account_is_left_out(draft: Draft) -> None:
    del draft.inputs(JOB, "migrate")["template"]["template"]["serviceAccount"]


@mutant("run-own-service-account", stack="staging")
def the_migrations_run_as_app_engines_account(draft: Draft) -> None:
    account = "acme-voice-staging@appspot.gserviceaccount.com"
    draft.inputs(JOB, "migrate")["template"]["template"]["serviceAccount"] = account


@mutant("run-own-service-account")
def a_worker_pool_names_no_account(draft: Draft) -> None:
    add_pool(draft, serviceAccount=None)


@mutant("run-own-service-account")
def a_v1_service_names_no_account(draft: Draft) -> None:
    add_v1(draft, spec={"serviceAccountName": None})


@mutant("run-own-service-account")
def a_function_runs_as_the_default_account(draft: Draft) -> None:
    add_function(draft, serviceAccountEmail=DEFAULT)


@mutant("run-account-not-shared")
def the_frontend_runs_as_the_api(draft: Draft) -> None:
    api = draft.inputs(SERVICE, "api")["template"]["serviceAccount"]
    draft.inputs(SERVICE, "frontend")["template"]["serviceAccount"] = api


@mutant("run-account-not-shared", stack="staging")
def the_worker_runs_as_the_migrations(draft: Draft) -> None:
    migrate = draft.inputs(JOB, "migrate")["template"]["template"]["serviceAccount"]
    draft.inputs(SERVICE, "worker")["template"]["serviceAccount"] = migrate


@mutant("run-account-not-shared")
def a_worker_pool_runs_as_the_worker(draft: Draft) -> None:
    add_pool(draft, serviceAccount=email("voicestack-worker", draft))


@mutant("run-account-not-shared")
def a_function_runs_as_the_worker(draft: Draft) -> None:
    add_function(draft, serviceAccountEmail=email("voicestack-worker", draft))


@mutant("run-account-not-shared", also=("vm-os-login", "vm-no-project-keys", "vm-shielded"))
def a_virtual_machine_runs_as_the_api(draft: Draft) -> None:
    draft.add(
        "compute/instance:Instance",
        "jump",
        {
            "name": "jump",
            "zone": "europe-west1-b",
            "serviceAccount": {"email": email("voicestack-api", draft), "scopes": ["cloud-platform"]},
        },
    )
