"""The disks of virtual machines are encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.value import NotKnown, Value
from analysis.workloads.virtual_machines import FROM_TEMPLATE, INSTANCE, MACHINES, TEMPLATES, is_left_to_template
from policies.engine.policy import Enforcement, Result, Settings, Severity, each, resource_policy

_DISKS: Final = ("gcp:compute/disk:Disk", "gcp:compute/regionDisk:RegionDisk")
_SUPPLIED: Final = ("diskEncryptionKeyRaw", "diskEncryptionKeyRsa", "rawKey", "rsaEncryptedKey")
"""Keys that are given with each request; that there is one is enough, it is never read."""


@resource_policy(
    id="vm-disk-keys",
    title="The disks of a virtual machine are encrypted with a key of their own",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, access to a disk and its snapshots can be ended by disabling the key, and each
    use of the key is logged. Google's own key, the default, gives neither.""",
    fix="Keep data in a store that takes the key of `keys.for_service(...)`; nothing here makes a machine.",
    fix_raw="""Set `kmsKeySelfLink` of `bootDisk` and each of `attachedDisks` (of
    `diskEncryptionKey` for a template or a `Disk`) to a Cloud KMS key of its region.""",
    rows=(203,),
    cis_4=("4.7",),
    cis_5=("4.7",),
    types=(*MACHINES, *_DISKS),
)
def disk_keys(holder: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    if not stack.disposable:
        yield from each(_disks(holder, stack), lambda disk: _keyless(disk, stack))


def _disks(holder: Value, stack: Stack) -> Iterator[Value]:
    """The disks that a resource makes or takes, but no local ones, which end with the machine."""
    kind = holder.resource.type
    if kind in _DISKS:
        yield holder
    elif kind in TEMPLATES:
        # https://cloud.google.com/compute/docs/reference/rest/v1/instanceTemplates
        yield from (disk for disk in holder["disks"].items() if disk["type"].text("PERSISTENT") != "SCRATCH")
    elif kind in (INSTANCE, FROM_TEMPLATE):
        for key in ("bootDisk", "attachedDisks"):
            if not is_left_to_template(holder, holder[key], stack):
                yield from holder[key].items()


def _keyless(disk: Value, stack: Stack) -> Iterator[str]:
    # https://cloud.google.com/compute/docs/disks/customer-managed-encryption
    inside = disk["diskEncryptionKey"] if disk.resource.type in (*_DISKS, *TEMPLATES) else disk
    if any(inside[one].present for one in _SUPPLIED) or names_own_key(stack, inside["kmsKeySelfLink"]):
        return
    source = disk["source"]
    if disk.resource.type in MACHINES and (source.is_unknown or source.present):
        # A disk that exists keeps the key it was made with; one of this plan is looked at by itself.
        if stack.referred(source, *_DISKS):
            return
        raise NotKnown(source.path, "names a disk that is not in this plan: whether it has a key is not known")
    yield f"{inside['kmsKeySelfLink'].path} is left out: the disk is encrypted with Google's key"
