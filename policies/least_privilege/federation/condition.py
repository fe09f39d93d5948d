"""A provider of workload identity federation admits nobody but its owner's workloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.cel import Certainty, Node
from analysis.access.cel_reader import NotRead, read
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy
from policies.least_privilege.federation.admission import Claims, Mapped, admits_ours_only
from policies.least_privilege.federation.issuers import Issuer, shared_issuer

PROVIDER: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
_CONDITION: Final = "attributeCondition"


@resource_policy(
    id="federation-condition-holds-to-owner",
    title="A federation provider's condition admits its owner's workloads only",
    severity=Severity.CRITICAL,
    why="""GitHub, GitLab and their like issue tokens to everybody, of one issuer. Unless the condition asks whose
    repository, project or organisation a token is of, any stranger's run may exchange its own for one of this
    project; a branch, an environment or a workflow of the same name is easily made.""",
    fix="Use `GithubFederation`, which asks for the numbers of the repository and of its owner.",
    fix_raw="""Set `attributeCondition` so that every way through it compares a claim of the owner with `==`, `in`
    or `startsWith('owner/')`: for GitHub `assertion.repository_owner_id` or `assertion.repository_id`.""",
    rows=(159, 160),
    types=[PROVIDER],
)
def holds_to_owner(provider: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if provider["disabled"].flag(False):
        return
    text = provider[_CONDITION].text("").strip()
    if not text:
        yield f"{_CONDITION} is left out: whoever gets a token of the issuer may come in"
        return
    issuer = _issuer(provider)
    found = admits_ours_only(_read(text), issuer.claims if issuer else None, _mapping(provider))
    if found is Certainty.UNSURE:
        raise NotKnown(_CONDITION, "is of a form of which is not known here whom it admits")
    if found is Certainty.NO:
        yield (
            f"{_CONDITION} can be met without any of {_listed(issuer.claims)} being compared with what is ours: "
            f"{issuer.whose} may come in"
            if issuer
            else f"{_CONDITION} can be met whatever the claims of a token are: whoever gets one of the issuer may "
            "come in"
        )


@resource_policy(
    id="federation-pins-numbers",
    title="A federation provider knows its owner by a number, not by a name",
    severity=Severity.LOW,
    why="""A name of an organisation or a repository is free again once it is renamed or deleted, and whoever takes
    it is then admitted in its owner's place. Numbers are never given twice.""",
    fix="Use `GithubFederation`, which asks for the numbers of the repository and of its owner.",
    fix_raw="""Add the number to the condition, e.g. `assertion.repository_owner_id == '…'`
    (`gh api orgs/OWNER --jq .id`).""",
    rows=(160,),
    enforcement=Enforcement.ADVISORY,
    types=[PROVIDER],
)
def pins_numbers(provider: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if provider["disabled"].flag(False):
        return
    issuer = _issuer(provider)
    text = provider[_CONDITION].text("").strip()
    if issuer is None or not issuer.lasting or not text:
        return
    condition, mapped = _read(text), _mapping(provider)
    # What admits strangers anyway is told by the other policy.
    if admits_ours_only(condition, issuer.claims, mapped) is not Certainty.YES:
        return
    if admits_ours_only(condition, issuer.lasting, mapped) is not Certainty.YES:
        yield (
            f"{_CONDITION} knows the owner by name: whoever takes the name after a rename or a deletion comes in. "
            f"Lasting are {_listed(issuer.lasting)}"
        )


def _issuer(provider: Value) -> Issuer | None:
    address = provider.at("oidc.issuerUri").text()
    return shared_issuer(address) if address is not None else None


def _read(text: str) -> Node:
    try:
        return read(text)
    except NotRead as reason:
        raise NotKnown(_CONDITION, f"is not understood: {reason}") from reason


def _mapping(provider: Value) -> Mapped:
    return lambda name: provider["attributeMapping"][name].text()


def _listed(claims: Claims) -> str:
    return ", ".join(claims)
