"""Nobody holds a grant for whom no component declares uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.members import PEOPLE, Kind
from analysis.access.permissions import Holding, holdings
from analysis.access.uses import uses
from analysis.grants import ACCOUNT, Scope
from analysis.stack import Stack
from policies.engine.grant_policy import key_of
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, Unseen, stack_policy
from policies.engine.settings_kinds import Words

# Others' policies: who is everybody, what Google's own services need, what is gone.
_NOT_ASKED: Final = frozenset({Kind.PUBLIC, Kind.AGENT, Kind.DELETED})
_IAP: Final = "roles/iap.httpsResourceAccessor"


class Others(Settings):
    """Who may hold grants without declaring uses."""

    members: Words = ()
    """Members, as IAM writes them (`group:on-call@example.com`), that hold grants of the stack although no
    component declares uses for them."""


@stack_policy(
    id="grant-to-declared-user",
    title="Every grant is to an identity whose uses a component declares",
    severity=Severity.MEDIUM,
    why="""A person, a group or an account of elsewhere that holds a role is access which no component's code
    tells of: nobody sees it when the system is reviewed, and it stays when its reason is gone.""",
    fix="""Remove the grant; let a person act through a pipeline (`GithubFederation`, `BuildTrigger`) or a job.
    Who must hold it is named in this policy's setting `members`.""",
    fix_raw="Remove the grant, or name its member in this policy's setting `members`.",
    settings=Others,
)
def undeclared_holder(stack: Stack, settings: Others) -> Iterator[Result]:
    declared = stack.once(uses)
    if not declared.any:
        # Nothing to compare with; `access-within-declared-uses` says so once.
        return
    allowed = {one.strip().lower() for one in settings.members}
    for grant, why in stack.once(holdings).unknown:
        yield Unseen(grant.by, why)
    for identity, held in stack.once(holdings):
        if identity.kind in _NOT_ASKED or (identity.member or "").strip().lower() in allowed:
            continue
        if identity.account is not None and declared.declarer_of(identity.account) is not None:
            continue
        for holding in held:
            if holding.through:
                # It is told of the group that the grant names.
                continue
            grant = holding.grant
            yield Looked(grant.by)
            if not _is_about_accounts(holding) and not _is_let_in(holding):
                yield Problem(
                    grant.by,
                    f"{grant.member_name} ({identity.kind.value}) has {grant.role_name} on {grant.entity_name}"
                    f": no component declares a use for it",
                    key=key_of(grant),
                )


def _is_about_accounts(holding: Holding) -> bool:
    """Whether it is the right to be a service account: `identity-becomes-declared-only` looks at those."""
    grant = holding.grant
    return grant.scope is Scope.ENTITY and grant.kind == ACCOUNT.removeprefix("gcp:").partition(":")[0]


def _is_let_in(holding: Holding) -> bool:
    """Whether it only lets a person through IAP, which a route's `people` say."""
    grant = holding.grant
    return grant.role == _IAP and grant.scope is Scope.ENTITY and holding.identity.kind in PEOPLE
