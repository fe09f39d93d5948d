"""One alert policy: the shape that every entity's own alerts take.

By PromQL with metric validation off, because a threshold on a metric that has no data yet is refused by the API,
and a fresh stack has no data (https://cloud.google.com/monitoring/promql/create-promql-alerts). A policy with a
PromQL condition takes no second one (same page), so several symptoms of one urgency share a policy through
`any_of`. The channels are made by `Alerting`; the thresholds are the business of whoever watches something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import pulumi
from pulumi_gcp import monitoring

from components.component import Component
from components.errors import ComponentError

LONGEST_ADVICE = 8192
"""Characters: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Documentation"""
EVALUATION_S = 60
"""Seconds between two evaluations; the API wants a multiple of 30."""


class Urgency(Enum):
    """Who is told: PAGE wakes somebody, NOTIFY is read in working hours."""

    PAGE = "CRITICAL"
    NOTIFY = "WARNING"


@dataclass(frozen=True, kw_only=True)
class AlertRouting:
    """The notification channels' names, by urgency."""

    page: tuple[pulumi.Output[str], ...]
    notify: tuple[pulumi.Output[str], ...]

    def channels(self, urgency: Urgency) -> list[pulumi.Output[str]]:
        """Those to tell."""
        return list(self.page if urgency is Urgency.PAGE else self.notify)


def alert(
    name: str,
    *,
    owner: Component,
    routing: AlertRouting,
    title: str,
    query: pulumi.Input[str],
    duration_s: int,
    urgency: Urgency,
    advice: str,
    after: Sequence[pulumi.Resource] = (),
) -> monitoring.AlertPolicy:
    """An alert that fires when `query` (PromQL) yields any series for `duration_s` seconds.

    Each series that the query yields is an incident of its own. `advice` is what its reader does first; it is
    sent with the notification. `after`: what defines the metrics that the query reads.

    Raises ComponentError for a duration that is not whole minutes, too long an advice, or nobody to tell.
    """
    condition = monitoring.AlertPolicyConditionArgs(
        display_name=title,
        condition_prometheus_query_language=monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs(
            query=query,
            duration=f"{whole_minutes(title, duration_s)}s",
            evaluation_interval=f"{EVALUATION_S}s",
            disable_metric_validation=True,
        ),
    )
    return policy(
        name,
        owner=owner,
        routing=routing,
        title=title,
        conditions=[condition],
        urgency=urgency,
        advice=advice,
        after=after,
    )


def any_of(problems: Mapping[str, str]) -> str:
    """One query that yields what any of `problems` (label to PromQL comparison) yields.

    Each series carries its problem's key as the label `problem`, so that an incident says which it is and two
    problems at once are two incidents.
    """
    return " or ".join(
        f'label_replace({comparison}, "problem", "{problem}", "", "")' for problem, comparison in problems.items()
    )


def policy(
    name: str,
    *,
    owner: Component,
    routing: AlertRouting,
    title: str,
    conditions: Sequence[monitoring.AlertPolicyConditionArgs],
    urgency: Urgency,
    advice: str,
    combiner: str = "OR",
    strategy: monitoring.AlertPolicyAlertStrategyArgs | None = None,
    after: Sequence[pulumi.Resource] = (),
) -> monitoring.AlertPolicy:
    """An alert policy of any condition; for those that PromQL cannot express (uptime checks, objectives, log
    entries: these need a `strategy` that limits their notifications)."""
    channels = routing.channels(urgency)
    if not channels:
        raise ComponentError(
            f"the alert '{title}' of '{owner.name}' has nobody to tell",
            why=f"the routing has no channel for {urgency.name}",
            fix="make the routing with `Alerting(...).routing`, or leave the alerts out (alerts=None)",
        )
    if len(advice) > LONGEST_ADVICE:
        raise ComponentError(
            f"the advice of the alert '{title}' has {len(advice)} characters",
            why=f"Google sends at most {LONGEST_ADVICE}",
            fix="say what to do first, and link to the rest",
        )
    env = owner.env
    return monitoring.AlertPolicy(
        name,
        project=env.project,
        display_name=f"{env.naming.system} {env.naming.environment}: {title}",
        combiner=combiner,
        severity=urgency.value,
        enabled=True,
        conditions=list(conditions),
        alert_strategy=strategy,
        documentation=monitoring.AlertPolicyDocumentationArgs(content=advice, mime_type="text/markdown"),
        notification_channels=channels,
        user_labels=owner.labels(),
        opts=owner.child(depends_on=list(after)),
    )


def whole_minutes(title: str, duration_s: int) -> int:
    """`duration_s` itself; ComponentError unless it is zero or whole minutes, as the API wants.

    https://cloud.google.com/monitoring/alerts/concepts-indepth#duration
    """
    if duration_s < 0 or duration_s % 60:
        raise ComponentError(
            f"the alert '{title}' waits {duration_s} s",
            why="Cloud Monitoring evaluates in whole minutes",
            fix="choose 0 or a multiple of 60 seconds",
        )
    return duration_s
