"""An alert is made although its metric has no data yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.telemetry.alerts import ALERT, METRIC
from analysis.telemetry.series import in_filter, in_promql, promql_name
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy

_DESCRIPTOR: Final = "gcp:monitoring/metricDescriptor:MetricDescriptor"
_UPTIME_CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_LOG_BASED: Final = "logging_googleapis_com:user_"
# Metrics that somebody's program or log makes, so that they need not exist yet:
# https://cloud.google.com/monitoring/api/metrics_other
_MADE: Final = (
    _LOG_BASED,
    "custom_googleapis_com:",
    "workload_googleapis_com:",
    "external_googleapis_com:",
    "prometheus_googleapis_com:",
)


def _conditions(alert: Value) -> Iterator[Value]:
    yield from alert["conditions"].items()


@resource_policy(
    id="alert-metric-may-be-missing",
    title="An alert on a metric of the system's own is made whether or not the metric has data yet",
    severity=Severity.MEDIUM,
    why="""Cloud Monitoring refuses an alert on a metric that it does not know (404). A log-based or application
    metric is known only after its first data: the first `up` of a new system fails, a later one works.""",
    fix="""Use the `Alert` component with a PromQL condition: it turns the check of the metric off.""",
    fix_raw="""Use `conditionPrometheusQueryLanguage` with `disableMetricValidation: true`, or at least `dependsOn`
    the `logging.Metric` or `monitoring.MetricDescriptor` of the threshold.""",
    types=[ALERT],
    elements=_conditions,
)
def alert_metric_may_be_missing(condition: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/monitoring/promql/promql-in-alerting#promql-metric-validation (off: not checked)
    query = condition["conditionPrometheusQueryLanguage"]
    if query.present and not query["disableMetricValidation"].flag(False):
        for name in sorted({one.metric for one in in_promql(query["query"].text("")) if _is_own(one.metric)}):
            yield (
                f"{query['disableMetricValidation'].path} is not true, and the query reads {name}: "
                "without data in it, Google refuses the alert"
            )
            return
    for kind in ("conditionThreshold", "conditionAbsent"):
        filter_ = condition[kind]["filter"]
        if filter_.is_unknown and stack.yielding(filter_, _UPTIME_CHECK, METRIC, _DESCRIPTOR):
            # The metric of a check is Google's own, and what is made from a metric waits for it.
            continue
        metric = next((one.metric for one in in_filter(filter_.text("")) if _is_own(one.metric)), None)
        if metric is not None and not stack.once(_made_here).get(metric, set()) & stack.waits_for(
            condition.resource
        ):
            yield f"{filter_.path} reads {metric}, and the alert waits for nothing that makes it: it is refused"


def _is_own(metric: str) -> bool:
    # A name without a colon is Prometheus's own form.
    return metric.startswith(_MADE) or ":" not in metric


def _made_here(stack: Stack) -> dict[str, set[str]]:
    """What makes a metric known before it has data, by the metric's name in PromQL."""
    found: dict[str, set[str]] = {}
    for type_, key, before in ((METRIC, "name", "logging.googleapis.com/user/"), (_DESCRIPTOR, "type", "")):
        for one in stack.of_type(type_):
            name = one.resource.get(key)
            if isinstance(name, str):
                found.setdefault(promql_name(before + name), set()).add(one.resource.urn)
    return found
