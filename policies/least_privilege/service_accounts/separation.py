"""Who administers service accounts does not act as them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.grants import Grant
from analysis.stack import Stack
from policies.engine.duties import Duties, held_together, place_of
from policies.engine.policy import Result, Settings, Severity, stack_policy


def _places(grant: Grant) -> list[str]:
    return [place_of(grant)] if grant.kind == "serviceaccount/account" else []


_DUTIES: Final = Duties(
    first=frozenset({"iam.serviceAccounts.setIamPolicy", "iam.serviceAccountKeys.create"}),
    second=frozenset(
        {
            "iam.serviceAccounts.actAs",
            "iam.serviceAccounts.getAccessToken",
            "iam.serviceAccounts.getOpenIdToken",
            "iam.serviceAccounts.implicitDelegation",
            "iam.serviceAccounts.signBlob",
            "iam.serviceAccounts.signJwt",
        }
    ),
    harm="it administers service accounts and acts as them, and nobody else needs to agree",
    places=_places,
)


@stack_policy(
    id="service-accounts-separate-duties",
    title="No member both administers service accounts and acts as them",
    severity=Severity.MEDIUM,
    why="""Who may make keys of service accounts or say who uses them, and may use them as well, needs nobody's
    consent to any right: the two halves are a check only in two hands.""",
    fix="""Keep one of the two: pipelines act as accounts (`deploy()`), and `pulumi up`, run by the platform team,
    administers them.""",
    fix_raw="Grant `roles/iam.serviceAccountAdmin` and `roles/iam.serviceAccountUser` to different members.",
    rows=(155,),
    cis_4=("1.8",),
    cis_5=("1.9",),
)
def accounts_separate_duties(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from held_together(stack, _DUTIES)
