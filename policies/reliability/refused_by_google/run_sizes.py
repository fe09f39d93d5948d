"""Sizes and names of Cloud Run workloads that Google refuses only during `up`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.quantities import cpus_of, mib_of
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.containers import containers
from analysis.workloads.templates import JOB, POOL, SERVICE, find
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy

_GIB: Final = 1024
_MOST_CPUS, _MOST_MIB = 8, 32 * _GIB
_GENERATION_2_MIB: Final = 512
# https://cloud.google.com/run/docs/configuring/services/cpu#cpu-memory
_CPUS: Final = (1, 2, 4, 6, 8)
_LEAST_CPUS: Final = 0.08
_MIB_FOR_CPUS: Final = ((6, 4 * _GIB), (4, 2 * _GIB))
# https://cloud.google.com/run/docs/configuring/services/memory-limits#cpu-minimum
_CPUS_FOR_MIB: Final = ((24 * _GIB, 8), (16 * _GIB, 6), (8 * _GIB, 4), (4 * _GIB, 2), (_GIB, 1), (512, 0.5))
_LONGEST_NAME: Final = 49
_LONGEST_WITH_TAG: Final = 46


@resource_policy(
    id="run-size-accepted",
    title="CPU, memory, concurrency and sandbox of a Cloud Run workload go together",
    severity=Severity.MEDIUM,
    why="""Cloud Run takes only some combinations: much memory needs CPUs, a part of a CPU takes one request at a
    time. A preview accepts all of them, and the release stops half-way through `up`.""",
    fix="""Set `cpu` and `memory_mib` of the service's size to a combination that the message allows (the
    components check it before anything is registered).""",
    fix_raw="""Set `resources.limits`, `maxInstanceRequestConcurrency`, `cpuIdle` and `executionEnvironment` to
    what the message allows.""",
    types=(SERVICE, JOB, POOL),
)
def run_size_accepted(workload: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    found = list(containers(workload, sandboxes=False))
    try:
        sizes = [_size(container) for container in found]
    except NotKnown as reason:
        yield Unseen(workload.resource, str(reason))
        return
    cpus, mib = sum(cpu for cpu, _ in sizes), sum(memory for _, memory in sizes)
    for check in (_bounds(cpus, mib), _together(cpus, mib, len(sizes)), _sandbox(workload, mib)):
        yield from _told(workload, check)
    if workload.resource.type == SERVICE and 0 < cpus < 1 and len(sizes) == 1:
        yield from _told(workload, _part_of_a_cpu(workload, found[0], cpus))


def _told(workload: Value, messages: Iterator[tuple[str, str]]) -> Iterator[Result]:
    try:
        for key, message in messages:
            yield Problem(workload.resource, message, key=key)
    except NotKnown as reason:
        yield Unseen(workload.resource, str(reason))


def _size(container: Value) -> tuple[float, float]:
    # One CPU and 512 MiB where nothing is said: the pages above.
    limits = container["resources"]["limits"]
    if limits["nvidia.com/gpu"].present:
        # Each type of GPU has sizes of its own, up to several times these:
        # https://cloud.google.com/run/docs/configuring/services/gpu
        raise NotKnown(limits.path, "asks for a GPU, with which other sizes go")
    return cpus_of(limits["cpu"], 1), mib_of(limits["memory"], 512)


def _bounds(cpus: float, mib: float) -> Iterator[tuple[str, str]]:
    if cpus > _MOST_CPUS or cpus < _LEAST_CPUS:
        yield "cpu", f"limits.cpu is {cpus:g} in all: Cloud Run takes {_LEAST_CPUS:g} to {_MOST_CPUS}"
    if mib > _MOST_MIB:
        yield "memory", f"limits.memory is {mib:g} MiB in all: Cloud Run takes at most {_MOST_MIB}"


def _together(cpus: float, mib: float, containers_: int) -> Iterator[tuple[str, str]]:
    if containers_ != 1 or mib > _MOST_MIB or not _LEAST_CPUS <= cpus <= _MOST_CPUS:
        # Beside a sidecar the sum counts in other ways; what is out of bounds is told already.
        return
    if cpus > 1 and cpus not in _CPUS:
        yield "whole", f"limits.cpu is {cpus:g}: above 1 Cloud Run takes 2, 4, 6 or 8"
        return
    for more_than, least in _CPUS_FOR_MIB:
        if mib > more_than:
            if cpus < least:
                yield (
                    "few",
                    f"limits.memory is {mib:g} MiB with {cpus:g} CPU: more than {more_than} MiB need {least:g}",
                )
            break
    for from_, least in _MIB_FOR_CPUS:
        if cpus >= from_:
            if mib < least:
                yield "little", f"limits.cpu is {cpus:g} with {mib:g} MiB: so many CPUs need {least} MiB"
            break


def _sandbox(workload: Value, mib: float) -> Iterator[tuple[str, str]]:
    if find(workload, "execution").text("") == "EXECUTION_ENVIRONMENT_GEN2" and mib < _GENERATION_2_MIB:
        yield (
            "generation",
            f"limits.memory is {mib:g} MiB in all: the second-generation sandbox needs {_GENERATION_2_MIB}",
        )


def _part_of_a_cpu(workload: Value, container: Value, cpus: float) -> Iterator[tuple[str, str]]:
    # https://cloud.google.com/run/docs/configuring/services/cpu: what less than one CPU asks for.
    concurrency = workload["template"]["maxInstanceRequestConcurrency"]
    # The provider takes 1 where there is less than one CPU, 0 means the same as nothing.
    if concurrency.number(1) > 1:
        yield "concurrency", f"{concurrency.path} is {concurrency.number(1):g} with {cpus:g} CPU: it must be 1"
    idle = container["resources"]["cpuIdle"]
    # Where `resources` is given, the provider's default is false:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/
    if not idle.flag(False):
        yield "idle", f"{idle.path} is not true with {cpus:g} CPU: less than one is for request-based billing only"
    if find(workload, "execution").text("") == "EXECUTION_ENVIRONMENT_GEN2":
        yield "part", f"limits.cpu is {cpus:g}: less than one CPU needs the first-generation sandbox"


@resource_policy(
    id="run-name-fits-its-address",
    title="The name of a Cloud Run service and each of its tags fit into an address",
    severity=Severity.LOW,
    why="""Name and tag become one label of the service's address, which has 63 characters at most with what Google
    adds. A preview accepts longer ones; the service, or a canary months later, is then refused.""",
    fix="Shorten `system` or the component's name, or the tag of the release.",
    fix_raw="Keep `name` below 50 characters, and `name` with each `traffics[].tag` to 46 together.",
    types=[SERVICE],
)
def run_name_fits_its_address(service: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    # https://cloud.google.com/run/docs/deploying: "less than 50 characters"
    name = service["name"].text("")
    if len(name) > _LONGEST_NAME:
        message = f"name has {len(name)} characters: Cloud Run takes {_LONGEST_NAME}"
        yield Problem(service.resource, message, key="name")
    # "Combined traffic tag and service name cannot exceed 46 characters": the API's answer; and a label of DNS has
    # 63 characters, of which `---`, a hash and a region take 17.
    # https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags
    for target in service["traffics"].items():
        try:
            tag = target["tag"].text("")
        except NotKnown as reason:
            yield Unseen(service.resource, str(reason))
            continue
        if tag and len(tag) + len(name) > _LONGEST_WITH_TAG:
            message = (
                f"{target['tag'].path} has {len(tag)} characters and the name {len(name)}: "
                f"Cloud Run takes {_LONGEST_WITH_TAG} together"
            )
            yield Problem(service.resource, message, key=target.path)
