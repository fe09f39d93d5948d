"""What runs, and as which identity: Cloud Run and functions, virtual machines, builds, and what `attached` lists.

Who gets into one of them is that identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from analysis.access.accounts import is_account
from analysis.access.attached import APP_ENGINE, ATTACHED, CLOUD_BUILD, COMPUTE, accounts_named
from analysis.grants import ACCOUNT
from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import FUNCTION_V1, KINDS, WORKLOADS, Ingress, find, ingress_of
from plan.plan import Resource

MACHINES: Final = {
    "gcp:compute/instance:Instance": "virtual machine",
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate": "virtual machine",
    "gcp:compute/instanceTemplate:InstanceTemplate": "virtual machine",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": "virtual machine",
}
TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """One thing that runs code, or will."""

    resource: Resource
    kind: str
    account: Resource | None
    """The service account of the plan that it runs as."""
    email: str
    """The account's e-mail where it is not the plan's; of a default account only the end; '' where not known."""
    faces_internet: bool
    """Whether requests reach it from the internet, through a load balancer or not."""
    why: str = ""
    """Why the plan does not tell as whom it runs, where it runs as somebody."""

    @property
    def name(self) -> str:
        """In words."""
        return f"the {self.kind} '{self.resource.name}'"

    def runs_as(self, member: str) -> bool:
        """Whether it runs as an IAM member that the plan does not make."""
        email = member.strip().lower().removeprefix("serviceaccount:")
        return bool(self.email) and (email == self.email or (self.email[0] in "-@" and email.endswith(self.email)))


def running(stack: Stack) -> list[Running]:
    """All that runs in `stack`; ask with `stack.once(running)`."""
    return [*_workloads(stack), *_machines(stack), *_builds(stack), *_attached(stack)]


def _workloads(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(*WORKLOADS):
        try:
            faces = ingress_of(one) in (Ingress.ALL, Ingress.LOAD_BALANCER)
        except NotKnown:
            faces = True
        default = APP_ENGINE if one.resource.type == FUNCTION_V1 else COMPUTE
        try:
            told = _account(stack, find(one, "account"), default)
        except NotKnown as reason:
            told = _Told(None, "", str(reason))
        yield Running(one.resource, KINDS[one.resource.type], told.account, told.email, faces, told.why)


def _machines(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(*MACHINES):
        try:
            block = one["serviceAccount"]
            # Without a block a machine has no account at all, and with one that names none the default one.
            told = _account(stack, block["email"], COMPUTE if block.present else "")
        except NotKnown as reason:
            told = _Told(None, "", str(reason))
        yield Running(one.resource, MACHINES[one.resource.type], told.account, told.email, False, told.why)


def _builds(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(TRIGGER):
        try:
            told = _account(stack, one["serviceAccount"], CLOUD_BUILD)
        except NotKnown as reason:
            told = _Told(None, "", str(reason))
        yield Running(one.resource, "build trigger", told.account, told.email, False, told.why)


def _attached(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(*ATTACHED):
        kind = ATTACHED[one.resource.type][0].kind
        try:
            each = [_account(stack, value, place.default) for place, value in accounts_named(one)]
        except NotKnown as reason:
            each = [_Told(None, "", str(reason))]
        for found in {(told.account.urn if told.account else "", told.email): told for told in each}.values():
            yield Running(one.resource, kind, found.account, found.email, False, found.why)


class _Told(NamedTuple):
    """As whom something runs."""

    account: Resource | None
    email: str
    why: str = ""


def _account(stack: Stack, value: Value, default: str) -> _Told:
    made = stack.referred(value, ACCOUNT)
    if len(made) == 1 and (value.is_unknown or is_account(stack, made[0], value.text(""))):
        return _Told(made[0], "")
    named = value.text("").strip().rpartition("/")[2].lower()
    # "default" is Compute Engine's word for it.
    return _Told(None, default if named in ("", "default") else named)
