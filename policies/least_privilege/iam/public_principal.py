"""Nothing is granted to everybody, on anything that has an IAM policy.

Access control lists and a dataset's own list are looked at where buckets and datasets are (`data_protection`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.access.members import Kind, kind_of, yielded_by
from analysis.grants import Grant
from analysis.stack import Stack
from analysis.value import AFTER_CREATION, NotKnown, Value
from analysis.workloads.templates import SERVICE, SERVICE_V1, Ingress, find, ingress_of
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity

_CALLING: Final = frozenset({"roles/run.invoker", "roles/run.servicesInvoker"})


@grant_policy(
    id="iam-no-public-principal",
    title="No role is granted to everybody",
    severity=Severity.CRITICAL,
    why="""`allUsers` is the whole internet, `allAuthenticatedUsers` is whoever has made a Google account: what the
    role reads, writes or calls is then open to strangers, on the project as well as on one topic, key or secret.
    A Cloud Run service that only the load balancer reaches is the one exception, and other policies look at that
    way in.""",
    fix="""Let the workload that needs it say so in its `uses=[…]`: each link grants its role to that one identity.
    What clients reach stands behind the load balancer (`Exposure.PUBLIC`).""",
    fix_raw="""Name the service accounts or groups that need the role. Files for browsers are served from a private
    bucket: the load balancer's backend bucket reads it as Cloud CDN's service agent.""",
    rows=(33, 87, 88, 95, 105, 106, 112, 115, 120, 137, 147, 152, 153, 166, 167),
    cis_4=("1.9", "5.1", "7.1"),
    cis_5=("1.10", "5.1", "7.1"),
)
def public_principal(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    if grant.member is None:
        # Whatever a resource of Google's yields is somebody, not everybody.
        if yielded_by(grant) is None:
            raise NotKnown("member", AFTER_CREATION)
        return
    if kind_of(grant.member) is Kind.PUBLIC and not _only_through_the_load_balancer(grant, stack):
        who = "everybody" if "auth" not in grant.member.lower() else "anybody with a Google account"
        yield f"{grant.role_name} on {grant.entity_name} is granted to {grant.member}: {who} has it"


def _only_through_the_load_balancer(grant: Grant, stack: Stack) -> bool:
    """Whether the grant lets everybody call a Cloud Run service that has no address of its own.

    To manage the service goes over Google's API, where its ingress counts for nothing.
    """
    if grant.role not in _CALLING:
        return False
    named = [grant.entity] if grant.entity else stack.referred(Value.of(grant.by)["service"], SERVICE_V1)
    if len(named) != 1 or named[0].type not in (SERVICE, SERVICE_V1):
        return False
    service = Value.of(named[0])
    return find(service, "default_url_off").flag(False) and ingress_of(service) is Ingress.LOAD_BALANCER
