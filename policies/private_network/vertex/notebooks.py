"""Notebooks have no address on the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

WORKBENCH: Final = "gcp:workbench/instance:Instance"
COLAB: Final = "gcp:colab/runtimeTemplate:RuntimeTemplate"


@resource_policy(
    id="notebook-no-public-address",
    title="A notebook has no public address and forwards nothing",
    severity=Severity.HIGH,
    why="""A notebook runs whatever is typed into it, with its account's rights and people's data beside it. With a
    public address its ports are anybody's to try, and what runs there can send the data anywhere.""",
    fix="Keep notebooks out of a production project; nothing here makes one.",
    fix_raw="""Set `gceSetup.disablePublicIp` to true and leave `enableIpForwarding` out; for Colab set
    `networkSpec.enableInternetAccess` to false.""",
    rows=(188,),
    types=[WORKBENCH, COLAB],
)
def no_public_address(notebook: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if notebook.resource.type == COLAB:
        # Absent, the runtime gets access to the internet:
        # https://cloud.google.com/colab/docs/create-runtime-template
        access = notebook.at("networkSpec.enableInternetAccess")
        if access.flag(True):
            said = "is true" if access.present else "is left out, which means true"
            yield f"{access.path} {said}: the runtime reaches the internet"
        return
    # Both: https://www.pulumi.com/registry/packages/gcp/api-docs/workbench/instance/
    private = notebook.at("gceSetup.disablePublicIp")
    if not private.flag(False):
        said = "is false" if private.present else "is left out, which means false"
        yield f"{private.path} {said}: the notebook gets a public address"
    for interface in notebook.at("gceSetup.networkInterfaces").items():
        addresses = interface["accessConfigs"]
        if any(one["externalIp"].present for one in addresses.items()):
            yield f"{addresses.path} has an externalIp: the notebook gets that public address"
    forwarding = notebook.at("gceSetup.enableIpForwarding")
    if forwarding.flag(False):
        yield f"{forwarding.path} is true: the notebook passes on packets that are not its own"
