"""Edits after which nobody is told of changes, or finds what the project held."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

ALERT = "monitoring/alertPolicy:AlertPolicy"
METRIC = "logging/metric:Metric"


def _query(draft: Draft, alert: str) -> dict[str, Any]:
    (condition,) = draft.inputs(ALERT, alert)["conditions"]
    query: dict[str, Any] = condition["conditionPrometheusQueryLanguage"]
    return query


@mutant("admin-changes-told")
def grave_changes_are_not_told(draft: Draft) -> None:
    draft.drop(ALERT, "audit-grave")
    for metric in ("owner-changes", "audit-config-changes"):
        draft.drop(METRIC, metric)


@mutant("admin-changes-told", stack="staging", also=("log-metric-read",))
def changes_are_counted_and_not_told(draft: Draft) -> None:
    draft.drop(ALERT, "audit-changes")


@mutant("admin-changes-told", also=("log-metric-read",))
def one_change_is_left_out_of_the_alert(draft: Draft) -> None:
    query = _query(draft, "audit-changes")
    query["query"] = query["query"].replace("route_changes", "root_changes")


@mutant("admin-changes-told")
def the_filter_catches_nothing(draft: Draft) -> None:
    metric = draft.inputs(METRIC, "firewall-changes")
    metric["filter"] = metric["filter"].replace("gce_firewall_rule", "gce_firewall")


@mutant("admin-changes-told", stack="staging")
def the_filter_asks_for_both_at_once(draft: Draft) -> None:
    metric = draft.inputs(METRIC, "route-changes")
    metric["filter"] = metric["filter"].replace(" OR ", " AND ")


@mutant("admin-changes-told")
def the_filter_leaves_one_method_out(draft: Draft) -> None:
    metric = draft.inputs(METRIC, "network-changes")
    metric["filter"] = metric["filter"].replace(
        "compute.networks.removePeering", "compute.networks.listPeeringRoutes"
    )


@mutant("admin-changes-told")
def owners_are_told_of_from_ten_changes_on(draft: Draft) -> None:
    query = _query(draft, "audit-grave")
    query["query"] = query["query"].replace("> 0", "> 10", 1)


@mutant("admin-changes-told")
def a_metric_is_switched_off(draft: Draft) -> None:
    draft.inputs(METRIC, "sql-changes")["disabled"] = True


@mutant("log-metric-read")
def a_metric_is_counted_for_nobody(draft: Draft) -> None:
    draft.add(
        METRIC, "logins", {"name": "logins", "filter": 'jsonPayload.event="login"', "project": "acme-voice-prod"}
    )


@mutant("log-metric-read", stack="staging")
def the_tokens_alert_reads_another_name(draft: Draft) -> None:
    metric = draft.inputs(METRIC, "llm-tokens")
    metric["name"] = "voicestack-staging-model-tokens"


# Incidents.


def _inventory(draft: Draft) -> None:
    for service in draft.all("projects/service:Service"):
        if service.inputs["service"] == "cloudasset.googleapis.com":
            draft.drop("projects/service:Service", service.name)


@mutant("asset-inventory-on")
def the_inventory_is_off(draft: Draft) -> None:
    _inventory(draft)


@mutant("asset-inventory-on", stack="staging")
def the_inventory_of_staging_is_off(draft: Draft) -> None:
    _inventory(draft)


@mutant("security-contact-named")
def google_knows_nobody(draft: Draft) -> None:
    draft.drop("Contact")


@mutant("security-contact-named")
def google_writes_about_security_alone(draft: Draft) -> None:
    draft.inputs("Contact")["notificationCategorySubscriptions"] = ["SECURITY"]


@mutant("security-contact-named", stack="staging")
def google_writes_about_bills_alone(draft: Draft) -> None:
    draft.inputs("Contact")["notificationCategorySubscriptions"] = ["BILLING"]
