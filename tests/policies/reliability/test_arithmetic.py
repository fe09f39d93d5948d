"""The sums of arithmetic, against straightforward ones over small made-up stacks."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from policies.engine.policy import Policy
from policies.engine.run import evaluate
from policies.reliability.arithmetic.alerts import compared
from policies.reliability.arithmetic.connections import sql_connections_fit
from policies.reliability.arithmetic.handlers import queue_within_capacity
from policies.reliability.arithmetic.vpc import nat_ports_fit, subnet_addresses_fit

PLACE = "europe-west1"
Made = tuple[str, str, dict[str, Any]]
NAMES = ("a", "b", "c", "d")


def _plan(*made: Made) -> Plan:
    resources = [
        Resource(
            urn=f"urn:pulumi:s::p::{type_}::{name}", type=type_, name=name, custom=True, parent=None, inputs=inputs
        )
        for type_, name, inputs in made
    ]
    return Plan.of(resources, project="p", stack="s", system="p", outputs={})


def _said(policy: Policy, plan: Plan) -> tuple[set[str], set[str]]:
    """What is violated and what is not evaluated, by name."""
    found = evaluate(plan, [policy])
    violated = {one.resource.name for one in found.findings}
    return violated, {one.resource.name for one in found.not_evaluated} - violated


def _expected(asked: dict[str, list[int | None]], most: dict[str, int]) -> tuple[set[str], set[str]]:
    """The same by brute force: terms of None are not known."""
    violated = {
        name for name, terms in asked.items() if sum(term for term in terms if term is not None) > most[name]
    }
    return violated, {name for name, terms in asked.items() if None in terms} - violated


instances = st.none() | st.integers(1, 120)
pools = st.none() | st.integers(1, 30)
services = st.lists(st.tuples(instances, pools, st.sets(st.sampled_from(NAMES[:2]))), max_size=5)


@settings(max_examples=60, deadline=None)
@given(services, st.lists(st.integers(14, 900), min_size=2, max_size=2))
def test_connections_are_instances_times_pools(clients: list[Any], most: list[int]) -> None:
    made: list[Made] = []
    for name, connections in zip(NAMES, most, strict=False):
        flags = [{"name": "max_connections", "value": str(connections)}]
        inputs = {"name": name, "databaseVersion": "POSTGRES_18", "settings": {"databaseFlags": flags}}
        made.append(("gcp:sql/databaseInstance:DatabaseInstance", name, inputs))
    asked: dict[str, list[int | None]] = {name: [] for name in NAMES[:2]}
    for number, (count, pool, databases) in enumerate(clients):
        envs = [{"name": "DB", "value": ",".join(f"p:{PLACE}:{name}" for name in sorted(databases))}]
        if pool is not None:
            envs.append({"name": "DATABASE_POOL", "value": str(pool)})
        template = {
            "containers": [{"envs": envs}],
            "scaling": {"maxInstanceCount": UNKNOWN if count is None else count},
        }
        made.append(("gcp:cloudrunv2/service:Service", f"s{number}", {"name": f"s{number}", "template": template}))
        for name in databases:
            asked[name].append(None if count is None else count * (4 if pool is None else pool))
    limits = {name: connections - 5 for name, connections in zip(NAMES, most, strict=False)}
    assert _said(sql_connections_fit, _plan(*made)) == _expected(asked, limits)


networked = st.lists(st.tuples(instances, st.sampled_from(NAMES[:3]), st.booleans()), max_size=6)


def _in_subnets(users: list[Any]) -> list[Made]:
    made: list[Made] = []
    for number, (count, subnet, everything) in enumerate(users):
        template = {
            "vpcAccess": {
                "networkInterfaces": [{"subnetwork": f"projects/p/regions/{PLACE}/subnetworks/{subnet}"}],
                "egress": "ALL_TRAFFIC" if everything else "PRIVATE_RANGES_ONLY",
            },
            "scaling": {"maxInstanceCount": UNKNOWN if count is None else count},
        }
        made.append(("gcp:cloudrunv2/service:Service", f"s{number}", {"name": f"s{number}", "template": template}))
    return made


@settings(max_examples=60, deadline=None)
@given(networked, st.lists(st.integers(22, 26), min_size=3, max_size=3))
def test_addresses_are_twice_the_instances_of_a_subnet(users: list[Any], prefixes: list[int]) -> None:
    made = _in_subnets(users)
    sizes: dict[str, int] = {}
    for number, (name, prefix) in enumerate(zip(NAMES, prefixes, strict=False)):
        made.append(
            (
                "gcp:compute/subnetwork:Subnetwork",
                name,
                {"name": name, "ipCidrRange": f"10.{number}.0.0/{prefix}", "region": PLACE},
            )
        )
        sizes[name] = 2 ** (32 - prefix) - 4
    asked: dict[str, list[int | None]] = {name: [] for name in NAMES[:3]}
    for count, subnet, _ in users:
        asked[subnet].append(None if count is None else 2 * count)
    assert _said(subnet_addresses_fit, _plan(*made)) == _expected(asked, sizes)


@settings(max_examples=60, deadline=None)
@given(
    networked, st.sets(st.sampled_from(NAMES[:3])), st.integers(1, 3), st.sampled_from([None, 50, 64, 1024, 4096])
)
def test_ports_are_those_of_all_that_leaves_through_a_gateway(
    users: list[Any], subnets: set[str], addresses: int, ports: int | None
) -> None:
    made = _in_subnets(users)
    made += [
        ("gcp:compute/subnetwork:Subnetwork", name, {"name": name, "region": PLACE, "ipCidrRange": "10.0.0.0/16"})
        for name in NAMES[:3]
    ]
    listed = [{"name": f"projects/p/regions/{PLACE}/subnetworks/{name}"} for name in sorted(subnets)]
    inputs: dict[str, Any] = {
        "name": "nat",
        "natIpAllocateOption": "MANUAL_ONLY",
        "natIps": [f"address-{number}" for number in range(addresses)],
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": listed,
    }
    if ports is not None:
        inputs["minPortsPerVm"] = ports
    made.append(("gcp:compute/routerNat:RouterNat", "nat", inputs))
    asked: dict[str, list[int | None]] = {"nat": []}
    for count, subnet, everything in users:
        if subnet in subnets and everything:
            asked["nat"].append(None if count is None else count * (64 if ports in (None, 50) else ports))
    assert _said(nat_ports_fit, _plan(*made)) == _expected(asked, {"nat": addresses * 64_512})


queues = st.lists(st.tuples(st.sampled_from(NAMES[:2]), st.none() | st.integers(1, 300)), max_size=5)


@settings(max_examples=60, deadline=None)
@given(queues, st.lists(st.tuples(st.integers(1, 9), st.integers(1, 80)), min_size=2, max_size=2))
def test_tasks_of_all_queues_of_a_service_are_added_up(queued: list[Any], sizes: list[tuple[int, int]]) -> None:
    made: list[Made] = []
    capacity: dict[str, int] = {}
    for name, (count, requests) in zip(NAMES, sizes, strict=False):
        template = {"scaling": {"maxInstanceCount": count}, "maxInstanceRequestConcurrency": requests}
        made.append(("gcp:cloudrunv2/service:Service", name, {"name": name, "template": template}))
        capacity[name] = count * requests
    asked: dict[str, list[int | None]] = {name: [] for name in capacity}
    for number, (service, at_once) in enumerate(queued):
        inputs = {
            "name": f"q{number}",
            "httpTarget": {"uriOverride": {"host": f"{service}-123456789012.{PLACE}.run.app"}},
            "rateLimits": {"maxConcurrentDispatches": UNKNOWN if at_once is None else at_once},
        }
        made.append(("gcp:cloudtasks/queue:Queue", f"q{number}", inputs))
        asked[service].append(at_once)
    assert _said(queue_within_capacity, _plan(*made)) == _expected(asked, capacity)


parts = st.tuples(
    st.sampled_from(["sum(up)", 'rate(x{text="a > 5 or b"}[5m])', "avg by (le) (y_z)"]),
    st.sampled_from([">", ">="]),
    st.integers(0, 9999) | st.sampled_from([0.5, 14.4]),
)


@given(st.lists(parts, min_size=1, max_size=4), st.sampled_from([" or ", " and ", " unless "]))
def test_each_comparison_is_found_with_what_is_compared(several: list[Any], between: str) -> None:
    query = between.join(f"{what} {operator} {number}" for what, operator, number in several)
    found = [(what.strip(), operator, number) for what, operator, number in compared(query)]
    assert found == [(what, operator, float(number)) for what, operator, number in several]
