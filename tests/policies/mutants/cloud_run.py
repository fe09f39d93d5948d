"""Edits that open workloads to strangers, or let their traffic out past the VPC."""

from typing import Any

from tests.policies.mutation import Draft, mutant

SERVICE = "cloudrunv2/service:Service"
JOB = "cloudrunv2/job:Job"
BALANCED = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
IMAGE = f"europe-west1-docker.pkg.dev/acme-voice-prod/voicestack-prod-images/app@sha256:{'ab' * 32}"
POOL = "cloudrunv2/workerPool:WorkerPool"
SERVICE_V1 = "cloudrun/service:Service"
FUNCTION = "cloudfunctionsv2/function:Function"


def email(name: str, draft: Draft) -> str:
    """The e-mail of an account that the draft does not have."""
    return f"{name}@{draft.find(SERVICE, 'api').inputs['project']}.iam.gserviceaccount.com"


def add_pool(draft: Draft, **template: Any) -> None:
    """Adds a worker pool that keeps every rule but what `template` says otherwise; None leaves a thing out."""
    whole = {
        "serviceAccount": email("voicestack-rooms", draft),
        "containers": [{"image": IMAGE}],
        "encryptionKey": "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/run",
        "vpcAccess": {"egress": "ALL_TRAFFIC", "networkInterfaces": [{"subnetwork": "app"}]},
        **template,
    }
    draft.add(
        POOL,
        "rooms",
        {
            "name": "voicestack-prod-rooms",
            "location": "europe-west1",
            "deletionProtection": True,
            "binaryAuthorization": {"useDefault": True},
            "template": {key: value for key, value in whole.items() if value is not None},
        },
    )


def add_v1(draft: Draft, *, spec: Any = None, notes: Any = None, revision_notes: Any = None) -> None:
    """Adds a service of the v1 API that keeps every rule but what is said otherwise; None leaves a thing out."""
    annotations = {
        "run.googleapis.com/ingress": "internal",
        "run.googleapis.com/binary-authorization": "default",
        **(notes or {}),
    }
    of_revision = {
        "run.googleapis.com/network-interfaces": '[{"network": "n", "subnetwork": "app"}]',
        "run.googleapis.com/vpc-access-egress": "all-traffic",
        "run.googleapis.com/encryption-key": "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/run",
        "run.googleapis.com/execution-environment": "gen2",
        **(revision_notes or {}),
    }
    probe = {"httpGet": {"path": "/health"}}
    running = {
        "serviceAccountName": email("voicestack-old", draft),
        "containers": [{"image": IMAGE, "startupProbe": probe, "livenessProbe": probe}],
        **(spec or {}),
    }

    def given(values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if value is not None}

    draft.add(
        SERVICE_V1,
        "old",
        {
            "name": "voicestack-prod-old",
            "location": "europe-west1",
            "deletionPolicy": "PREVENT",
            "metadata": {"annotations": given(annotations)},
            "template": {"metadata": {"annotations": given(of_revision)}, "spec": given(running)},
        },
    )


def add_function(draft: Draft, **config: Any) -> None:
    """Adds a function that keeps every rule but what `config` says otherwise; None leaves a thing out."""
    whole = {
        "serviceAccountEmail": email("voicestack-hook", draft),
        "ingressSettings": "ALLOW_INTERNAL_ONLY",
        "directVpcNetworkInterfaces": [{"network": "n", "subnetwork": "app"}],
        "directVpcEgress": "VPC_EGRESS_ALL_TRAFFIC",
        "binaryAuthorizationPolicy": "projects/p/platforms/cloudRun/strict",
        **config,
    }
    draft.add(
        FUNCTION,
        "hook",
        {
            "name": "voicestack-prod-hook",
            "location": "europe-west1",
            "deletionPolicy": "PREVENT",
            "kmsKeyName": "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/run",
            "buildConfig": {"serviceAccount": "projects/p/serviceAccounts/builder@p.iam.gserviceaccount.com"},
            "serviceConfig": {key: value for key, value in whole.items() if value is not None},
        },
    )


@mutant("run-no-public-ingress", also=("run-invoker-check-on",))
def the_api_takes_requests_from_everywhere(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["ingress"] = "INGRESS_TRAFFIC_ALL"


@mutant("run-no-public-ingress", stack="staging")
def the_workers_ingress_is_left_out(draft: Draft) -> None:
    del draft.inputs(SERVICE, "worker")["ingress"]


@mutant("run-no-public-ingress")
def a_function_takes_requests_from_everywhere(draft: Draft) -> None:
    add_function(draft, ingressSettings="ALLOW_ALL")


@mutant("run-no-public-ingress")
def a_functions_ingress_is_left_out(draft: Draft) -> None:
    add_function(draft, ingressSettings=None)


@mutant("run-no-public-ingress", also=("public-service-errors-told",))
def a_v1_services_ingress_is_left_out(draft: Draft) -> None:
    add_v1(draft, notes={"run.googleapis.com/ingress": None})


@mutant("run-default-url-off", also=("run-invoker-check-on",))
def the_apis_own_url_is_on(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["defaultUriDisabled"] = False


@mutant("run-default-url-off", stack="staging", also=("run-invoker-check-on",))
def the_frontends_own_url_is_no_longer_turned_off(draft: Draft) -> None:
    del draft.inputs(SERVICE, "frontend")["defaultUriDisabled"]


@mutant("run-default-url-off")
def the_worker_goes_behind_the_load_balancer_and_keeps_its_url(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["ingress"] = BALANCED


@mutant("run-default-url-off", also=("public-service-errors-told",))
def a_v1_services_own_url_is_on(draft: Draft) -> None:
    add_v1(draft, notes={"run.googleapis.com/ingress": "internal-and-cloud-load-balancing"})


@mutant("run-invoker-check-on")
def everything_inside_may_invoke_the_worker(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["invokerIamDisabled"] = True


@mutant("run-invoker-check-on", stack="staging", also=("run-default-url-off",))
def everything_inside_may_invoke_the_api_past_the_load_balancer(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["defaultUriDisabled"] = False


@mutant("run-invoker-check-on", stack="staging", also=("run-no-public-ingress",))
def everybody_may_invoke_the_worker(draft: Draft) -> None:
    worker = draft.inputs(SERVICE, "worker")
    worker["invokerIamDisabled"], worker["ingress"] = True, "INGRESS_TRAFFIC_ALL"


@mutant("run-invoker-check-on")
def everything_inside_may_invoke_a_v1_service(draft: Draft) -> None:
    add_v1(draft, notes={"run.googleapis.com/invoker-iam-disabled": "true"})


@mutant("run-egress-through-network")
def the_workers_traffic_to_the_internet_leaves_past_the_vpc(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["template"]["vpcAccess"]["egress"] = "PRIVATE_RANGES_ONLY"


@mutant("run-egress-through-network", stack="staging")
def the_apis_egress_is_left_out(draft: Draft) -> None:
    del draft.inputs(SERVICE, "api")["template"]["vpcAccess"]["egress"]


@mutant("run-egress-through-network")
def the_migrations_leave_the_vpc(draft: Draft) -> None:
    del draft.inputs(JOB, "migrate")["template"]["template"]["vpcAccess"]


@mutant("run-egress-through-network")
def a_worker_pool_is_outside_the_vpc(draft: Draft) -> None:
    add_pool(draft, vpcAccess=None)


@mutant("run-egress-through-network")
def a_function_reaches_the_internet_past_the_vpc(draft: Draft) -> None:
    add_function(draft, directVpcEgress=None)


@mutant("run-egress-through-network")
def a_v1_service_reaches_the_internet_past_the_vpc(draft: Draft) -> None:
    add_v1(draft, revision_notes={"run.googleapis.com/vpc-access-egress": "private-ranges-only"})


@mutant("run-ssh-off")
def somebody_may_open_a_shell_in_the_api(draft: Draft) -> None:
    draft.inputs(SERVICE, "api")["sshEnabled"] = True


@mutant("run-ssh-off", stack="staging")
def somebody_may_open_a_shell_in_the_worker(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["sshEnabled"] = "true"


@mutant("run-ssh-off")
def somebody_may_open_a_shell_in_the_frontend(draft: Draft) -> None:
    draft.inputs(SERVICE, "frontend")["sshEnabled"] = True


# No alert knows the new name.
@mutant("run-staff-behind-iap", also=("public-service-errors-told",))
def the_frontend_becomes_the_admins_page(draft: Draft) -> None:
    frontend = draft.find(SERVICE, "frontend")
    frontend.inputs["name"] = "voicestack-prod-admin"
    draft.inputs("RegionNetworkEndpointGroup", "edge-page")["cloudRun"] = {"service": "voicestack-prod-admin"}


@mutant(
    "run-staff-behind-iap",
    stack="staging",
    also=("run-no-public-ingress", "run-invoker-check-on", "public-service-errors-told"),
)
def the_frontend_becomes_an_open_grafana(draft: Draft) -> None:
    frontend = draft.inputs(SERVICE, "frontend")
    frontend["name"], frontend["ingress"] = "voicestack-staging-grafana", "INGRESS_TRAFFIC_ALL"


@mutant("run-staff-behind-iap", stack="staging", also=("public-service-errors-told",))
def the_frontend_becomes_the_back_office(draft: Draft) -> None:
    name = "voicestack-staging-backoffice"
    draft.inputs(SERVICE, "frontend")["name"] = name
    draft.inputs("RegionNetworkEndpointGroup", "edge-page")["cloudRun"] = {"service": name}
