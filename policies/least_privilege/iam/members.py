"""People have their rights by groups of the organisation, not one by one, by a whole domain or as strangers."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.access.mail_domains import is_anybodys
from analysis.access.members import Kind, member_of
from analysis.grants import Grant
from analysis.stack import Stack
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity
from policies.engine.settings_kinds import Words


@grant_policy(
    id="iam-people-by-group",
    title="People have their rights by a group, not one by one",
    severity=Severity.MEDIUM,
    why="""A grant to one person outlives their job: nobody looks for it when they change team or leave, and it is
    one more to review for each of them.""",
    fix="Grant the role to a group of the organisation, and take the person into the group.",
    fix_raw="""Replace `user:…` by `group:…`, and one subject of a workforce pool by
    `principalSet://…/group/GROUP`.""",
    rows=(154,),
    cis_4=("1.1",),
    cis_5=("1.1",),
)
def people_by_group(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if member_of(grant) is Kind.PERSON:
        yield (
            f"{grant.role_name} on {grant.entity_name} is granted to {grant.member_name}: it stays with that one "
            "person until somebody thinks of it"
        )


class MemberSettings(Settings):
    """Whose groups and people count as the organisation's."""

    domains: Words = Field(
        default=(),
        description="Mail domains of the organisation. Without any, every domain counts but those where anybody "
        "makes an account.",
    )


@grant_policy(
    id="iam-members-of-the-organisation",
    title="Every member of a grant is somebody whom the organisation knows and can tell from others",
    severity=Severity.HIGH,
    why="""Nobody in the organisation can close a Gmail or Outlook account, ask it for a second factor or see who
    is in a Google Group of strangers. A whole domain, everything of a project or folder, and 'whoever has
    Editor' take in whoever comes there later; what was deleted is nobody.""",
    fix="Grant the role to a group of the organisation, or let the workload declare its use.",
    fix_raw="Replace the member by a `group:` of the organisation or by the service account that needs the role.",
    rows=(154,),
    cis_4=("1.1",),
    cis_5=("1.1",),
    settings=MemberSettings,
)
def known_members(grant: Grant, stack: Stack, settings: MemberSettings) -> Iterator[str]:
    kind = member_of(grant)
    said = f"{grant.role_name} on {grant.entity_name} is granted to {grant.member_name}"
    if kind in (Kind.DOMAIN, Kind.BASIC, Kind.DELETED):
        yield f"{said}, which is {kind.value}"
    elif kind is Kind.CROWD and grant.member is not None and "cloudresourcemanager" in grant.member:
        # Everything of a pool is the federation policies' business.
        yield f"{said}, which is every account of a project, folder or organisation"
    elif kind in (Kind.PERSON, Kind.GROUP) and grant.member is not None and "@" in grant.member:
        domain = grant.member.rpartition("@")[2].strip().lower()
        if is_anybodys(domain):
            yield f"{said}: at {domain} anybody makes an account or a group, outside the organisation's control"
        elif settings.domains and domain not in {one.lower() for one in settings.domains}:
            yield f"{said}: {domain} is not among the organisation's domains"
