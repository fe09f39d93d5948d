"""Alerting: who is told. It makes the notification channels and says which urgency goes where.

It makes no alert: entities bring their own and take `Alerting.routing`. PagerDuty's key is a secret and never
leaves the channel's sensitive labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_gcp import monitoring

from components.component import Component, Environment
from components.errors import ComponentError
from components.observability.alert import AlertRouting


class Alerting(Component):
    """Notification channels: e-mail for everything, PagerDuty (where there is a key) for pages besides."""

    family: ClassVar[str] = "observability"

    emails: tuple[pulumi.Output[str], ...]
    """The e-mail channels' names: the only kind that a budget tells."""
    routing: AlertRouting

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        emails: Sequence[str],
        pagerduty_key: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`pagerduty_key`: the integration key of a PagerDuty service that takes Google's events; without it
        pages go to e-mail only.

        Raises ComponentError without an address, or for one that is none.
        """
        if not emails:
            raise ComponentError(
                f"'{name}' has no e-mail address",
                why="an alert that reaches nobody is none",
                fix="name at least one address",
            )
        for address in emails:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
                raise ComponentError(
                    f"'{address}' is not an e-mail address",
                    why="Cloud Monitoring would send alerts nowhere",
                    fix="write it as name@domain",
                )
        super().__init__(name, env=env, opts=opts)
        title = f"{env.naming.system} {env.naming.environment}"
        self.emails = tuple(
            monitoring.NotificationChannel(
                f"{name}-{_slug(address)}",
                project=env.project,
                type="email",
                display_name=f"{title}: {address}",
                labels={"email_address": address},
                user_labels=self.labels(),
                opts=self.child(depends_on=list(env.apis)),
            ).name
            for address in dict.fromkeys(emails)
        )
        pagers: tuple[pulumi.Output[str], ...] = ()
        if pagerduty_key is not None:
            pager = monitoring.NotificationChannel(
                f"{name}-pagerduty",
                project=env.project,
                type="pagerduty",
                display_name=f"{title}: PagerDuty",
                sensitive_labels=monitoring.NotificationChannelSensitiveLabelsArgs(
                    service_key=pulumi.Output.secret(pagerduty_key)
                ),
                user_labels=self.labels(),
                opts=self.child(depends_on=list(env.apis)),
            )
            pagers = (pager.name,)
        self.routing = AlertRouting(page=(*pagers, *self.emails), notify=self.emails)
        self.register_outputs({"page": list(self.routing.page), "notify": list(self.routing.notify)})


def _slug(address: str) -> str:
    """The address as part of a logical name: it stays the same when the list is reordered."""
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")
