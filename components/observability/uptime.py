"""UptimeCheck: whether the public address answers, asked by Google from several places on earth.

This is "the service is down" of this project: an alert on zero instances would fire whenever a service scales to
zero. It checks from outside only, through the load balancer; internal services are watched by `service_alerts`.
https://cloud.google.com/monitoring/uptime-checks
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import monitoring

from components.component import Component, Environment
from components.errors import ComponentError
from components.observability.alert import AlertRouting, Urgency, policy, whole_minutes

REGIONS = ("ASIA_PACIFIC", "EUROPE", "USA")
"""USA alone is three locations; Google wants three at least."""
PERIOD_S = 60
"""Seconds between two checks from one location: the shortest that Google offers."""
DOWN_S = 120
"""Seconds of failure from two locations at once before somebody is woken."""


class UptimeCheck(Component):
    """HTTPS GET of `path` on `host` each minute; certificate, status and, if given, content must be right."""

    family: ClassVar[str] = "observability"

    check: monitoring.UptimeCheckConfig
    check_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        host: pulumi.Input[str],
        path: str = "/health",
        contains: str | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`contains`: text that a right answer holds.

        Raises ComponentError for a path that does not begin with `/`.
        """
        if not path.startswith("/"):
            raise ComponentError(
                f"the uptime check '{name}' asks for '{path}'",
                why="a path begins with a slash",
                fix=f"write '/{path}'",
            )
        super().__init__(name, env=env, opts=opts)
        title = f"{env.naming.system} {env.naming.environment}: {name}"
        self.check = monitoring.UptimeCheckConfig(
            name,
            project=env.project,
            display_name=title,
            period=f"{PERIOD_S}s",
            timeout="10s",
            selected_regions=list(REGIONS),
            checker_type="STATIC_IP_CHECKERS",
            log_check_failures=True,
            monitored_resource=monitoring.UptimeCheckConfigMonitoredResourceArgs(
                type="uptime_url", labels={"host": host, "project_id": env.project}
            ),
            http_check=monitoring.UptimeCheckConfigHttpCheckArgs(
                path=path,
                port=443,
                request_method="GET",
                use_ssl=True,
                validate_ssl=True,
                accepted_response_status_codes=[
                    monitoring.UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArgs(
                        status_class="STATUS_CLASS_2XX"
                    )
                ],
            ),
            content_matchers=(
                [monitoring.UptimeCheckConfigContentMatcherArgs(content=contains, matcher="CONTAINS_STRING")]
                if contains
                else None
            ),
            user_labels=self.labels(),
            opts=self.child(depends_on=list(env.apis)),
        )
        self.check_id = self.check.uptime_check_id
        if alerts is not None:
            self._alert(alerts, path)
        self.register_outputs({"check_id": self.check_id})

    def _alert(self, routing: AlertRouting, path: str) -> None:
        title = f"{self.name}: down"
        # The form that Google's console makes: how many locations' latest checks failed. The metric is Google's
        # own and exists with the check, so a threshold is accepted before any data.
        policy(
            f"{self.name}-down",
            owner=self,
            routing=routing,
            title=title,
            conditions=[
                monitoring.AlertPolicyConditionArgs(
                    display_name=title,
                    condition_threshold=monitoring.AlertPolicyConditionConditionThresholdArgs(
                        filter=pulumi.Output.concat(
                            'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND '
                            'resource.type="uptime_url" AND metric.labels.check_id="',
                            self.check_id,
                            '"',
                        ),
                        aggregations=[
                            monitoring.AlertPolicyConditionConditionThresholdAggregationArgs(
                                alignment_period="1200s",
                                per_series_aligner="ALIGN_NEXT_OLDER",
                                cross_series_reducer="REDUCE_COUNT_FALSE",
                                group_by_fields=["resource.label.*"],
                            )
                        ],
                        comparison="COMPARISON_GT",
                        threshold_value=1,
                        duration=f"{whole_minutes(title, DOWN_S)}s",
                        trigger=monitoring.AlertPolicyConditionConditionThresholdTriggerArgs(count=1),
                    ),
                )
            ],
            urgency=Urgency.PAGE,
            advice=(
                f"`{path}` did not answer rightly from two places or more for two minutes.\n\n"
                "1. Open the address: a certificate error, a 403 of Cloud Armor and a 5xx are three causes.\n"
                "2. A 5xx: was a revision released? Send the traffic back to the one before it.\n"
                "3. No answer at all: load balancer and DNS; then https://status.cloud.google.com."
            ),
        )
