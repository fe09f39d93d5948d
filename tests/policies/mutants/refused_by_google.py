"""Edits that a preview accepts, and that Google refuses during `up`."""

from typing import Any

from tests.policies.mutation import UNKNOWN, Draft, mutant

SERVICE = "cloudrunv2/service:Service"
SUBSCRIPTION = "pubsub/subscription:Subscription"
QUEUE = "cloudtasks/queue:Queue"
BACKEND = "compute/backendService:BackendService"
USER = "sql/user:User"
CACHE = "memorystore/instance:Instance"
INSTANCE = "sql/databaseInstance:DatabaseInstance"
ALERT = "monitoring/alertPolicy:AlertPolicy"
CONNECTION_POLICY = "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"


def _template(draft: Draft, name: str) -> dict[str, Any]:
    template: dict[str, Any] = draft.inputs(SERVICE, name)["template"]
    return template


def _resources(draft: Draft, name: str) -> dict[str, Any]:
    resources: dict[str, Any] = _template(draft, name)["containers"][0]["resources"]
    return resources


def _forgets(draft: Draft, type_: str, name: str | None, part: str) -> None:
    """No longer waits for anything whose URN has `part` in it."""
    one = draft.find(type_, name)
    one.dependencies[:] = [urn for urn in one.dependencies if part not in urn]


@mutant("messaging-within-limits", also=("call-outlasts-handler",))
def the_ack_deadline_is_five_seconds(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs")["ackDeadlineSeconds"] = 5


@mutant("messaging-within-limits", stack="staging")
def the_ack_deadline_is_twenty_minutes(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs")["ackDeadlineSeconds"] = 1200


@mutant("messaging-within-limits")
def two_attempts_are_enough(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs")["deadLetterPolicy"]["maxDeliveryAttempts"] = 2


@mutant("messaging-within-limits")
def an_hour_passes_between_attempts(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "activity")["retryPolicy"]["maximumBackoff"] = "3600s"


@mutant("messaging-within-limits")
def dead_letters_are_kept_for_a_year(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs-dead-letter")["messageRetentionDuration"] = "31536000s"


@mutant("messaging-within-limits", stack="staging")
def the_queue_is_faster_than_cloud_tasks(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["rateLimits"]["maxDispatchesPerSecond"] = 1000


@mutant("lb-serverless-backend-plain")
def the_backend_has_a_time_out(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["timeoutSec"] = 3600


@mutant("lb-serverless-backend-plain", stack="staging")
def the_backend_has_a_health_check(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-page")["healthChecks"] = "projects/acme-voice-staging/global/healthChecks/http"


@mutant("lb-serverless-backend-plain")
def the_backend_says_how_full_it_may_get(draft: Draft) -> None:
    draft.inputs(BACKEND, "edge-api")["backends"][0]["maxUtilization"] = 0.8


@mutant("cache-connection-policy-first")
def nothing_lets_the_cache_make_its_endpoints(draft: Draft) -> None:
    draft.drop(CONNECTION_POLICY)


@mutant("cache-connection-policy-first", stack="staging")
def the_connection_policy_is_in_another_region(draft: Draft) -> None:
    draft.inputs(CONNECTION_POLICY)["location"] = "us-central1"


@mutant("cache-connection-policy-first")
def the_connection_policy_is_for_databases(draft: Draft) -> None:
    draft.inputs(CONNECTION_POLICY)["serviceClass"] = "google-cloud-sql"


@mutant("cache-connection-policy-first")
def the_cache_does_not_wait_for_the_connection_policy(draft: Draft) -> None:
    _forgets(draft, CACHE, "cache", "ServiceConnectionPolicy")


@mutant("sql-private-connection-first")
def no_range_is_lent_to_the_database(draft: Draft) -> None:
    draft.drop("servicenetworking/connection:Connection")


@mutant("sql-private-connection-first", stack="staging")
def the_database_does_not_wait_for_its_network(draft: Draft) -> None:
    _forgets(draft, INSTANCE, "postgres", "servicenetworking")


@mutant("sql-private-connection-first")
def the_primary_does_not_wait_for_its_network(draft: Draft) -> None:
    _forgets(draft, INSTANCE, "postgres", "servicenetworking")


@mutant("sql-iam-user-name")
def the_database_user_is_called_by_its_whole_e_mail(draft: Draft) -> None:
    draft.inputs(USER, "api-postgres-user")["name"] = "voicestack-api@acme-voice-prod.iam.gserviceaccount.com"


@mutant("sql-iam-user-name", stack="staging")
def the_database_user_is_called_by_its_service(draft: Draft) -> None:
    draft.inputs(USER, "worker-postgres-user")["name"] = "worker"


@mutant("sql-iam-user-name")
def the_project_has_a_long_name(draft: Draft) -> None:
    draft.inputs(USER, "worker-postgres-user")["name"] = f"voicestack-transcription-worker@{'p' * 30}.iam"


@mutant("run-size-accepted")
def the_api_has_half_a_cpu(draft: Draft) -> None:
    _resources(draft, "api")["limits"]["cpu"] = "500m"


@mutant("run-size-accepted", stack="staging")
def the_worker_has_much_memory(draft: Draft) -> None:
    _resources(draft, "worker")["limits"]["memory"] = "8Gi"


@mutant("run-size-accepted")
def the_worker_has_three_cpus(draft: Draft) -> None:
    _resources(draft, "worker")["limits"]["cpu"] = "3"


@mutant("run-size-accepted")
def the_frontend_has_little_memory(draft: Draft) -> None:
    _resources(draft, "frontend")["limits"]["memory"] = "256Mi"


@mutant("run-name-fits-its-address")
def a_tag_is_as_long_as_a_branch(draft: Draft) -> None:
    traffic = draft.inputs(SERVICE, "api")["traffics"]
    traffic.append({"tag": "feature-new-voice-for-the-assistant", "percent": 0, "revision": UNKNOWN})


@mutant("run-name-fits-its-address", stack="staging")
def a_tag_is_as_long_as_a_release(draft: Draft) -> None:
    traffic = draft.inputs(SERVICE, "worker")["traffics"]
    traffic.append({"tag": f"release-{'9' * 30}", "percent": 0, "revision": UNKNOWN})


@mutant("alert-metric-may-be-missing")
def the_budget_of_tokens_is_checked_when_it_is_made(draft: Draft) -> None:
    condition = draft.inputs(ALERT, "application-tokens")["conditions"][0]
    condition["conditionPrometheusQueryLanguage"]["disableMetricValidation"] = False


@mutant("alert-metric-may-be-missing", stack="staging")
def audit_alerts_say_nothing_of_validation(draft: Draft) -> None:
    condition = draft.inputs(ALERT, "audit-changes")["conditions"][0]
    del condition["conditionPrometheusQueryLanguage"]["disableMetricValidation"]


@mutant("alert-metric-may-be-missing")
def an_alert_has_a_threshold_on_a_custom_metric(draft: Draft) -> None:
    draft.inputs(ALERT, "api-errors")["conditions"].append(
        {
            "displayName": "calls",
            "conditionThreshold": {
                "filter": 'metric.type="custom.googleapis.com/voice/calls" AND resource.type="global"',
                "comparison": "COMPARISON_GT",
                "thresholdValue": 5,
                "duration": "0s",
            },
        }
    )


@mutant("run-waits-for-secret-version")
def the_api_does_not_wait_for_its_key(draft: Draft) -> None:
    _without_the_version(draft)


@mutant("run-waits-for-secret-version", stack="staging")
def the_api_of_staging_does_not_wait_for_its_key(draft: Draft) -> None:
    _without_the_version(draft)


@mutant("run-waits-for-secret-version")
def the_worker_mounts_what_the_api_generates(draft: Draft) -> None:
    version = draft.find("secretmanager/secretVersion:SecretVersion")
    source = {"secretKeyRef": {"secret": "voicestack-prod-jwt-signing-key", "version": "1"}}
    _template(draft, "worker")["containers"][0]["envs"].append({"name": "KEY", "valueSource": source})
    worker = draft.find(SERVICE, "worker")
    assert version.urn not in worker.dependencies


def _without_the_version(draft: Draft) -> None:
    version = draft.find("secretmanager/secretVersion:SecretVersion").urn
    for one in draft.all("secretmanager/secretIamMember:SecretIamMember"):
        one.dependencies[:] = [urn for urn in one.dependencies if urn != version]
    _forgets(draft, SERVICE, "api", "secretVersion:SecretVersion")


def _job(draft: Draft, **given: Any) -> None:
    target = {"topicName": "projects/acme-voice-prod/topics/voicestack-prod-jobs", "data": "e30="}
    inputs = {"name": "nightly", "schedule": "0 3 * * *", "pubsubTarget": target, "retryConfig": {"retryCount": 3}}
    draft.add("cloudscheduler/job:Job", "nightly", {**inputs, **given})


@mutant("schedule-readable")
def a_schedule_has_seconds(draft: Draft) -> None:
    _job(draft, schedule="0 0 3 * * *")


@mutant("schedule-readable", stack="staging")
def a_schedule_is_in_the_time_of_a_city(draft: Draft) -> None:
    _job(draft, timeZone="Amsterdam")


@mutant("schedule-readable")
def a_schedule_is_for_hour_24(draft: Draft) -> None:
    _job(draft, schedule="0 24 * * *")


@mutant("call-target-has-its-address")
def the_worker_loses_the_address_that_is_pushed_to(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["defaultUriDisabled"] = True


@mutant("call-target-has-its-address", stack="staging")
def the_worker_of_staging_loses_its_address(draft: Draft) -> None:
    draft.inputs(SERVICE, "worker")["defaultUriDisabled"] = True


@mutant("api-on-first")
def nobody_turns_on_cloud_tasks(draft: Draft) -> None:
    draft.drop("projects/service:Service", "project-cloudtasks")


@mutant("api-on-first", stack="staging")
def nobody_turns_on_memorystore(draft: Draft) -> None:
    draft.drop("projects/service:Service", "project-memorystore")


@mutant("api-on-first")
def the_schema_does_not_wait_for_pubsub(draft: Draft) -> None:
    draft.find("pubsub/schema:Schema").dependencies.clear()


def _provider(draft: Draft) -> dict[str, Any]:
    inputs: dict[str, Any] = draft.find("pulumi:providers:gcp").inputs
    return inputs


@mutant("budget-provider-names-quota-project")
def the_provider_charges_nobody(draft: Draft) -> None:
    del _provider(draft)["userProjectOverride"]


@mutant("budget-provider-names-quota-project", stack="staging")
def the_provider_charges_whoever_is_logged_in(draft: Draft) -> None:
    _provider(draft)["userProjectOverride"] = "false"


@mutant("budget-provider-names-quota-project")
def the_provider_names_no_project_to_charge(draft: Draft) -> None:
    del _provider(draft)["billingProject"]
