"""Who is in which group of Cloud Identity, as the plan's memberships say.

Every role of a membership counts: `MEMBER` is always one of them, and an `OWNER` or `MANAGER` may besides let
others in (https://cloud.google.com/sdk/gcloud/reference/identity/groups/memberships/modify-membership-roles). One
that ends on some day counts too. Memberships that were made outside the plan are not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.access.accounts import is_account
from analysis.grants import ACCOUNT, GROUP
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from plan.plan import Resource
from plan.sentinels import UNKNOWN

MEMBERSHIP: Final = "gcp:cloudidentity/groupMembership:GroupMembership"
_KEYS: Final = ("preferredMemberKey", "memberKey")
_LETS_IN: Final = frozenset({"OWNER", "MANAGER"})


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody is in a group."""

    by: Resource
    group: str
    """The group's key, as `key_of` has it; its name `groups/…` where the plan does not make it."""
    member: Resource | str
    """A service account or a group of the plan, else an e-mail in lower case."""
    lets_in: bool
    """Whether the member may let others in; also where the plan does not tell the role."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a stack."""

    made: Mapping[str, Resource]
    """Those that the plan makes, by their keys."""
    memberships: tuple[Membership, ...]
    unread: tuple[tuple[Resource, str], ...]
    """Memberships of which only creation tells who is in what, with the reason."""


def groups_of(stack: Stack) -> Groups:
    """Who is in which group in `stack`; ask with `stack.once(groups_of)`."""
    found: list[Membership] = []
    unread: list[tuple[Resource, str]] = []
    for one in stack.of_type(MEMBERSHIP):
        try:
            found.append(Membership(one.resource, _group(stack, one), _member(stack, one), _lets_in(one)))
        except NotKnown as reason:
            unread.append((one.resource, str(reason)))
    made = {key_of(one.resource): one.resource for one in stack.of_type(GROUP)}
    return Groups(made, tuple(found), tuple(unread))


def key_of(group: Resource) -> str:
    """A group of the plan as members of grants name it, in lower case; its URN where its e-mail is not known."""
    try:
        email = Value.of(group)["groupKey"]["id"].text("")
    except NotKnown:
        email = ""
    return f"group:{email.strip().lower()}" if email else group.urn


def _group(stack: Stack, membership: Value) -> str:
    given = membership["group"]
    # A state knows the name and still tells where it comes from.
    made = stack.yielding(given, GROUP)
    if len(made) == 1:
        return key_of(made[0])
    name = given.text("").strip()
    for one in stack.of_type(GROUP):
        if name and (one.resource.outputs or {}).get("name") == name:
            return key_of(one.resource)
    if not name:
        raise NotKnown(given.path, "is left out")
    return name


def _member(stack: Stack, membership: Value) -> Resource | str:
    for key in _KEYS:
        block = membership[key]
        if block.raw != UNKNOWN and not block.present:
            continue
        id_ = block if block.raw == UNKNOWN else block["id"]
        if id_.is_unknown:
            made = stack.yielding(id_, ACCOUNT, GROUP)
            if len(made) == 1:
                return made[0]
        email = id_.text("").strip()
        if "@" not in email:
            raise NotKnown(id_.path, "is no e-mail: a whole organisation, or somebody of another identity source")
        return _named(stack, email)
    raise NotKnown(_KEYS[0], "is left out")


def _named(stack: Stack, email: str) -> Resource | str:
    lower = email.lower()
    accounts = stack.named(ACCOUNT, lower) if lower.endswith(".iam.gserviceaccount.com") else []
    if len(accounts) == 1 and is_account(stack, accounts[0], lower):
        return accounts[0]
    return lower


def _lets_in(membership: Value) -> bool:
    try:
        return any(name in _LETS_IN for name in _roles(membership))
    except NotKnown:
        return True


def _roles(membership: Value) -> Iterator[str]:
    for role in membership["roles"].items():
        yield role["name"].text("").strip().upper()
