"""A plan in the words of somebody who sees the project for the first time.

It tells what would exist, not whether that is good: policies, cost and access have their own reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from plan.plan import Plan, Resource
from plan.short_type import short_type
from review.tree import shown
from review.words import counted, family, is_grant, plural

_WORDS = {
    "network": "network",
    "database": "databases and storage",
    "messaging": "messages and jobs",
    "service": "services",
    "security": "identities, secrets and keys",
    "observability": "alerts, dashboards and logs",
    "other": "the rest",
}
_ENTRIES = {
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": "portRange",
    "gcp:compute/forwardingRule:ForwardingRule": "portRange",
}
_INTERNAL_SCHEMES = ("INTERNAL", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED", "")
_SERVICE = "gcp:cloudrunv2/service:Service"
_DATABASES = {
    "gcp:sql/databaseInstance:DatabaseInstance": "databaseVersion",
    "gcp:memorystore/instance:Instance": "engineVersion",
    "gcp:redis/instance:Instance": "redisVersion",
    "gcp:firestore/database:Database": "type",
    "gcp:bigquery/dataset:Dataset": "location",
    "gcp:storage/bucket:Bucket": "location",
}
_ACCOUNT = "gcp:serviceaccount/account:Account"
_FEW = 6


def summary(plan: Plan) -> Iterator[str]:
    """The lines of the summary."""
    cloud = [resource for resource in plan if resource.is_cloud]
    yield f"{plan.system} · {plan.stack}: {plural(len(cloud), 'resource')} would exist"
    yield from _list(
        "by family",
        [f"{number:>4}  {_WORDS.get(name, name)}" for name, number in counted(family(plan, it) for it in cloud)],
    )
    yield from _list("reachable from the internet", list(_entries(plan)) or ["nothing"])
    yield from _list("where data lives", list(_databases(plan)) or ["nowhere"])
    yield from _list("who may do what", list(_identities(plan)))
    yield from _list("outputs", [f"{key}: {shown(value)}" for key, value in sorted(plan.outputs.items())])
    yield from _list("not known before it is created", list(_unknown(plan)))


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {title}"
        yield from (f"    {line}" for line in lines)


def _entries(plan: Plan) -> Iterator[str]:
    for rule in plan.of_type(*_ENTRIES):
        if rule.get("loadBalancingScheme", "EXTERNAL") not in _INTERNAL_SCHEMES:
            yield f"load balancer {rule.name}, port {shown(rule.get(_ENTRIES[rule.type]))}"
    for service in plan.of_type(_SERVICE):
        if service.get("ingress", "INGRESS_TRAFFIC_ALL") == "INGRESS_TRAFFIC_ALL":
            yield f"service {service.name}, directly"


def _databases(plan: Plan) -> Iterator[str]:
    for database in plan.of_type(*_DATABASES):
        protected = ", protected" if database.options.protect else ""
        kind = shown(database.get(_DATABASES[database.type]))
        yield f"{short_type(database.type)} {database.name} ({kind}{protected})"


def _identities(plan: Plan) -> Iterator[str]:
    accounts = plan.of_type(_ACCOUNT)
    grants = [resource for resource in plan if is_grant(resource)]
    by_account: Counter[str] = Counter()
    for grant in grants:
        for account in _holders(plan, grant):
            by_account[account.urn] += 1
    mine = sum(by_account.values())
    if accounts:
        yield f"{plural(len(accounts), 'identity', 'identities')} with {plural(mine, 'grant')}:"
        for account in accounts:
            yield f"  {account.name}: {plural(by_account[account.urn], 'grant')}"
    if len(grants) > mine:
        yield f"{plural(len(grants) - mine, 'grant')} to others (Google's service agents, people, groups)"


def _holders(plan: Plan, grant: Resource) -> list[Resource]:
    return [resource for resource in plan.resolve(grant, "member") if resource.type == _ACCOUNT]


def _unknown(plan: Plan) -> Iterator[str]:
    sources: Counter[str] = Counter()
    inputs = 0
    for resource in plan:
        for origins in plan.unknown_inputs(resource).values():
            inputs += 1
            sources.update({short_type(origin.type) for origin in origins})
    if not inputs:
        return
    yield f"{plural(inputs, 'input')} that Google's answers fill in (IDs, addresses, links), from:"
    ranked: list[tuple[str, Any]] = sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))
    for name, number in ranked[:_FEW]:
        yield f"  {name}: {number}"
    if len(ranked) > _FEW:
        yield f"  {plural(len(ranked) - _FEW, 'more type')}"
