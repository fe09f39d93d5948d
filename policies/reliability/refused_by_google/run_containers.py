"""What Cloud Run refuses of the containers of a workload: variables, ports, mounts and probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.containers import containers, listed
from analysis.workloads.templates import JOB, POOL, SERVICE, SERVICE_V1, find, is_set
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy
from policies.reliability.cloud_run.probes import serving

_TYPES: Final = (SERVICE, JOB, POOL, SERVICE_V1)
_OF_A_SERVICE: Final = frozenset({"K_SERVICE", "K_REVISION", "K_CONFIGURATION"})
# Each list is its own: https://cloud.google.com/run/docs/container-contract#env-vars
_RESERVED: Final[Mapping[str, frozenset[str]]] = {
    SERVICE: _OF_A_SERVICE,
    SERVICE_V1: _OF_A_SERVICE,
    JOB: frozenset(
        {
            "CLOUD_RUN_JOB",
            "CLOUD_RUN_EXECUTION",
            "CLOUD_RUN_TASK_INDEX",
            "CLOUD_RUN_TASK_ATTEMPT",
            "CLOUD_RUN_TASK_COUNT",
        }
    ),
    POOL: frozenset({"CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"}),
}
_PROBES: Final = ("startupProbe", "livenessProbe", "readinessProbe")


@resource_policy(
    id="run-no-reserved-variable",
    title="No variable has a name that Cloud Run sets itself",
    severity=Severity.MEDIUM,
    why="""Cloud Run tells a container its port, service, revision or task by variables of its own. A preview
    takes one of the same name; Cloud Run then refuses the whole workload.""",
    fix="""Leave the variable out of `env`; the port of a container is the component's own.""",
    fix_raw="""Remove the variable and read the one that Cloud Run sets. The port that it listens on is
    `ports.containerPort`.""",
    types=_TYPES,
)
def no_reserved_variable(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    type_ = workload.resource.type
    # https://github.com/hashicorp/terraform-provider-google/issues/26877: "The following reserved env names were
    # provided: PORT". Only what takes the requests is given it.
    with_port = {one.path for one in serving(workload)} if type_ in (SERVICE, SERVICE_V1) else set()
    doubts = Doubts()
    for container in containers(workload, sandboxes=False):
        reserved = _RESERVED[type_] | ({"PORT"} if container.path in with_port else frozenset())
        with doubts:
            for variable in listed(container["envs"]):
                with doubts:
                    name = variable["name"].text("")
                    if name in reserved:
                        yield f"{variable.path} is {name}, which Cloud Run sets itself: it refuses the workload"
    doubts.tell()


@resource_policy(
    id="run-one-port",
    title="Exactly one container of a service has a port, and it has one",
    severity=Severity.MEDIUM,
    why="""Cloud Run sends the requests to the one container with a port. It refuses a service of several
    containers in which none has one, or two have, and a container with two ports; a preview takes them all.""",
    fix="Give sidecars no port: the `Service` component sets that of its own container.",
    fix_raw="""Set `ports` on the container that takes the requests and on no other, with one entry; containers of
    one instance reach each other on localhost without.""",
    types=(SERVICE, SERVICE_V1),
)
def one_port(service: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/run/docs/deploying#sidecars and
    # https://cloud.google.com/run/docs/reference/rest/v2/Container: "Only a single port can be specified"
    found, open_, doubts = list(containers(service, sandboxes=False)), 0, Doubts()
    for container in found:
        with doubts:
            ports = container["ports"]
            if is_set(ports):
                open_ += 1
                number = len(list(ports.items()))
                if number > 1:
                    yield f"{ports.path} are {number}: Cloud Run takes one"
    if open_ > 1:
        yield f"{open_} containers have ports: Cloud Run takes one container that does"
    doubts.tell()
    if len(found) > 1 and not open_:
        yield f"none of the {len(found)} containers has ports: Cloud Run takes one container that does"


@resource_policy(
    id="run-mount-has-its-volume",
    title="What a container mounts is among the volumes of its template",
    severity=Severity.MEDIUM,
    why="""A mount names a volume of the same template. A preview does not look whether it is there; Cloud Run
    refuses the workload.""",
    fix="Mount a secret by `secret.mount(...)`, which makes the volume and the mount together.",
    fix_raw="Add a volume of that name to the template's `volumes`, or mend the name in `volumeMounts`.",
    types=_TYPES,
)
def mount_has_its_volume(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # "This must match the Name of a Volume": https://cloud.google.com/run/docs/reference/rest/v2/Container
    volumes: set[str] | None = None
    doubts = Doubts()
    for container in containers(workload, sandboxes=False):
        with doubts:
            for mount in listed(container["volumeMounts"]):
                with doubts:
                    if volumes is None:
                        volumes = {one["name"].text("") for one in find(workload, "volumes").items()}
                    name = mount["name"].text("")
                    if name not in volumes:
                        yield f"{mount.path} mounts '{name}', which is no volume of the template"
    doubts.tell()


@resource_policy(
    id="run-probe-within-its-period",
    title="A probe waits no longer for an answer than until the next one",
    severity=Severity.MEDIUM,
    why="""Cloud Run refuses a probe whose time-out is above its period, in a new revision as in the first. Left
    out, the period is ten seconds; a preview compares nothing.""",
    fix="Use the `Service` component, whose probes wait less than their period.",
    fix_raw="Set the probe's `timeoutSeconds` to no more than its `periodSeconds` (10 where it is left out).",
    types=(SERVICE, POOL, SERVICE_V1),
)
def probe_within_its_period(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/run/docs/reference/rest/v2/Container#Probe, its defaults too
    doubts = Doubts()
    for container in containers(workload, sandboxes=False):
        for key in _PROBES:
            with doubts:
                probe = container[key]
                waits, period = probe["timeoutSeconds"].number(1), probe["periodSeconds"].number(10)
                if waits > period:
                    yield f"{probe.path} waits {waits:g} s for an answer and asks each {period:g} s"
    doubts.tell()
