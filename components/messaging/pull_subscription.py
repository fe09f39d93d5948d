"""PullSubscription: a consumer of ours takes messages when it is ready for them.

For consumers that run all the time (worker pools, analytics): nothing starts an instance for a waiting message,
as a push does. The client extends the acknowledgement deadline while it works, so work may take longer than 600 s.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi
from pulumi_gcp import pubsub

from components.component import Component, Environment
from components.links import Access, Grant, variable_name
from components.messaging import limits
from components.messaging.delivery import STANDARD, Delivery
from components.messaging.subscription import require_dead_letters, subscribe, watch
from components.messaging.topic import Topic
from components.observability.alert import AlertRouting
from components.security.identity import Identity


class PullSubscription(Component):
    """A pull subscription of `topic`. `path` is `projects/<project>/subscriptions/<name>`."""

    family: ClassVar[str] = "messaging"

    subscription: pubsub.Subscription
    path: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        topic: Topic,
        ack_deadline_s: int = 60,
        ordered: bool = False,
        exactly_once: bool = False,
        delivery: Delivery = STANDARD,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`ack_deadline_s`: seconds that a message is ours before Pub/Sub gives it to another consumer, 10 to 600
        (https://cloud.google.com/pubsub/docs/subscription-properties#ack_deadline). `exactly_once`: an
        acknowledged message never comes again, at the price of slower acknowledgement
        (https://cloud.google.com/pubsub/docs/exactly-once-delivery).

        ComponentError for a deadline outside Google's limits or a topic without dead letters.
        """
        limits.ACK_DEADLINE.check("ack_deadline_s", ack_deadline_s)
        dead_letters = require_dead_letters(name, topic)
        super().__init__(name, env=env, opts=opts)
        self.subscription = subscribe(
            self,
            topic,
            dead_letters=dead_letters,
            delivery=delivery,
            ack_deadline_s=ack_deadline_s,
            enable_message_ordering=ordered,
            enable_exactly_once_delivery=exactly_once,
        )
        self.path = pulumi.Output.concat("projects/", env.project, "/subscriptions/", self.subscription.name)
        if alerts is not None:
            watch(self, alerts, delivery=delivery, ack_deadline_s=ack_deadline_s, pushed=False)
        self.register_outputs({"path": self.path})

    def consume(self) -> Access:
        """Pulling and acknowledging: `roles/pubsub.subscriber` on it; `SUBSCRIPTION_<NAME>` is its path.

        The client needs no `roles/pubsub.viewer`: it never asks for the subscription's settings.
        """

        def make(name: str, identity: Identity, opts: pulumi.ResourceOptions) -> pulumi.Resource:
            return pubsub.SubscriptionIAMMember(
                name,
                project=self.env.project,
                subscription=self.subscription.name,
                role="roles/pubsub.subscriber",
                member=identity.member,
                opts=opts,
            )

        return Access(
            verb="consume",
            target=self,
            grants=(Grant(key=f"{self.name}-consume", role="roles/pubsub.subscriber", make=make),),
            variables={variable_name("subscription", self.name): self.path},
        )
