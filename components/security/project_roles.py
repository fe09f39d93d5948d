"""Grants on the project, for what has no IAM policy of its own.

Where Google supports it the grant carries a condition that narrows it to one entity; the few roles that can
have neither are the one list below, which the policies know too.
"""

from __future__ import annotations

import pulumi
from pulumi_gcp import projects

from components.errors import LinkError
from components.links import Grant
from components.security.identity import Identity

UNCONDITIONED = frozenset(
    {
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
        "roles/cloudtrace.agent",
        "roles/bigquery.jobUser",
        # Google's pages disagree on conditions for these two; there is one instance a project.
        "roles/memorystore.dbConnectionUser",
        "roles/redis.dbConnectionUser",
    }
)
"""Roles that exist on a project only and take no useful condition."""


def resource_is(service: str, resource_name: str) -> str:
    """The CEL expression that holds a grant to one resource of `service`.

    https://cloud.google.com/iam/docs/conditions-attribute-reference#resource
    """
    return f"resource.service == '{service}' && resource.name == '{resource_name}'"


def project_grant(
    env_project: str, *, key: str, role: str, title: str = "", condition: str | None = None
) -> Grant:
    """A grant of `role` on the project, held to one entity by `condition` (a CEL expression).

    LinkError for a role without a condition that is not one of `UNCONDITIONED`.
    """
    if condition is None and role not in UNCONDITIONED and "/roles/" not in role:
        raise LinkError(
            f"{role} would be granted on the whole project",
            why="without a condition it reaches every entity of its kind",
            fix="pass `condition=resource_is(...)`, or grant it on the entity",
        )
    narrowed = projects.IAMMemberConditionArgs(title=title or key, expression=condition) if condition else None

    def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        return projects.IAMMember(
            name, project=env_project, role=role, member=identity.member, condition=narrowed, opts=opts
        )

    return Grant(key=key, role=role, make=make)
