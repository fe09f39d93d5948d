"""What is counted is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.stack import Stack
from analysis.telemetry.alerts import LOG_BASED, METRIC, Alerts
from analysis.telemetry.series import promql_name
from analysis.value import Value
from plan.sentinels import holds_secret, holds_unknown
from policies.engine.policy import Enforcement, Result, Settings, Severity, Unseen, resource_policy

_READERS: Final = ("gcp:monitoring/dashboard:Dashboard", "gcp:monitoring/slo:Slo")
_MENTION: Final = re.compile(rf"{re.escape(LOG_BASED)}[\w./-]+|{promql_name(LOG_BASED)}\w+")
_SUFFIX: Final = re.compile(r"_(?:bucket|sum|count)$")


@resource_policy(
    id="log-metric-read",
    title="Every log-based metric is read by an alert, a dashboard or an objective",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""A metric that nothing reads looks like monitoring and is none; often it is one whose alert was renamed
    or forgotten.""",
    fix="Pass the `LogMetric` to an alert or to a dashboard, or take it away.",
    fix_raw="Name the metric in an alert policy's condition or in a dashboard, or remove it.",
    types=[METRIC],
)
def metric_read(metric: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    if metric["disabled"].flag(False):
        return
    watched = stack.once(Alerts).watches_metric(metric)
    shown = stack.once(_mentions)
    if watched or metric.resource.urn in shown.made_from:
        return
    name = metric["name"].text("")
    if promql_name(f"{LOG_BASED}{name}") in shown.names:
        return
    if watched is None or shown.unread:
        yield Unseen(metric.resource, "a condition or a dashboard that may read it is known only after creation")
    else:
        yield f"no alert, no dashboard and no objective reads '{name}': what it counts is seen by nobody"


@dataclass(frozen=True, slots=True)
class _Mentions:
    """What dashboards and objectives read."""

    names: frozenset[str]
    """Metrics, as PromQL calls them."""
    made_from: frozenset[str]
    """The URNs of what goes into what only creation will tell."""
    unread: bool
    """Whether one is not known and nothing says what goes into it."""


def _mentions(stack: Stack) -> _Mentions:
    names: set[str] = set()
    made_from: set[str] = set()
    unread = False
    for one in stack.of_type(*_READERS):
        inputs = one.resource.inputs
        for found in _MENTION.findall(json.dumps(inputs)):
            name = promql_name(found)
            names.update((name, _SUFFIX.sub("", name)))
        made_from.update(one.resource.dependencies)
        unread |= (holds_unknown(inputs) or holds_secret(inputs)) and not one.resource.dependencies
    return _Mentions(frozenset(names), frozenset(made_from), unread)
