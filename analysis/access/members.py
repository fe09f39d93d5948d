"""Who a member of a grant is: everybody, a person, a group, a workload, a service of Google's.

https://cloud.google.com/iam/docs/principal-identifiers
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import Final

from analysis.grants import ACCOUNT, GROUP, Form, Grant
from analysis.value import AFTER_CREATION, NotKnown
from plan.plan import Resource


class Kind(enum.Enum):
    """What a member is, in words."""

    PUBLIC = "everybody"
    PERSON = "one person"
    GROUP = "a group"
    DOMAIN = "everybody of a domain"
    CROWD = "everything of a pool, a project, a folder or an organisation"
    """A principal set that names no attribute and no group."""
    BASIC = "whoever has a basic role on a project"
    """`projectEditor:…` and its like."""
    ACCOUNT = "a service account"
    DEFAULT = "a default service account"
    AGENT = "a service of Google's"
    FEDERATED = "a workload outside Google"
    DELETED = "what was deleted"
    OTHER = "a member of a kind that is not known here"


PEOPLE: Final = frozenset({Kind.PERSON, Kind.GROUP, Kind.DOMAIN})
WORKLOADS: Final = frozenset({Kind.ACCOUNT, Kind.DEFAULT, Kind.AGENT, Kind.FEDERATED, Kind.CROWD})
"""What runs by itself. All of a pool counts: it is workloads that a pool admits."""

DEFAULT_ACCOUNT: Final = re.compile(
    r"serviceaccount:(?:.*-compute@developer|.*@appspot|.*@cloudbuild)\.gserviceaccount\.com", re.DOTALL
)
"""Accounts that Google makes with a project or an API, and that many workloads share: those of Compute Engine and
App Engine, and Cloud Build's former one. https://cloud.google.com/iam/docs/service-account-types#default"""
# https://cloud.google.com/iam/docs/service-agents; cloudservices is the Google APIs Service Agent.
_AGENT: Final = re.compile(
    r"""serviceaccount:.+@(?:
        cloudservices\.gserviceaccount\.com
        | system\.gserviceaccount\.com
        | (?:
            gcp-(?:sa|ri)-[a-z0-9-]+ | bigquery-encryption | cloud-cdn-fill | cloud-filer | cloud-memcache-sa
            | cloud-ml | cloud-redis | cloud-tpu | cloudcomposer-accounts | compute-system | container-analysis
            | container-engine-robot | containerregistry | dataflow-service-producer-prod | dataproc-accounts
            | dlp-api | endpoints-portal | firebase-rules | gae-api-prod | gcf-admin-robot | gcp-gae-service
            | gs-project-accounts | remotebuildexecution | security-center-api | serverless-robot-prod
            | service-consumer-management | service-networking | sourcerepo-service-accounts
            | storage-transfer-service
          )(?:\.google\.com)?\.iam\.gserviceaccount\.com
    )""",
    re.VERBOSE,
)
_POOL: Final = re.compile(
    r"principal(?P<set>set)?://iam\.googleapis\.com/(?P<where>.*?)"
    r"(?P<pool>workloadidentitypools|workforcepools)/[^/]*/(?P<who>.*)",
    re.DOTALL,
)
_PREFIXES: Final = {
    "user": Kind.PERSON,
    "group": Kind.GROUP,
    "domain": Kind.DOMAIN,
    "projectowner": Kind.BASIC,
    "projecteditor": Kind.BASIC,
    "projectviewer": Kind.BASIC,
    "serviceaccount": Kind.ACCOUNT,
    "deleted": Kind.DELETED,
}
_EVERYBODY: Final = frozenset({"allusers", "allauthenticatedusers", "principalset://goog/public:all"})
_YIELD_A_PROJECT: Final = "gcp:organizations/project:Project"
_YIELD_POOLS: Final = (
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    "gcp:iam/workforcePool:WorkforcePool",
    "gcp:iam/workforcePoolProvider:WorkforcePoolProvider",
)


@lru_cache(maxsize=65_536)
def kind_of(member: str) -> Kind:
    """What the member is. Google reads the words before the colon whatever their case."""
    text = member.strip().lower()
    if text in _EVERYBODY:
        return Kind.PUBLIC
    if DEFAULT_ACCOUNT.fullmatch(text):
        return Kind.DEFAULT
    if _AGENT.fullmatch(text):
        return Kind.AGENT
    pool = _POOL.fullmatch(text)
    if pool is not None:
        return _of_pool(pool)
    if text.startswith("principalset://cloudresourcemanager.googleapis.com/"):
        return Kind.CROWD
    return _PREFIXES.get(text.partition(":")[0], Kind.OTHER)


def _of_pool(pool: re.Match[str]) -> Kind:
    which, _, value = pool["who"].partition("/")
    if pool["set"] and (which == "*" or "*" in value):
        return Kind.CROWD
    if pool["pool"] == "workloadidentitypools":
        return Kind.FEDERATED
    # A workforce pool admits people.
    return Kind.GROUP if pool["set"] else Kind.PERSON


def yielded_by(grant: Grant) -> Resource | None:
    """The resource of Google's that yields the member, where the plan tells no name; None where that is not sure.

    Of several members in one list, the plan does not tell which of them comes from what the list depends on.
    """
    holder = grant.holder
    if grant.form is Form.POLICY or holder is None or not holder.type.startswith("gcp:"):
        return None
    members = grant.by.inputs.get("members")
    return holder if grant.form is Form.MEMBER or (isinstance(members, list) and len(members) == 1) else None


def member_of(grant: Grant) -> Kind:
    """What the member of a grant is, also where only creation tells its name but the plan tells who will yield it.

    NotKnown where the plan does not.
    """
    if grant.member is not None:
        return kind_of(grant.member)
    holder = yielded_by(grant)
    if holder is None:
        raise NotKnown("member", AFTER_CREATION)
    if holder.type == ACCOUNT:
        return Kind.ACCOUNT
    if holder.type == GROUP:
        return Kind.GROUP
    if holder.type == _YIELD_A_PROJECT:
        # A project's number is in the names of its default accounts, and of its service agents.
        raise NotKnown("member", f"{AFTER_CREATION}, from the number of project '{holder.name}'")
    if holder.type in _YIELD_POOLS:
        raise NotKnown("member", f"{AFTER_CREATION}, from the pool '{holder.name}'")
    # What else yields a member yields the account that Google made for it: a sink's writer, a database's account.
    return Kind.AGENT


def who(grant: Grant) -> str | None:
    """What is the same for two grants to one member; None where the plan does not tell who it is."""
    if grant.member is not None:
        # The member's own account, so that a name and a reference are the same.
        return grant.holder.urn if grant.holder is not None else grant.member.strip().lower()
    holder = yielded_by(grant)
    return holder.urn if holder is not None else None
