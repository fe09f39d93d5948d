"""What the picture of an architecture shows of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plan.plan import Plan, Resource
from plan.sentinels import UNKNOWN
from review.diagram.diagram import Diagram, diagram_of
from review.diagram.layout import layout_of
from tests.review.diagram.small_diagram import below, component, plan, use
from tests.stacks.planned import STACKS, planned

STORES = {
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:memorystore/instance:Instance",
    "gcp:storage/bucket:Bucket",
    "gcp:bigquery/dataset:Dataset",
    "gcp:firestore/index:Index",
}
RUNS = {"gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/job:Job", "gcp:cloudrunv2/workerPool:WorkerPool"}


def named(diagram: Diagram) -> set[tuple[str, str, str]]:
    names = {node.key: node.name for node in diagram.nodes}
    return {(names[link.source], link.label, names[link.target]) for link in diagram.links}


@pytest.mark.parametrize("stack", STACKS)
def test_every_service_and_store_of_the_plan_is_in_the_picture(stack: str) -> None:
    shown = {node.key for node in diagram_of(planned(stack)).nodes}
    for resource in planned(stack).of_type(*RUNS, *STORES):
        assert {resource.urn, resource.parent} & shown, (
            f"{resource.type} {resource.name} is missing in the picture"
        )


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_use_of_a_workload_is_a_link_except_telemetry(stack: str) -> None:
    diagram = diagram_of(planned(stack))
    links = {(link.source, link.target) for link in diagram.links}
    for workload in planned(stack):
        if workload.type not in ("voicestack:service:Service", "voicestack:service:Job"):
            continue
        for declared in workload.inputs.get("uses", []):
            if declared["access"] == "write telemetry":
                continue
            secret = ":Secret::" in declared["target"]
            target = f"secrets of {workload.urn}" if secret else declared["target"]
            assert (workload.urn, target) in links, f"{workload.name} uses {declared}, but no line says so"


def test_the_reference_system_reads_from_the_clients_to_the_warehouse() -> None:
    links = named(diagram_of(planned("prod")))
    host = next(node.name for node in diagram_of(planned("prod")).nodes if "load balancer" in node.what)
    assert {
        ("Clients", "HTTPS", host),
        (host, "HTTPS", "api"),
        (host, "HTTPS", "frontend"),
        ("api", "publish", "jobs"),
        ("jobs", "push", "worker"),
        ("api", "enqueue", "webhooks"),
        ("webhooks", "invoke", "worker"),
        ("worker", "publish", "activity"),
        ("activity", "write", "analytics"),
    } <= links


def test_the_reference_system_is_no_hairball() -> None:
    diagram = diagram_of(planned("prod"))
    assert len(diagram.nodes) < 26
    assert layout_of(diagram).width < 1150, "on a page of 1000 pixels its words would be too small"


def test_a_use_added_in_the_plan_is_a_new_link_and_nothing_else() -> None:
    before = planned("prod")
    frontend = next(it for it in before if it.type == "voicestack:service:Service" and it.name == "frontend")
    reports = next(it for it in before if it.type == "voicestack:database:Bucket" and it.name == "reports")
    uses = [*frontend.inputs["uses"], use("read", reports)]
    more = replace(frontend, inputs={**frontend.inputs, "uses": uses})
    after = Plan.of(
        [more if it is frontend else it for it in before],
        project="p",
        stack="prod",
        system="voicestack",
        outputs={},
    )
    assert named(diagram_of(after)) - named(diagram_of(before)) == {("frontend", "read", "reports")}
    assert named(diagram_of(before)) <= named(diagram_of(after))


def test_what_a_schedule_publishes_and_a_worker_pulls_flows_through_the_topic() -> None:
    topic = component("ticks", "messaging:Topic")
    made = below(topic, "gcp:pubsub/topic:Topic", "ticks", name="demo-ticks")
    schedule = component("hourly", "messaging:Schedule")
    job = below(
        schedule,
        "gcp:cloudscheduler/job:Job",
        "hourly",
        {"pubsubTarget": made},
        schedule="0 * * * *",
        pubsubTarget={},
    )
    pull = component("ticks", "messaging:PullSubscription")
    subscription = below(pull, "gcp:pubsub/subscription:Subscription", "ticks", {"topic": made}, topic=UNKNOWN)
    pool = component("agents", "service:WorkerPool", uses=[use("consume", pull)])
    diagram = diagram_of(plan(topic, made, schedule, job, pull, subscription, pool))
    assert named(diagram) == {("hourly", "publish", "ticks"), ("ticks", "consume", "agents")}


def test_a_service_open_to_the_internet_is_joined_to_the_clients() -> None:
    owner = component("api", "service:Service")
    service = below(owner, "gcp:cloudrunv2/service:Service", "api", ingress="INGRESS_TRAFFIC_ALL")
    assert named(diagram_of(plan(owner, service))) == {("Clients", "HTTPS", "api")}
    inside = replace(service, inputs={"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"})
    assert not diagram_of(plan(owner, inside)).links


def routed(api: str, page: str) -> Plan:
    """A load balancer before two services; `api` and `page` are what the URL map holds of their backends."""
    edge = component("edge", "network:Edge")
    made: list[Resource] = [edge]
    backends = []
    for name in ("api", "page"):
        owner = component(name, "service:Service")
        service = below(
            owner,
            "gcp:cloudrunv2/service:Service",
            name,
            name=f"demo-{name}",
            ingress="INGRESS_TRAFFIC_INTERNAL_ONLY",
        )
        group = below(
            edge,
            "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup",
            name,
            {"cloudRun": service},
            cloudRun={"service": UNKNOWN},
        )
        backend = below(
            edge,
            "gcp:compute/backendService:BackendService",
            name,
            {"backends": group},
            name=f"demo-edge-{name}",
            backends=[{"group": UNKNOWN}],
        )
        made += [owner, service, group, backend]
        backends.append(backend)
    matcher = {"name": "host", "defaultService": page, "pathRules": [{"paths": ["/api/*"], "service": api}]}
    url_map = below(
        edge,
        "gcp:compute/uRLMap:URLMap",
        "edge",
        hostRules=[{"hosts": ["demo.example"], "pathMatcher": "host"}],
        pathMatchers=[matcher],
    )
    url_map = replace(url_map, propertyDependencies={"pathMatchers": [backend.urn for backend in backends]})
    return plan(*made, url_map)


def test_which_path_leads_to_which_service_is_told_once_google_has_named_the_backends() -> None:
    prefix = "projects/demo/global/backendServices"
    links = named(diagram_of(routed(f"{prefix}/demo-edge-api", f"{prefix}/demo-edge-page")))
    assert {("demo.example", "/api/*", "api"), ("demo.example", "/*", "page")} <= links


def test_which_path_leads_to_which_service_is_not_guessed_before() -> None:
    diagram = diagram_of(routed(UNKNOWN, UNKNOWN))
    assert {("demo.example", "HTTPS", "api"), ("demo.example", "HTTPS", "page")} <= named(diagram)
    host = next(node for node in diagram.nodes if node.name == "demo.example")
    assert host.what.endswith(": /*, /api/*"), "the paths are told all the same"
