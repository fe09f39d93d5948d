"""Telemetry: writing metrics and traces from inside an application.

Not logs: what a Cloud Run container prints is collected without any grant
(https://cloud.google.com/run/docs/logging).
"""

from __future__ import annotations

import pulumi

from components.component import Environment, urn_of
from components.links import Access
from components.security.project_roles import project_grant


def write_telemetry(env: Environment) -> Access:
    """Writing application metrics and traces; both roles exist on a project only."""
    return Access(
        verb="write telemetry",
        target=urn_of("pulumi:pulumi:Stack", f"{pulumi.get_project()}-{pulumi.get_stack()}"),
        grants=(
            project_grant(env.project, key="write-metrics", role="roles/monitoring.metricWriter"),
            project_grant(env.project, key="write-traces", role="roles/cloudtrace.agent"),
        ),
        variables={"GOOGLE_CLOUD_PROJECT": env.project},
    )
