"""What stands where in the picture of an architecture, and what each thing is in plain words."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from plan.plan import Plan, Resource
from plan.references import made_by, referred
from plan.sentinels import UNKNOWN


class Place(Enum):
    """The parts of the picture, in their order; the value is the title."""

    ENTRY = "Way in"
    CLOCK = "By the clock"
    SERVICES = "Services and jobs"
    MESSAGES = "Messages"
    DATA = "Data"
    SECRETS = "Secrets"
    OUTSIDE = "Outside"


DATASET = "gcp:bigquery/dataset:Dataset"
_SINK = "gcp:logging/projectSink:ProjectSink"
_SQL = "gcp:sql/databaseInstance:DatabaseInstance"


def kind_of(component: Resource) -> str:
    """`voicestack:service:Service` as `service:Service`."""
    return component.type.partition(":")[2]


def is_drawn(component: Resource) -> bool:
    """Whether a component is in the picture even if nobody uses it."""
    return kind_of(component) in _ALWAYS


def is_workload(component: Resource) -> bool:
    """Whether a component runs something that uses other things."""
    return kind_of(component) in _KINDS and _KINDS[kind_of(component)][0] is Place.SERVICES


def described(plan: Plan, component: Resource) -> tuple[Place, str]:
    """Where a component stands, and what it is."""
    kind = kind_of(component)
    if kind in _KINDS:
        place, words = _KINDS[kind]
        return place, words(plan, component)
    family, _, name = kind.partition(":")
    return _PLACE_OF_FAMILY.get(family, Place.DATA), _spaced(name)


def _first(plan: Plan, component: Resource, type_: str) -> Callable[[str], Any]:
    """Reads inputs of the one resource that a component is about; a dotted key goes inside."""
    made = made_by(plan, component, type_)

    def read(key: str) -> Any:
        value: Any = made[0].get(key.split(".", maxsplit=1)[0]) if made else None
        for part in key.split(".")[1:]:
            value = value.get(part) if isinstance(value, dict) else None
        return None if value == UNKNOWN else value

    return read


def _just(words: str) -> Callable[[Plan, Resource], str]:
    return lambda _plan, _component: words


def _service(plan: Plan, component: Resource) -> str:
    ingress = _first(plan, component, "gcp:cloudrunv2/service:Service")("ingress")
    return "Cloud Run service" + (", internal" if ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" else "")


def _pool(plan: Plan, component: Resource) -> str:
    count = _first(plan, component, "gcp:cloudrunv2/workerPool:WorkerPool")("scaling.manualInstanceCount")
    return "Cloud Run worker pool" + (f", {count} instances" if count else "")


def _scheduled(words: str) -> Callable[[Plan, Resource], str]:
    def describe(plan: Plan, component: Resource) -> str:
        made = made_by(plan, component, "gcp:bigquery/dataTransferConfig:DataTransferConfig")
        schedules = {str(one.get("schedule")) for one in made}
        return words + (f", {schedules.pop()}" if len(schedules) == 1 else "")

    return describe


def _postgres(plan: Plan, component: Resource) -> str:
    made = made_by(plan, component, _SQL)
    main = next((one for one in made if not one.get("masterInstanceName")), None)
    if main is None:
        return "Cloud SQL"
    engine, _, version = str(main.get("databaseVersion")).partition("_")
    settings = main.get("settings", {})
    network = settings.get("ipConfiguration", {})
    words = [
        f"Cloud SQL {engine.title()} {version}",
        "public address" if network.get("ipv4Enabled", True) else "private",
    ]
    if settings.get("availabilityType") == "REGIONAL":
        words.append("two zones")
    replicas = len(made) - 1
    if replicas:
        words.append(f"{replicas} read replica{'s' if replicas > 1 else ''}")
    return ", ".join(words)


def _valkey(plan: Plan, component: Resource) -> str:
    version = _first(plan, component, "gcp:memorystore/instance:Instance")("engineVersion")
    number = str(version).partition("_")[2].replace("_", ".") if version else ""
    return f"Memorystore Valkey {number}".strip() + ", private"


def _warehouse(plan: Plan, component: Resource) -> str:
    datasets = made_by(plan, component, DATASET)
    filled = any(
        one in datasets for sink in plan.of_type(_SINK) for one in referred(plan, sink, "destination", DATASET)
    )
    tables = len(made_by(plan, component, "gcp:bigquery/table:Table"))
    words = "BigQuery dataset"
    if tables:
        words += f", {tables} table{'s' if tables > 1 else ''}"
    return words + (", filled by Cloud Logging" if filled else "")


def _topic(plan: Plan, component: Resource) -> str:
    return "Pub/Sub topic" + (
        ", dead letters" if len(made_by(plan, component, "gcp:pubsub/topic:Topic")) > 1 else ""
    )


def _schedule(plan: Plan, component: Resource) -> str:
    cron = _first(plan, component, "gcp:cloudscheduler/job:Job")("schedule")
    return "Cloud Scheduler" + (f", {cron}" if cron else "")


def _external(_plan: Plan, component: Resource) -> str:
    host = urlsplit(str(component.get("url", ""))).hostname
    return host or "API on the internet"


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()


_KINDS: dict[str, tuple[Place, Callable[[Plan, Resource], str]]] = {
    "service:Service": (Place.SERVICES, _service),
    "service:Job": (Place.SERVICES, _just("Cloud Run job")),
    "service:WorkerPool": (Place.SERVICES, _pool),
    "database:ScheduledQueries": (Place.SERVICES, _scheduled("BigQuery scheduled queries")),
    "database:TableSnapshots": (Place.SERVICES, _scheduled("BigQuery table snapshots")),
    "messaging:Topic": (Place.MESSAGES, _topic),
    "messaging:Queue": (Place.MESSAGES, _just("Cloud Tasks queue")),
    "messaging:Schedule": (Place.CLOCK, _schedule),
    "database:Postgres": (Place.DATA, _postgres),
    "database:Valkey": (Place.DATA, _valkey),
    "database:Firestore": (Place.DATA, _just("Firestore")),
    "database:AtlasCluster": (Place.DATA, _just("MongoDB Atlas, peered")),
    "database:Bucket": (Place.DATA, _just("Cloud Storage bucket")),
    "database:Warehouse": (Place.DATA, _warehouse),
    "service:ExternalApi": (Place.OUTSIDE, _external),
    "service:VertexAssistant": (Place.OUTSIDE, _just("Gemini on Vertex AI")),
}
# A topic of Google's own notices, or somebody else's API, is only worth showing to whom it matters.
_ALWAYS = frozenset(_KINDS) - {"messaging:Topic", "service:ExternalApi", "service:VertexAssistant"}
_PLACE_OF_FAMILY = {"service": Place.SERVICES, "messaging": Place.MESSAGES}
