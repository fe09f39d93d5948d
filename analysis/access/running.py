"""What runs, and as which identity: Cloud Run and functions, virtual machines, builds.

Who gets into one of them is that identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.access.accounts import is_account
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
COMPUTE: Final = "-compute@developer.gserviceaccount.com"
APP_ENGINE: Final = "@appspot.gserviceaccount.com"


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
    return [*_workloads(stack), *_machines(stack), *_builds(stack)]


def _workloads(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(*WORKLOADS):
        try:
            faces = ingress_of(one) in (Ingress.ALL, Ingress.LOAD_BALANCER)
        except NotKnown:
            faces = True
        default = APP_ENGINE if one.resource.type == FUNCTION_V1 else COMPUTE
        try:
            account, email = _account(stack, find(one, "account"), default)
        except NotKnown:
            account, email = None, ""
        yield Running(one.resource, KINDS[one.resource.type], account, email, faces)


def _machines(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(*MACHINES):
        try:
            # Without a block a machine has no account at all.
            account, email = _account(stack, one["serviceAccount"]["email"], "")
        except NotKnown:
            account, email = None, ""
        yield Running(one.resource, MACHINES[one.resource.type], account, email, faces_internet=False)


def _builds(stack: Stack) -> Iterator[Running]:
    for one in stack.of_type(TRIGGER):
        try:
            account, email = _account(stack, one["serviceAccount"], "@cloudbuild.gserviceaccount.com")
        except NotKnown:
            account, email = None, ""
        yield Running(one.resource, "build trigger", account, email, faces_internet=False)


def _account(stack: Stack, value: Value, default: str) -> tuple[Resource | None, str]:
    made = stack.referred(value, ACCOUNT)
    if len(made) == 1 and (value.is_unknown or is_account(stack, made[0], value.text(""))):
        return made[0], ""
    return None, value.text(default).rpartition("/")[2].lower()
