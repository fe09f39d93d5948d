"""Who gets into a virtual machine: people whom IAM knows, one by one, and not by the serial console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import MISSING, NotKnown, Value
from analysis.workloads.virtual_machines import (
    MACHINES,
    PROJECT,
    PROJECT_ITEM,
    is_left_to_template,
    is_switched_on,
    metadata_of,
)
from policies.engine.policy import Settings, Severity, resource_policy

_FIX: Final = "Run it as a `Service`, which nobody logs in to; nothing here makes a machine."
_LOGIN: Final = "enable-oslogin"
_BLOCK: Final = "block-project-ssh-keys"
_SERIAL: Final = "serial-port-enable"


@resource_policy(
    id="vm-os-login",
    title="Who logs in to a virtual machine is somebody whom IAM lets in",
    severity=Severity.MEDIUM,
    why="""Without OS Login a key in the metadata lets in whoever has it, as root, after they left the company too,
    and no log tells who it was. A machine's own word overrides the project's.""",
    fix=_FIX,
    fix_raw='Set `metadata` `enable-oslogin: "TRUE"` on the project, and on no machine anything else.',
    rows=(199,),
    cis_4=("4.4",),
    cis_5=("4.4",),
    types=(*MACHINES, PROJECT, PROJECT_ITEM),
)
def os_login(holder: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/compute/docs/oslogin/set-up-oslogin#enable_os_login
    said = metadata_of(holder, _LOGIN)
    if said.present:
        if not is_switched_on(said):
            yield f"{said.path} is not TRUE: whoever has a key of the metadata logs in as root"
    elif holder.resource.type in MACHINES and not _left(holder, stack) and not _by_project(stack):
        yield f"{said.path} is left out, for the project too: whoever has a key of the metadata logs in as root"


@resource_policy(
    id="vm-no-project-keys",
    title="A virtual machine takes no SSH keys of the whole project",
    severity=Severity.MEDIUM,
    why="""A key in the project's metadata opens every machine of the project: one that leaks, or that is forgotten
    there, opens this one too, as soon as OS Login is off.""",
    fix=_FIX,
    fix_raw='Set `metadata` `block-project-ssh-keys: "TRUE"`.',
    rows=(200,),
    cis_4=("4.3",),
    cis_5=("4.3",),
    types=MACHINES,
)
def no_project_keys(machine: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/compute/docs/connect/restrict-ssh-keys#block-project-keys
    said = metadata_of(machine, _BLOCK)
    if not is_switched_on(said) and (said.present or not _left(machine, stack)):
        yield f"{said.path} is not TRUE: every SSH key of the project opens the machine"


@resource_policy(
    id="vm-no-serial-port",
    title="A virtual machine's serial console is closed",
    severity=Severity.MEDIUM,
    why="""The interactive serial console takes connections from every address in the world, past all firewall
    rules: whoever has a key is in.""",
    fix=_FIX,
    fix_raw='Leave `serial-port-enable` out of `metadata`, or set it to "FALSE".',
    rows=(201,),
    cis_4=("4.5",),
    cis_5=("4.5",),
    types=(*MACHINES, PROJECT, PROJECT_ITEM),
)
def no_serial_port(holder: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-using-serial-console
    said = metadata_of(holder, _SERIAL)
    if is_switched_on(said):
        yield f"{said.path} is true: the console takes connections from everywhere, past the firewall"
    elif holder.resource.type in MACHINES and not said.present:
        _left(holder, stack)


def _left(machine: Value, stack: Stack) -> bool:
    """Whether the machine takes all of its metadata from a template."""
    return is_left_to_template(machine, machine["metadata"], stack)


def _by_project(stack: Stack) -> bool:
    """Whether the project's metadata in the plan turns OS Login on; NotKnown where that is not known."""
    unread: NotKnown | None = None
    for one in stack.of_type(PROJECT, PROJECT_ITEM):
        try:
            said = metadata_of(one, _LOGIN)
            if said.raw is not MISSING and is_switched_on(said):
                return True
        except NotKnown as reason:
            unread = reason
    if unread is not None:
        raise unread
    return False
