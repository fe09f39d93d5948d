"""What works on the second `up` only: what is missing or not yet there on the first."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.alert_metrics import alert_metric_may_be_missing
from policies.reliability.refused_by_google.apis import api_on_first
from policies.reliability.refused_by_google.budget_quota import budget_provider_names_quota_project
from policies.reliability.refused_by_google.secret_order import run_waits_for_secret_version
from policies.reliability.refused_by_google.sql_network import sql_private_connection_first
from policies.reliability.refused_by_google.sql_users import sql_iam_user_name
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import topic
from tests.policies.unknowns import unknown
from tests.policies.workloads import container, service

AFTER = pulumi.ResourceOptions


def _alert(name: str, condition: Any, opts: pulumi.ResourceOptions | None = None) -> None:
    conditions: Any = [{"display_name": name, **condition}]
    gcp.monitoring.AlertPolicy(name, display_name=name, combiner="OR", conditions=conditions, opts=opts)


def _promql(query: Any, unchecked: Any = None) -> dict[str, Any]:
    return {"condition_prometheus_query_language": {"query": query, "disable_metric_validation": unchecked}}


def _threshold(filter_: Any) -> dict[str, Any]:
    return {"condition_threshold": {"filter": filter_, "comparison": "COMPARISON_GT", "duration": "0s"}}


LOGINS = 'metric.type="logging.googleapis.com/user/logins" AND resource.type="global"'


@judged(
    alert_metric_may_be_missing,
    {
        "good-unchecked": PASSED,
        "good-of-google": PASSED,
        "good-threshold-of-google": PASSED,
        "good-waits-for-its-metric": PASSED,
        "good-waits-for-its-descriptor": PASSED,
        "good-of-an-uptime-check": PASSED,
        "good-logs": PASSED,
        "absent-validation": VIOLATED,
        "bad-checked": VIOLATED,
        "bad-prometheus-name": VIOLATED,
        "bad-threshold-before-its-metric": VIOLATED,
        "bad-absence-of-a-custom-metric": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "unknown-query": NOT_EVALUATED,
        "unknown-filter": NOT_EVALUATED,
        "secret-conditions": NOT_EVALUATED,
    },
)
def metrics() -> None:
    metric = gcp.logging.Metric("logins", name="logins", filter='jsonPayload.event="login"')
    kind = "custom.googleapis.com/calls"
    descriptor = gcp.monitoring.MetricDescriptor(
        "calls", type=kind, metric_kind="GAUGE", value_type="INT64", display_name="Calls", description="Calls"
    )
    own = "sum(rate(logging_googleapis_com:user_logins[5m])) > 5"
    _alert("good-unchecked", _promql(own, unchecked=True))
    _alert("good-of-google", _promql("sum(run_googleapis_com:container_instance_count) > 5"))
    _alert("good-threshold-of-google", _threshold('metric.type="run.googleapis.com/request_count"'))
    _alert("good-waits-for-its-metric", _threshold(LOGINS), AFTER(depends_on=[metric]))
    _alert("good-waits-for-its-descriptor", _threshold(f'metric.type="{kind}"'), AFTER(depends_on=[descriptor]))
    check = gcp.monitoring.UptimeCheckConfig("up", display_name="up", timeout="5s", http_check={"port": 443})
    _alert(
        "good-of-an-uptime-check", _threshold(check.uptime_check_id.apply(lambda id_: f'metric.label.x="{id_}"'))
    )
    _alert("good-logs", {"condition_matched_log": {"filter": "severity=ERROR"}})
    _alert("absent-validation", _promql(own))
    _alert("bad-checked", _promql(own, unchecked=False))
    _alert("bad-prometheus-name", _promql('rate(calls_total{service="api"}[5m]) > 5'))
    _alert("bad-threshold-before-its-metric", _threshold(LOGINS))
    _alert(
        "bad-absence-of-a-custom-metric",
        {"condition_absent": {"filter": f'metric.type="{kind}"', "duration": "60s"}},
    )
    both: Any = [
        {"display_name": "unknown", **_promql(unknown("first"))},
        {"display_name": "bad", **_promql(own)},
    ]
    gcp.monitoring.AlertPolicy("bad-beside-unknown", display_name="x", combiner="OR", conditions=both)
    _alert("unknown-query", _promql(unknown("query")))
    _alert("unknown-filter", _threshold(unknown("filter")))
    hidden: Any = pulumi.Output.secret([{"display_name": "x", **_promql(own)}])
    gcp.monitoring.AlertPolicy("secret-conditions", display_name="x", combiner="OR", conditions=hidden)


def _api(name: str, service_: Any) -> gcp.projects.Service:
    return gcp.projects.Service(name, service=service_)


@judged(
    api_on_first,
    {
        "good-waits": PASSED,
        "good-waits-through-another": PASSED,
        "good-on-in-new-projects": PASSED,
        "good-project-without-apis-here": PASSED,
        "absent-api": VIOLATED,
        "bad-does-not-wait": VIOLATED,
    },
)
def apis() -> None:
    pubsub = _api("pubsub", "pubsub.googleapis.com")
    made = topic("good-waits", opts=AFTER(depends_on=[pubsub]))
    gcp.pubsub.Subscription("good-waits-through-another", topic=made.id)
    gcp.storage.Bucket("good-on-in-new-projects", location="EU")
    topic("good-project-without-apis-here", project="elsewhere")
    gcp.dns.ManagedZone("absent-api", name="zone", dns_name="example.com.")
    topic("bad-does-not-wait")


@judged(api_on_first, {"good-topic": PASSED})
def good_apis_are_turned_on_by_somebody_else() -> None:
    topic("good-topic")


@judged(
    api_on_first,
    {
        "unknown-api": NOT_EVALUATED,
        "secret-api": NOT_EVALUATED,
        # Either of the two might be its API.
        "good-zone": PASSED,
        "bad-does-not-wait": VIOLATED,
    },
)
def apis_of_unknown_name() -> None:
    _api("unknown-api", unknown("service").apply(lambda name: f"{name}.googleapis.com"))
    _api("secret-api", pulumi.Output.secret("dns.googleapis.com"))
    _api("pubsub", "pubsub.googleapis.com")
    gcp.dns.ManagedZone("good-zone", name="zone", dns_name="example.com.")
    topic("bad-does-not-wait")


def _budget(name: str, provider: Any = None) -> None:
    threshold: Any = [{"threshold_percent": 1}]
    amount: Any = {"specified_amount": {"units": "10"}}
    options = AFTER(provider=provider) if provider else None
    gcp.billing.Budget(name, billing_account="A", amount=amount, threshold_rules=threshold, opts=options)


@judged(
    budget_provider_names_quota_project,
    {
        "good-provider": PASSED,
        "absent-override": VIOLATED,
        "absent-project": VIOLATED,
        "bad-override": VIOLATED,
        "unknown-override": NOT_EVALUATED,
        "unknown-default-provider": NOT_EVALUATED,
        "secret-override": NOT_EVALUATED,
    },
)
def budgets() -> None:
    def of(name: str, **given: Any) -> None:
        _budget(name, gcp.Provider(f"for-{name}", project="acme", **given))

    of("good-provider", user_project_override=True, billing_project="acme")
    of("absent-override", billing_project="acme")
    of("absent-project", user_project_override=True)
    of("bad-override", user_project_override=False, billing_project="acme")
    of("unknown-override", user_project_override=unknown("override").apply(bool))
    _budget("unknown-default-provider")
    of("secret-override", user_project_override=pulumi.Output.secret(True))


def _instance(
    name: str, network: Any = None, version: str = "POSTGRES_18", **more: Any
) -> gcp.sql.DatabaseInstance:
    settings: Any = {"tier": "db-custom-1-3840"}
    if network is not None:
        settings["ip_configuration"] = {"private_network": network, "ipv4_enabled": False}
    return gcp.sql.DatabaseInstance(name, name=name, database_version=version, settings=settings, **more)


@judged(
    sql_private_connection_first,
    {
        "good-waits": PASSED,
        "good-public": PASSED,
        "good-replica": PASSED,
        "absent-connection": VIOLATED,
        "bad-too-early": VIOLATED,
        "unknown-network": NOT_EVALUATED,
        "unknown-network-of-another-stack": NOT_EVALUATED,
        "secret-network": NOT_EVALUATED,
    },
)
def private_connections() -> None:
    network = gcp.compute.Network("vpc", name="vpc")
    lonely = gcp.compute.Network("lonely", name="lonely")
    connection = gcp.servicenetworking.Connection(
        "connection", network=network.id, service="servicenetworking.googleapis.com", reserved_peering_ranges=["r"]
    )
    primary = _instance("good-waits", network.id, opts=AFTER(depends_on=[connection]))
    _instance("good-public")
    _instance("good-replica", network.id, master_instance_name=primary.name)
    _instance("absent-connection", lonely.id, opts=AFTER(depends_on=[connection]))
    _instance("bad-too-early", network.id)
    _instance("unknown-network", unknown("network"))
    _instance("unknown-network-of-another-stack", "projects/p/global/networks/elsewhere")
    _instance("secret-network", pulumi.Output.secret("vpc"))


@judged(
    sql_iam_user_name,
    {
        "good-name": PASSED,
        "good-longest": PASSED,
        "good-person": PASSED,
        "good-built-in": PASSED,
        "good-mysql": PASSED,
        "absent-type": PASSED,
        "bad-whole-e-mail": VIOLATED,
        "bad-name-alone": VIOLATED,
        "bad-longer-than-postgres-takes": VIOLATED,
        "bad-password": VIOLATED,
        "unknown-name": NOT_EVALUATED,
        "unknown-instance": NOT_EVALUATED,
        "secret-name": NOT_EVALUATED,
    },
)
def users() -> None:
    postgres, mysql = _instance("postgres"), _instance("mysql", version="MYSQL_8_4")
    kind = "CLOUD_IAM_SERVICE_ACCOUNT"

    def user(
        logical: str, name: Any, type_: str | None = kind, instance: Any = postgres.name, **more: Any
    ) -> None:
        gcp.sql.User(logical, name=name, type=type_, instance=instance, **more)

    user("good-name", "app@acme-voice.iam")
    user("good-longest", f"{'a' * 30}@{'p' * 28}.iam")
    user("good-person", "someone@example.com", "CLOUD_IAM_USER")
    user("good-built-in", "postgres", "BUILT_IN", password="x")
    user("good-mysql", "app@acme-voice.iam.gserviceaccount.com", instance=mysql.name)
    user("absent-type", "postgres", None)
    user("bad-whole-e-mail", "app@acme-voice.iam.gserviceaccount.com")
    user("bad-name-alone", "app")
    user("bad-longer-than-postgres-takes", f"{'a' * 30}@{'p' * 29}.iam")
    user("bad-password", "app@acme-voice.iam", password="x")
    user("unknown-name", unknown("name"))
    user("unknown-instance", "app@acme-voice.iam", instance=unknown("instance"))
    user("secret-name", pulumi.Output.secret("app@acme-voice.iam"))


def _reading(name: str, secret: Any, opts: pulumi.ResourceOptions | None = None) -> None:
    source = {"secret_key_ref": {"secret": secret, "version": "1"}}
    service(name, {"containers": [container(envs=[{"name": "KEY", "value_source": source}])]}, opts=opts)


@judged(
    run_waits_for_secret_version,
    {
        "good-waits": PASSED,
        "good-takes-the-version": PASSED,
        # Somebody gives it its value by hand, before this is made: a plan cannot tell.
        "good-supplied": PASSED,
        "good-of-another-stack": PASSED,
        "absent-secrets": PASSED,
        "bad-variable": VIOLATED,
        "bad-by-path": VIOLATED,
        "bad-volume": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "unknown-secret": NOT_EVALUATED,
        "secret-containers": NOT_EVALUATED,
    },
)
def mounted_secrets() -> None:
    def secret(name: str) -> gcp.secretmanager.Secret:
        return gcp.secretmanager.Secret(name, secret_id=name, replication={"auto": {}})

    made, supplied = secret("made"), secret("supplied")
    version = gcp.secretmanager.SecretVersion("version", secret=made.id, secret_data="x")
    _reading("good-waits", made.secret_id, AFTER(depends_on=[version]))
    _reading("good-takes-the-version", version.secret)
    _reading("good-supplied", supplied.secret_id)
    _reading("good-of-another-stack", "theirs")
    service("absent-secrets")
    _reading("bad-variable", made.secret_id)
    _reading("bad-by-path", "projects/acme/secrets/made")
    volumes: Any = [{"name": "keys", "secret": {"secret": made.id}}]
    service("bad-volume", {"volumes": volumes})
    envs: Any = [
        {"name": "A", "value_source": {"secret_key_ref": {"secret": unknown("beside"), "version": "1"}}},
        {"name": "B", "value_source": {"secret_key_ref": {"secret": "made", "version": "1"}}},
    ]
    service("bad-beside-unknown", {"containers": [container(envs=envs)]})
    _reading("unknown-secret", unknown("secret"))
    hidden: Any = pulumi.Output.secret([container()])
    service("secret-containers", {"containers": hidden})
