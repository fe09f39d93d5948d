"""Dashboard: one page of charts in Cloud Monitoring.

What a page shows is said by the functions in `dashboard_*.py`; this makes it, always as the same bytes for the
same widgets (keys sorted, no blanks), so that a plan without a change shows none. Dashboards take no labels with
values: their name tells system and environment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import monitoring

from components.component import Component, Environment
from components.errors import ComponentError
from components.observability.widgets import Widget, mosaic

MOST_WIDGETS = 100
"""https://cloud.google.com/monitoring/quotas#dashboards"""


class Dashboard(Component):
    """A dashboard titled `<system> <environment>: <title>`."""

    family: ClassVar[str] = "observability"

    dashboard: monitoring.Dashboard

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        title: str,
        widgets: Sequence[Widget],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Raises ComponentError for a page without widgets or with more than Google shows."""
        if not 1 <= len(widgets) <= MOST_WIDGETS:
            raise ComponentError(
                f"the dashboard '{name}' has {len(widgets)} widgets",
                why=f"Google takes 1 to {MOST_WIDGETS}",
                fix="split the dashboard, or fill it",
            )
        super().__init__(name, env=env, opts=opts)
        page = {
            "displayName": f"{env.naming.system} {env.naming.environment}: {title}",
            "mosaicLayout": mosaic(widgets),
        }
        self.dashboard = monitoring.Dashboard(
            name,
            project=env.project,
            dashboard_json=json.dumps(page, sort_keys=True, separators=(",", ":")),
            opts=self.child(depends_on=list(env.apis)),
        )
        self.register_outputs({"dashboard": self.dashboard.id})
