"""The ways from the internet inwards are exactly those that follow from the load balancers, brute force agrees."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from analysis.network.front import BACKEND_SERVICE, GLOBAL_RULE
from analysis.network.ways_in import told, ways_in
from analysis.stack import Stack
from analysis.workloads.templates import SERVICE
from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from tests.stacks.planned import planned

PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
URLS = "gcp:compute/uRLMap:URLMap"
GROUP = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
LEVELS = (GLOBAL_RULE, PROXY, URLS, BACKEND_SERVICE, GROUP, SERVICE)
KEYS = {
    GLOBAL_RULE: "target",
    PROXY: "urlMap",
    URLS: "pathMatchers",
    BACKEND_SERVICE: "backends",
    GROUP: "cloudRun",
}
EACH = 3

edges = st.fixed_dictionaries(
    {level: st.sets(st.tuples(st.integers(0, EACH - 1), st.integers(0, EACH - 1))) for level in LEVELS[:-1]}
)
schemes = st.lists(
    st.sampled_from(["EXTERNAL_MANAGED", "EXTERNAL", "INTERNAL_MANAGED", ""]), min_size=EACH, max_size=EACH
)


def urn(type_: str, number: int) -> str:
    return f"urn:pulumi:prod::demo::{type_}::{number}"


def plan(drawn: dict[str, set[tuple[int, int]]], chosen: list[str]) -> Plan:
    """Three of each kind, where each leads to those that `drawn` says."""
    resources = []
    for level, type_ in enumerate(LEVELS):
        for number in range(EACH):
            inputs: dict[str, object] = {"name": f"n{number}"}
            needs: dict[str, list[str]] = {}
            if type_ == GLOBAL_RULE:
                inputs["loadBalancingScheme"] = chosen[number]
            if type_ in KEYS:
                ends = [end for start, end in sorted(drawn[type_]) if start == number]
                key = KEYS[type_]
                inputs[key] = {"service": UNKNOWN} if type_ == GROUP else UNKNOWN
                needs[key] = [urn(LEVELS[level + 1], end) for end in ends]
            resources.append(
                Resource(
                    urn=urn(type_, number),
                    type=type_,
                    name=str(number),
                    custom=True,
                    parent=None,
                    inputs=inputs,
                    propertyDependencies=needs,
                )
            )
    return Plan.of(resources, project="demo", stack="prod", system="demo", outputs={})


@given(edges, schemes)
def test_a_service_has_exactly_the_backends_that_some_way_in_passes(
    drawn: dict[str, set[tuple[int, int]]], chosen: list[str]
) -> None:
    found = ways_in(Stack(plan(drawn, chosen)))
    expected: dict[str, set[str]] = {urn(SERVICE, number): set() for number in range(EACH)}
    for way in itertools.product(range(EACH), repeat=len(LEVELS)):
        open_ = chosen[way[0]].startswith("EXTERNAL")
        if open_ and all(
            pair in drawn[level] for level, pair in zip(LEVELS, itertools.pairwise(way), strict=False)
        ):
            expected[urn(SERVICE, way[-1])].add(urn(BACKEND_SERVICE, way[3]))
    assert {end: {one.urn for one in found.backends.get(end, [])} for end in expected} == expected


def test_a_way_is_told_from_the_internet_to_the_service() -> None:
    stack = Stack(planned("prod"))
    [api] = [one.resource for one in stack.of_type(SERVICE) if one.resource.name == "api"]
    ways = ways_in(stack)
    [backend] = ways.backends_of(api)
    assert told(ways.through(backend, api)) == (
        "the internet → forwarding rule 'edge' → proxy 'edge' → URL map 'edge' → backend 'edge-api' "
        "→ endpoint group 'edge-api' → service 'api'"
    )


def test_the_worker_has_no_way_in() -> None:
    stack = Stack(planned("prod"))
    [worker] = [one.resource for one in stack.of_type(SERVICE) if one.resource.name == "worker"]
    assert not ways_in(stack).backends_of(worker)
