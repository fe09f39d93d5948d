"""Calls of Google's services for fixtures: pushes of Pub/Sub, jobs of Scheduler, queues of Cloud Tasks."""

from typing import Any

import pulumi_gcp as gcp

from tests.policies.messages import subscription

EMAIL = "caller@p.iam.gserviceaccount.com"
WORKER = "https://worker-123456789012.europe-west1.run.app"
HOST = "worker-123456789012.europe-west1.run.app"
RUN_JOB = "https://run.googleapis.com/v2/projects/p/locations/l/jobs/migrate:run"


def token(audience: Any = None, email: Any = EMAIL) -> dict[str, Any]:
    """An OIDC token of the account `email`."""
    return {"service_account_email": email, "audience": audience}


def access_token(email: Any = EMAIL) -> dict[str, Any]:
    """An OAuth token of the account `email`."""
    return {"service_account_email": email, "scope": "https://www.googleapis.com/auth/cloud-platform"}


def push(name: str, to: Any, **more: Any) -> None:
    """A subscription that pushes to `to`."""
    subscription(name, push_config={"push_endpoint": to, **more})


def job(name: str, to: Any, **more: Any) -> None:
    """A nightly job that calls `to`."""
    target: Any = {"uri": to, **more}
    gcp.cloudscheduler.Job(name, name=name, region="europe-west1", schedule="0 3 * * *", http_target=target)


def queue(name: str, override: Any = None, **more: Any) -> None:
    """A queue with an HTTP target, and an override of where its tasks go."""
    target: Any = {"uri_override": override, **more}
    gcp.cloudtasks.Queue(name, name=name, location="europe-west1", http_target=target)


def plain_queue(name: str, **more: Any) -> None:
    """A queue; what a case says nothing about is left out."""
    gcp.cloudtasks.Queue(name, name=name, location="europe-west1", **more)
