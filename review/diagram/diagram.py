"""The architecture as a small graph, read from a Plan: from the clients, by the services, to what they use.

Who uses what is what the components declared (`uses`); the way in is followed from the URL map to the services.
Left out: telemetry, networks, identities, keys, alerts and the release pipeline. How the graph looks on paper is
up to `review.diagram.mermaid` and `review.diagram.svg`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from plan.plan import Plan, Resource
from plan.references import made_by, owner_of, referred
from review.diagram.ways_in import HTTPS, WayIn, open_services, ways_in
from review.diagram.words import DATASET, Place, described, is_drawn, is_workload, kind_of

CLIENTS = "clients"
_CALLERS = ("messaging:Queue", "messaging:Schedule")
_SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
_TOPIC = "gcp:pubsub/topic:Topic"
_SHOWN_SECRETS = 3
_SHOWN_HOSTS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Something in the picture. `key` is the URN of what it stands for, or a word where no resource is that."""

    key: str
    place: Place
    name: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """`source` does what `label` says to `target`; both are keys of nodes. Messages go from source to target."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagram:
    """The nodes in the order of their places and names, and the links in the order of their ends."""

    title: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    def in_words(self) -> str:
        """The same in sentences, for whoever cannot see the picture."""
        names = {node.key: node.name for node in self.nodes}
        return "; ".join(f"{names[it.source]} to {names[it.target]}: {it.label}" for it in self.links) + "."


@dataclass
class _Drawing:
    """What was found so far."""

    plan: Plan
    nodes: dict[str, Node] = field(default_factory=dict)
    labels: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def show(self, component: Resource) -> str:
        """Puts a component into the picture; the key of its node."""
        place, what = described(self.plan, component)
        return self.add(component.urn, place, component.name, what)

    def add(self, key: str, place: Place, name: str, what: str) -> str:
        """Puts a node into the picture; its key."""
        self.nodes.setdefault(key, Node(key=key, place=place, name=name, what=what))
        return key

    def link(self, source: str, target: str, label: str) -> None:
        """Joins two nodes; several links of the same two become one."""
        labels = self.labels.setdefault((source, target), [])
        if label not in labels:
            labels.append(label)

    def finished(self) -> Diagram:
        """The picture in its one order."""
        places = list(Place)
        nodes = sorted(self.nodes.values(), key=lambda it: (places.index(it.place), it.name, it.key))
        order = {node.key: position for position, node in enumerate(nodes)}
        ends = sorted(self.labels, key=lambda pair: (order[pair[0]], order[pair[1]]))
        links = tuple(Link(source=a, target=b, label=", ".join(self.labels[a, b])) for a, b in ends)
        return Diagram(title=f"{self.plan.system} · {self.plan.stack}", nodes=tuple(nodes), links=links)


def diagram_of(plan: Plan) -> Diagram:
    """The picture of a plan; the same for the same plan."""
    drawing = _Drawing(plan)
    for component in plan:
        if not component.is_component:
            continue
        if is_drawn(component):
            drawing.show(component)
        if is_workload(component):
            _used(drawing, component)
        elif kind_of(component) in _CALLERS:
            _called(drawing, component)
    for subscription in plan.of_type(_SUBSCRIPTION):
        _delivered(drawing, subscription)
    for way in ways_in(plan):
        _entered(drawing, way)
    for service in open_services(plan):
        owner = owner_of(plan, service)
        if owner is not None:
            drawing.link(_clients(drawing), drawing.show(owner), HTTPS)
    return drawing.finished()


def _uses(plan: Plan, component: Resource) -> list[tuple[str, Resource]]:
    """What a component declared: each verb with the component it is about. Telemetry goes to the stack itself."""
    declared = [
        (use["access"].replace("-", " "), plan.by_urn.get(use["target"])) for use in component.get("uses", [])
    ]
    return [(verb, target) for verb, target in declared if target is not None and target.is_component]


def _used(drawing: _Drawing, workload: Resource) -> None:
    plan, source = drawing.plan, workload.urn
    secrets: list[str] = []
    for verb, target in _uses(plan, workload):
        if kind_of(target) == "security:Secret":
            secrets.append(target.name)
        elif kind_of(target) == "messaging:PullSubscription":
            for topic in _topics_of(plan, made_by(plan, target, _SUBSCRIPTION)):
                drawing.link(drawing.show(topic), source, verb)
        else:
            drawing.link(source, drawing.show(target), verb)
    for dataset in made_by(plan, workload, DATASET):
        drawing.link(source, drawing.add(dataset.urn, Place.DATA, dataset.name, "BigQuery dataset"), "write")
    if secrets:
        name, what = _secrets(sorted(set(secrets)))
        drawing.link(source, drawing.add(f"secrets of {source}", Place.SECRETS, name, what), "read")


def _secrets(names: list[str]) -> tuple[str, str]:
    """The secrets of one workload are one node."""
    if len(names) == 1:
        return names[0], "secret"
    more = len(names) - _SHOWN_SECRETS
    return f"{len(names)} secrets", ", ".join(names[:_SHOWN_SECRETS]) + (f", and {more} more" if more > 0 else "")


def _called(drawing: _Drawing, caller: Resource) -> None:
    """A queue or a schedule calls services and jobs as declared; a schedule may publish instead."""
    plan = drawing.plan
    for verb, target in _uses(plan, caller):
        drawing.link(drawing.show(caller), drawing.show(target), verb)
    for job in made_by(plan, caller, "gcp:cloudscheduler/job:Job"):
        for topic in referred(plan, job, "pubsubTarget", _TOPIC):
            owner = owner_of(plan, topic)
            if owner is not None:
                drawing.link(drawing.show(caller), drawing.show(owner), "publish")


def _delivered(drawing: _Drawing, subscription: Resource) -> None:
    """A subscription is no node: it is the link from its topic to who is sent the messages."""
    plan, owner = drawing.plan, owner_of(drawing.plan, subscription)
    if owner is None:
        return
    for topic in _topics_of(plan, [subscription]):
        # What a topic makes for itself holds its dead letters.
        if topic is owner:
            continue
        if subscription.get("pushConfig"):
            for _, target in _uses(plan, owner):
                drawing.link(drawing.show(topic), drawing.show(target), "push")
        table = str((subscription.get("bigqueryConfig") or {}).get("table", ""))
        for dataset in plan.of_type(DATASET):
            store = owner_of(plan, dataset)
            if store is not None and table.split(".")[1:2] == [dataset.get("datasetId")]:
                drawing.link(drawing.show(topic), drawing.show(store), "write")


def _topics_of(plan: Plan, subscriptions: list[Resource]) -> list[Resource]:
    topics = [topic for one in subscriptions for topic in referred(plan, one, "topic", _TOPIC)]
    return [owner for topic in topics if (owner := owner_of(plan, topic)) is not None]


def _entered(drawing: _Drawing, way: WayIn) -> None:
    hosts = way.hosts or (way.url_map.name,)
    more = len(hosts) - _SHOWN_HOSTS
    name = ", ".join(hosts[:_SHOWN_HOSTS]) + (f" and {more} more" if more > 0 else "")
    told = all(paths for _, paths in way.answers)
    what = "HTTPS load balancer" + (", Cloud Armor" if way.guarded else "")
    if not told:
        what += f": {', '.join(way.paths)}"
    key = drawing.add(way.url_map.urn, Place.ENTRY, name, what)
    drawing.link(_clients(drawing), key, HTTPS)
    for service, paths in way.answers:
        owner = owner_of(drawing.plan, service)
        if owner is not None:
            drawing.link(key, drawing.show(owner), ", ".join(paths) or HTTPS)


def _clients(drawing: _Drawing) -> str:
    return drawing.add(CLIENTS, Place.ENTRY, "Clients", "browsers, apps, calls")
