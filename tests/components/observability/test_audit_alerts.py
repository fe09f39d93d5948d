"""Administrative changes: each of CIS's eight is counted, told, and says who."""

from __future__ import annotations

import re

import pytest

from components.component import Environment
from components.observability.alerting import Alerting
from components.observability.audit_alerts import AuditAlerts
from components.observability.log_archive import Lock, LogArchive
from tests.components.harness import Registered, of_type, plan_of

METRIC = "gcp:logging/metric:Metric"


@pytest.fixture(scope="module")
def plan() -> list[Registered]:
    def program(env: Environment) -> None:
        alerting = Alerting("alerting", env=env, emails=["oncall@acme.example"])
        archive = LogArchive("logs", env=env, retention_days=400, lock=Lock.LOCKED)
        AuditAlerts("audit", env=env, archive=archive, alerts=alerting.routing)

    return plan_of(program)


@pytest.mark.parametrize(
    "needed",
    [
        "ProjectOwnership OR projectOwnerInvitee",
        "auditConfigDeltas:*",
        "google.iam.admin.v1.CreateRole",
        "compute.firewalls.patch",
        "compute.routes.delete",
        "compute.networks.removePeering",
        "storage.setIamPermissions",
        "cloudsql.instances.update",
    ],
)
def test_each_change_that_cis_names_is_counted(plan: list[Registered], needed: str) -> None:
    assert [one for one in of_type(plan, METRIC) if needed in one.inputs["filter"]], (
        f"no log metric has '{needed}' in its filter: CIS 2.4 to 2.11 ask for it"
    )


def test_every_count_is_watched_by_an_alert_and_says_who(plan: list[Registered]) -> None:
    watched: set[str] = set()
    for policy in of_type(plan, "gcp:monitoring/alertPolicy:AlertPolicy"):
        (condition,) = policy.inputs["conditions"]
        query = condition["conditionPrometheusQueryLanguage"]["query"]
        watched |= set(re.findall(r"user_(\w+)\{", query))
        assert query.count("sum by (principal)") == query.count("increase(")
    counted = {one.inputs["name"].replace("-", "_") for one in of_type(plan, METRIC)}
    assert counted == watched
    assert len(counted) == 8


def test_counts_are_of_the_archives_bucket_so_promql_knows_their_resource(plan: list[Registered]) -> None:
    bucket = "projects/acme-voice-prod/locations/europe-west1/buckets/voicestack-prod-logs"
    assert {one.inputs["bucketName"] for one in of_type(plan, METRIC)} == {bucket}
    for policy in of_type(plan, "gcp:monitoring/alertPolicy:AlertPolicy"):
        query = policy.inputs["conditions"][0]["conditionPrometheusQueryLanguage"]["query"]
        assert query.count('{monitored_resource="logging_bucket"}') == query.count("increase(")


def test_new_owners_and_less_audit_wake_somebody_and_deployments_do_not(plan: list[Registered]) -> None:
    severities = {
        one.name: one.inputs["severity"] for one in of_type(plan, "gcp:monitoring/alertPolicy:AlertPolicy")
    }
    assert severities == {"audit-grave": "CRITICAL", "audit-changes": "WARNING"}
