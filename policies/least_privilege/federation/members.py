"""Who of a pool has which rights: not all of it, and each by one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.members import Kind, member_of
from analysis.access.permissions import holdings
from analysis.grants import Grant
from analysis.stack import Stack
from policies.engine.duties import place_of
from policies.engine.grant_policy import grant_policy, key_of
from policies.engine.policy import Enforcement, Looked, Problem, Result, Settings, Severity, Unseen, stack_policy

_ACCOUNT: Final = "serviceaccount/account"


@grant_policy(
    id="federation-no-whole-pool",
    title="No role is granted to everything that a federation pool admits",
    severity=Severity.HIGH,
    why="""`…/workloadIdentityPools/POOL/*` is whatever any provider of the pool lets in, today and after the next
    provider is added: every repository and branch has what was meant for one.""",
    fix="Use `GithubFederation`: a run is admitted by what it is for (`attribute.purpose`).",
    fix_raw="""Grant to `principal://…/subject/SUBJECT`, or to `principalSet://…/attribute.NAME/VALUE` for an
    attribute that the provider maps.""",
    rows=(161,),
)
def no_whole_pool(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if member_of(grant) is not Kind.CROWD or grant.member is None:
        return
    if "cloudresourcemanager.googleapis.com" not in grant.member.lower():
        yield (
            f"{grant.role_name} on {grant.entity_name} is granted to {grant.member}: everything that the pool "
            "admits has it"
        )


@stack_policy(
    id="federation-one-way-each",
    title="A federated workload acts as one service account, or has roles of its own, not both",
    severity=Severity.LOW,
    why="""What a run can do is then the sum of several identities, and nobody sees it in one place: a step that is
    meant for the harmless account may as well take the other one's token.""",
    fix="Use `GithubFederation`: what deploys and what previews are admitted apart, each to its own identity.",
    fix_raw="""Map an attribute that tells the kinds of runs apart, and grant each its one account by
    `principalSet://…/attribute.NAME/VALUE`.""",
    rows=(163,),
    enforcement=Enforcement.ADVISORY,
)
def one_way_each(stack: Stack, settings: Settings) -> Iterator[Result]:
    found = stack.once(holdings)
    for grant, reason in found.unknown:
        yield Unseen(grant.by, reason)
    for identity, held in found:
        if identity.kind not in (Kind.FEDERATED, Kind.CROWD):
            continue
        # All roles of its own are one way, each account that it may become is another.
        ways: dict[str, Grant] = {}
        for one in held:
            yield Looked(one.grant.by)
            ways.setdefault(place_of(one.grant) if one.grant.kind == _ACCOUNT else "", one.grant)
        first, *others = ways.values()
        for grant in others:
            yield Problem(
                grant.by,
                f"{identity.name} has {grant.role_name} on {grant.entity_name}, and {first.role_name} on "
                f"{first.entity_name} besides: what it can do is the sum of both",
                key=key_of(grant),
            )
