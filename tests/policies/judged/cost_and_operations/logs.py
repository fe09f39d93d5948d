"""Changes of a project that somebody is told of, however the filters are written; and metrics that nobody
reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
from pulumi_gcp import logging, monitoring, pubsub, sql

from policies.cost_and_operations.logs.admin_changes import admin_changes_told
from policies.cost_and_operations.logs.unused_metric import metric_read
from tests.policies.alert_conditions import alert, matched, promql, threshold
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

_DELTA = "protoPayload.serviceData.policyDelta"
# The benchmark's own words (2.4 to 2.11 of 4.0.0), line breaks included.
CIS = {
    "owners": f"""(protoPayload.serviceName="cloudresourcemanager.googleapis.com")
        AND (ProjectOwnership OR projectOwnerInvitee)
        OR ({_DELTA}.bindingDeltas.action="REMOVE" AND {_DELTA}.bindingDeltas.role="roles/owner")
        OR ({_DELTA}.bindingDeltas.action="ADD" AND {_DELTA}.bindingDeltas.role="roles/owner")""",
    "audit": f'protoPayload.methodName="SetIamPolicy" AND {_DELTA}.auditConfigDeltas:*',
    "roles": """resource.type="iam_role" AND (protoPayload.methodName="google.iam.admin.v1.CreateRole" OR
        protoPayload.methodName="google.iam.admin.v1.DeleteRole" OR
        protoPayload.methodName="google.iam.admin.v1.UpdateRole")""",
    "firewall": """resource.type="gce_firewall_rule" AND (protoPayload.methodName:"compute.firewalls.patch" OR
        protoPayload.methodName:"compute.firewalls.insert" OR
        protoPayload.methodName:"compute.firewalls.delete")""",
    "routes": """resource.type="gce_route" AND (protoPayload.methodName:"compute.routes.delete" OR
        protoPayload.methodName:"compute.routes.insert")""",
    "networks": """resource.type="gce_network" AND (protoPayload.methodName:"compute.networks.insert" OR
        protoPayload.methodName:"compute.networks.patch" OR protoPayload.methodName:"compute.networks.delete" OR
        protoPayload.methodName:"compute.networks.removePeering" OR
        protoPayload.methodName:"compute.networks.addPeering")""",
    "buckets": 'resource.type="gcs_bucket" AND protoPayload.methodName="storage.setIamPermissions"',
    "databases": 'protoPayload.methodName="cloudsql.instances.update"',
}
Told = Callable[[str, str], None]


def _by_threshold(name: str, filter_: str) -> None:
    """As the benchmark has it: a metric, and a threshold of zero."""
    logging.Metric(f"metric-{name}", name=name, filter=filter_)
    alert(name, threshold(f'metric.type="logging.googleapis.com/user/{name}"'))


def _by_entry(name: str, filter_: str) -> None:
    alert(name, matched(filter_))


def _all(told: Told, **changed: str) -> None:
    sql.DatabaseInstance("db", name="db", database_version="POSTGRES_17", region="europe-west1")
    for name, filter_ in {**CIS, **changed}.items():
        if filter_:
            told(name, filter_)


@judged(admin_changes_told, {"stack": PASSED})
def good_as_the_benchmark_writes() -> None:
    _all(_by_threshold)


@judged(admin_changes_told, {"stack": PASSED})
def good_by_the_entries_themselves() -> None:
    _all(_by_entry)


@judged(admin_changes_told, {"stack": PASSED})
def good_all_in_one() -> None:
    """One metric and one alert for everything, the other way round and more briefly."""
    every = " OR ".join(f"({' '.join(filter_.split())})" for filter_ in CIS.values())
    logging.Metric("metric", name="changes/all", filter=f'logName:"cloudaudit.googleapis.com" AND ({every})')
    sql.DatabaseInstance("db", name="db", database_version="POSTGRES_17", region="europe-west1")
    alert("all", promql("sum(increase(logging_googleapis_com:user_changes_all[10m])) > 0"))


@judged(admin_changes_told, {"stack": PASSED})
def good_written_otherwise() -> None:
    activity = 'log_id("cloudaudit.googleapis.com/activity")'
    firewall = activity + ' protoPayload.methodName=~"firewalls\\\\.(insert|patch|delete)"'
    roles = activity + ' protoPayload.methodName:("iam.admin.v1.CreateRole" OR "UpdateRole" OR "DeleteRole")'
    audit = f"{_DELTA}.auditConfigDeltas.action:*"
    _all(_by_threshold, firewall=firewall, roles=roles, audit=audit, buckets='"storage.setIamPermissions"')


@judged(admin_changes_told, {"stack": PASSED})
def good_no_database_to_watch() -> None:
    for name, filter_ in CIS.items():
        if name != "databases":
            _by_threshold(name, filter_)


@judged(admin_changes_told, {"stack": VIOLATED})
def absent_alerts() -> None:
    """Metrics alone tell nobody."""
    for name, filter_ in CIS.items():
        logging.Metric(f"metric-{name}", name=name, filter=filter_)


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_one_kind_is_missing() -> None:
    _all(_by_threshold, routes="")


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_filter_with_a_version_misses_the_other() -> None:
    exact = 'protoPayload.methodName=("v1.compute.routes.insert" OR "v1.compute.routes.delete")'
    _all(_by_threshold, routes=exact)


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_words_of_an_older_benchmark() -> None:
    """Entries of this kind are no longer written: the text has the right words and catches nothing."""
    old = 'resource.type="gce_firewall_rule" AND jsonPayload.event_subtype="compute.firewalls.insert"'
    _all(_by_threshold, firewall=old)


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_filter_that_contradicts_itself() -> None:
    _all(_by_entry, networks=CIS["networks"] + ' AND NOT protoPayload.methodName:"compute.networks"')


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_alert_switched_off() -> None:
    _all(_by_threshold, audit="")
    logging.Metric("metric-audit", name="audit", filter=CIS["audit"])
    alert("audit", threshold('metric.type="logging.googleapis.com/user/audit"'), enabled=False)


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_metric_switched_off() -> None:
    _all(_by_threshold, owners="")
    logging.Metric("metric-owners", name="owners", filter=CIS["owners"], disabled=True)
    alert("owners", threshold('metric.type="logging.googleapis.com/user/owners"'))


@judged(admin_changes_told, {"stack": VIOLATED})
def bad_threshold_that_one_change_does_not_reach() -> None:
    _all(_by_threshold, owners="")
    logging.Metric("metric-owners", name="owners", filter=CIS["owners"])
    alert("owners", threshold('metric.type="logging.googleapis.com/user/owners"', above=10))


@judged(admin_changes_told, {"stack": NOT_EVALUATED})
def unknown_filters() -> None:
    _all(_by_threshold, owners="")
    logging.Metric("metric-owners", name="owners", filter=unknown())
    alert("owners", threshold('metric.type="logging.googleapis.com/user/owners"'))


@judged(admin_changes_told, {"stack": NOT_EVALUATED})
def unknown_function_in_a_filter() -> None:
    _all(_by_entry, buckets=CIS["buckets"] + " AND sample(insertId, 0.5)")


@judged(admin_changes_told, {"stack": NOT_EVALUATED})
def secret_filters() -> None:
    _all(_by_entry, buckets="")
    alert("buckets", matched(pulumi.Output.secret(CIS["buckets"])))


def _metric(name: str, *, called: Any = None, **more: Any) -> logging.Metric:
    return logging.Metric(name, name=name if called is None else called, filter="severity>=ERROR", **more)


def _dashboard(name: str, query: Any) -> None:
    widget = {"xyChart": {"dataSets": [{"timeSeriesQuery": {"prometheusQuery": query}}]}}
    monitoring.Dashboard(name, dashboard_json=json.dumps({"displayName": name, "widgets": [widget]}))


@judged(
    metric_read,
    {
        "good-alert": PASSED,
        "good-dashboard": PASSED,
        "good-mean-of-a-distribution": PASSED,
        "good-objective": PASSED,
        "good-switched-off": PASSED,
        "bad-forgotten": VIOLATED,
        "bad-name-that-begins-alike": VIOLATED,
        "absent-reader": VIOLATED,
        "unknown-name": NOT_EVALUATED,
        "secret-name": NOT_EVALUATED,
    },
)
def metrics() -> None:
    _metric("good-alert")
    alert("on-it", promql("logging_googleapis_com:user_good_alert > 1000"))
    _metric("good-dashboard")
    _dashboard("shown", "sum(logging_googleapis_com:user_good_dashboard)")
    _metric("good-mean-of-a-distribution")
    _dashboard("mean", "logging_googleapis_com:user_good_mean_of_a_distribution_sum")
    _metric("good-objective")
    ratio = monitoring.SloRequestBasedSliGoodTotalRatioArgs(
        good_service_filter='metric.type="logging.googleapis.com/user/good-objective"', total_service_filter="x"
    )
    monitoring.Slo(
        "slo", service="s", goal=0.9, request_based_sli=monitoring.SloRequestBasedSliArgs(good_total_ratio=ratio)
    )
    _metric("good-switched-off", disabled=True)
    _metric("bad-forgotten")
    _metric("bad-name-that-begins-alike")
    _dashboard("longer", "logging_googleapis_com:user_bad_name_that_begins_alike_2")
    _metric("absent-reader")
    _metric("unknown-name", called=unknown())
    _metric("secret-name", called=pulumi.Output.secret("secret-name"))


@judged(metric_read, {"good-by-reference": PASSED, "unknown-dashboards": NOT_EVALUATED})
def dashboards_later() -> None:
    by_reference = _metric("good-by-reference", called=unknown("name"))
    alert(
        "refers", promql(pulumi.Output.concat("rate(logging_googleapis_com:user_", by_reference.name, "[5m]) > 0"))
    )
    _metric("unknown-dashboards")
    monitoring.Dashboard("later", dashboard_json=pulumi.Output.secret("{}"))
    pubsub.Topic("another", name="another")
