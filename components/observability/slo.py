"""ServiceLevel: what a Cloud Run service promises over weeks, and alerts on how fast the promise is spent.

Availability (answers that are not 5xx) and latency (answers within a limit), both request-based. The alerts are
by burn rate over a long and a short window at once: the long one says it matters, the short one that it still
goes on (https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/alerting-on-budget-burn-rate).
It does not watch symptoms of the hour: `service_alerts` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pulumi_gcp import monitoring

from components.component import Component, Environment
from components.errors import ComponentError
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, policy

LONGEST_DAYS = 30
HIGHEST_GOAL = 0.999
"""https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives"""


@dataclass(frozen=True, kw_only=True)
class LatencyGoal:
    """`share` of the requests (of 1) answered within `within_ms` milliseconds."""

    share: float = 0.95
    within_ms: int = 1000


MOST_WITHIN_A_SECOND = LatencyGoal()


@dataclass(frozen=True)
class _Burn:
    """Spending `budget_share` of the period's error budget within `hours` is worth `urgency`."""

    name: str
    budget_share: float
    hours: int
    urgency: Urgency

    def rate(self, period_days: int) -> float:
        """How many times faster than evenly the budget goes: 14.4 and 6 for thirty days."""
        return round(self.budget_share * period_days * 24 / self.hours, 3)


@dataclass(frozen=True)
class _Objective:
    """One promise: `goal` (of 1) of what `indicator` measures, said in words by `promise`."""

    name: str
    goal: float
    promise: str
    indicator: monitoring.SloRequestBasedSliArgs


BURNS = (_Burn("fast", 0.02, 1, Urgency.PAGE), _Burn("slow", 0.05, 6, Urgency.NOTIFY))
SHORT_WINDOW = 12
"""The short window is this part of the long one: 5 minutes of an hour."""


class ServiceLevel(Component):
    """Objectives of one Cloud Run service and their burn-rate alerts."""

    family: ClassVar[str] = "observability"

    service: monitoring.GenericService
    objectives: Mapping[str, monitoring.Slo]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        service_name: str,
        availability: float = 0.995,
        latency: LatencyGoal = MOST_WITHIN_A_SECOND,
        period_days: int = 30,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`service_name`: the service's physical name. `availability`: share of 1. `period_days`: 1 to 30.

        Raises ComponentError for a goal or a period that Google refuses, or a goal so low that its fast alert
        could never fire.
        """
        objectives = (
            _Objective(
                "availability",
                availability,
                f"{availability:.4g} of the answers are not 5xx",
                monitoring.SloRequestBasedSliArgs(
                    good_total_ratio=monitoring.SloRequestBasedSliGoodTotalRatioArgs(
                        total_service_filter=_series(service_name, "request_count"),
                        bad_service_filter=_series(
                            service_name, "request_count", 'metric.labels.response_code_class="5xx"'
                        ),
                    )
                ),
            ),
            _Objective(
                "latency",
                latency.share,
                f"{latency.share:.4g} of the answers take at most {latency.within_ms} ms",
                monitoring.SloRequestBasedSliArgs(
                    distribution_cut=monitoring.SloRequestBasedSliDistributionCutArgs(
                        # A WebSocket's latency is how long the call was: upgraded connections (101) do not count.
                        distribution_filter=_series(
                            service_name, "request_latencies", 'metric.labels.response_code_class!="1xx"'
                        ),
                        range=monitoring.SloRequestBasedSliDistributionCutRangeArgs(max=latency.within_ms),
                    )
                ),
            ),
        )
        _check(name, objectives, period_days)
        super().__init__(name, env=env, opts=opts)
        self.period_days = period_days
        self.service_id = env.naming.name(Kind.MONITORING, name)
        self.service = monitoring.GenericService(
            name,
            project=env.project,
            service_id=self.service_id,
            display_name=service_name,
            basic_service=monitoring.GenericServiceBasicServiceArgs(
                service_type="CLOUD_RUN",
                service_labels={"service_name": service_name, "location": env.region},
            ),
            user_labels=self.labels(),
            opts=self.child(depends_on=list(env.apis)),
        )
        self.objectives = {one.name: self._objective(one, alerts) for one in objectives}
        self.register_outputs({"service": self.service.service_id})

    def _objective(self, objective: _Objective, alerts: AlertRouting | None) -> monitoring.Slo:
        env = self.env
        slo_id = env.naming.name(Kind.MONITORING, f"{self.name}-{objective.name}")
        slo = monitoring.Slo(
            f"{self.name}-{objective.name}",
            project=env.project,
            service=self.service.service_id,
            slo_id=slo_id,
            display_name=f"{objective.promise} ({self.period_days} days)",
            goal=objective.goal,
            rolling_period_days=self.period_days,
            request_based_sli=objective.indicator,
            user_labels=self.labels(),
            opts=self.child(),
        )
        if alerts is not None:
            path = f"projects/{env.project}/services/{self.service_id}/serviceLevelObjectives/{slo_id}"
            for burn in BURNS:
                self._alert(alerts, objective, burn, path=path, slo=slo)
        return slo

    def _alert(
        self, routing: AlertRouting, objective: _Objective, burn: _Burn, *, path: str, slo: monitoring.Slo
    ) -> None:
        days = self.period_days
        rate = burn.rate(days)
        long_s = burn.hours * 3600
        policy(
            f"{self.name}-{objective.name}-{burn.name}",
            owner=self,
            routing=routing,
            title=f"{self.name}: error budget of {objective.name} burns {rate:g} times too fast",
            # Objectives' data has no PromQL name, and the objective exists when this is made: a threshold it is.
            conditions=[
                monitoring.AlertPolicyConditionArgs(
                    display_name=f"over {seconds // 60} minutes",
                    condition_threshold=monitoring.AlertPolicyConditionConditionThresholdArgs(
                        filter=f'select_slo_burn_rate("{path}", "{seconds}s")',
                        comparison="COMPARISON_GT",
                        threshold_value=rate,
                        duration="0s",
                        trigger=monitoring.AlertPolicyConditionConditionThresholdTriggerArgs(count=1),
                    ),
                )
                for seconds in (long_s, long_s // SHORT_WINDOW)
            ],
            combiner="AND",
            urgency=burn.urgency,
            advice=(
                f"The promise: {objective.promise}, over {days} days. At this pace {burn.budget_share:.0%} of "
                f"what may fail in {days} days is gone in {burn.hours} h.\n\n"
                "1. Was a revision released? Send the traffic back to the one before it.\n"
                "2. The service's dashboard shows which of errors, latency and saturation moved first.\n"
                "3. With the budget spent, hold releases until it has recovered."
            ),
            after=[slo],
        )


def _series(service_name: str, metric: str, where: str = "") -> str:
    every = (
        f'metric.type="run.googleapis.com/{metric}" AND resource.type="cloud_run_revision" '
        f'AND resource.labels.service_name="{service_name}"'
    )
    return f"{every} AND {where}" if where else every


def _check(name: str, objectives: Sequence[_Objective], period_days: int) -> None:
    if not 1 <= period_days <= LONGEST_DAYS:
        raise ComponentError(
            f"'{name}' promises over {period_days} days",
            why=f"Google takes a rolling period of 1 to {LONGEST_DAYS} days",
            fix="choose a period in that range",
        )
    fastest = max(burn.rate(period_days) for burn in BURNS)
    for objective in objectives:
        if not 0 < objective.goal <= HIGHEST_GOAL:
            raise ComponentError(
                f"'{name}' promises {objective.goal:g} of {objective.name}",
                why=f"Google takes more than 0 and at most {HIGHEST_GOAL}",
                fix="choose a share in that range (0.995 is three and a half hours a month)",
            )
        # With every request failing the budget burns 1 / (1 - goal) times too fast, and no faster.
        if fastest * (1 - objective.goal) >= 1:
            raise ComponentError(
                f"'{name}' promises only {objective.goal:g} of {objective.name}",
                why=f"its budget can never burn {fastest:g} times too fast, so the alert would be silent",
                fix=f"promise more than {1 - 1 / fastest:.3f}",
            )
