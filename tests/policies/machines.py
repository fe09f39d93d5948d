"""Virtual machines for fixtures: safe in all but what a case changes."""

from __future__ import annotations

from typing import Any

from pulumi_gcp import compute

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
ACCOUNT = "sip@acme.iam.gserviceaccount.com"
SAFE: dict[str, Any] = {
    "network_interfaces": [{"subnetwork": "apps"}],
    "service_account": {"email": ACCOUNT, "scopes": ["cloud-platform"]},
    "metadata": {"enable-oslogin": "TRUE", "block-project-ssh-keys": "true"},
    "shielded_instance_config": {"enable_secure_boot": True},
}


def machine(name: str, **changed: Any) -> compute.Instance:
    """An instance; what is changed to None is left out."""
    disk = {"kms_key_self_link": KEY, "initialize_params": {"image": "debian-cloud/debian-12"}}
    given = {"boot_disk": disk, **SAFE, **changed}
    return compute.Instance(name, name=name, machine_type="e2-small", zone="europe-west1-b", **given)


def template(name: str, **changed: Any) -> compute.InstanceTemplate:
    """A template of instances."""
    return compute.InstanceTemplate(name, name=name, machine_type="e2-small", **_of_template(changed))


def region_template(name: str, **changed: Any) -> compute.RegionInstanceTemplate:
    """A regional template of instances."""
    return compute.RegionInstanceTemplate(
        name, name=name, machine_type="e2-small", region="europe-west1", **_of_template(changed)
    )


def from_template(name: str, source: Any, **changed: Any) -> compute.InstanceFromTemplate:
    """An instance that takes from its template whatever is not changed."""
    return compute.InstanceFromTemplate(
        name, name=name, zone="europe-west1-b", source_instance_template=source, **changed
    )


def _of_template(changed: dict[str, Any]) -> dict[str, Any]:
    disk = {"source_image": "debian-cloud/debian-12", "disk_encryption_key": {"kms_key_self_link": KEY}}
    return {"disks": [disk], **SAFE, **changed}
