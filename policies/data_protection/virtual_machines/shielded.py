"""A virtual machine starts only what is signed, and tells where it has been changed."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.virtual_machines import MACHINES, is_left_to_template
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="vm-shielded",
    title="A virtual machine starts only what is signed, and tells where it has been changed",
    severity=Severity.MEDIUM,
    why="""What was put below the operating system once stays there, unseen, and reads all that the machine reads.
    Secure boot refuses it; the virtual TPM and its measurements show it.""",
    fix="Run it as a `Service`; nothing here makes a machine.",
    fix_raw="""Set `shieldedInstanceConfig.enableSecureBoot` to true and leave the other two as they are; the image
    must support UEFI.""",
    rows=(202,),
    cis_4=("4.8",),
    cis_5=("4.8",),
    types=MACHINES,
)
def shielded(machine: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    config = machine["shieldedInstanceConfig"]
    if is_left_to_template(machine, config, stack):
        return
    # Secure boot is off by default, the other two are on:
    # https://cloud.google.com/compute/shielded-vm/docs/shielded-vm#default-configuration
    boot = config["enableSecureBoot"]
    if not boot.flag(False):
        yield f"{boot.path} {'is false' if boot.present else 'is left out'}: unsigned code may start first"
    for key in ("enableVtpm", "enableIntegrityMonitoring"):
        if not config[key].flag(True):
            yield f"{config[key].path} is false: a machine that was changed is not noticed"
