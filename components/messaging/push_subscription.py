"""PushSubscription: Pub/Sub calls one internal service with each message, under an identity of its own.

The call carries an OIDC token of the subscription's push identity, which may invoke that one service. Delivery is
at least once (exactly-once is for pull only: https://cloud.google.com/pubsub/docs/exactly-once-delivery), so the
handler must be idempotent. It does not run long work: a message is redelivered after ten minutes at most.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import pulumi
from pulumi_gcp import pubsub, serviceaccount

from components.component import Component, Environment
from components.errors import ComponentError
from components.messaging import limits
from components.messaging.delivery import STANDARD, Delivery
from components.messaging.invoker import Invoker, calling, checked_path
from components.messaging.subscription import require_dead_letters, subscribe, watch
from components.messaging.topic import Topic
from components.observability.alert import AlertRouting
from components.security.identity import Identity
from components.security.service_agents import Agent
from components.service.endpoint import ServiceEndpoint

START_UP_S = 10
"""Seconds on top of the handler's time, for an instance that has to start first."""


class Payload(Enum):
    """What the body of a push request is (https://cloud.google.com/pubsub/docs/payload-unwrapping)."""

    WRAPPED = "wrapped"
    """Pub/Sub's JSON envelope, with attributes and the attempt's number; the data is base64."""
    RAW = "raw"
    """The message's data as it is; attributes and metadata are headers."""


class PushSubscription(Component):
    """A push subscription of `topic` to `path` of the service at `endpoint`."""

    family: ClassVar[str] = "messaging"

    subscription: pubsub.Subscription
    push_identity: Identity
    ack_deadline_s: int

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        topic: Topic,
        endpoint: ServiceEndpoint,
        handler_timeout_s: int,
        service: pulumi.Input[str] | None = None,
        path: str = "/pubsub/push",
        payload: Payload = Payload.WRAPPED,
        ordered: bool = False,
        delivery: Delivery = STANDARD,
        identity_purpose: str | None = None,
        alerts: AlertRouting | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`handler_timeout_s`: the longest that handling one message takes, in seconds; the acknowledgement
        deadline follows from it. `service`: the created service's name, so that the right to invoke it follows
        it. `identity_purpose`: a shorter name for the push identity than `<name>-push`, where Google's 30
        characters need it.

        ComponentError if the handler may take longer than Pub/Sub waits (600 s:
        https://cloud.google.com/pubsub/docs/subscription-properties#ack_deadline).
        """
        self.ack_deadline_s = ack_deadline_for(name, handler_timeout_s)
        dead_letters = require_dead_letters(name, topic)
        where = checked_path(path)
        use = calling(endpoint, service)
        super().__init__(name, env=env, props={"uses": [use.declared()]}, opts=opts)
        invoker = Invoker.of(
            self,
            use=use,
            purpose=identity_purpose or f"{name}-push",
            description=f"Pub/Sub pushes {topic.name} to {endpoint.name} as this account.",
        )
        self.push_identity = invoker.identity
        # Pub/Sub's agent signs the tokens of the push identity
        # (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions).
        signs = serviceaccount.IAMMember(
            f"{name}-sign",
            service_account_id=self.push_identity.account_name,
            role="roles/iam.serviceAccountTokenCreator",
            member=Agent.PUBSUB.member(env),
            opts=self.child(depends_on=list(Agent.PUBSUB.made(env))),
        )
        self.subscription = subscribe(
            self,
            topic,
            dead_letters=dead_letters,
            delivery=delivery,
            ack_deadline_s=self.ack_deadline_s,
            waits_for=[signs, *invoker.ready],
            enable_message_ordering=ordered,
            push_config=pubsub.SubscriptionPushConfigArgs(
                push_endpoint=f"{endpoint.uri}{where}",
                oidc_token=pubsub.SubscriptionPushConfigOidcTokenArgs(
                    service_account_email=self.push_identity.email, audience=endpoint.audience
                ),
                no_wrapper=(
                    pubsub.SubscriptionPushConfigNoWrapperArgs(write_metadata=True)
                    if payload is Payload.RAW
                    else None
                ),
            ),
        )
        if alerts is not None:
            watch(self, alerts, delivery=delivery, ack_deadline_s=self.ack_deadline_s, pushed=True)
        self.register_outputs({"name": self.subscription.name})

    @staticmethod
    def receiver(name: str, *, env: Environment) -> dict[str, str]:
        """The environment of the service that the subscription `name` pushes to, known before either exists.

        Cloud Run checks the token's signature and removes it, which the app must know
        (https://cloud.google.com/run/docs/troubleshooting#signature-removed).
        """
        account = env.naming.identity(f"{name}-push")
        return {
            "WORKER_AUTH": "cloud-run",
            "PUSH_IDENTITY": f"{account}@{env.project}.iam.gserviceaccount.com",
        }


def ack_deadline_for(name: str, handler_timeout_s: int) -> int:
    """Seconds that Pub/Sub waits for a handler that takes `handler_timeout_s` at most.

    ComponentError if no deadline that Google allows is long enough.
    """
    longest = int(limits.ACK_DEADLINE.most)
    if not 0 < handler_timeout_s <= longest:
        raise ComponentError(
            f"handler_timeout_s of '{name}' is {handler_timeout_s} s",
            why=f"Pub/Sub delivers a message again after {longest} s at most ({limits.ACK_DEADLINE.page}), so a "
            "longer handler would run twice at once",
            fix="let the handler only claim the work (a lease in the database) and answer at once, and run the "
            "work in a worker pool or an instance-billed service; or use a PullSubscription, whose client "
            "extends the deadline",
        )
    return min(longest, max(int(limits.ACK_DEADLINE.least), handler_timeout_s + START_UP_S))
