"""Virtual machines, added to our stacks carelessly."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

KEY = "projects/acme-voice-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
SUBNET = "projects/acme-voice-prod/regions/europe-west1/subnetworks/voicestack-prod-apps"
METADATA = {"enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE"}


def _machine(draft: Draft, leave_out: str = "", **changed: Any) -> None:
    inputs: dict[str, Any] = {
        "name": "sip",
        "machineType": "e2-small",
        "zone": "europe-west1-b",
        "bootDisk": {"kmsKeySelfLink": KEY, "initializeParams": {"image": "debian-cloud/debian-12"}},
        "networkInterfaces": [{"subnetwork": SUBNET}],
        "serviceAccount": {
            "email": "sip@acme-voice-prod.iam.gserviceaccount.com",
            "scopes": ["cloud-platform"],
        },
        "metadata": METADATA,
        "shieldedInstanceConfig": {"enableSecureBoot": True},
        **changed,
    }
    inputs.pop(leave_out, None)
    draft.add("compute/instance:Instance", "sip", inputs)


@mutant("vm-no-public-address")
def a_machine_is_on_the_internet(draft: Draft) -> None:
    _machine(draft, networkInterfaces=[{"subnetwork": SUBNET, "accessConfigs": [{}]}])


@mutant("vm-no-public-address", stack="staging")
def a_machine_is_on_the_internet_by_ipv6(draft: Draft) -> None:
    _machine(draft, networkInterfaces=[{"subnetwork": SUBNET, "ipv6AccessConfigs": [{"networkTier": "PREMIUM"}]}])


@mutant("vm-forwards-nothing")
def a_machine_is_a_router(draft: Draft) -> None:
    _machine(draft, canIpForward=True)


@mutant("vm-own-account")
def a_machine_names_no_account(draft: Draft) -> None:
    _machine(draft, serviceAccount={"scopes": ["cloud-platform"]})


@mutant("vm-os-login")
def a_machine_turns_os_login_off(draft: Draft) -> None:
    _machine(draft, metadata={**METADATA, "enable-oslogin": "FALSE"})


@mutant("vm-no-project-keys")
def a_machine_takes_the_projects_keys(draft: Draft) -> None:
    _machine(draft, metadata={"enable-oslogin": "TRUE"})


@mutant("vm-no-serial-port")
def a_machines_console_is_open(draft: Draft) -> None:
    _machine(draft, metadata={**METADATA, "serial-port-enable": "TRUE"})


@mutant("vm-shielded")
def a_machine_starts_anything(draft: Draft) -> None:
    _machine(draft, "shieldedInstanceConfig")


@mutant("vm-disk-keys")
def a_machines_disk_lies_under_googles_key(draft: Draft) -> None:
    _machine(draft, bootDisk={"initializeParams": {"image": "debian-cloud/debian-12"}})
