"""Virtual machines by what they start and by the keys of their disks."""

from typing import Any

import pulumi
from pulumi_gcp import compute, kms

from policies.data_protection.virtual_machines.disk_keys import disk_keys
from policies.data_protection.virtual_machines.shielded import shielded
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.machines import KEY, from_template, machine, region_template, template
from tests.policies.unknowns import unknown


@judged(
    shielded,
    {
        "good-shielded": PASSED,
        "good-from-template": PASSED,
        "bad-no-secure-boot": VIOLATED,
        "bad-no-tpm": VIOLATED,
        "bad-not-measured": VIOLATED,
        "bad-template": VIOLATED,
        "absent-secure-boot": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-boot": NOT_EVALUATED,
        "secret-block": NOT_EVALUATED,
    },
)
def starts() -> None:
    def starting(name: str, **config: Any) -> None:
        machine(name, shielded_instance_config={"enable_secure_boot": True, **config})

    starting("good-shielded", enable_vtpm=True, enable_integrity_monitoring=True)
    from_template("good-from-template", template("bad-template", shielded_instance_config=None).id)
    starting("bad-no-secure-boot", enable_secure_boot=False)
    starting("bad-no-tpm", enable_vtpm=False)
    starting("bad-not-measured", enable_integrity_monitoring=False)
    machine("absent-secure-boot", shielded_instance_config={"enable_vtpm": True})
    machine("absent-block", shielded_instance_config=None)
    starting("unknown-boot", enable_secure_boot=unknown("b").apply(bool))
    machine("secret-block", shielded_instance_config=pulumi.Output.secret({"enable_secure_boot": True}))


@judged(
    disk_keys,
    {
        "good-key": PASSED,
        "good-key-that-is-made-here": PASSED,
        "good-supplied-key": PASSED,
        "good-disk-that-is-judged-itself": PASSED,
        "good-local-disk-of-a-template": PASSED,
        "good-from-template": PASSED,
        "good-disk": PASSED,
        "bad-second-disk": VIOLATED,
        "bad-disk": VIOLATED,
        "bad-template": VIOLATED,
        "absent-key": VIOLATED,
        "absent-key-of-a-disk": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-disk-elsewhere": NOT_EVALUATED,
        "secret-disk": NOT_EVALUATED,
    },
)
def disks() -> None:
    image = {"initialize_params": {"image": "debian-cloud/debian-12"}}
    ring = kms.KeyRing("ring", name="ring", location="europe-west1")
    key = kms.CryptoKey("key", name="key", key_ring=ring.id)
    machine("good-key")
    machine("good-key-that-is-made-here", boot_disk={**image, "kms_key_self_link": key.id})
    machine("good-supplied-key", boot_disk={**image, "disk_encryption_key_raw": pulumi.Output.secret("a2V5")})
    compute.Disk("good-disk", name="d", zone="europe-west1-b", disk_encryption_key={"kms_key_self_link": KEY})
    own = compute.Disk("bad-disk", name="e", zone="europe-west1-b", disk_encryption_key={})
    compute.RegionDisk("absent-key-of-a-disk", name="f", region="europe-west1", replica_zones=["b", "c"])
    machine("good-disk-that-is-judged-itself", boot_disk={"source": own.id})
    encrypted = {"source_image": "debian-cloud/debian-12", "disk_encryption_key": {"kms_key_self_link": KEY}}
    template("good-local-disk-of-a-template", disks=[encrypted, {"type": "SCRATCH", "disk_type": "local-ssd"}])
    plain = region_template("bad-template", disks=[{"source_image": "debian-cloud/debian-12"}])
    from_template("good-from-template", plain.id)
    template("bad-second-disk", disks=[encrypted, {"source_image": "debian-cloud/debian-12", "boot": False}])
    machine("absent-key", boot_disk=image)
    machine("unknown-key", boot_disk={**image, "kms_key_self_link": unknown("k")})
    machine("unknown-disk-elsewhere", boot_disk={"source": "projects/shared/zones/b/disks/data"})
    machine("secret-disk", boot_disk=pulumi.Output.secret(image))
