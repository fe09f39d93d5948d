"""Workloads as they start, stay alive, and can or cannot be lost."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.cloud_run.deletion import deletion_protected
from policies.reliability.cloud_run.generation import second_generation
from policies.reliability.cloud_run.limits import within_limits
from policies.reliability.cloud_run.probes import health_checked, liveness_probe, startup_probe
from policies.reliability.cloud_run.reserved_path import no_reserved_path
from tests.policies.databases import disposable
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, container, function, function_v1, job, pool, service, service_v1


def _runs(**given: Any) -> dict[str, Any]:
    """A template with one container."""
    return {"containers": [container(**given)]}


@judged(
    deletion_protected,
    {
        "good-protected": PASSED,
        "good-prevented": PASSED,
        "good-by-the-engine": PASSED,
        "good-job": PASSED,
        "good-pool": PASSED,
        "good-v1": PASSED,
        "good-function": PASSED,
        "bad-open": VIOLATED,
        "bad-job": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-v1": VIOLATED,
        "absent-means-protected": PASSED,
        "absent-v1-means-open": VIOLATED,
        "absent-function-means-open": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-flag-of-what-is-prevented": PASSED,
        "secret-flag": NOT_EVALUATED,
    },
)
def guards() -> None:
    service("good-protected", deletion_protection=True)
    service("good-prevented", deletion_protection=False, deletion_policy="PREVENT")
    guarded = pulumi.ResourceOptions(protect=True)
    service("good-by-the-engine", deletion_protection=False, opts=guarded)
    job("good-job", deletion_protection=True)
    pool("good-pool", deletion_protection=True)
    service_v1("good-v1", opts=guarded)
    function("good-function", deletion_policy="PREVENT")
    service("bad-open", deletion_protection=False)
    job("bad-job", deletion_protection=False)
    pool("bad-pool", deletion_protection=False)
    service_v1("bad-v1", deletion_policy="DELETE")
    service("absent-means-protected")
    service_v1("absent-v1-means-open")
    function("absent-function-means-open")
    service("unknown-flag", deletion_protection=unknown("a").apply(bool))
    service(
        "unknown-flag-of-what-is-prevented",
        deletion_protection=unknown("b").apply(bool),
        deletion_policy="PREVENT",
    )
    service("secret-flag", deletion_protection=pulumi.Output.secret(True))


@judged(deletion_protected, {"open-in-a-disposable-stack": PASSED})
def good_disposable() -> None:
    disposable()
    service("open-in-a-disposable-stack", deletion_protection=False)


ASKS = {"http_get": {"path": "/health"}}


@judged(
    startup_probe,
    {
        "good-http": PASSED,
        "good-grpc": PASSED,
        "good-v1": PASSED,
        "good-beside-a-helper-without-one": PASSED,
        "good-just-long-enough": PASSED,
        "bad-tcp": VIOLATED,
        "bad-too-short": VIOLATED,
        "bad-path": VIOLATED,
        "bad-serving-container": VIOLATED,
        "absent-probe": VIOLATED,
        "absent-v1-probe": VIOLATED,
        "unknown-threshold": NOT_EVALUATED,
        "unknown-template": NOT_EVALUATED,
        "secret-probe": NOT_EVALUATED,
    },
)
def starts() -> None:
    service("good-http", _runs(startup_probe=ASKS))
    service("good-grpc", _runs(startup_probe={"grpc": {"port": 8080}}))
    service_v1("good-v1", _runs(startup_probe=ASKS))
    serving = container(name="app", ports={"container_port": 8080}, startup_probe=ASKS)
    service("good-beside-a-helper-without-one", {"containers": [container(name="proxy"), serving]})
    second = {**ASKS, "period_seconds": 1, "timeout_seconds": 1}
    service("good-just-long-enough", _runs(startup_probe={**second, "failure_threshold": 30}))
    service("bad-tcp", _runs(startup_probe={"tcp_socket": {"port": 8080}}))
    service("bad-too-short", _runs(startup_probe={**second, "failure_threshold": 3}))
    service("bad-path", _runs(startup_probe={"http_get": {"path": "/healthz"}}))
    dumb = container(name="app", ports={"container_port": 8080})
    service("bad-serving-container", {"containers": [container(name="proxy", startup_probe=ASKS), dumb]})
    service("absent-probe")
    service_v1("absent-v1-probe")
    threshold = unknown("a").apply(int)
    service("unknown-threshold", _runs(startup_probe={**second, "failure_threshold": threshold}))
    made: Any = unknown("b").apply(lambda _: {"containers": [container()]})
    gcp.cloudrunv2.Service("unknown-template", name="u", location=PLACE, template=made)
    service("secret-probe", _runs(startup_probe=pulumi.Output.secret(ASKS)))


@judged(
    liveness_probe,
    {
        "good-http": PASSED,
        "good-v1": PASSED,
        "good-beside-a-helper-without-one": PASSED,
        "bad-empty": VIOLATED,
        "absent-probe": VIOLATED,
        "absent-v1-probe": VIOLATED,
        "unknown-probe": NOT_EVALUATED,
        "secret-probe": PASSED,
    },
)
def hangs() -> None:
    service("good-http", _runs(liveness_probe=ASKS))
    service_v1("good-v1", _runs(liveness_probe=ASKS))
    serving = container(name="app", ports={"container_port": 8080}, liveness_probe=ASKS)
    service("good-beside-a-helper-without-one", {"containers": [container(name="proxy"), serving]})
    service("bad-empty", _runs(liveness_probe={}))
    service("absent-probe")
    service_v1("absent-v1-probe")
    service("unknown-probe", _runs(liveness_probe=unknown().apply(lambda _: ASKS)))
    service("secret-probe", _runs(liveness_probe=pulumi.Output.secret(ASKS)))


@judged(
    health_checked,
    {
        "good-checked": PASSED,
        "absent-means-checked": PASSED,
        "absent-v1-means-checked": PASSED,
        "bad-unchecked": VIOLATED,
        "bad-v1-unchecked": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-flag": NOT_EVALUATED,
    },
)
def releases() -> None:
    service("good-checked", {"health_check_disabled": False})
    service("absent-means-checked")
    service_v1("absent-v1-means-checked")
    service("bad-unchecked", {"health_check_disabled": True})
    service_v1("bad-v1-unchecked", revision_notes={"run.googleapis.com/health-check-disabled": "true"})
    service("unknown-flag", {"health_check_disabled": unknown().apply(bool)})
    service("secret-flag", {"health_check_disabled": pulumi.Output.secret(False)})


URL = "https://voice-123456789012.europe-west1.run.app"


def _pushed(name: str, endpoint: Any) -> None:
    push: Any = None if endpoint is None else {"push_endpoint": endpoint}
    gcp.pubsub.Subscription(name, name=name, topic="jobs", push_config=push)


def _checked(name: str, path: Any) -> None:
    gcp.monitoring.UptimeCheckConfig(
        name,
        display_name=name,
        timeout="10s",
        http_check={"path": path},
        monitored_resource={"type": "uptime_url", "labels": {"host": "voice.example.com"}},
    )


@judged(
    no_reserved_path,
    {
        "good-push": PASSED,
        "good-push-elsewhere": PASSED,
        "good-check": PASSED,
        "good-deeper-path-that-ends-in-z": PASSED,
        "bad-push": VIOLATED,
        "bad-push-below-ah": VIOLATED,
        "bad-schedule": VIOLATED,
        "bad-check": VIOLATED,
        "bad-check-with-a-query": VIOLATED,
        "absent-push": PASSED,
        "absent-path": PASSED,
        "unknown-push": NOT_EVALUATED,
        "secret-push": NOT_EVALUATED,
    },
)
def callers() -> None:
    service("voice")
    _pushed("good-push", f"{URL}/push/jobs")
    _pushed("good-push-elsewhere", "https://partner.example/healthz")
    _checked("good-check", "/health")
    _checked("good-deeper-path-that-ends-in-z", "/api/quiz")
    _pushed("bad-push", f"{URL}/varz")
    _pushed("bad-push-below-ah", f"{URL}/_ah/push")
    gcp.cloudscheduler.Job(
        "bad-schedule", name="s", region=PLACE, schedule="* * * * *", http_target={"uri": f"{URL}/eventlog"}
    )
    _checked("bad-check", "/healthz")
    _checked("bad-check-with-a-query", "/healthz?deep=1")
    _pushed("absent-push", None)
    _checked("absent-path", None)
    _pushed("unknown-push", unknown())
    _pushed("secret-push", pulumi.Output.secret(f"{URL}/push"))


@judged(no_reserved_path, {"check-of-something-else": PASSED})
def good_without_cloud_run() -> None:
    _checked("check-of-something-else", "/healthz")


@judged(
    within_limits,
    {
        "good-hour": PASSED,
        "good-day-of-a-job": PASSED,
        "good-instances": PASSED,
        "good-function": PASSED,
        "bad-two-hours": VIOLATED,
        "bad-week-and-more": VIOLATED,
        "bad-nothing": VIOLATED,
        "bad-instances": VIOLATED,
        "bad-instances-of-a-revision": VIOLATED,
        "bad-instances-of-a-service": VIOLATED,
        "bad-instances-beside-a-secret": VIOLATED,
        "good-instances-everywhere": PASSED,
        "good-two-revisions": PASSED,
        "bad-pool-instances": VIOLATED,
        "bad-v1": VIOLATED,
        "bad-v1-instances": VIOLATED,
        "bad-v1-instances-of-a-service": VIOLATED,
        "bad-function": VIOLATED,
        "bad-old-function": VIOLATED,
        "bad-instances-beside-an-unknown": VIOLATED,
        "absent-all": PASSED,
        "unknown-time-out": NOT_EVALUATED,
        "secret-instances": NOT_EVALUATED,
    },
)
def limits() -> None:
    service("good-hour", {"timeout": "3600s"})
    job("good-day-of-a-job", {"timeout": "86400s"})
    service("good-instances", {"scaling": {"max_instance_count": 2}}, scaling={"min_instance_count": 2})
    function("good-function", {"timeout_seconds": 3600, "min_instance_count": 0, "max_instance_count": 3})
    service("bad-two-hours", {"timeout": "7200s"})
    job("bad-week-and-more", {"timeout": "604801s"})
    service("bad-nothing", {"timeout": "0s"})
    service("bad-instances", {"scaling": {"max_instance_count": 2}}, scaling={"min_instance_count": 3})
    more, fewer = {"min_instance_count": 3, "max_instance_count": 2}, {"min_instance_count": 1}
    service("bad-instances-of-a-revision", {"scaling": more})
    service("bad-instances-of-a-service", scaling=more)
    hidden = pulumi.Output.secret({"min_instance_count": 1})
    service("bad-instances-beside-a-secret", {"scaling": more}, scaling=hidden)
    most = {"min_instance_count": 1, "max_instance_count": 3}
    service("good-instances-everywhere", {"scaling": most}, scaling=most)
    service(
        "good-two-revisions", {"scaling": {"min_instance_count": 2}}, scaling={**fewer, "max_instance_count": 1}
    )
    pool("bad-pool-instances", scaling={"min_instance_count": 3, "max_instance_count": 2})
    service_v1("bad-v1", {"timeout_seconds": 3601})
    annotation = "autoscaling.knative.dev/"
    service_v1("bad-v1-instances", revision_notes={f"{annotation}minScale": "3", f"{annotation}maxScale": "2"})
    of_service = {"run.googleapis.com/minScale": "3", "run.googleapis.com/maxScale": "2"}
    service_v1("bad-v1-instances-of-a-service", notes=of_service)
    function("bad-function", {"timeout_seconds": 3601})
    function_v1("bad-old-function", timeout=541)
    service(
        "bad-instances-beside-an-unknown",
        {"timeout": unknown("a"), "scaling": {"max_instance_count": 2}},
        scaling={"min_instance_count": 3},
    )
    service("absent-all")
    service("unknown-time-out", {"timeout": unknown("b")})
    service("secret-instances", scaling=pulumi.Output.secret({"min_instance_count": 3}))


FIRST, SECOND = "EXECUTION_ENVIRONMENT_GEN1", "EXECUTION_ENVIRONMENT_GEN2"
GENERATION = "run.googleapis.com/execution-environment"


@judged(
    second_generation,
    {
        "good-second": PASSED,
        "good-v1": PASSED,
        "good-too-small-for-the-second": PASSED,
        "bad-first": VIOLATED,
        "bad-job": VIOLATED,
        "bad-v1": VIOLATED,
        "absent-choice": VIOLATED,
        "absent-v1-choice": VIOLATED,
        "absent-choice-of-a-job-which-has-none": PASSED,
        "unknown-choice": NOT_EVALUATED,
        "secret-choice": NOT_EVALUATED,
    },
)
def sandboxes() -> None:
    service("good-second", {"execution_environment": SECOND})
    service_v1("good-v1", revision_notes={GENERATION: "gen2"})
    service("good-too-small-for-the-second", _runs(resources={"limits": {"memory": "256Mi", "cpu": "1"}}))
    service("bad-first", {"execution_environment": FIRST})
    job("bad-job", {"execution_environment": FIRST})
    service_v1("bad-v1", revision_notes={GENERATION: "gen1"})
    service("absent-choice", _runs(resources={"limits": {"memory": "512Mi", "cpu": "1"}}))
    service_v1("absent-v1-choice")
    job("absent-choice-of-a-job-which-has-none")
    service("unknown-choice", {"execution_environment": unknown()})
    service("secret-choice", {"execution_environment": pulumi.Output.secret(SECOND)})
