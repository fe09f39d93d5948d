"""A virtual machine runs as a service account that was made for it, or as none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.members import DEFAULT_ACCOUNT
from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.virtual_machines import MACHINES, is_left_to_template
from policies.engine.policy import Settings, Severity, resource_policy

_ACCOUNT: Final = "gcp:serviceaccount/account:Account"
_FULL: Final = frozenset({"cloud-platform", "https://www.googleapis.com/auth/cloud-platform"})


@resource_policy(
    id="vm-own-account",
    title="A virtual machine runs as an account of its own",
    severity=Severity.HIGH,
    why="""The default Compute Engine account belongs to every machine that names no other, and is often an editor:
    whoever gets into one of them has the project. With all scopes nothing holds the account back. An account of
    the machine's own is held back by its roles.""",
    fix="Run it as a `Service`, which makes an `Identity` of its own; nothing here makes a machine.",
    fix_raw="Set `serviceAccount.email` to a `serviceaccount.Account` made for it, with the scope cloud-platform.",
    rows=(197, 198),
    cis_4=("4.1", "4.2"),
    cis_5=("4.1", "4.2"),
    types=MACHINES,
)
def own_account(machine: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    block = machine["serviceAccount"]
    # Without the block the machine has no account at all; with one that names none, the default account:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/compute/instance/ (serviceAccount)
    if is_left_to_template(machine, block, stack) or not block.present:
        return
    email = block["email"]
    if stack.is_given(email, _ACCOUNT):
        if email.is_unknown or not DEFAULT_ACCOUNT.fullmatch(f"serviceaccount:{email.text('').lower()}"):
            return
        said = "is a default account"
    else:
        said = "is left out, which means the default Compute Engine account"
    yield f"{email.path} {said}, which many things share{_reach(block)}"


def _reach(block: Value) -> str:
    # https://cloud.google.com/compute/docs/access/service-accounts#accesscopesiam
    scopes = block["scopes"]
    known = isinstance(scopes.raw, list) and all(isinstance(one, str) for one in scopes.raw)
    return f", and {scopes.path} has all APIs" if known and _FULL.intersection(scopes.raw) else ""
