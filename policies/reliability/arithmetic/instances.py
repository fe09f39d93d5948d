"""How many instances of a workload there may be at once, and what each of them takes."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from analysis.quantities import cpus_of, finite
from analysis.value import Value
from analysis.workloads.templates import FUNCTION_V1, JOB, POOL, SERVICE, SERVICE_V1, find, place_of
from policies.engine.policy import Settings

# https://cloud.google.com/run/docs/configuring/max-instances#limits
DEFAULT_INSTANCES: Final = 100
# https://cloud.google.com/run/docs/configuring/request-timeout
DEFAULT_TIMEOUT_S: Final = 300
# https://cloud.google.com/run/docs/about-concurrency#concurrency-limits
DEFAULT_CONCURRENCY: Final = 80


class Revisions(Settings):
    """How many revisions of a service count."""

    revisions_at_once: int = Field(
        default=1,
        ge=1,
        le=3,
        description="Revisions of each service that may be at their maximum of instances at the same time. During "
        "a release under full load it is 2; 1 asks only for what one revision needs.",
    )


def most_instances(workload: Value) -> float:
    """The most instances that one revision of a workload may have, or the tasks of a job that run at once."""
    if workload.resource.type == JOB:
        template = workload["template"]
        tasks = finite(template["taskCount"], 1)
        # As many as possible where it is left out or 0:
        # https://cloud.google.com/run/docs/configuring/parallelism
        at_once = finite(template["parallelism"], 0)
        return min(tasks, at_once or tasks)
    if workload.resource.type == POOL:
        scaling = workload["scaling"]
        # Worker pools are scaled by hand where nothing is said:
        # https://cloud.google.com/run/docs/configuring/workerpools/manual-scaling
        if scaling["scalingMode"].text("MANUAL") != "AUTOMATIC" and not scaling["maxInstanceCount"].present:
            return finite(scaling["manualInstanceCount"], 1)
        return finite(scaling["maxInstanceCount"], DEFAULT_INSTANCES)
    if workload.resource.type == SERVICE:
        of_service = finite(workload["scaling"]["maxInstanceCount"], 0)
        of_revision = finite(find(workload, "most_instances"), 0)
        bounds = [bound for bound in (of_service, of_revision) if bound]
        return min(bounds, default=float(DEFAULT_INSTANCES))
    return finite(find(workload, "most_instances"), 0) or DEFAULT_INSTANCES


def revisions(workload: Value, settings: Revisions) -> int:
    """How many revisions of it run at once: a job has none, a pool is replaced as a service is."""
    return 1 if workload.resource.type == JOB else settings.revisions_at_once


def counted(workload: Value, instances: float, settings: Revisions) -> str:
    """The instances in words: `'api' 50 instances`, with the revisions where there are several."""
    several = revisions(workload, settings)
    what = "tasks" if workload.resource.type == JOB else "instances"
    return f"'{workload.resource.name}' {f'{several} revisions * ' if several > 1 else ''}{instances:g} {what}"


def timeout_s(workload: Value) -> float:
    """The seconds that a request may take."""
    otherwise = 60 if workload.resource.type == FUNCTION_V1 else DEFAULT_TIMEOUT_S
    seconds = find(workload, "timeout").seconds(otherwise)
    return seconds or otherwise


def concurrency(service: Value) -> float:
    """The requests that one instance of a Cloud Run service takes at once."""
    template = service["template"]
    if service.resource.type == SERVICE_V1:
        return finite(template["spec"]["containerConcurrency"], DEFAULT_CONCURRENCY) or DEFAULT_CONCURRENCY
    given = finite(template["maxInstanceRequestConcurrency"], 0)
    if given:
        return given
    # With less than one CPU the provider takes 1:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/
    parts = sum(cpus_of(one["resources"]["limits"]["cpu"], 1) for one in template["containers"].items())
    return 1 if 0 < parts < 1 else DEFAULT_CONCURRENCY


def instances_input(workload: Value) -> str:
    """The input to lower for fewer instances."""
    return "template.parallelism" if workload.resource.type == JOB else place_of(workload, "most_instances")
