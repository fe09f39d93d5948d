"""Queue: a Cloud Tasks queue that calls one handler of one internal service, at a limited rate.

The queue itself says where its tasks go and as whom, so a task cannot be sent anywhere else. There are no dead
letters in Cloud Tasks: a task that fails on every attempt is deleted, hence the alert on failing attempts. It
does not schedule recurring work: schedule.py does.
"""

from __future__ import annotations

import math
from typing import ClassVar

import pulumi
from pulumi_gcp import cloudtasks, serviceaccount

from components.component import Component, Environment
from components.links import Access, Grant, variable_name
from components.messaging import limits
from components.messaging.delivery import tolerable_failures
from components.messaging.invoker import Invoker, calling, checked_path
from components.naming import Kind
from components.observability.alert import AlertRouting, Urgency, alert
from components.security.identity import Identity
from components.security.service_agents import Agent
from components.service.endpoint import ServiceEndpoint


class Queue(Component):
    """A queue of tasks for `path` of the service at `endpoint`.

    `path` is `projects/<project>/locations/<region>/queues/<name>`, `target` the URL of the handler.
    """

    family: ClassVar[str] = "messaging"

    queue: cloudtasks.Queue
    path: pulumi.Output[str]
    target: str
    invoker: Identity

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        endpoint: ServiceEndpoint,
        per_second: float,
        concurrent: int,
        service: pulumi.Input[str] | None = None,
        path: str | None = None,
        attempts: int = 5,
        min_backoff_s: float = 10,
        max_backoff_s: float = 600,
        logged_share: float = 0.1,
        identity_purpose: str | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`per_second`: the most dispatches a second, up to 500; `concurrent`: the most at once, up to 5,000;
        `attempts`, `min_backoff_s`, `max_backoff_s`: how often and how far apart (seconds) a failing task is
        tried (https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#Queue).
        `path`: the handler, `/tasks/<name>` by default. `logged_share`: the part of the operations that is
        logged, 0 to 1. `service`: the created service's name, so that the right to invoke it follows it.
        `identity_purpose`: a shorter name for the invoker than `<name>-task`, where Google's 30 characters
        need it.

        ComponentError for a value outside Google's limits.
        """
        limits.DISPATCHES_PER_SECOND.check("per_second", per_second)
        limits.CONCURRENT_DISPATCHES.check("concurrent", concurrent)
        limits.TASK_ATTEMPTS.check("attempts", attempts)
        limits.TASK_BACKOFF.check("min_backoff_s", min_backoff_s)
        limits.TASK_BACKOFF.check("max_backoff_s", max_backoff_s)
        limits.ordered("min_backoff_s", min_backoff_s, "max_backoff_s", max_backoff_s)
        limits.LOGGED_SHARE.check("logged_share", logged_share)
        where = checked_path(path or f"/tasks/{name}")
        use = calling(endpoint, service)
        super().__init__(name, env=env, props={"uses": [use.declared()]}, opts=opts)
        self.target = f"{endpoint.uri}{where}"
        made = Invoker.of(
            self,
            use=use,
            purpose=identity_purpose or f"{name}-task",
            description=f"Cloud Tasks calls {endpoint.name} as this account, for the queue {name}.",
        )
        self.invoker = made.identity
        # Google keeps a queue's name for days after deletion
        # (https://cloud.google.com/tasks/docs/deleting-appengine-queues-and-tasks).
        physical = env.naming.name(Kind.QUEUE, name, kept=True)
        self.queue = cloudtasks.Queue(
            name,
            name=physical,
            project=env.project,
            location=env.region,
            rate_limits=cloudtasks.QueueRateLimitsArgs(
                max_dispatches_per_second=per_second, max_concurrent_dispatches=concurrent
            ),
            retry_config=cloudtasks.QueueRetryConfigArgs(
                max_attempts=attempts,
                min_backoff=f"{min_backoff_s:g}s",
                max_backoff=f"{max_backoff_s:g}s",
                max_doublings=doublings(min_backoff_s, max_backoff_s),
            ),
            # Overrides what the task says: who may enqueue cannot send the invoker's token elsewhere
            # (https://cloud.google.com/tasks/docs/configuring-queues#routing).
            http_target=cloudtasks.QueueHttpTargetArgs(
                http_method="POST",
                uri_override=cloudtasks.QueueHttpTargetUriOverrideArgs(
                    scheme="HTTPS",
                    host=endpoint.uri.removeprefix("https://"),
                    path_override=cloudtasks.QueueHttpTargetUriOverridePathOverrideArgs(path=where),
                    uri_override_enforce_mode="ALWAYS",
                ),
                oidc_token=cloudtasks.QueueHttpTargetOidcTokenArgs(
                    service_account_email=self.invoker.email, audience=endpoint.audience
                ),
            ),
            stackdriver_logging_config=cloudtasks.QueueStackdriverLoggingConfigArgs(sampling_ratio=logged_share),
            deletion_policy="PREVENT" if env.protect else None,
            # Cloud Tasks' agent signs the tokens; its own role, which Google grants when the agent is made,
            # already lets it (https://cloud.google.com/iam/docs/service-agents).
            opts=self.guarded(depends_on=[*made.ready, *Agent.CLOUD_TASKS.made(env), *env.apis]),
        )
        self.path = pulumi.Output.concat(
            "projects/", env.project, "/locations/", env.region, "/queues/", self.queue.name
        )
        if alerts is not None:
            self._watch(alerts, physical, per_second, attempts, max_backoff_s)
        self.register_outputs({"path": self.path})

    def enqueue(self) -> Access:
        """Adding tasks: `roles/cloudtasks.enqueuer` on the queue, and acting as its invoker, whom each task is
        sent as (https://cloud.google.com/tasks/docs/creating-http-target-tasks: the creator needs actAs; the
        invoker may do nothing but call the handler's service).

        `QUEUE_<NAME>` is the queue's path, `QUEUE_<NAME>_TARGET` the handler's URL, which a task must name
        although the queue overrides it, `QUEUE_<NAME>_IDENTITY` the invoker's e-mail.
        """

        def enqueuer(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return cloudtasks.QueueIamMember(
                name,
                project=self.env.project,
                location=self.env.region,
                name=self.queue.name,
                role="roles/cloudtasks.enqueuer",
                member=identity.member,
                opts=opts,
            )

        def act_as(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return serviceaccount.IAMMember(
                name,
                service_account_id=self.invoker.account_name,
                role="roles/iam.serviceAccountUser",
                member=identity.member,
                opts=opts,
            )

        return Access(
            verb="enqueue",
            target=self,
            grants=(
                Grant(key=f"{self.name}-enqueue", role="roles/cloudtasks.enqueuer", make=enqueuer),
                Grant(key=f"{self.name}-enqueue-as", role="roles/iam.serviceAccountUser", make=act_as),
            ),
            variables={
                variable_name("queue", self.name): self.path,
                variable_name("queue", self.name, "target"): self.target,
                variable_name("queue", self.name, "identity"): self.invoker.email,
            },
        )

    def _watch(
        self, routing: AlertRouting, physical: str, per_second: float, attempts: int, max_backoff_s: float
    ) -> None:
        which = f'monitored_resource="cloud_tasks_queue",queue_id="{physical}"'
        deepest = round(per_second * max_backoff_s)
        alert(
            f"{self.name}-depth",
            owner=self,
            routing=routing,
            title=f"{self.name}: queue deeper than its rate can drain",
            query=f"sum(cloudtasks_googleapis_com:queue_depth{{{which}}}) > {deepest}",
            duration_s=300,
            urgency=Urgency.NOTIFY,
            advice=(
                f"At {per_second:g} tasks a second the queue **{self.name}** needs more than {max_backoff_s:g} s "
                "for what waits: new tasks wait longer than a failing task's longest pause. Raise per_second, "
                "concurrent or the handler's instances, or find out who enqueues so much."
            ),
        )
        share = tolerable_failures(attempts)
        counted = f"cloudtasks_googleapis_com:queue_task_attempt_count{{{which}"
        alert(
            f"{self.name}-failing",
            owner=self,
            routing=routing,
            title=f"{self.name}: task attempts fail",
            query=(
                f'sum(rate({counted},response_code!~"(?i:ok)|2[0-9][0-9]"}}[5m])) / '
                f"sum(rate({counted}}}[5m])) > {share}"
            ),
            duration_s=300,
            urgency=Urgency.PAGE,
            advice=(
                f"More than {share:.0%} of the attempts of the queue **{self.name}** fail: with {attempts} "
                "attempts one task in a thousand is lost, since Cloud Tasks keeps no dead letters. Pausing the "
                f"queue (`gcloud tasks queues pause {physical}`) keeps the tasks while the handler is mended."
            ),
        )


def doublings(least_s: float, most_s: float) -> int:
    """How often the pause doubles on its way from `least_s` to `most_s`."""
    return math.ceil(math.log2(most_s / least_s))
