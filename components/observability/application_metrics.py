"""ApplicationMetrics: what only the application knows, counted from its structured logs.

Two kinds of JSON line are read: `{"event": "llm_usage", "model": ..., "tokens": n}` after each call of a model,
and `{"event": "request", "endpoint": "/api/users/{id}", "status": n}` after each request (the route's template,
not the URL: a label with an identifier in it would be a series a user). Requests by code, rate-limit answers
(429), instances and cold starts are Google's own metrics already and are not counted again.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi

from components.component import Component, Environment
from components.errors import ComponentError
from components.observability.alert import AlertRouting, Urgency, alert
from components.observability.log_archive import LogArchive
from components.observability.log_metric import LogMetric, log_metric


class ApplicationMetrics(Component):
    """Tokens of language models by model, failed requests by endpoint; an alert on tokens."""

    family: ClassVar[str] = "observability"

    tokens: LogMetric
    failures: LogMetric

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        archive: LogArchive,
        alerts: AlertRouting | None,
        tokens_an_hour: int = 1_000_000,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`tokens_an_hour`: beyond this somebody is told.

        Raises ComponentError unless it is positive.
        """
        if tokens_an_hour < 1:
            raise ComponentError(
                f"'{name}' allows {tokens_an_hour} tokens an hour",
                why="the alert would fire without any call",
                fix="choose a positive number",
            )
        super().__init__(name, env=env, opts=opts)
        self.tokens = log_metric(
            "llm-tokens",
            owner=self,
            archive=archive,
            filter_='jsonPayload.event="llm_usage"',
            description="Tokens of language models",
            labels={"model": "jsonPayload.model", "service": "resource.labels.service_name"},
            value="jsonPayload.tokens",
        )
        self.failures = log_metric(
            "failed-requests",
            owner=self,
            archive=archive,
            filter_='jsonPayload.event="request" AND jsonPayload.status>=500',
            description="Failed requests by endpoint",
            labels={
                "endpoint": "jsonPayload.endpoint",
                "status": "jsonPayload.status",
                "service": "resource.labels.service_name",
            },
        )
        if alerts is not None:
            alert(
                f"{name}-tokens",
                owner=self,
                routing=alerts,
                title=f"more than {tokens_an_hour:,} tokens of language models within an hour",
                query=f"{self.tokens.increase('1h')} > {tokens_an_hour}",
                duration_s=0,
                urgency=Urgency.NOTIFY,
                advice=(
                    "1. 'Usage Analytics' shows which service and which model.\n"
                    "2. One caller? Lower that caller's rate limit.\n"
                    "3. A loop (a message delivered again and again)? See the dead-letter alerts.\n"
                    "4. Real growth? Raise the limit together with the budget."
                ),
                after=[self.tokens.resource],
            )
        self.register_outputs({"tokens": self.tokens.resource.name, "failures": self.failures.resource.name})
