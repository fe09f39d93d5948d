"""What the picture of an architecture shows, and that it can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest

from review.command import main
from review.diagram import CLIENTS, Diagram, Link, Node, diagram_of
from review.diagram_layout import layout_of
from review.diagram_mermaid import as_mermaid
from review.diagram_svg import as_svg
from review.diagram_text import LABEL, width_of
from review.diagram_words import Place
from review.plan import Plan, Resource
from review.sentinels import UNKNOWN
from tests.stacks.planned import ROOT, STACKS, planned

NASTY = 'a"]; click x "javascript:alert(1)" <script>&amp;`**#quot;|end\u202e\n%%{init}%%'
COMMAND = "voicestack diagram --stack prod --format svg --output docs/architecture.svg"
STORES = {
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:memorystore/instance:Instance",
    "gcp:storage/bucket:Bucket",
    "gcp:bigquery/dataset:Dataset",
    "gcp:firestore/index:Index",
}
RUNS = {"gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/job:Job", "gcp:cloudrunv2/workerPool:WorkerPool"}


def component(name: str, kind: str, **inputs: Any) -> Resource:
    type_ = f"voicestack:{kind}"
    urn = f"urn:pulumi:prod::demo::{type_}::{name}"
    return Resource(urn=urn, type=type_, name=name, custom=False, parent=None, inputs=inputs)


def below(
    owner: Resource, type_: str, made: str, depends: dict[str, Resource] | None = None, /, **inputs: Any
) -> Resource:
    urn = f"urn:pulumi:prod::demo::{owner.type}${type_}::{made}"
    return Resource(
        urn=urn,
        type=type_,
        name=made,
        custom=True,
        parent=owner.urn,
        inputs=inputs,
        propertyDependencies={key: [one.urn] for key, one in (depends or {}).items()},
    )


def use(access: str, target: Resource) -> dict[str, Any]:
    return {"access": access, "target": target.urn, "roles": []}


def plan(*resources: Resource) -> Plan:
    return Plan.of(resources, project="demo", stack="prod", system="demo", outputs={})


def named(diagram: Diagram) -> set[tuple[str, str, str]]:
    names = {node.key: node.name for node in diagram.nodes}
    return {(names[link.source], link.label, names[link.target]) for link in diagram.links}


def invented(*links: tuple[str, str, str], places: dict[str, Place]) -> Diagram:
    nodes = [
        Node(key=name, place=place, name=name, what="what it is, in a few words") for name, place in places.items()
    ]
    return Diagram(
        title="demo",
        nodes=tuple(nodes),
        links=tuple(Link(source=source, target=target, label=label) for source, label, target in links),
    )


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


def test_a_name_cannot_write_mermaid_markdown_or_html() -> None:
    api = component(NASTY, "service:Service", uses=[{**use(NASTY, component("cache", "database:Valkey"))}])
    text = as_mermaid(diagram_of(plan(api, component("cache", "database:Valkey"))))
    label = re.compile(r'"(?:[^"<>`*&;|#\n]|#\d+;|<br/>)*"')
    for line in text.splitlines():
        assert not re.search(
            r'[<>"`*&|;#%]', re.sub(r"-->\|\"\"\|", "", label.sub('""', line)).replace('""', "")
        ), line
    assert "javascript:" not in text
    assert "\u202e" not in text


def test_a_name_cannot_write_svg() -> None:
    api = component(NASTY + "\x00\ud800", "service:Service")
    text = as_svg(diagram_of(plan(api)))
    root = ElementTree.fromstring(text.encode())  # noqa: S314 - our own text
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "style", "rect", "text", "path", "g"
    }  # fmt: skip
    assert any("<script>" in (element.text or "") for element in root.iter()), "it is shown as it is"


def test_the_svg_needs_nothing_from_elsewhere_and_says_what_it_shows() -> None:
    text = as_svg(diagram_of(planned("prod")))
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    assert not re.search(r"url\(|href|@import|<script|<image|\bon\w+=", text)
    assert root.get("role") == "img"
    described = {element.get("id"): element.text or "" for element in root}
    title, words = (root.get("aria-labelledby") or "").split()
    assert described[title] == "Architecture of voicestack · prod"
    assert "api to jobs: publish" in described[words]
    assert "prefers-color-scheme:dark" in text


def test_the_same_plan_gives_the_same_picture_whatever_its_order() -> None:
    one = planned("prod")
    other = Plan.from_json(one.to_json())
    other = replace(other, resources=tuple(reversed(other.resources)))
    assert as_svg(diagram_of(other)) == as_svg(diagram_of(one))
    assert as_mermaid(diagram_of(other)) == as_mermaid(diagram_of(one))


PLACES = {
    CLIENTS: Place.ENTRY,
    "host": Place.ENTRY,
    "nightly": Place.CLOCK,
    "one": Place.SERVICES,
    "two": Place.SERVICES,
    "three": Place.SERVICES,
    "topic": Place.MESSAGES,
    "store": Place.DATA,
}
FULL = invented(
    (CLIENTS, "HTTPS", "host"),
    ("host", "/*", "one"),
    ("nightly", "publish", "topic"),
    ("nightly", "run", "three"),
    ("one", "invoke", "three"),
    ("two", "invoke", "one"),
    ("one", "publish", "topic"),
    ("topic", "push", "two"),
    ("one", "read", "store"),
    ("two", "write", "store"),
    places=PLACES,
)
NO_MESSAGES = invented(
    ("one", "read", "store"),
    ("one", "invoke", "two"),
    places={k: v for k, v in PLACES.items() if k in ("one", "two", "store")},
)
ALONE = invented(places={"store": Place.DATA})
NOTHING = invented(places={})
PICTURES = {"full": FULL, "no messages": NO_MESSAGES, "alone": ALONE, "nothing": NOTHING}


@pytest.mark.parametrize("name", [*PICTURES, *STACKS])
def test_nothing_in_the_picture_lies_upon_anything_else(name: str) -> None:
    diagram = PICTURES[name] if name in PICTURES else diagram_of(planned(name))
    layout = layout_of(diagram)
    rectangles = [(box.x, box.y, box.right, box.y + box.height, box.node.name) for box in layout.boxes]
    for line in layout.lines:
        (x, y), width = line.words, width_of(line.link.label, LABEL)
        left = x - width if line.anchor == "end" else x
        rectangles.append(
            (left, y - LABEL, left + width, y, f"the words '{line.link.label}' to {line.link.target}")
        )
    for one, other in combinations(rectangles, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, f"{one[4]} and {other[4]} overlap"
    for left, top, right, bottom, what in rectangles:
        assert left >= 0, what
        assert top >= 0, what
        assert right <= layout.width, what
        assert bottom <= layout.height, what


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_well_formed(name: str) -> None:
    root = ElementTree.fromstring(as_svg(PICTURES[name]))  # noqa: S314 - our own text
    tips = [element for element in root if str(element.get("class")).startswith("tip")]
    assert len(tips) == len(PICTURES[name].links)


def test_the_committed_picture_is_what_the_plan_gives() -> None:
    committed = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    drawn = as_svg(diagram_of(planned("prod")))
    assert committed == drawn, f"docs/architecture.svg is not of this plan; draw it anew: {COMMAND}"


def test_the_command_writes_either_format(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    root = ["--root", str(ROOT)]
    assert main(["diagram", "--stack", "prod", *root]) == 0
    assert capsys.readouterr().out == as_mermaid(diagram_of(planned("prod")))
    picture = tmp_path / "prod.svg"
    assert main(["diagram", "--stack", "prod", "--format", "svg", "--output", str(picture), *root]) == 0
    assert picture.read_text(encoding="utf-8") == as_svg(diagram_of(planned("prod")))


def test_the_command_teaches_what_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagram", "--stack", "nowhere", "--root", str(ROOT)]) == 2
    assert "name one of" in capsys.readouterr().err
