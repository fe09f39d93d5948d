"""Alert policies for fixtures: one line for each kind of condition."""

from __future__ import annotations

from typing import Any

from pulumi_gcp import monitoring

CHANNEL = "projects/acme/notificationChannels/1"


def alert(name: str, condition: Any, *, channels: Any = (CHANNEL,), **more: Any) -> None:
    """An alert policy with that condition."""
    monitoring.AlertPolicy(
        name,
        display_name=name,
        combiner="OR",
        conditions=[condition],
        notification_channels=list(channels) if isinstance(channels, tuple) else channels,
        **more,
    )


def promql(query: Any) -> monitoring.AlertPolicyConditionArgs:
    """A condition in PromQL."""
    return monitoring.AlertPolicyConditionArgs(
        display_name="query",
        condition_prometheus_query_language=(
            monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs(query=query)
        ),
    )


def threshold(
    filter_: Any, *, above: Any = 0, comparison: str = "COMPARISON_GT"
) -> monitoring.AlertPolicyConditionArgs:
    """A threshold on what a filter of Cloud Monitoring picks."""
    return monitoring.AlertPolicyConditionArgs(
        display_name="threshold",
        condition_threshold=monitoring.AlertPolicyConditionConditionThresholdArgs(
            filter=filter_, comparison=comparison, duration="0s", threshold_value=above
        ),
    )


def matched(filter_: Any) -> monitoring.AlertPolicyConditionArgs:
    """A condition on log entries themselves."""
    return monitoring.AlertPolicyConditionArgs(
        display_name="entry",
        condition_matched_log=monitoring.AlertPolicyConditionConditionMatchedLogArgs(filter=filter_),
    )
