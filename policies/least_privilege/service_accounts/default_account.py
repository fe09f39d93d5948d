"""The accounts that Google makes with a project get no role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.access.members import Kind, kind_of, member_of
from analysis.grants import Grant, grants_of
from analysis.stack import Stack
from plan.sentinels import UNKNOWN
from policies.engine.grant_policy import each_grant, key_of
from policies.engine.policy import Problem, Result, Settings, Severity, stack_policy

_IN_PART: Final = re.compile(
    rf'serviceaccount:[^"]*{UNKNOWN}[^"]*(?:-compute@developer|@appspot|@cloudbuild)[.]gserviceaccount[.]com'
)


@stack_policy(
    id="iam-no-default-account",
    title="A default service account is granted no role",
    severity=Severity.HIGH,
    why="""Whatever is started without saying as whom runs as a default account: what it is granted, every such
    workload of the project has, those of tomorrow included.""",
    fix="Let the workload have its own `Identity`: every `Service`, `Job` and pipeline makes one.",
    fix_raw="Make a `serviceaccount.Account` for the workload, let it run as that, and grant the role to it.",
    rows=(149,),
)
def default_account(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield from each_grant(grants_of(stack), _check)


def _check(grant: Grant) -> Iterator[Result]:
    if _spelled_in_part(grant) if grant.member is None else kind_of(grant.member) is Kind.DEFAULT:
        yield Problem(
            grant.by,
            f"{grant.role_name} on {grant.entity_name} is granted to a default service account: whatever is "
            "started without an account of its own has it",
            key=key_of(grant),
        )
    elif grant.member is None:
        member_of(grant)


def _spelled_in_part(grant: Grant) -> bool:
    """Whether the resource names a default account of which all is known but the project's number or ID."""
    inputs = grant.by.inputs
    members = inputs.get("members")
    texts = [inputs.get("member"), inputs.get("policyData"), *(members if isinstance(members, list) else ())]
    return any(isinstance(text, str) and _IN_PART.search(text.lower()) for text in texts)
