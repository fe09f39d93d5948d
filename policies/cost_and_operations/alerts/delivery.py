"""An alert reaches somebody: it is on, it has channels, they are on, and there are alerts at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.telemetry.alerts import ALERT, CHANNEL
from analysis.value import NotKnown, Value
from policies.engine.policy import (
    Looked,
    Problem,
    Result,
    Settings,
    Severity,
    Unseen,
    resource_policy,
    stack_policy,
)

_LABELS: Final[dict[str, tuple[str, ...]]] = {
    # Kinds of channel with the labels that each cannot do without, as Google describes them:
    # https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannelDescriptors/list
    "email": ("email_address",),
    "google_chat": ("space",),
    "mobile": (),
    "pagerduty": (),
    "pubsub": ("topic",),
    "slack": ("channel_name",),
    "sms": ("number",),
    "webhook_basicauth": ("url", "username"),
    "webhook_tokenauth": ("url",),
}
_ENDED: Final = frozenset({"campfire", "hipchat"})
_SECRETS: Final = {"auth_token": "authToken", "password": "password", "service_key": "serviceKey"}
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@resource_policy(
    id="alert-tells-somebody",
    title="Every alert policy is on and has a channel that is on",
    severity=Severity.HIGH,
    why="""An alert without a channel turns red on a page that nobody has open; one that is switched off does not
    even do that. Both look like monitoring.""",
    fix="Make alerts with `alert(...)` and the `routing` of `Alerting`, which refuses to tell nobody.",
    fix_raw="Set `notificationChannels` to channels that are enabled, and leave `enabled` out.",
    rows=(182,),
    types=[ALERT],
)
def alert_tells_somebody(alert: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    yield from _wrong(alert, stack)


def _wrong(alert: Value, stack: Stack) -> Iterator[str]:
    """Why an alert reaches nobody."""
    # https://www.pulumi.com/registry/packages/gcp/api-docs/monitoring/alertpolicy/: on, by default.
    if not alert["enabled"].flag(True):
        yield "enabled is false: the alert watches nothing"
    given = alert["notificationChannels"]
    channels = stack.yielding(given, CHANNEL)
    if given.is_unknown and channels:
        # A list that is made in an `apply`, of channels that are made here.
        return
    names = list(given.items())
    if not names or not (channels or any(name.text("") for name in names)):
        yield "notificationChannels are left out or empty: the alert tells nobody"
    elif channels and not any(Value.of(channel)["enabled"].flag(True) for channel in channels):
        yield "all notificationChannels are switched off: the alert tells nobody"


@stack_policy(
    id="alerts-exist",
    title="The stack has an alert that tells somebody",
    severity=Severity.HIGH,
    why="""Without any alert callers are the monitoring: they tell that the system is down, if they bother to.""",
    fix="Make an `Alerting` and pass its `routing` to the components (`Foundation` does).",
    fix_raw="Add a `NotificationChannel`, and alert policies that name it.",
    rows=(182,),
)
def alerts_exist(stack: Stack, settings: Settings) -> Iterator[Result]:
    yield Looked(stack.root)
    unread: NotKnown | None = None
    for alert in stack.of_type(ALERT):
        try:
            if not list(_wrong(alert, stack)):
                return
        except NotKnown as reason:
            unread = reason
    if unread is not None:
        yield Unseen(stack.root, f"whether any alert tells somebody is not known: {unread}")
    else:
        yield Problem(stack.root, "no alert policy is on and has a channel: nobody is told of anything")


@resource_policy(
    id="notification-channel-works",
    title="A notification channel is on and says whom it tells",
    severity=Severity.MEDIUM,
    why="""A channel that is switched off, of a kind that has ended, or without an address takes every alert and
    passes on none.""",
    fix="Make channels with `Alerting`, which checks the addresses.",
    fix_raw="Set `type` and its `labels` as Google's list of channel types has them, and leave `enabled` out.",
    rows=(182,),
    types=[CHANNEL],
)
def channel_works(channel: Value, stack: Stack, settings: Settings) -> Iterator[Result | str]:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/monitoring/notificationchannel/: on, by default.
    if not channel["enabled"].flag(True):
        yield "enabled is false: what is sent here reaches nobody"
    kind = channel["type"].text("")
    if kind in _ENDED:
        yield f"type is {kind}, a service that has ended: what is sent here reaches nobody"
        return
    if kind not in _LABELS:
        yield Unseen(channel.resource, f"type is '{kind}', a kind of channel that is not known here")
        return
    labels = channel["labels"]
    for label in _LABELS[kind]:
        said = labels[label]
        if said.is_unknown or said.is_secret:
            continue
        text = said.text("")
        if not text:
            yield f"{said.path} is left out: a channel of type {kind} reaches nobody without it"
        elif label == "email_address" and not _ADDRESS.fullmatch(text):
            yield f"{said.path} is no e-mail address: what is sent here reaches nobody"
        elif label == "url" and not text.startswith("https://"):
            yield f"{said.path} is not HTTPS: alerts, and the password with them, are sent in clear"


@resource_policy(
    id="notification-channel-key-secret",
    title="A notification channel's key is among its sensitive labels",
    severity=Severity.HIGH,
    why="""What is among the plain labels is shown in every preview and lies in the state in clear; with the key
    others raise false alarms, or answer for the team.""",
    fix="Give `Alerting` its `pagerduty_key`, from a secret setting: it goes into the sensitive labels.",
    fix_raw="Move `auth_token`, `password` and `service_key` from `labels` to `sensitiveLabels`, as secrets.",
    types=[CHANNEL],
)
def channel_key_secret(channel: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    plain = channel["labels"]
    for label, sensitive in _SECRETS.items():
        key = plain[label]
        if not key.is_secret and key.present:
            yield f"{key.path} is a plain label: the key is shown and stored in clear"
        key = channel["sensitiveLabels"][sensitive]
        if not key.is_secret and not key.is_unknown and key.present:
            yield f"{key.path} is not marked as secret: the key is shown in previews and stored in clear"
