"""The alerts of a stack: what the conditions of its enabled alert policies read, indexed by metric.

    alerts = stack.once(Alerts)
    alerts.watch(["run.googleapis.com/request_count"], {"service_name": "api"})
    alerts.catch(entry)     # whether an alert is raised by a log entry, directly or through a log-based metric

Who is told is another question (`cost_and_operations/alerts`). Where a condition is known only after creation, the
answer is None unless another condition answers; one that is made from other resources concerns only those.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from analysis.telemetry.log_entry import Answer, Entry, any_of
from analysis.telemetry.log_filter import LogFilter
from analysis.telemetry.series import Series, in_filter, in_mql, in_promql, promql_name
from analysis.value import NotKnown, Value
from plan.plan import Resource

if TYPE_CHECKING:
    from analysis.stack import Stack

ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
METRIC: Final = "gcp:logging/metric:Metric"
LOG_BASED: Final = "logging.googleapis.com/user/"
"""How the types of log-based metrics begin."""
CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"
# https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/api/timeseries-selectors
_OBJECTIVE: Final = re.compile(r"select_slo_\w+\(\s*[\"']?(?:https?:)?(?:projects/)?([^\"',)\s]{1,400})")
# An absence is not looked for here: such an alert tells that nothing happened.
_QUERIES: Final[Mapping[str, tuple[str, Callable[[str], Iterator[Series]]]]] = {
    "conditionThreshold": ("filter", in_filter),
    "conditionPrometheusQueryLanguage": ("query", in_promql),
    "conditionMonitoringQueryLanguage": ("query", in_mql),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """A condition that is not known, and the resources that it is made from."""

    why: str
    by: Resource
    about: frozenset[str]
    """URNs, none where nothing tells."""


class Alerts:
    """What the enabled alert policies of a stack watch."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._series: dict[str, list[Series]] = {}
        self._by_label: dict[tuple[str, str], dict[str | None, list[Series]]] = {}
        self._filters: list[LogFilter] = []
        self.unread: list[Unread] = []
        self._made_from: set[str] = set()
        self.objectives: set[str] = set()
        """The service-level objectives that conditions read, by their path."""
        for policy in stack.of_type(ALERT):
            self._add(policy)

    def watch(self, metrics: Iterable[str], labels: Mapping[str, str], about: Resource | None = None) -> Answer:
        """Whether any condition reads one of `metrics` (types, `run.googleapis.com/request_count`) with `labels`.

        `about`: the thing that the labels name; a condition that is made from it, and not known, may be of it.
        """
        answers = (one.picks(labels) for one in self.reading(*metrics, near=labels))
        return any_of(chain(answers, self._open(about)))

    def reading(self, *metrics: str, near: Mapping[str, str] | None = None) -> Iterator[Series]:
        """The series that conditions read of these metric types.

        `near`: without those that certainly pick another value of its first label.
        """
        for metric in metrics:
            name = promql_name(metric)
            if not near:
                yield from self._series.get(name, ())
                continue
            label, value = next(iter(near.items()))
            if (name, label) not in self._by_label:
                sorted_out: dict[str | None, list[Series]] = {}
                for series in self._series.get(name, ()):
                    sorted_out.setdefault(series.exact.get(label), []).append(series)
                self._by_label[name, label] = sorted_out
            found = self._by_label[name, label]
            yield from found.get(None, ())
            yield from found.get(value, ())

    def catch(self, entry: Entry) -> Answer:
        """Whether any alert is raised by a log entry: on the entry itself, or through a log-based metric."""
        answers = (one.matches(entry) for one in (*self._filters, *self.counted))
        return any_of(chain(answers, self._open(None)))

    def made_from(self, resource: Resource) -> bool:
        """Whether some condition is made from what `resource` yields."""
        return resource.urn in self._made_from

    @cached_property
    def counted(self) -> list[LogFilter]:
        """The filters of the log-based metrics of which one entry is enough for some alert."""
        found: list[LogFilter] = []
        for metric in self._stack.of_type(METRIC):
            try:
                if not metric["disabled"].flag(False) and self.watches_metric(metric, at_once=True):
                    found.append(LogFilter.read(metric["filter"].text("")))
            except NotKnown:
                found.append(LogFilter(None))
        return found

    def watches_metric(self, metric: Value, *, at_once: bool = False) -> Answer:
        """Whether a condition reads a log-based metric, by its name or by being made from it.

        `at_once`: whether one that is met by a single entry does.
        """
        if metric.resource.urn in self._made_from:
            return True
        name = metric["name"].text("")
        read = (
            not at_once or series.above is None or series.above < 1
            for series in self.reading(f"{LOG_BASED}{name}")
        )
        return any_of(chain(read, self._open(None)))

    def _add(self, policy: Value) -> None:
        by_urn = self._stack.plan.by_urn
        urns = policy.resource.propertyDependencies.get("conditions", ())
        # What is made from something else (a random value) may be about anything.
        about = frozenset(
            urn for urn in urns if (one := by_urn.get(urn)) is not None and one.type.startswith("gcp:")
        )
        try:
            if not policy["enabled"].flag(True):
                return
            conditions = list(policy["conditions"].items())
        except NotKnown as reason:
            self.unread.append(Unread(str(reason), policy.resource, about))
            return
        self._made_from.update(about)
        for condition in conditions:
            try:
                self._read(condition)
            except NotKnown as reason:
                self.unread.append(Unread(str(reason), policy.resource, about))

    def _read(self, condition: Value) -> None:
        for kind, (key, series_in) in _QUERIES.items():
            if condition[kind].present:
                text = condition[kind][key].text("")
                self.objectives.update(_OBJECTIVE.findall(text))
                for series in _read_once(series_in, text):
                    above = series.above if key == "query" else _threshold(condition[kind])
                    known = series if above == series.above else dataclasses.replace(series, above=above)
                    self._series.setdefault(series.metric, []).append(known)
        if condition["conditionMatchedLog"].present:
            self._filters.append(LogFilter.read(condition["conditionMatchedLog"]["filter"].text("")))

    def _open(self, about: Resource | None) -> Iterator[Answer]:
        """None for each condition that is not known and might be the one."""
        for one in self.unread:
            if not one.about or (about is not None and about.urn in one.about):
                yield None


@lru_cache(maxsize=4096)
def _read_once(series_in: Callable[[str], Iterator[Series]], text: str) -> tuple[Series, ...]:
    return tuple(series_in(text))


def _threshold(condition: Value) -> float | None:
    """What the value must be above, None where it is not compared so."""
    if condition["comparison"].text("") not in ("COMPARISON_GT", "COMPARISON_GE"):
        return None
    # Google takes zero where it is left out.
    return condition["thresholdValue"].number(0.0)
