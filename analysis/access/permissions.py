"""What each identity of a stack may do: the grants it holds, each with the permissions that follow.

Google's predefined roles are expanded by the bundled table, custom roles by what the plan says of them. Besides
IAM resources the access lists of BigQuery datasets grant. Who is in a group holds what the group holds, through
groups in groups too. What an identity can do by becoming another is not here (`analysis.access.escalation`), nor
are Cloud Storage's access lists and what was granted outside the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from analysis.access.accounts import domain_of, emails_of, is_account, project_of
from analysis.access.attached import DEFAULTS
from analysis.access.dataset_grants import dataset_grants
from analysis.access.groups import Groups, Membership, groups_of
from analysis.access.groups import key_of as group_key
from analysis.access.members import Kind, kind_of, member_of, who
from analysis.access.powers import powers_of
from analysis.access.role_table import role_table
from analysis.access.running import Running, running
from analysis.grants import ACCOUNT, GROUP, Grant, grants_of
from analysis.stack import Stack
from analysis.value import NotKnown
from plan.plan import Resource

_POOL: Final = re.compile(r"Pools/(?P<pool>[^/]+)/(?P<who>.+)$")


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Who holds grants, or could: a service account of the plan, a person, a group, a service of Google's …"""

    key: str
    kind: Kind
    name: str
    """In words: the logical name of what the plan makes, else the member."""
    member: str | None
    """As IAM has it; None where only creation tells."""
    account: Resource | None = None
    """The service account, where the plan makes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """One grant that an identity holds."""

    identity: Identity
    grant: Grant
    permissions: frozenset[str]
    doubt: str = ""
    """Why there may be more permissions than these; '' where these are all."""
    hidden: bool = False
    """Whether what is in doubt may escalate or reach data."""
    through: tuple[Identity, ...] = ()
    """The groups by which it holds this, its own first; none where the grant names itself."""


@dataclass(frozen=True)
class Holdings:
    """Every identity of a stack with what it holds: first the accounts that the plan makes."""

    identities: dict[str, Identity] = field(default_factory=dict)
    held: dict[str, list[Holding]] = field(default_factory=dict)
    unknown: list[tuple[Grant, str]] = field(default_factory=list)
    """Grants to somebody whom only creation tells, with the reason."""
    runs: dict[str, list[Running]] = field(default_factory=dict)
    """What runs as an identity, by its key."""
    memberships: list[tuple[Identity, Identity, Membership]] = field(default_factory=list)
    """Who is in which group, without groups in between."""
    within: dict[str, dict[str, tuple[Identity, ...]]] = field(default_factory=dict)
    """The groups that an identity is in, by both keys: the way there, which ends with the group."""
    unread: list[tuple[Resource, str]] = field(default_factory=list)
    """Memberships that may give more than is told here, with the reason."""
    _holders: dict[int, Identity] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[Identity, list[Holding]]]:
        for key, identity in self.identities.items():
            yield identity, self.held[key]

    def holder_of(self, grant: Grant) -> Identity | None:
        """Whom one of the grants here names."""
        return self._holders.get(id(grant))

    def note(self, holding: Holding) -> None:
        """One more grant of an identity that is known here."""
        self.held[holding.identity.key].append(holding)
        self._holders[id(holding.grant)] = holding.identity


def holdings(stack: Stack) -> Holdings:
    """Who holds what in `stack`; ask with `stack.once(holdings)`."""
    found = Holdings()
    emails = stack.once(emails_of)
    for account in stack.of_type(ACCOUNT):
        one = account.resource
        email = emails[one.urn]
        _known(found, Identity(one.urn, Kind.ACCOUNT, one.name, f"serviceAccount:{email}" if email else None, one))
    met: dict[tuple[str, int], Identity] = {}
    for grant in [*grants_of(stack), *dataset_grants(stack)]:
        # Most members are met many times.
        same = (grant.member, id(grant.holder)) if grant.member is not None else None
        identity = met.get(same) if same else None
        if identity is None:
            try:
                identity = _known(found, _identity(stack, grant))
            except NotKnown as reason:
                found.unknown.append((grant, str(reason)))
                continue
            if same:
                met[same] = identity
        found.note(_holding(identity, grant))
    _join(found, stack.once(groups_of))
    for run in stack.once(running):
        for key in _as_whom(found, stack, run):
            found.runs.setdefault(key, []).append(run)
    return found


def _as_whom(found: Holdings, stack: Stack, one: Running) -> list[str]:
    """The identities that something runs as: one, unless several default accounts are granted something."""
    if one.account is not None:
        return [one.account.urn]
    if not one.email:
        return []
    met = [key for key, identity in found.identities.items() if one.runs_as(identity.member or "")]
    if met:
        return met
    beginning = DEFAULTS.get(one.email)
    if beginning is None:
        member = f"serviceAccount:{one.email}"
        return [_known(found, Identity(member.lower(), kind_of(member), one.email, member)).key]
    project = project_of(stack, one.resource)
    if project and beginning == "PROJECT_ID":
        beginning = domain_of(project)
    # The number of the project is not in the plan, and each project has its own.
    name = f"{beginning}{one.email}"
    key = f"serviceaccount:{name} of {project or 'its project'}"
    return [_known(found, Identity(key, Kind.DEFAULT, name, None)).key]


def _join(found: Holdings, groups: Groups) -> None:
    """Gives those in groups what the groups hold."""
    for made in groups.made.values():
        _known(found, _group(made))
    found.unread.extend(groups.unread)
    above: dict[str, dict[str, Identity]] = {}
    for one in groups.memberships:
        group = _known(found, Identity(one.group, Kind.GROUP, one.group, None))
        member = _joining(found, one.member)
        above.setdefault(member.key, {})[group.key] = group
        found.memberships.append((member, group, one))
        if group.member is None and group.key not in groups.made:
            found.unread.append(
                (one.by, f"what {group.name} is granted is not known: its e-mail is not in the plan")
            )
    own = {key: tuple(held) for key, held in found.held.items()}
    for key in above:
        ways = found.within[key] = _ways(above, key)
        member = found.identities[key]
        found.held[key] += [
            replace(holding, identity=member, through=way) for end, way in ways.items() for holding in own[end]
        ]


def _joining(found: Holdings, member: Resource | str) -> Identity:
    """Who a membership is of; an e-mail is a group's where a group of that e-mail is known."""
    if isinstance(member, Resource):
        key = group_key(member) if member.type == GROUP else member.urn
        return found.identities[key]
    if member.endswith("gserviceaccount.com"):
        member = f"serviceAccount:{member}"
    else:
        member = f"{'group' if f'group:{member}' in found.identities else 'user'}:{member}"
    return _known(found, Identity(member.lower(), kind_of(member), _shown(member), member))


def _ways(above: dict[str, dict[str, Identity]], start: str) -> dict[str, tuple[Identity, ...]]:
    """The shortest way from an identity to each group that it is in; groups may be in each other."""
    ways: dict[str, tuple[Identity, ...]] = {start: ()}
    left = [start]
    for here in left:
        for key, group in above.get(here, {}).items():
            if key not in ways:
                ways[key] = (*ways[here], group)
                left.append(key)
    del ways[start]
    return ways


def _known(found: Holdings, identity: Identity) -> Identity:
    found.held.setdefault(identity.key, [])
    return found.identities.setdefault(identity.key, identity)


def _identity(stack: Stack, grant: Grant) -> Identity:
    kind, key = member_of(grant), who(grant)
    if key is None:
        raise NotKnown("member", "is known only after creation")
    if kind is Kind.GROUP and grant.member is None and grant.holder is not None:
        return _group(grant.holder)
    account = grant.holder if grant.holder is not None and grant.holder.type == ACCOUNT else None
    if account is not None and grant.member is not None and not is_account(stack, account, grant.member):
        # An account of the same ID in another project.
        account, key, kind = None, grant.member.strip().lower(), kind_of(grant.member)
    name = account.name if account else _shown(grant.member) if grant.member else grant.member_name
    return Identity(key, kind, name, grant.member, account)


def _group(made: Resource) -> Identity:
    """A group that the plan makes."""
    key = group_key(made)
    member = key if key != made.urn else None
    return Identity(key, Kind.GROUP, member or made.name, member)


def _shown(member: str) -> str:
    """A member in short words: what a pool admits without the path of the pool."""
    pool = _POOL.search(member)
    if pool is not None:
        return f"{'anything' if pool['who'] == '*' else pool['who']} of pool {pool['pool']}"
    return member.removeprefix("serviceAccount:")


def _holding(identity: Identity, grant: Grant) -> Holding:
    try:
        powers = powers_of(grant)
    except NotKnown as reason:
        return Holding(identity, grant, frozenset(), str(reason), hidden=True)
    if powers.doubt is not None:
        return Holding(identity, grant, powers.permissions, str(powers.doubt), hidden=True)
    partial = grant.custom is None and grant.role is not None and not _is_complete(grant.role)
    doubt = f"of {grant.role} the bundled table holds only what escalates or reaches data" if partial else ""
    return Holding(identity, grant, powers.permissions, doubt)


@lru_cache(maxsize=4096)
def _is_complete(role: str) -> bool:
    found = role_table().expand(role)
    return found is not None and found.complete
