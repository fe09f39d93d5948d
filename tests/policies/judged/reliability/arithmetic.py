"""Numbers that must go together: connections, addresses, ports, deadlines, tasks at once, thresholds."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.arithmetic.alerts import alert_can_be_raised
from policies.reliability.arithmetic.connections import sql_connections_fit
from policies.reliability.arithmetic.handlers import call_outlasts_handler, queue_within_capacity
from policies.reliability.arithmetic.retention import dead_letters_await_somebody
from policies.reliability.arithmetic.vpc import nat_ports_fit, subnet_addresses_fit
from tests.policies.calls import plain_queue, push
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import subscription, topic
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, container, function, job, service


def _database(name: str, connections: Any = None, tier: Any = "db-custom-1-3840", **more: Any) -> None:
    flags = [] if connections is None else [{"name": "max_connections", "value": connections}]
    settings: Any = {"tier": tier, "database_flags": flags}
    version = more.pop("version", "POSTGRES_18")
    gcp.sql.DatabaseInstance(name, name=name, database_version=version, settings=settings, **more)


def _client(logical: str, *instances: str, most: Any = 10, pool: Any = None, **template: Any) -> None:
    envs = [{"name": "DATABASE_INSTANCE", "value": ",".join(f"acme:{PLACE}:{one}" for one in instances)}]
    if pool is not None:
        envs.append({"name": "DATABASE_POOL", "value": pool})
    service(logical, {"containers": [container(envs=envs)], "scaling": {"max_instance_count": most}, **template})


@judged(
    sql_connections_fit,
    {
        "good-exactly": PASSED,
        "good-of-nobody": PASSED,
        "good-mysql": PASSED,
        "good-job-of-few-tasks": PASSED,
        "good-default-of-a-large-tier": PASSED,
        "absent-maximum-of-instances": VIOLATED,
        "absent-flag": VIOLATED,
        "bad-one-too-many": VIOLATED,
        "bad-two-services": VIOLATED,
        "bad-replica-by-itself": VIOLATED,
        "bad-by-a-mounted-socket": VIOLATED,
        "bad-by-a-function": VIOLATED,
        "bad-though-one-is-unknown": VIOLATED,
        "bad-two-processes-an-instance": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "unknown-instances": NOT_EVALUATED,
        "unknown-tier": NOT_EVALUATED,
        "unknown-client": NOT_EVALUATED,
        "secret-pool": NOT_EVALUATED,
    },
)
def connections() -> None:
    _database("good-exactly", "45")
    _client("exactly", "good-exactly")
    _database("good-of-nobody", "14")
    _database("good-mysql", "14", version="MYSQL_8_4")
    _client("mysql", "good-mysql", most=90)
    _database("good-job-of-few-tasks", "14")
    envs = [{"name": "DATABASE_INSTANCE", "value": f"acme:{PLACE}:good-job-of-few-tasks"}]
    one: Any = {"containers": [container(envs=envs)]}
    template: Any = {"template": one, "task_count": 100, "parallelism": 2}
    gcp.cloudrunv2.Job("few", name="few", location=PLACE, template=template)
    _database("good-default-of-a-large-tier", tier="db-perf-optimized-N-2")
    _client("large", "good-default-of-a-large-tier", most=100)
    _database("absent-maximum-of-instances", "100")
    service(
        "boundless",
        {"containers": [container(envs=[{"name": "DB", "value": f"acme:{PLACE}:absent-maximum-of-instances"}])]},
    )
    _database("absent-flag", tier="db-f1-micro")
    _client("micro", "absent-flag")
    _database("bad-one-too-many", "45")
    _client("one-too-many", "bad-one-too-many", most=11)
    _database("bad-two-services", "60")
    _client("first", "bad-two-services", most=10, pool="3")
    _client("second", "bad-two-services", most=10, pool="3")
    _database("good-primary", "500")
    _database("bad-replica-by-itself", "50", master_instance_name="good-primary")
    _client("reader", "good-primary", "bad-replica-by-itself", most=20)
    _database("bad-by-a-mounted-socket", "50")
    sockets: Any = [{"name": "sql", "cloud_sql_instance": {"instances": [f"a:{PLACE}:bad-by-a-mounted-socket"]}}]
    mounted = container(volume_mounts=[{"name": "sql", "mount_path": "/cloudsql"}])
    service("socket", {"containers": [mounted], "volumes": sockets, "scaling": {"max_instance_count": 20}})
    _database("bad-by-a-function", "50")
    variables = {"DB": f"acme:{PLACE}:bad-by-a-function", "DATABASE_POOL": "10"}
    function("function", {"environment_variables": variables, "max_instance_count": 5})
    _database("bad-though-one-is-unknown", "50")
    _client("known", "bad-though-one-is-unknown", most=20)
    _client("not-known", "bad-though-one-is-unknown", most=unknown("most").apply(int))
    _database("bad-two-processes-an-instance", "60")
    envs = [{"name": "DB", "value": f"acme:{PLACE}:bad-two-processes-an-instance"}]
    two = [container(envs=envs), container(envs=envs)]
    service("two", {"containers": two, "scaling": {"max_instance_count": 10}})
    _database("unknown-flag", unknown("flag"))
    _client("of-unknown-flag", "unknown-flag")
    _database("unknown-instances", "50")
    _client("of-unknown-instances", "unknown-instances", most=unknown("instances").apply(int))
    _database("unknown-tier", tier="db-n1-standard-1")
    _client("of-unknown-tier", "unknown-tier")
    behind = gcp.sql.DatabaseInstance(
        "unknown-client",
        name="unknown-client",
        database_version="POSTGRES_18",
        settings={"tier": "db-f1-micro"},
    )
    address = [{"name": "DATABASE_HOST", "value": behind.private_ip_address}]
    service("by-address", {"containers": [container(envs=address)]})
    _database("secret-pool", "50")
    _client("of-secret-pool", "secret-pool", pool=pulumi.Output.secret("4"))


@judged(sql_connections_fit, {"good-primary": PASSED})
def good_primary_of_a_reader() -> None:
    _database("good-primary", "500")
    _client("reader", "good-primary", most=20)


def _subnet(name: str, cidr: Any, network: Any = "vpc") -> gcp.compute.Subnetwork:
    return gcp.compute.Subnetwork(name, name=name, network=network, region=PLACE, ip_cidr_range=cidr)


def _inside(logical: str, subnet: Any, most: Any, egress: Any = "ALL_TRAFFIC") -> None:
    access = {"network_interfaces": [{"subnetwork": subnet}], "egress": egress}
    service(logical, {"vpc_access": access, "scaling": {"max_instance_count": most}})


@judged(
    subnet_addresses_fit,
    {
        "good-exactly": PASSED,
        "good-empty": PASSED,
        "good-tasks": PASSED,
        "absent-maximum": VIOLATED,
        "bad-one-too-many": VIOLATED,
        "bad-together": VIOLATED,
        "bad-smaller-than-cloud-run-takes": VIOLATED,
        "bad-by-the-name-of-the-network": VIOLATED,
        "bad-though-one-is-unknown": VIOLATED,
        "unknown-range": NOT_EVALUATED,
        "unknown-instances": NOT_EVALUATED,
        "secret-range": NOT_EVALUATED,
    },
)
def subnets() -> None:
    # 64 addresses, 4 of them not to be had: 30 instances.
    _inside("exactly", _subnet("good-exactly", "10.0.0.0/26").id, 30)
    _subnet("good-empty", "10.0.1.0/29")
    interfaces: Any = [{"subnetwork": _subnet("good-tasks", "10.0.2.0/26").id}]
    job("tasks", {"vpc_access": {"network_interfaces": interfaces}})
    access: Any = {"network_interfaces": [{"subnetwork": _subnet("absent-maximum", "10.0.3.0/25").id}]}
    service("boundless", {"vpc_access": access})
    _inside("one-too-many", _subnet("bad-one-too-many", "10.0.4.0/26").id, 31)
    together = _subnet("bad-together", "10.0.5.0/26")
    _inside("first", together.id, 20)
    _inside("second", f"projects/p/regions/{PLACE}/subnetworks/bad-together", 11)
    _inside("small", _subnet("bad-smaller-than-cloud-run-takes", "10.0.6.0/27").id, 1)
    _subnet("bad-by-the-name-of-the-network", "10.0.7.0/26")
    named = [{"network": "bad-by-the-name-of-the-network"}]
    service("named", {"vpc_access": {"network_interfaces": named}})
    partly = _subnet("bad-though-one-is-unknown", "10.0.8.0/26")
    _inside("known", partly.id, 40)
    _inside("not-known", partly.id, unknown("most").apply(int))
    _inside("of-unknown-range", _subnet("unknown-range", unknown("range")).id, 1)
    _inside("of-unknown-instances", _subnet("unknown-instances", "10.0.9.0/26").id, unknown("n").apply(int))
    _inside("of-secret-range", _subnet("secret-range", pulumi.Output.secret("10.0.10.0/26")).id, 1)


def _nat(name: str, subnet: Any, addresses: Any = ("a",), **more: Any) -> None:
    listed: Any = [{"name": subnet, "source_ip_ranges_to_nats": ["ALL_IP_RANGES"]}]
    gcp.compute.RouterNat(
        name,
        name=name,
        router="router",
        region=PLACE,
        nat_ip_allocate_option="MANUAL_ONLY",
        nat_ips=list(addresses) if isinstance(addresses, tuple) else addresses,
        source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
        subnetworks=listed,
        **more,
    )


@judged(
    nat_ports_fit,
    {
        "good-exactly": PASSED,
        "good-two-addresses": PASSED,
        "good-dynamic": PASSED,
        "good-past-the-network": PASSED,
        "good-automatic": PASSED,
        "absent-ports": VIOLATED,
        "bad-one-too-many": VIOLATED,
        "bad-rounded-up-by-google": VIOLATED,
        "bad-every-subnet": VIOLATED,
        "bad-though-one-is-unknown": VIOLATED,
        "unknown-addresses": NOT_EVALUATED,
        "unknown-ports": NOT_EVALUATED,
        "unknown-instances": NOT_EVALUATED,
        "secret-ports": NOT_EVALUATED,
    },
)
def ports() -> None:
    # 64,512 ports are 63 instances with 1,024 each.
    exactly = _subnet("exactly", "10.0.0.0/20")
    _inside("exactly-63", exactly.id, 63)
    _nat("good-exactly", exactly.id, min_ports_per_vm=1024)
    many = _subnet("many", "10.0.16.0/20")
    _inside("many-64", many.id, 64)
    _nat("good-two-addresses", many.id, ("a", "b"), min_ports_per_vm=1024)
    _nat("bad-one-too-many", many.id, min_ports_per_vm=1024)
    # Written out it would be 38,400 ports.
    _nat("bad-rounded-up-by-google", many.id, min_ports_per_vm=600)
    crowd = _subnet("crowd", "10.1.0.0/16")
    _inside("crowd-2000", crowd.id, 2000)
    _nat("good-dynamic", crowd.id, enable_dynamic_port_allocation=True)
    _nat("absent-ports", crowd.id)
    past = _subnet("past", "10.2.0.0/20")
    _inside("past-500", past.id, 500, "PRIVATE_RANGES_ONLY")
    _nat("good-past-the-network", past.id, min_ports_per_vm=1024)
    gcp.compute.RouterNat(
        "good-automatic",
        router="router",
        region=PLACE,
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        min_ports_per_vm=65536,
    )
    network = gcp.compute.Network("all", name="all")
    router = gcp.compute.Router("router-of-all", name="router-of-all", network=network.id, region=PLACE)
    _inside("all-64", _subnet("all-subnet", "10.3.0.0/20", network.id).id, 64)
    gcp.compute.RouterNat(
        "bad-every-subnet",
        router=router.name,
        region=PLACE,
        nat_ips=["a"],
        nat_ip_allocate_option="MANUAL_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        min_ports_per_vm=1024,
    )
    partly = _subnet("partly", "10.4.0.0/20")
    _inside("known-64", partly.id, 64)
    _inside("not-known", partly.id, unknown("most").apply(int))
    _nat("bad-though-one-is-unknown", partly.id, min_ports_per_vm=1024)
    _nat("unknown-addresses", exactly.id, unknown("addresses").apply(lambda one: [one]))
    _nat("unknown-ports", exactly.id, min_ports_per_vm=unknown("ports").apply(int))
    unsure = _subnet("unsure", "10.5.0.0/20")
    _inside("unsure", unsure.id, unknown("unsure").apply(int))
    _nat("unknown-instances", unsure.id)
    _nat("secret-ports", exactly.id, min_ports_per_vm=pulumi.Output.secret(64))


def _host(name: str) -> str:
    return f"https://{name}-123456789012.{PLACE}.run.app"


def _scheduled(name: str, to: str, deadline: Any = None) -> None:
    gcp.cloudscheduler.Job(
        name,
        name=name,
        region=PLACE,
        schedule="0 3 * * *",
        http_target={"uri": _host(to)},
        attempt_deadline=deadline,
    )


def _to_be_called(name: str, timeout: Any = None, **template: Any) -> None:
    service(name, {"timeout": timeout, **template})


def _push(name: str, to: str, deadline: Any = None) -> None:
    subscription(name, push_config={"push_endpoint": f"{_host(to)}/push"}, ack_deadline_seconds=deadline)


def _queue(name: str, to: str, **rates: Any) -> None:
    override = {"host": _host(to).removeprefix("https://"), "scheme": "HTTPS"}
    plain_queue(name, http_target={"uri_override": override}, rate_limits=rates or None)


@judged(
    call_outlasts_handler,
    {
        "good-push": PASSED,
        "good-elsewhere": PASSED,
        "good-pull": PASSED,
        "good-queue": PASSED,
        "good-job": PASSED,
        "absent-deadline": VIOLATED,
        "absent-time-out": VIOLATED,
        "absent-attempt-deadline": VIOLATED,
        "bad-push": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-job": VIOLATED,
        "unknown-deadline": NOT_EVALUATED,
        "unknown-time-out": NOT_EVALUATED,
        "secret-deadline": NOT_EVALUATED,
    },
)
def deadlines() -> None:
    _to_be_called("minute", "60s")
    _to_be_called("standard")
    _to_be_called("hour", "3600s")
    _to_be_called("unsure", unknown("time-out"))
    _push("good-push", "minute", 60)
    push("good-elsewhere", "https://worker.example.com/push")
    subscription("good-pull", ack_deadline_seconds=10)
    _queue("good-queue", "standard")
    _scheduled("good-job", "minute")
    _push("absent-deadline", "minute")
    _push("absent-time-out", "standard", 299)
    _scheduled("absent-attempt-deadline", "standard")
    _push("bad-push", "minute", 59)
    _queue("bad-queue", "hour")
    _scheduled("bad-job", "hour", "1800s")
    _push("unknown-deadline", "minute", unknown("deadline").apply(int))
    _push("unknown-time-out", "unsure", 600)
    _push("secret-deadline", "minute", pulumi.Output.secret(60))


def _taking(name: str, most: Any, requests: Any, **more: Any) -> None:
    scaling = {"max_instance_count": most}
    service(name, {"max_instance_request_concurrency": requests, "scaling": scaling, **more})


@judged(
    queue_within_capacity,
    {
        "good-exactly": PASSED,
        "good-slow-queue": PASSED,
        "good-called-by-no-queue": PASSED,
        "absent-limits": VIOLATED,
        "absent-concurrency": VIOLATED,
        "bad-one-too-many": VIOLATED,
        "bad-two-queues": VIOLATED,
        "bad-though-one-is-unknown": VIOLATED,
        "unknown-instances": NOT_EVALUATED,
        "unknown-queue": NOT_EVALUATED,
        "secret-rate": NOT_EVALUATED,
    },
)
def capacity() -> None:
    def at_once(name: str, most: Any) -> None:
        _queue(f"queue-{name}-{most if isinstance(most, int) else 'x'}", name, max_concurrent_dispatches=most)

    _taking("good-exactly", 5, 10)
    at_once("good-exactly", 50)
    # A task every two seconds, each a minute long: 30 at once.
    _taking("good-slow-queue", 3, 10, timeout="60s")
    _queue("slow", "good-slow-queue", max_dispatches_per_second=0.5)
    _taking("good-called-by-no-queue", 1, 1)
    _taking("absent-limits", 9, 100)
    _queue("without-limits", "absent-limits")
    service("absent-concurrency", {"scaling": {"max_instance_count": 1}})
    at_once("absent-concurrency", 81)
    _taking("bad-one-too-many", 5, 10)
    at_once("bad-one-too-many", 51)
    _taking("bad-two-queues", 5, 10)
    at_once("bad-two-queues", 20)
    at_once("bad-two-queues", 31)
    _taking("bad-though-one-is-unknown", 5, 10)
    at_once("bad-though-one-is-unknown", 51)
    at_once("bad-though-one-is-unknown", unknown("some").apply(int))
    _taking("unknown-instances", unknown("instances").apply(int), 10)
    at_once("unknown-instances", 20)
    _taking("unknown-queue", 5, 10)
    at_once("unknown-queue", unknown("all").apply(int))
    _taking("secret-rate", 5, 10)
    at_once("secret-rate", pulumi.Output.secret(10))


@judged(
    dead_letters_await_somebody,
    {
        "good-month": PASSED,
        "good-work": PASSED,
        "absent-retention": PASSED,
        "bad-day": VIOLATED,
        "unknown-retention": NOT_EVALUATED,
        "secret-retention": NOT_EVALUATED,
    },
)
def dead_letters() -> None:
    letters = topic("letters")
    policy: Any = {"dead_letter_topic": letters.id}
    # What is not for dead letters may be gone in ten minutes.
    subscription("good-work", dead_letter_policy=policy, message_retention_duration="600s")
    subscription("good-month", of=letters.id, message_retention_duration="2678400s")
    subscription("absent-retention", of=letters.id)
    subscription("bad-day", of=letters.name, message_retention_duration="86400s")
    subscription("unknown-retention", of=letters.id, message_retention_duration=unknown("kept"))
    subscription("secret-retention", of=letters.id, message_retention_duration=pulumi.Output.secret("600s"))


def _alert(name: str, *conditions: Any) -> None:
    listed: Any = [{"display_name": f"{name} {number}", **one} for number, one in enumerate(conditions)]
    gcp.monitoring.AlertPolicy(name, display_name=name, combiner="OR", conditions=listed)


def _promql(query: Any) -> dict[str, Any]:
    return {"condition_prometheus_query_language": {"query": query}}


def _threshold(filter_: Any, value: Any = None, **more: Any) -> dict[str, Any]:
    given = {"comparison": "COMPARISON_GT", "duration": "0s", "threshold_value": value, **more}
    return {"condition_threshold": {"filter": filter_, **given}}


COUNT = 'run_googleapis_com:container_instance_count{service_name="api"}'
COUNTED = 'metric.type="run.googleapis.com/container/instance_count" AND resource.labels.service_name="api"'
LATENCIES = 'run_googleapis_com:request_latencies_bucket{service_name="api"}'
LATENCY = f"histogram_quantile(0.95, sum by (le) (rate({LATENCIES}[5m])))"
BACKENDS = 'cloudsql_googleapis_com:database_postgresql_num_backends{database_id="acme:db"}'


@judged(
    alert_can_be_raised,
    {
        "good-instances": PASSED,
        "good-at-least-all-instances": PASSED,
        "good-latency": PASSED,
        "good-connections": PASSED,
        "good-share": PASSED,
        "good-reckoned": PASSED,
        "good-rate-of-instances": PASSED,
        "good-service-of-another-stack": PASSED,
        "good-text-with-a-comparison": PASSED,
        "good-threshold": PASSED,
        "absent-threshold-value": PASSED,
        "bad-instances": VIOLATED,
        "bad-threshold": VIOLATED,
        "bad-latency": VIOLATED,
        "bad-connections": VIOLATED,
        "bad-share": VIOLATED,
        "bad-second-of-several": VIOLATED,
        "bad-quoted-name": VIOLATED,
        "bad-beside-unknown": VIOLATED,
        "unknown-threshold": NOT_EVALUATED,
        "unknown-limit": NOT_EVALUATED,
        "secret-threshold": NOT_EVALUATED,
    },
)
def thresholds() -> None:
    service("api", {"scaling": {"max_instance_count": 50}, "timeout": "300s"}, name="api")
    service("unsure", {"scaling": {"max_instance_count": unknown("most").apply(int)}}, name="unsure")
    _database("db", "100")
    _alert("good-instances", _promql(f"sum({COUNT}) > 49"))
    _alert("good-at-least-all-instances", _promql(f"sum({COUNT}) >= 50"))
    _alert("good-latency", _promql(f"{LATENCY} > 299999"))
    _alert("good-connections", _promql(f"sum({BACKENDS}) > 99"))
    _alert("good-share", _threshold('metric.type="run.googleapis.com/container/memory/utilizations"', 0.9))
    _alert("good-reckoned", _promql(f"sum({COUNT}) * 100 / 50 > 90"))
    _alert("good-rate-of-instances", _promql(f"sum(increase({COUNT}[5m])) > 100"))
    _alert(
        "good-service-of-another-stack",
        _promql('run_googleapis_com:container_instance_count{service_name="x"} > 999'),
    )
    _alert("good-text-with-a-comparison", _promql(f'label_replace(sum({COUNT}) > 40, "what", "> 90", "", "")'))
    _alert("good-threshold", _threshold(COUNTED, 49))
    _alert("absent-threshold-value", _threshold(COUNTED))
    _alert("bad-instances", _promql(f"sum({COUNT}) > 50"))
    _alert("bad-threshold", _threshold(COUNTED, 50))
    _alert("bad-latency", _promql(f"{LATENCY} > 300000"))
    _alert("bad-connections", _promql(f"sum({BACKENDS}) > 100"))
    _alert("bad-share", _promql("avg_over_time(cloudsql_googleapis_com:database_cpu_utilization[5m]) > 80"))
    _alert("bad-second-of-several", _promql(f"sum({COUNT}) > 40 or sum({BACKENDS}) > 400"))
    _alert(
        "bad-quoted-name",
        _promql('sum({"run.googleapis.com/container/instance_count","service_name"="api"}) > 60'),
    )
    _alert("bad-beside-unknown", _threshold(COUNTED, unknown("first").apply(float)), _threshold(COUNTED, 51))
    _alert("unknown-threshold", _threshold(COUNTED, unknown("value").apply(float)))
    _alert("unknown-limit", _promql('run_googleapis_com:container_instance_count{service_name="unsure"} > 9'))
    _alert("secret-threshold", _threshold(COUNTED, pulumi.Output.secret(60)))
