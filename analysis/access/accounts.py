"""Which service account an e-mail is, and which project something is in: what the plan itself tells of both."""

from __future__ import annotations

import re
from typing import Final

from analysis.grants import ACCOUNT
from analysis.stack import Stack, name_of
from analysis.value import NotKnown, Value
from plan.plan import Resource

_EMAIL: Final = re.compile(r"(?:.*[:/])?(?P<id>[^:/@]+)@(?P<project>[^@]+)\.iam\.gserviceaccount\.com", re.DOTALL)


def project_of(stack: Stack, resource: Resource) -> str | None:
    """The project that `resource` is in: its own word, or its provider's; None where neither tells."""
    provider = stack.plan.by_urn.get(resource.provider or "")
    for one in (resource, provider):
        if one is not None:
            try:
                told = Value.of(one)["project"].text()
            except NotKnown:
                return None
            if told:
                return told
    return None


def domain_of(project: str) -> str:
    """A project as it stands in e-mails: one of a domain is `domain:id`, and `id.domain` there."""
    return ".".join(reversed(project.split(":")))


def email_of(stack: Stack, account: Resource) -> str | None:
    """The e-mail of a service account of the plan, which follows from its ID and its project."""
    id_, project = name_of(account), project_of(stack, account)
    return f"{id_}@{domain_of(project)}.iam.gserviceaccount.com" if id_ and project else None


def emails_of(stack: Stack) -> dict[str, str | None]:
    """The e-mail of each service account of the plan, by its URN; ask with `stack.once(emails_of)`."""
    return {one.resource.urn: email_of(stack, one.resource) for one in stack.of_type(ACCOUNT)}


def is_account(stack: Stack, account: Resource, member: str) -> bool:
    """Whether an e-mail, or a member with one, is that of a service account of the plan, not of its namesake."""
    told, email = _EMAIL.fullmatch(member.strip().lower()), stack.once(emails_of).get(account.urn)
    return (
        told is None or email is None or f"{told['id']}@{told['project']}" == email.lower().partition(".iam.")[0]
    )
