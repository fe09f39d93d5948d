"""An alert can be raised: what it waits for can happen within the limits that the stack sets itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, engine_of
from analysis.telemetry.alerts import ALERT
from analysis.telemetry.series import LONGEST, in_filter, in_promql
from analysis.value import NotKnown, Value
from analysis.workloads.templates import SERVICE
from plan.plan import Resource
from policies.engine.policy import Problem, Result, Settings, Severity, Unseen, resource_policy
from policies.reliability.arithmetic.connections import most_connections
from policies.reliability.arithmetic.instances import most_instances, timeout_s

_INSTANCES: Final = "run_googleapis_com:container_instance_count"
_LATENCIES: Final = "run_googleapis_com:request_latencies"
_BACKENDS: Final = "cloudsql_googleapis_com:database_postgresql_num_backends"
# Shares of what there is. Those of virtual machines may be above 1 for a while, and are left out.
_SHARES: Final = re.compile(
    r"(?:run_googleapis_com:container_\w*utilizations|cloudsql_googleapis_com:database_\w*utilization"
    r"|(?:memorystore|redis)_googleapis_com:\w*utilization)"
)
_LIMITED: Final = re.compile(r"instance_count|request_latencies|num_backends|utilization")
"""What a text must hold for any of these to be in it; to read it takes longer."""
_NUMBER: Final = r"[-+]?\d{1,20}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,2})?"
_STRING: Final = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_COMPARED: Final = re.compile(rf"(?P<operator>>=?)\s*(?:bool\s+)?(?P<number>{_NUMBER})(?![\w.\[])")
_NAME: Final = re.compile(r"(?<![\w:])[A-Za-z_]\w*:[\w:]+")
_QUOTED_NAME: Final = re.compile(r"__name__|\{\s*[\"']")
_JOINED: Final = re.compile(r"\b(?:or|and|unless)\b")
_RECKONED: Final = re.compile(r"[-+*/%^]|\b(?:rate|irate|increase|delta|deriv|count|count_over_time|changes)\b")
_DURATION: Final = re.compile(r"\[[^\]]*\]")
_SERVICE: Final = re.compile(r"""\bservice_name"?\s*=\s*["']([^"'\\]{1,99})["']""")
_DATABASE: Final = re.compile(
    r"""\bdatabase_id"?\s*=\s*["'][^"'\\:]{1,99}:(?:[^"'\\:]{1,99}:)?([^"'\\:]{1,99})["']"""
)
_LEVELS: Final = frozenset({"ALIGN_RATE", "ALIGN_DELTA", "ALIGN_COUNT", "ALIGN_PERCENT_CHANGE", "REDUCE_COUNT"})
"""What makes another quantity of a metric."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison of a condition asks for: a metric above a number."""

    metric: str
    text: str
    """The query around it, in which the labels are."""
    at_least: bool
    number: float
    path: str

    @property
    def told(self) -> str:
        """In words."""
        return f"{self.metric} {'>=' if self.at_least else '>'} {self.number:g}"

    def never(self, most: float) -> bool:
        """Whether what is never above `most` never meets it."""
        return self.number > most or (self.number == most and not self.at_least)


@resource_policy(
    id="alert-can-be-raised",
    title="An alert's threshold is one that can be reached",
    severity=Severity.MEDIUM,
    why="""A threshold above the service's own limit is never passed: more instances than its maximum, an answer
    later than its time-out, more connections than the database takes. The alert guards nothing.""",
    fix="""Leave the thresholds to the components, which make them from the limits, or set them below the limit
    that the message names.""",
    fix_raw="Lower the threshold below the limit that the message names, or raise the limit.",
    types=[ALERT],
    elements=lambda alert: alert["conditions"].items(),
)
def alert_can_be_raised(condition: Value, stack: Stack, settings: Settings) -> Iterator[Result]:
    for read in (_of_threshold, _of_promql):
        try:
            for number, one in enumerate(read(stack, condition)):
                yield from _judged(stack, condition, one, number)
        except NotKnown as reason:
            yield Unseen(condition.resource, str(reason))


def _judged(stack: Stack, condition: Value, one: Comparison, number: int) -> Iterator[Result]:
    try:
        limit = _limit(stack, one)
    except NotKnown as reason:
        yield Unseen(condition.resource, str(reason))
        return
    if limit is not None and one.never(limit[0]):
        message = f"{one.path} waits for {one.told}, and {limit[1]}: it is never raised"
        yield Problem(condition.resource, message, key=f"{one.path} {number}")


def _limit(stack: Stack, one: Comparison) -> tuple[float, str] | None:
    """The most that a metric can be, and what says so; None where nothing of this plan does."""
    if _SHARES.fullmatch(one.metric):
        return 1, "a share is never above 1"
    if one.metric == _BACKENDS:
        return _of_one(stack, INSTANCE, _DATABASE, one.text, _of_database)
    if one.metric in (_INSTANCES, _LATENCIES):
        of = _of_instances if one.metric == _INSTANCES else _of_latency
        return _of_one(stack, SERVICE, _SERVICE, one.text, of)
    return None


def _of_one(
    stack: Stack, type_: str, label: re.Pattern[str], text: str, of: Callable[[Value], tuple[float, str] | None]
) -> tuple[float, str] | None:
    """The limit of the one thing of this plan that a condition names by a label."""
    names = set(label.findall(text))
    found: list[Resource] = [one for name in names for one in stack.named(type_, name)]
    return of(Value.of(found[0])) if len(found) == 1 == len(names) else None


def _of_instances(service: Value) -> tuple[float, str]:
    most = most_instances(service)
    return most, f"'{service.resource.name}' has {most:g} instances at most"


def _of_latency(service: Value) -> tuple[float, str]:
    seconds = timeout_s(service)
    milliseconds = 1000 * seconds
    return milliseconds, f"'{service.resource.name}' ends a request after {seconds:g} s = {milliseconds:g} ms"


def _of_database(instance: Value) -> tuple[float, str] | None:
    if engine_of(instance) is not Engine.POSTGRES:
        return None
    most, how = most_connections(instance)
    return most, f"{how} {most:g} on '{instance.resource.name}' allows no more"


def _may_be_limited(query: Value) -> bool:
    """Whether a query may read a metric that has a limit, as far as it is known."""
    return query.is_unknown or _LIMITED.search(query.text("")) is not None


def _of_threshold(stack: Stack, condition: Value) -> Iterator[Comparison]:
    threshold = condition["conditionThreshold"]
    if not threshold.present or not _may_be_limited(threshold["filter"]):
        return
    if threshold["denominatorFilter"].present:
        return
    if threshold["comparison"].text("") not in ("COMPARISON_GT", "COMPARISON_GE"):
        return
    for one in threshold["aggregations"].items():
        for key in ("perSeriesAligner", "crossSeriesReducer"):
            if one[key].text("").removesuffix("_TRUE").removesuffix("_FALSE") in _LEVELS:
                return
    text = threshold["filter"]
    if text.is_unknown and not stack.yielding(text, SERVICE, INSTANCE):
        # It is made from something whose limit is not looked at.
        return
    metrics = _written(series.metric for series in in_filter(text.text("")))
    number = threshold["thresholdValue"]
    if len(metrics) == 1:
        at_least = threshold["comparison"].text("") == "COMPARISON_GE"
        # 0 is the provider's default.
        yield Comparison(metrics[0], text.text(""), at_least, number.number(0), number.path)


def _of_promql(stack: Stack, condition: Value) -> Iterator[Comparison]:
    query = condition["conditionPrometheusQueryLanguage"]["query"]
    if not _may_be_limited(query):
        return
    if query.is_unknown and not stack.yielding(query, SERVICE, INSTANCE):
        return
    for text, operator, number in compared(query.text("")):
        if not _LIMITED.search(text):
            continue
        metrics = _metrics(text)
        if len(metrics) == 1 and _is_level(text, metrics[0]):
            yield Comparison(metrics[0].removesuffix("_bucket"), text, operator == ">=", number, query.path)


def compared(query: str) -> Iterator[tuple[str, str, float]]:
    """Each comparison of a query with a number, `(what, > or >=, number)`; `what` is the text before it."""
    query = query[:LONGEST]
    # Texts may hold anything: they are blanked for the search, at the same length.
    blank = re.sub(_STRING, lambda match: '"' + "_" * (len(match[0]) - 2) + '"', query)
    start = 0
    for match in _COMPARED.finditer(blank):
        before = [one.end() for one in _JOINED.finditer(blank, start, match.start())]
        begin = before[-1] if before else start
        yield query[begin : match.start()], match["operator"], float(match["number"])
        start = match.end()


def _metrics(text: str) -> list[str]:
    """The names of the metrics in a part of a query, as they are written."""
    if _QUOTED_NAME.search(text) is None:
        return sorted(set(_NAME.findall(re.sub(_STRING, '""', text))))
    return _written(series.metric for series in in_promql(text))


def _written(metrics: Iterable[str]) -> list[str]:
    """The names without those that only stand for the whole of a distribution."""
    found = set(metrics)
    return sorted(one for one in found if not any(one + part in found for part in ("_bucket", "_sum", "_count")))


def _is_level(text: str, metric: str) -> bool:
    """Whether a text gives a metric's own quantity: a gauge, or a quantile of a distribution."""
    blank = _DURATION.sub("", re.sub(_STRING, '""', text))
    if "histogram_quantile" in blank:
        return metric.endswith("_bucket") and blank.count("histogram_quantile") == 1
    return _RECKONED.search(blank) is None
