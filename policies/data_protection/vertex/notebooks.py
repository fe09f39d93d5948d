"""A notebook's machine is one that nobody has tampered with, and that its users cannot tamper with."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.members import DEFAULT_ACCOUNT
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.vertex.notebooks import COLAB, WORKBENCH


@resource_policy(
    id="notebook-shielded",
    title="A notebook's machine starts only what is signed, and tells where it has been changed",
    severity=Severity.MEDIUM,
    why="""Without secure boot and its measurements, what was put below the operating system once stays there,
    unseen, and reads all that the notebook reads.""",
    fix="Keep notebooks out of a production project; nothing here makes one.",
    fix_raw="""Set `gceSetup.shieldedInstanceConfig.enableSecureBoot` to true and leave the other two as they
    are; for Colab set `shieldedVmConfig.enableSecureBoot`.""",
    rows=(188,),
    types=[WORKBENCH, COLAB],
)
def shielded(notebook: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    colab = notebook.resource.type == COLAB
    config = notebook["shieldedVmConfig"] if colab else notebook.at("gceSetup.shieldedInstanceConfig")
    # Secure boot is off by default, the other two are on:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/workbench/instance/
    boot = config["enableSecureBoot"]
    if not boot.flag(False):
        yield f"{boot.path} {'is false' if boot.present else 'is left out'}: unsigned code may start first"
    for key in () if colab else ("enableVtpm", "enableIntegrityMonitoring"):
        if not config[key].flag(True):
            yield f"{config[key].path} is false: a machine that was changed is not noticed"


@resource_policy(
    id="notebook-no-root",
    title="A notebook's users are not root on its machine",
    severity=Severity.MEDIUM,
    why="""Root on the machine reads what the machine keeps of others, switches its agents off and takes the tokens
    of its account wherever they are.""",
    fix="Keep notebooks out of a production project; nothing here makes one.",
    fix_raw='Set `gceSetup.metadata` `notebook-disable-root: "true"`.',
    rows=(188,),
    types=[WORKBENCH],
)
def no_root(notebook: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-metadata
    flag = notebook.at("gceSetup.metadata")["notebook-disable-root"]
    if flag.text("").lower() != "true":
        yield f"{flag.path} is not true: whoever opens the notebook is root on its machine"


@resource_policy(
    id="notebook-own-account",
    title="A notebook runs as an account of its own",
    severity=Severity.HIGH,
    why="""Left out, a notebook runs as the project's default Compute Engine account, often an editor: whatever is
    typed into it may change the project.""",
    fix="Keep notebooks out of a production project; nothing here makes one.",
    fix_raw="Set `gceSetup.serviceAccounts` to an account with the roles that the notebook needs.",
    rows=(188,),
    types=[WORKBENCH],
)
def own_account(notebook: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    accounts = notebook.at("gceSetup.serviceAccounts")
    found = list(accounts.items())
    if not found:
        yield f"{accounts.path} is left out: the notebook runs as the default Compute Engine account"
    for account in found:
        email = account["email"]
        if not stack.is_given(email, "gcp:serviceaccount/account:Account"):
            yield f"{email.path} is left out: the notebook runs as the default Compute Engine account"
        elif not email.is_unknown and DEFAULT_ACCOUNT.fullmatch(f"serviceaccount:{email.text('').lower()}"):
            yield f"{email.path} is a default account, which many things share"
