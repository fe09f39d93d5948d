"""Alerts that reach somebody, and what fails unseen without one."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import certificatemanager, compute, monitoring, pubsub

from policies.cost_and_operations.alerts.certificates import expiry_told
from policies.cost_and_operations.alerts.dead_letters import dead_letters_told
from policies.cost_and_operations.alerts.delivery import (
    alert_tells_somebody,
    alerts_exist,
    channel_key_secret,
    channel_works,
)
from policies.cost_and_operations.alerts.uptime import public_host_checked, uptime_check_told
from tests.policies.alert_conditions import CHANNEL, alert, matched, promql, threshold
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

ANYTHING = promql("up == 0")


@judged(
    alert_tells_somebody,
    {
        "good-channel": PASSED,
        "good-channel-that-is-made-here": PASSED,
        "good-one-of-two-is-on": PASSED,
        "bad-empty": VIOLATED,
        "bad-switched-off": VIOLATED,
        "bad-channel-switched-off": VIOLATED,
        "absent-channels": VIOLATED,
        "absent-flag": PASSED,
        "unknown-channels": NOT_EVALUATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-channels": NOT_EVALUATED,
    },
)
def told() -> None:
    mail, off = (
        monitoring.NotificationChannel(name, type="email", enabled=on, labels={"email_address": "a@example.com"})
        for name, on in (("mail", True), ("off", False))
    )
    alert("good-channel", ANYTHING, enabled=True)
    alert("good-channel-that-is-made-here", ANYTHING, channels=[mail.name])
    alert("good-one-of-two-is-on", ANYTHING, channels=[off.name, mail.name])
    alert("bad-empty", ANYTHING, channels=[])
    alert("bad-switched-off", ANYTHING, enabled=False)
    alert("bad-channel-switched-off", ANYTHING, channels=[off.name])
    alert("absent-channels", ANYTHING, channels=None)
    alert("absent-flag", ANYTHING)
    alert("unknown-channels", ANYTHING, channels=unknown("channels").apply(lambda one: [one]))
    alert("unknown-flag", ANYTHING, enabled=unknown("flag").apply(bool))
    alert("secret-channels", ANYTHING, channels=pulumi.Output.secret([CHANNEL]))


@judged(alerts_exist, {"stack": PASSED})
def good_one_alert() -> None:
    alert("one", ANYTHING)
    alert("another", ANYTHING, channels=None)


@judged(alerts_exist, {"stack": VIOLATED})
def bad_alert_that_tells_nobody() -> None:
    alert("another", ANYTHING, channels=None)
    alert("one", ANYTHING, enabled=False)


@judged(alerts_exist, {"stack": VIOLATED})
def absent_alerts() -> None:
    pubsub.Topic("another", name="another")


@judged(alerts_exist, {"stack": NOT_EVALUATED})
def unknown_channels() -> None:
    alert("one", ANYTHING, channels=unknown().apply(lambda one: [one]))


@judged(alerts_exist, {"stack": NOT_EVALUATED})
def secret_channels() -> None:
    alert("one", ANYTHING, channels=pulumi.Output.secret([CHANNEL]))


def _channel(name: str, kind: Any = "email", labels: Any = None, **more: Any) -> None:
    monitoring.NotificationChannel(name, type=kind, labels=labels, **more)


MAIL = {"email_address": "platform@example.com"}


@judged(
    channel_works,
    {
        "good-mail": PASSED,
        "good-pager": PASSED,
        "good-hook": PASSED,
        "bad-off": VIOLATED,
        "bad-no-address": VIOLATED,
        "bad-ended": VIOLATED,
        "bad-hook-in-clear": VIOLATED,
        "absent-label": VIOLATED,
        "absent-labels": VIOLATED,
        "unknown-kind": NOT_EVALUATED,
        "unknown-flag": NOT_EVALUATED,
        "good-unknown-address": PASSED,
        "unknown-new-kind": NOT_EVALUATED,
        "secret-kind": NOT_EVALUATED,
    },
)
def channels() -> None:
    _channel("good-mail", labels=MAIL)
    _channel("good-pager", "pagerduty")
    _channel("good-hook", "webhook_tokenauth", {"url": "https://alerts.example.com/google"})
    _channel("bad-off", labels=MAIL, enabled=False)
    _channel("bad-no-address", labels={"email_address": "platform"})
    _channel("bad-ended", "hipchat", {"room": "1"})
    _channel("bad-hook-in-clear", "webhook_tokenauth", {"url": "http://alerts.example.com/google"})
    _channel("absent-label", "slack", {"team": "voice"})
    _channel("absent-labels")
    _channel("unknown-kind", unknown("kind"))
    _channel("unknown-flag", labels=MAIL, enabled=unknown("flag").apply(bool))
    # That there is an address is all that is asked.
    _channel("good-unknown-address", labels={"email_address": unknown("address")})
    _channel("unknown-new-kind", "carrier_pigeon", {"loft": "1"})
    _channel("secret-kind", pulumi.Output.secret("email"), MAIL)


Sensitive = monitoring.NotificationChannelSensitiveLabelsArgs


@judged(
    channel_key_secret,
    {
        "good-secret": PASSED,
        "bad-plain-label": VIOLATED,
        "bad-not-marked": VIOLATED,
        "absent-key": PASSED,
        "unknown-key": PASSED,
        "unknown-labels": NOT_EVALUATED,
        "secret-label": PASSED,
    },
)
def keys() -> None:
    _channel("good-secret", "pagerduty", sensitive_labels=Sensitive(service_key=pulumi.Output.secret("0123")))
    _channel("bad-plain-label", "slack", {"channel_name": "#a", "auth_token": "xoxb-0123"})
    _channel("bad-not-marked", "pagerduty", sensitive_labels=Sensitive(service_key="0123"))
    _channel("absent-key", labels=MAIL)
    # A preview drops the mark of a secret that is not known yet.
    _channel("unknown-key", "pagerduty", sensitive_labels=Sensitive(service_key=unknown("key")))
    _channel("unknown-labels", "slack", unknown("labels").apply(lambda one: {"channel_name": one}))
    _channel("secret-label", "slack", {"channel_name": "#a", "auth_token": pulumi.Output.secret("xoxb-0123")})


def _subscription(name: str, topic: Any, dead: Any = None) -> pubsub.Subscription:
    policy = None if dead is None else pubsub.SubscriptionDeadLetterPolicyArgs(dead_letter_topic=dead)
    return pubsub.Subscription(name, name=name, topic=topic, dead_letter_policy=policy)


BACKLOG = "pubsub_googleapis_com:subscription_num_undelivered_messages"


@judged(
    dead_letters_told,
    {
        "good-backlog": PASSED,
        "good-at-the-source": PASSED,
        "good-on-the-topic": PASSED,
        "good-by-pattern": PASSED,
        "good-topic-elsewhere-watched-here": PASSED,
        "bad-another-is-watched": VIOLATED,
        "bad-nobody-subscribes": VIOLATED,
        "bad-switched-off": VIOLATED,
        "absent-policy": PASSED,
        "unknown-topic": NOT_EVALUATED,
        "secret-topic": NOT_EVALUATED,
    },
)
def dead_letters() -> None:
    def dead(name: str, *, read: bool = True) -> pulumi.Output[str]:
        topic = pubsub.Topic(f"{name}-topic", name=f"{name}-topic")
        if read:
            _subscription(f"{name}-letters", topic.id)
        return topic.id

    _subscription("good-backlog", "jobs", dead("backlog"))
    alert("on-backlog", promql(f'sum({BACKLOG}{{subscription_id="backlog-letters"}}) > 0'))
    _subscription("good-at-the-source", "jobs", dead("source", read=False))
    dead_count = 'metric.type="pubsub.googleapis.com/subscription/dead_letter_message_count"'
    alert("on-source", threshold(f'{dead_count} AND resource.labels.subscription_id="good-at-the-source"'))
    _subscription("good-on-the-topic", "jobs", dead("on-topic"))
    sent = 'metric.type="pubsub.googleapis.com/topic/send_message_operation_count"'
    alert("on-topic", threshold(f'{sent} AND resource.label.topic_id="on-topic-topic"'))
    _subscription("good-by-pattern", "jobs", dead("pattern"))
    alert("by-pattern", promql(f'max({BACKLOG}{{subscription_id=~"pattern-.*"}}) > 10'))
    _subscription("good-topic-elsewhere-watched-here", "jobs", "projects/central/topics/dead")
    alert("on-far", threshold(f'{dead_count} AND resource.labels.subscription_id = starts_with("good-topic")'))
    _subscription("bad-another-is-watched", "jobs", dead("another"))
    alert("on-another", promql(f'{BACKLOG}{{subscription_id="bad-another-is-watched"}} > 100'))
    _subscription("bad-nobody-subscribes", "jobs", dead("lost", read=False))
    _subscription("bad-switched-off", "jobs", dead("off"))
    alert("on-off", promql(f'{BACKLOG}{{subscription_id="off-letters"}} > 0'), enabled=False)
    _subscription("absent-policy", "jobs")
    _subscription("unknown-topic", "jobs", unknown())
    _subscription("secret-topic", "jobs", pulumi.Output.secret("projects/p/topics/dead"))


@judged(dead_letters_told, {"jobs": PASSED, "others": PASSED})
def good_one_alert_for_all() -> None:
    alert("all", threshold('metric.type="pubsub.googleapis.com/subscription/dead_letter_message_count"'))
    for name in ("jobs", "others"):
        _subscription(name, name, "projects/p/topics/dead")


@judged(dead_letters_told, {"unknown-condition": NOT_EVALUATED})
def unknown_conditions() -> None:
    _subscription("unknown-condition", "jobs", "projects/p/topics/dead")
    alert("some", promql(pulumi.Output.secret("up == 0")))


EXPIRY = 'log_id("certificatemanager.googleapis.com/certificates_expiry") AND jsonPayload.state="CLOSE_TO_EXPIRY"'


def _certificate(name: str) -> None:
    managed = certificatemanager.CertificateManagedArgs(domains=["voice.example.com"])
    certificatemanager.Certificate(name, name=name, managed=managed)


@judged(expiry_told, {"good-log": PASSED, "bad-older-kind-leaves-no-log": VIOLATED})
def watched_by_log() -> None:
    _certificate("good-log")
    compute.ManagedSslCertificate("bad-older-kind-leaves-no-log", name="m")
    alert("expiry", matched(EXPIRY))


@judged(expiry_told, {"good-days-left": PASSED, "good-older-kind": PASSED})
def watched_by_days() -> None:
    _certificate("good-days-left")
    compute.SSLCertificate("good-older-kind", name="m", certificate="…", private_key="…")
    alert("days", promql("monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires < 14"))


@judged(expiry_told, {"bad-only-once-it-has-expired": VIOLATED})
def watched_too_late() -> None:
    _certificate("bad-only-once-it-has-expired")
    alert("expiry", matched(EXPIRY.replace("CLOSE_TO_EXPIRY", "EXPIRED")))


@judged(expiry_told, {"absent-alert": VIOLATED})
def nobody_watches() -> None:
    _certificate("absent-alert")


@judged(expiry_told, {"unknown-condition": NOT_EVALUATED})
def conditions_later() -> None:
    _certificate("unknown-condition")
    monitoring.AlertPolicy(
        "later",
        display_name="later",
        combiner="OR",
        conditions=unknown().apply(lambda _: [matched(EXPIRY)]),
        notification_channels=[CHANNEL],
    )


@judged(expiry_told, {"secret-condition": NOT_EVALUATED})
def conditions_in_secret() -> None:
    _certificate("secret-condition")
    alert("expiry", matched(pulumi.Output.secret(EXPIRY)))


def _host_map(name: str, *hosts: Any, **more: Any) -> None:
    """A URL map that the internet reaches by HTTPS."""
    backend = compute.BackendService(f"backend-of-{name}", name=name)
    rules = [compute.URLMapHostRuleArgs(hosts=[host], path_matcher="all") for host in hosts]
    matcher = compute.URLMapPathMatcherArgs(name="all", default_service=backend.id)
    url_map = compute.URLMap(
        name,
        name=name,
        **{
            "default_service": backend.id,
            "host_rules": rules,
            "path_matchers": [matcher] if rules else None,
            **more,
        },
    )
    proxy = compute.TargetHttpsProxy(f"proxy-of-{name}", name=name, url_map=url_map.id, ssl_certificates=["c"])
    compute.GlobalForwardingRule(f"rule-of-{name}", name=name, target=proxy.id, port_range="443")


def _check(name: str, host: Any) -> monitoring.UptimeCheckConfig:
    return monitoring.UptimeCheckConfig(
        name,
        display_name=name,
        timeout="10s",
        monitored_resource=monitoring.UptimeCheckConfigMonitoredResourceArgs(
            type="uptime_url", labels={"host": host}
        ),
    )


@judged(
    public_host_checked,
    {
        "good-checked": PASSED,
        "good-canary": PASSED,
        "good-wildcard": PASSED,
        "good-redirect": PASSED,
        "good-internal": PASSED,
        "good-any-host": PASSED,
        "bad-one-of-two": VIOLATED,
        "absent-check": VIOLATED,
        "unknown-host": NOT_EVALUATED,
        "secret-host": NOT_EVALUATED,
    },
)
def hosts() -> None:
    _check("check", "voice.example.com")
    _host_map("good-checked", "voice.example.com")
    _host_map("good-canary", "voice.example.com", "canary.voice.example.com")
    _host_map("good-wildcard", "*.example.com")
    to_https = compute.URLMapDefaultUrlRedirectArgs(https_redirect=True, strip_query=False)
    _host_map("good-redirect", default_service=None, default_url_redirect=to_https)
    compute.URLMap("good-internal", name="i", default_service="projects/p/global/backendServices/b")
    _host_map("good-any-host")
    _host_map("bad-one-of-two", "voice.example.com", "admin.example.com")
    _host_map("absent-check", "other.example.org")
    _host_map("unknown-host", unknown())
    _host_map("secret-host", pulumi.Output.secret("voice.example.com"))


@judged(public_host_checked, {"checked-by-what-is-not-known": NOT_EVALUATED})
def checks_later() -> None:
    _check("check", unknown())
    _host_map("checked-by-what-is-not-known", "voice.example.com")


PASSED_METRIC = 'metric.type="monitoring.googleapis.com/uptime_check/check_passed"'


@judged(uptime_check_told, {"good-by-id": PASSED, "absent-alert": VIOLATED})
def checks() -> None:
    check = _check("good-by-id", "voice.example.com")
    filter_ = pulumi.Output.concat(PASSED_METRIC, ' AND metric.labels.check_id="', check.uptime_check_id, '"')
    alert("down", threshold(filter_))
    _check("absent-alert", "other.example.com")


@judged(uptime_check_told, {"good-among-all": PASSED})
def checks_all_told() -> None:
    _check("good-among-all", "voice.example.com")
    alert("down", threshold(PASSED_METRIC))


@judged(uptime_check_told, {"good-by-host": PASSED, "bad-another-host": VIOLATED, "unknown-host": NOT_EVALUATED})
def checks_by_host() -> None:
    _check("good-by-host", "voice.example.com")
    _check("bad-another-host", "other.example.com")
    _check("unknown-host", unknown())
    alert("down", promql('monitoring_googleapis_com:uptime_check_check_passed{host="voice.example.com"} < 1'))


@judged(uptime_check_told, {"unknown-id-in-clear": NOT_EVALUATED})
def checks_by_an_id_in_clear() -> None:
    _check("unknown-id-in-clear", "voice.example.com")
    alert("down", threshold(f'{PASSED_METRIC} AND metric.labels.check_id="voice-4711"'))


@judged(uptime_check_told, {"secret-condition": NOT_EVALUATED})
def checks_in_secret() -> None:
    _check("secret-condition", "voice.example.com")
    alert("down", threshold(pulumi.Output.secret(PASSED_METRIC)))
