"""What runs code, read alike: Cloud Run services, jobs and worker pools, services of its v1 API, and functions.

Each type keeps the same things in other places; `PLACES` is the table of them and `find` looks there. It says what
is there; whether that is right is each policy's business. What is in the containers: `containers`.

    for one in stack.of_type(*WORKLOADS):
        find(one, "account").text()     # the service account's e-mail; None: the default account
        ingress_of(one)                 # Ingress.ALL, LOAD_BALANCER, INTERNAL or NONE
        egress_of(one)                  # Egress.OUTSIDE, PRIVATE_RANGES or NETWORK
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, Literal

from analysis.value import MISSING, Value

SERVICE: Final = "gcp:cloudrunv2/service:Service"
JOB: Final = "gcp:cloudrunv2/job:Job"
POOL: Final = "gcp:cloudrunv2/workerPool:WorkerPool"
SERVICE_V1: Final = "gcp:cloudrun/service:Service"
FUNCTION: Final = "gcp:cloudfunctionsv2/function:Function"
FUNCTION_V1: Final = "gcp:cloudfunctions/function:Function"

What = Literal[
    "account",  # the e-mail of the service account that the code runs as
    "build_account",  # the same of the build, where Google builds
    "trigger_account",  # the same of what calls a function with its events
    "containers",
    "sandboxes",  # templates of sandboxes that a container starts; like containers
    "variables",  # plain variables, a mapping (functions)
    "build_variables",
    "secret_variables",  # variables from Secret Manager, a list (functions)
    "volumes",
    "ingress",
    "default_url_off",
    "invoker_check_off",
    "iap",
    "connector",  # of Serverless VPC Access
    "interfaces",  # of Direct VPC egress
    "egress",  # which traffic goes there
    "direct_egress",  # the same for Direct VPC egress, where it is another input
    "key",  # of Cloud KMS
    "image_policy",  # Binary Authorization's: true for the project's, or the name of a platform policy
    "image_policy_named",
    "image_policy_broken",  # the justification for going around it
    "execution",  # the sandbox's generation
    "timeout",
    "least_instances",
    "most_instances",
    "least_instances_of_revision",  # where `least_instances` are the service's
    "most_instances_of_service",  # where `most_instances` are the revision's
    "protection",  # the provider's deletion protection
    "deletion",  # DELETE, ABANDON or PREVENT
]
_Place = tuple[str, ...]


def _template(*before: str) -> dict[What, _Place]:
    """Where the templates of the v2 API keep things."""
    return {
        "account": (*before, "serviceAccount"),
        "containers": (*before, "containers"),
        "volumes": (*before, "volumes"),
        "connector": (*before, "vpcAccess", "connector"),
        "interfaces": (*before, "vpcAccess", "networkInterfaces"),
        "egress": (*before, "vpcAccess", "egress"),
        "key": (*before, "encryptionKey"),
        "image_policy": ("binaryAuthorization", "useDefault"),
        "image_policy_named": ("binaryAuthorization", "policy"),
        "image_policy_broken": ("binaryAuthorization", "breakglassJustification"),
        "protection": ("deletionProtection",),
        "deletion": ("deletionPolicy",),
    }


def _noted(annotation: str, *before: str) -> _Place:
    """Where the v1 API keeps what it has as an annotation: https://cloud.google.com/run/docs/reference/annotations"""
    return (*before, "metadata", "annotations", annotation)


PLACES: Final[Mapping[str, Mapping[What, _Place]]] = {
    SERVICE: {
        **_template("template"),
        "build_account": ("buildConfig", "serviceAccount"),
        "build_variables": ("buildConfig", "environmentVariables"),
        "sandboxes": ("template", "sandboxes", "templates"),
        "ingress": ("ingress",),
        "default_url_off": ("defaultUriDisabled",),
        "invoker_check_off": ("invokerIamDisabled",),
        "iap": ("iapEnabled",),
        "execution": ("template", "executionEnvironment"),
        "timeout": ("template", "timeout"),
        "least_instances": ("scaling", "minInstanceCount"),
        "most_instances": ("template", "scaling", "maxInstanceCount"),
        "least_instances_of_revision": ("template", "scaling", "minInstanceCount"),
        "most_instances_of_service": ("scaling", "maxInstanceCount"),
    },
    JOB: {
        **_template("template", "template"),
        "execution": ("template", "template", "executionEnvironment"),
        "timeout": ("template", "template", "timeout"),
    },
    POOL: {
        **_template("template"),
        "least_instances": ("scaling", "minInstanceCount"),
        "most_instances": ("scaling", "maxInstanceCount"),
    },
    SERVICE_V1: {
        "account": ("template", "spec", "serviceAccountName"),
        "containers": ("template", "spec", "containers"),
        "volumes": ("template", "spec", "volumes"),
        "timeout": ("template", "spec", "timeoutSeconds"),
        "ingress": _noted("run.googleapis.com/ingress"),
        "default_url_off": _noted("run.googleapis.com/default-url-disabled"),
        "invoker_check_off": _noted("run.googleapis.com/invoker-iam-disabled"),
        "iap": _noted("run.googleapis.com/iap-enabled"),
        "image_policy": _noted("run.googleapis.com/binary-authorization"),
        "image_policy_broken": _noted("run.googleapis.com/binary-authorization-breakglass"),
        "connector": _noted("run.googleapis.com/vpc-access-connector", "template"),
        "interfaces": _noted("run.googleapis.com/network-interfaces", "template"),
        "egress": _noted("run.googleapis.com/vpc-access-egress", "template"),
        "key": _noted("run.googleapis.com/encryption-key", "template"),
        "execution": _noted("run.googleapis.com/execution-environment", "template"),
        "least_instances": _noted("run.googleapis.com/minScale"),
        "most_instances": _noted("autoscaling.knative.dev/maxScale", "template"),
        "least_instances_of_revision": _noted("autoscaling.knative.dev/minScale", "template"),
        "most_instances_of_service": _noted("run.googleapis.com/maxScale"),
        "deletion": ("deletionPolicy",),
    },
    FUNCTION: {
        "account": ("serviceConfig", "serviceAccountEmail"),
        "build_account": ("buildConfig", "serviceAccount"),
        "trigger_account": ("eventTrigger", "serviceAccountEmail"),
        "variables": ("serviceConfig", "environmentVariables"),
        "build_variables": ("buildConfig", "environmentVariables"),
        "secret_variables": ("serviceConfig", "secretEnvironmentVariables"),
        "ingress": ("serviceConfig", "ingressSettings"),
        "connector": ("serviceConfig", "vpcConnector"),
        "interfaces": ("serviceConfig", "directVpcNetworkInterfaces"),
        "egress": ("serviceConfig", "vpcConnectorEgressSettings"),
        "direct_egress": ("serviceConfig", "directVpcEgress"),
        "key": ("kmsKeyName",),
        "image_policy_named": ("serviceConfig", "binaryAuthorizationPolicy"),
        "timeout": ("serviceConfig", "timeoutSeconds"),
        "least_instances": ("serviceConfig", "minInstanceCount"),
        "most_instances": ("serviceConfig", "maxInstanceCount"),
        "deletion": ("deletionPolicy",),
    },
    FUNCTION_V1: {
        "account": ("serviceAccountEmail",),
        "build_account": ("buildServiceAccount",),
        "variables": ("environmentVariables",),
        "build_variables": ("buildEnvironmentVariables",),
        "secret_variables": ("secretEnvironmentVariables",),
        "ingress": ("ingressSettings",),
        "connector": ("vpcConnector",),
        "egress": ("vpcConnectorEgressSettings",),
        "key": ("kmsKeyName",),
        "timeout": ("timeout",),
        "least_instances": ("minInstances",),
        "most_instances": ("maxInstances",),
        "deletion": ("deletionPolicy",),
    },
}
WORKLOADS: Final = tuple(PLACES)
KINDS: Final[Mapping[str, str]] = {
    SERVICE: "service",
    JOB: "job",
    POOL: "worker pool",
    SERVICE_V1: "service",
    FUNCTION: "function",
    FUNCTION_V1: "function",
}


def having(*what: What) -> tuple[str, ...]:
    """The types that have one of these."""
    return tuple(type_ for type_, places in PLACES.items() if any(one in places for one in what))


def find(workload: Value, what: What) -> Value:
    """One thing of a workload (of all its inputs); missing where its type has none or the program sets none."""
    place = PLACES[workload.resource.type].get(what)
    if place is None:
        return Value(workload.resource, MISSING, what)
    here = workload
    for key in place:
        here = here[key]
    return here


def place_of(workload: Value, what: What) -> str:
    """Where a workload of its type keeps something, in words: `template.serviceAccount`."""
    return ".".join(PLACES[workload.resource.type].get(what, (what,)))


class Ingress(enum.Enum):
    """From where requests reach a workload."""

    ALL = "the internet"
    LOAD_BALANCER = "a load balancer, and from inside"
    INTERNAL = "inside the project and its networks"
    NONE = "nowhere"


_INGRESS: Final = {
    # https://cloud.google.com/run/docs/securing/ingress
    "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": Ingress.LOAD_BALANCER,
    "INGRESS_TRAFFIC_INTERNAL_ONLY": Ingress.INTERNAL,
    "INGRESS_TRAFFIC_NONE": Ingress.NONE,
    "internal-and-cloud-load-balancing": Ingress.LOAD_BALANCER,
    "internal": Ingress.INTERNAL,
    "none": Ingress.NONE,
    "ALLOW_INTERNAL_AND_GCLB": Ingress.LOAD_BALANCER,
    "ALLOW_INTERNAL_ONLY": Ingress.INTERNAL,
}


def ingress_of(workload: Value) -> Ingress:
    """From where requests reach it: from everywhere where nothing is set, for each of the types that have ingress.

    A word that is none of Google's restricts nothing. Jobs and worker pools have no address.
    """
    if "ingress" not in PLACES[workload.resource.type]:
        return Ingress.NONE
    return _INGRESS.get(find(workload, "ingress").text(""), Ingress.ALL)


class Egress(enum.Enum):
    """Which way a workload's traffic leaves."""

    OUTSIDE = "past the VPC, over an address of Google's"
    PRIVATE_RANGES = "private ranges through the VPC, the internet past it"
    NETWORK = "through the VPC, whatever its destination"


_ALL_TRAFFIC: Final = frozenset({"ALL_TRAFFIC", "VPC_EGRESS_ALL_TRAFFIC", "all-traffic", "all"})


def egress_of(workload: Value) -> Egress:
    """Which way its traffic leaves. Without a word about it, only private ranges go through the VPC.

    https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
    """
    if not is_set(find(workload, "interfaces")) and not is_set(find(workload, "connector")):
        return Egress.OUTSIDE
    said = find(workload, egress_input(workload)).text("")
    return Egress.NETWORK if said in _ALL_TRAFFIC else Egress.PRIVATE_RANGES


def egress_input(workload: Value) -> What:
    """Which input says what of its traffic goes through the VPC."""
    separate = "direct_egress" in PLACES[workload.resource.type]
    return "direct_egress" if separate and is_set(find(workload, "interfaces")) else "egress"


def is_set(value: Value) -> bool:
    """Whether there is anything: an empty text, list or block is nothing; NotKnown where only creation tells."""
    return value.present and value.raw not in ("", "[]", [], {})
