"""Services run in the second-generation sandbox, by choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.containers import containers
from analysis.workloads.templates import JOB, find, having, place_of
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_SECOND: Final = ("EXECUTION_ENVIRONMENT_GEN2", "gen2")
_MIB: Final = re.compile(r"^(\d{1,6})Mi?$")
_LEAST_MIB: Final = 512
"""What the second generation needs: https://cloud.google.com/run/docs/configuring/services/memory-limits"""


@resource_policy(
    id="run-second-generation",
    title="A service runs in the second-generation sandbox",
    severity=Severity.LOW,
    why="""The first generation imitates the kernel: some system calls are missing and network and CPU are slower
    under load, which long audio streams feel. Where nothing is said Google chooses, and may choose another one
    for the next revision.""",
    fix="Use the `Service` component, which asks for the second generation.",
    fix_raw="""Set `template.executionEnvironment` to EXECUTION_ENVIRONMENT_GEN2 (in the v1 API the annotation
    run.googleapis.com/execution-environment to gen2), with 512 MiB or more.""",
    rows=(44,),
    enforcement=Enforcement.ADVISORY,
    types=having("execution"),
)
def second_generation(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    said = find(workload, "execution").text("")
    if said in _SECOND:
        return
    if not said and workload.resource.type == JOB:
        # Jobs have no other: https://cloud.google.com/run/docs/about-execution-environments
        return
    if any(_is_small(container) for container in containers(workload)):
        return
    found = f"is {said}" if said else "is left out, so that Google chooses"
    yield f"{place_of(workload, 'execution')} {found}: the service may run where the kernel is imitated"


def _is_small(container: Value) -> bool:
    """Whether a container has too little memory for the second generation."""
    memory = _MIB.match(container["resources"]["limits"]["memory"].text(""))
    return memory is not None and int(memory[1]) < _LEAST_MIB
