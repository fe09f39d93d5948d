"""Edits after which nobody is told of what fails: of errors, of dead letters, of an end that is near."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

ALERT = "monitoring/alertPolicy:AlertPolicy"
CHANNEL = "monitoring/notificationChannel:NotificationChannel"
CHECK = "monitoring/uptimeCheckConfig:UptimeCheckConfig"


def _query(draft: Draft, alert: str) -> dict[str, Any]:
    (condition,) = draft.inputs(ALERT, alert)["conditions"]
    query: dict[str, Any] = condition["conditionPrometheusQueryLanguage"]
    return query


def _silence(draft: Draft, alert: str) -> None:
    """Takes one alert's channels away."""
    found = draft.find(ALERT, alert)
    found.inputs["notificationChannels"] = []
    found.propertyDependencies.pop("notificationChannels", None)


# Delivery.


@mutant("alert-tells-somebody")
def an_alert_tells_nobody(draft: Draft) -> None:
    _silence(draft, "api-errors")


@mutant("alert-tells-somebody", stack="staging")
def an_alert_has_no_list_of_channels(draft: Draft) -> None:
    alert = draft.find(ALERT, "postgres-strain")
    del alert.inputs["notificationChannels"]
    alert.propertyDependencies.pop("notificationChannels")


@mutant("alert-tells-somebody")
def an_alert_is_switched_off(draft: Draft) -> None:
    draft.inputs(ALERT, "postgres-strain")["enabled"] = False


@mutant("alert-tells-somebody", also=("notification-channel-works", "alerts-exist"))
def the_only_channel_is_switched_off(draft: Draft) -> None:
    for channel in draft.all("NotificationChannel"):
        channel.inputs["enabled"] = False


_WATCHING = (
    "admin-changes-told",
    "certificate-expiry-told",
    "dead-letters-told",
    "public-service-errors-told",
    "uptime-check-told",
)
"""What else is told of where every alert is gone or off."""


@mutant("alerts-exist", also=(*_WATCHING, "log-metric-read"))
def every_alert_is_removed(draft: Draft) -> None:
    for alert in draft.all("AlertPolicy"):
        draft.drop("AlertPolicy", alert.name)


@mutant("alerts-exist", stack="staging", also=("alert-tells-somebody",))
def every_alert_is_silent(draft: Draft) -> None:
    for alert in draft.all("AlertPolicy"):
        _silence(draft, alert.name)


@mutant("alerts-exist", also=("alert-tells-somebody", *_WATCHING, "log-metric-read"))
def every_alert_is_switched_off(draft: Draft) -> None:
    for alert in draft.all("AlertPolicy"):
        alert.inputs["enabled"] = False


def _channel(draft: Draft) -> dict[str, Any]:
    (channel,) = draft.all("NotificationChannel")
    return channel.inputs


@mutant("notification-channel-works")
def the_channel_has_no_address(draft: Draft) -> None:
    del _channel(draft)["labels"]


@mutant("notification-channel-works", stack="staging")
def the_address_is_a_name(draft: Draft) -> None:
    _channel(draft)["labels"]["email_address"] = "platform"


@mutant("notification-channel-works")
def alerts_go_to_a_service_that_has_ended(draft: Draft) -> None:
    draft.add(CHANNEL, "chat", {"type": "hipchat", "labels": {"room": "voice"}})


@mutant("notification-channel-works")
def alerts_go_in_clear(draft: Draft) -> None:
    draft.add(CHANNEL, "hook", {"type": "webhook_tokenauth", "labels": {"url": "http://hooks.example.com/x"}})


@mutant("notification-channel-key-secret")
def the_pagers_key_is_a_label(draft: Draft) -> None:
    draft.add(CHANNEL, "pager", {"type": "pagerduty", "labels": {"service_key": "0123456789"}})


@mutant("notification-channel-key-secret", stack="staging")
def the_pagers_key_is_not_marked(draft: Draft) -> None:
    draft.add(CHANNEL, "pager", {"type": "pagerduty", "sensitiveLabels": {"serviceKey": "0123456789"}})


# What fails.


@mutant("public-service-errors-told")
def the_pages_errors_are_not_watched(draft: Draft) -> None:
    draft.drop(ALERT, "frontend-errors")


@mutant("public-service-errors-told", stack="staging")
def the_alert_on_errors_reads_every_answer(draft: Draft) -> None:
    query = _query(draft, "frontend-errors")
    query["query"] = query["query"].replace(',response_code_class="5xx"', "")


@mutant("public-service-errors-told")
def the_alert_on_errors_is_of_another_service(draft: Draft) -> None:
    query = _query(draft, "frontend-errors")
    query["query"] = query["query"].replace("voicestack-prod-frontend", "voicestack-prod-worker")


@mutant("public-service-errors-told")
def the_api_promises_latency_alone(draft: Draft) -> None:
    draft.drop(ALERT, "api-errors")
    for alert in ("api-level-availability-fast", "api-level-availability-slow"):
        draft.drop(ALERT, alert)


@mutant("dead-letters-told")
def dead_letters_of_jobs_are_not_watched(draft: Draft) -> None:
    draft.drop(ALERT, "jobs-dead-letter-arrived")


@mutant("dead-letters-told", stack="staging")
def the_alert_on_dead_letters_is_of_the_living(draft: Draft) -> None:
    query = _query(draft, "activity-dead-letter-arrived")
    query["query"] = query["query"].replace("-activity-dead-letter", "-activity")


@mutant("dead-letters-told", also=("alert-tells-somebody",))
def the_alert_on_dead_letters_is_switched_off(draft: Draft) -> None:
    draft.inputs(ALERT, "jobs-dead-letter-arrived")["enabled"] = False


@mutant("certificate-expiry-told")
def the_certificate_expires_unseen(draft: Draft) -> None:
    draft.drop(ALERT, "edge-expiry")


@mutant("certificate-expiry-told", stack="staging")
def the_certificate_is_told_of_once_it_has_expired(draft: Draft) -> None:
    (condition,) = draft.inputs(ALERT, "edge-expiry")["conditions"]
    entry = condition["conditionMatchedLog"]
    entry["filter"] = entry["filter"].replace('("CLOSE_TO_EXPIRY" OR "EXPIRED")', '"EXPIRED"')


@mutant("certificate-expiry-told")
def another_log_is_watched_for_certificates(draft: Draft) -> None:
    (condition,) = draft.inputs(ALERT, "edge-expiry")["conditions"]
    entry = condition["conditionMatchedLog"]
    entry["filter"] = entry["filter"].replace("certificates_expiry", "certificates_issuance")


@mutant("public-host-checked")
def nobody_asks_from_outside(draft: Draft) -> None:
    draft.drop(CHECK, "public")
    draft.drop(ALERT, "public-down")


@mutant("public-host-checked", stack="staging")
def another_host_is_asked(draft: Draft) -> None:
    draft.inputs(CHECK, "public")["monitoredResource"]["labels"]["host"] = "www.example.com"


@mutant("public-host-checked")
def a_second_host_is_not_asked(draft: Draft) -> None:
    draft.inputs("compute/uRLMap:URLMap", "edge")["hostRules"][0]["hosts"].append("admin.example.com")


@mutant("uptime-check-told")
def nobody_is_told_that_it_is_down(draft: Draft) -> None:
    draft.drop(ALERT, "public-down")


@mutant("uptime-check-told", stack="staging", also=("alert-tells-somebody",))
def the_alert_on_the_check_is_switched_off(draft: Draft) -> None:
    draft.inputs(ALERT, "public-down")["enabled"] = False
