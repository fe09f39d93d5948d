"""Tokens of a service account are made by nobody but the services of Google's that need them, and federation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.accounts import is_account
from analysis.access.members import Kind, member_of, who
from analysis.access.powers import BASIC, powers_of, shown
from analysis.grants import Grant, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Enforcement, Settings, Severity

_FEDERATING: Final = "roles/iam.workloadIdentityUser"
_MINTING: Final = frozenset(
    {
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
        "iam.serviceAccountKeys.create",
    }
)


@grant_policy(
    id="service-account-tokens-for-few",
    title="A service account's tokens are made by itself, by Google's services and by federation only",
    severity=Severity.MEDIUM,
    why="""Whoever makes another account's tokens has all its rights without being it: in the logs it is that
    account that acted, and the rights of the two add up without a grant that says so. To start something that runs
    as an account takes Service Account User, which makes no token.""",
    fix="""Grant the workload its own rights by `uses=[…]`; `deploy()` lets a pipeline start what runs as another
    account.""",
    fix_raw="""Grant `roles/iam.serviceAccountUser` to what starts workloads, `roles/iam.workloadIdentityUser` to a
    federated one, and token creation to Google's service agent where its service needs it.""",
    rows=(147,),
    enforcement=Enforcement.ADVISORY,
)
def tokens_for_few(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.scope is not Scope.ENTITY or grant.kind != "serviceaccount/account" or grant.role in BASIC:
        return
    kind = member_of(grant)
    # Groups and persons are asked for an end, and crowds are refused, by policies of their own.
    if kind not in (Kind.ACCOUNT, Kind.DEFAULT, Kind.FEDERATED) or _is_itself(grant, stack):
        return
    if kind is Kind.FEDERATED and grant.role == _FEDERATING:
        return
    powers = powers_of(grant)
    minting = sorted(powers.permissions & _MINTING)
    if minting:
        yield (
            f"{grant.role_name}, granted to {grant.member_name} on {grant.entity_name}, holds {shown(minting)}: "
            "it makes that account's credentials"
        )
    else:
        powers.settle()


def _is_itself(grant: Grant, stack: Stack) -> bool:
    """An account may sign for itself: signed URLs and tokens of its own are made so."""
    if grant.entity is not None:
        same = who(grant) == grant.entity.urn
        return same and (grant.member is None or is_account(stack, grant.entity, grant.member))
    email = (grant.member or "").partition(":")[2]
    return bool(email) and grant.entity_name.endswith(f"/{email}")
