"""Nothing that serves is deleted by an edit."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import KINDS, PLACES, WORKLOADS, find, place_of
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="run-deletion-protected",
    title="A workload of a stack that keeps data cannot be deleted by an edit of the program",
    severity=Severity.MEDIUM,
    why="""A rename, a removed line or a `destroy` in the wrong stack deletes the service with its revisions, its
    URL and its grants: clients are refused until somebody makes it again, and no earlier revision is left to go
    back to.""",
    fix="Set `protect` in the environment's profile: the components pass it on to every guard there is.",
    fix_raw="""Leave `deletionProtection` out or set it to true; where the type has none, set `deletionPolicy` to
    PREVENT or the option `protect`.""",
    rows=(43, 46),
    types=WORKLOADS,
)
def deletion_protected(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable or workload.resource.options.protect:
        return
    doubts = Doubts()
    if "protection" in PLACES[workload.resource.type]:
        # On unless disabled: https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/
        with doubts:
            if find(workload, "protection").flag(True):
                return
    # Absent means DELETE, for every type that has it.
    if find(workload, "deletion").text("") == "PREVENT":
        return
    doubts.tell()
    type_ = workload.resource.type
    if "protection" in PLACES[type_]:
        found = f"{place_of(workload, 'protection')} is false"
    else:
        found = f"{place_of(workload, 'deletion')} is not PREVENT"
    yield f"{found}: an edit of the program can delete the {KINDS[type_]}"
