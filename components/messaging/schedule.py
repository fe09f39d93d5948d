"""Schedule: a Cloud Scheduler job that calls a service, runs a Cloud Run job or publishes a message, by the clock.

What it calls, it calls as an identity of its own that may do nothing else. It does not spread load or queue work:
an execution that is late delays the next.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pulumi
from pulumi_gcp import cloudscheduler

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access
from components.messaging import limits
from components.messaging.cron import checked_cron, checked_timezone
from components.messaging.invoker import Invoker, calling, checked_path
from components.messaging.queue import doublings
from components.messaging.topic import Topic
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, alert
from components.security.identity import Identity
from components.security.service_agents import Agent
from components.service.endpoint import ServiceEndpoint


@dataclass(frozen=True, kw_only=True)
class CallService:
    """POST to `path` of an internal service, with `body` as JSON.

    `service`: the created service's name, so that the right to invoke it follows it.
    """

    endpoint: ServiceEndpoint
    path: str
    service: pulumi.Input[str] | None = None
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RunJob:
    """Start a Cloud Run job as it is: `RunJob(job=migrations.job_name, use=migrations.run())`."""

    job: pulumi.Input[str]
    use: Access


@dataclass(frozen=True, kw_only=True)
class PublishTo:
    """Publish `message` to `topic`. Scheduler's agent does it, by its own role, without an identity of ours
    (https://cloud.google.com/iam/docs/service-agents#cloud-scheduler-service-agent)."""

    topic: Topic
    message: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Schedule(Component):
    """`target` at `cron` in `timezone`. `identity` is None where the target is a topic."""

    family: ClassVar[str] = "messaging"

    job: cloudscheduler.Job
    identity: Identity | None

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        cron: str,
        target: CallService | RunJob | PublishTo,
        description: str,
        timezone: str = "Etc/UTC",
        attempt_timeout_s: int = 180,
        retries: int = 3,
        min_backoff_s: int = 10,
        max_backoff_s: int = 600,
        identity_purpose: str | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`cron`: five fields of unix-cron, in `timezone` (a name of the tz database). `attempt_timeout_s`: how
        long a call may take, 15 s to 30 min; Pub/Sub ignores it. `retries`: 0 to 5, `min_backoff_s` to
        `max_backoff_s` seconds apart
        (https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs).
        `identity_purpose`: a shorter name for the identity than `<name>-cron`, where Google's 30 characters
        need it.

        ComponentError for a schedule, a time zone or a value that Google would refuse.
        """
        checked_cron(cron)
        checked_timezone(timezone)
        limits.ATTEMPT_TIMEOUT.check("attempt_timeout_s", attempt_timeout_s)
        limits.SCHEDULE_RETRIES.check("retries", retries)
        limits.SCHEDULE_BACKOFF.check("min_backoff_s", min_backoff_s)
        limits.SCHEDULE_BACKOFF.check("max_backoff_s", max_backoff_s)
        limits.ordered("min_backoff_s", min_backoff_s, "max_backoff_s", max_backoff_s)
        use = _use_of(name, target)
        super().__init__(name, env=env, props={"uses": [use.declared()]} if use else {}, opts=opts)
        made = (
            Invoker.of(
                self,
                use=use,
                purpose=identity_purpose or f"{name}-cron",
                description=f"Cloud Scheduler runs {name} as this account.",
            )
            if use
            else None
        )
        self.identity = made.identity if made else None
        physical = env.naming.name(Kind.SCHEDULER, name)
        published = isinstance(target, PublishTo)
        self.job = cloudscheduler.Job(
            name,
            name=physical,
            project=env.project,
            region=env.region,
            description=description,
            schedule=cron,
            time_zone=timezone,
            # Setting it on a Pub/Sub target makes a difference that never goes away.
            attempt_deadline=None if published else f"{attempt_timeout_s}s",
            retry_config=cloudscheduler.JobRetryConfigArgs(
                retry_count=retries,
                min_backoff_duration=f"{min_backoff_s}s",
                max_backoff_duration=f"{max_backoff_s}s",
                max_doublings=doublings(min_backoff_s, max_backoff_s),
            ),
            http_target=(
                self._http(target, made.identity) if made and not isinstance(target, PublishTo) else None
            ),
            pubsub_target=_message(target) if isinstance(target, PublishTo) else None,
            opts=self.guarded(
                depends_on=[
                    *(made.ready if made else ()),
                    *Agent.CLOUD_SCHEDULER.made(env),
                    *env.apis,
                ]
            ),
        )
        if alerts is not None:
            self._watch(alerts, physical, attempt_timeout_s, retries, max_backoff_s)
        self.register_outputs({"name": self.job.name})

    def _http(self, target: CallService | RunJob, identity: Identity) -> cloudscheduler.JobHttpTargetArgs:
        env = self.env
        if isinstance(target, RunJob):
            # A Google API takes an access token, not an identity token
            # (https://cloud.google.com/run/docs/execute/jobs-on-schedule).
            return cloudscheduler.JobHttpTargetArgs(
                http_method="POST",
                uri=pulumi.Output.concat(
                    f"https://run.googleapis.com/v2/projects/{env.project}/locations/{env.region}/jobs/",
                    target.job,
                    ":run",
                ),
                oauth_token=cloudscheduler.JobHttpTargetOauthTokenArgs(
                    service_account_email=identity.email,
                    scope="https://www.googleapis.com/auth/cloud-platform",
                ),
            )
        return cloudscheduler.JobHttpTargetArgs(
            http_method="POST",
            uri=f"{target.endpoint.uri}{target.path}",
            headers={"Content-Type": "application/json"},
            body=_encoded(json.dumps(target.body, sort_keys=True)),
            oidc_token=cloudscheduler.JobHttpTargetOidcTokenArgs(
                service_account_email=identity.email, audience=target.endpoint.audience
            ),
        )

    def _watch(
        self,
        routing: AlertRouting,
        physical: str,
        attempt_timeout_s: int,
        retries: int,
        max_backoff_s: int,
    ) -> None:
        # Scheduler has no metric of its own: each failed attempt is one log entry of severity ERROR, and the
        # count of entries is a metric of Logging. `increase` extrapolates, so half an entry is left for that.
        window_s = (retries + 1) * attempt_timeout_s + retries * max_backoff_s
        alert(
            f"{self.name}-failing",
            owner=self,
            routing=routing,
            title=f"{self.name}: scheduled execution failed",
            query=(
                "sum(increase(logging_googleapis_com:log_entry_count{"
                f'monitored_resource="cloud_scheduler_job",job_id="{physical}",severity="ERROR"'
                f"}}[{window_s}s])) > {retries}.5"
            ),
            duration_s=0,
            urgency=Urgency.NOTIFY,
            advice=(
                f"**{self.name}** failed {retries + 1} times in {window_s} s: an execution used up its retries. "
                f'The reason is in the log of the job (`resource.type="cloud_scheduler_job"`, '
                f'`job_id="{physical}"`). Run it again with `gcloud scheduler jobs run {physical}`.'
            ),
        )


def _use_of(name: str, target: CallService | RunJob | PublishTo) -> Access | None:
    """The right that the schedule's own identity needs; ComponentError where the target cannot be called."""
    if isinstance(target, CallService):
        checked_path(target.path)
        return calling(target.endpoint, target.service)
    if isinstance(target, RunJob):
        return target.use
    if not target.message and not target.attributes:
        raise ComponentError(
            f"'{name}' publishes nothing",
            why="Pub/Sub refuses a message without data and attributes",
            fix="give it a message",
        )
    return None


def _message(target: PublishTo) -> cloudscheduler.JobPubsubTargetArgs:
    return cloudscheduler.JobPubsubTargetArgs(
        topic_name=target.topic.path,
        data=_encoded(target.message) if target.message else None,
        attributes=dict(target.attributes) or None,
    )


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
