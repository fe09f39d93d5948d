"""Nobody logs into a running instance."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.templates import SERVICE
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="run-ssh-off",
    title="Nobody can open a shell in the instances of a service",
    severity=Severity.HIGH,
    why="""A shell in a running instance has the service's identity, its secrets and its connections, past the
    image that was reviewed and the pipeline that released it.""",
    fix="Remove it: the `Service` component never turns SSH on.",
    fix_raw="Set `sshEnabled` to false or leave it out.",
    rows=(44,),
    types=[SERVICE],
)
def ssh_off(service: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off unless enabled: https://www.pulumi.com/registry/packages/gcp/api-docs/cloudrunv2/service/#sshenabled_python
    enabled = service["sshEnabled"]
    if enabled.flag(False):
        yield f"{enabled.path} is true: whoever may open a shell there acts as the service"
