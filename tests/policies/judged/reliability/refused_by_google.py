"""What Google refuses although a preview accepts it: numbers, names, and what is missing or comes too late."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.cache_connection import cache_connection_policy_first
from policies.reliability.refused_by_google.reachable import call_target_has_its_address
from policies.reliability.refused_by_google.run_sizes import run_name_fits_its_address, run_size_accepted
from policies.reliability.refused_by_google.serverless_backend import serverless_backend_plain
from tests.policies.calls import job, push, queue
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import subscription
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, container, pool, service
from tests.policies.workloads import job as run_job


def _backend(name: str, group: Any, **more: Any) -> None:
    backends: Any = [{"group": group}]
    gcp.compute.BackendService(
        name, name=name, load_balancing_scheme="EXTERNAL_MANAGED", backends=backends, **more
    )


@judged(
    serverless_backend_plain,
    {
        "good-plain": PASSED,
        "good-affinity": PASSED,
        "good-of-machines": PASSED,
        "good-without-backends": PASSED,
        "absent-all": PASSED,
        "bad-timeout": VIOLATED,
        "bad-check": VIOLATED,
        "bad-port-name": VIOLATED,
        "bad-utilisation": VIOLATED,
        "bad-regional": VIOLATED,
        "bad-timeout-beside-unknown-port-name": VIOLATED,
        "bad-check-that-is-not-made-yet": VIOLATED,
        "unknown-port-name": NOT_EVALUATED,
        "secret-backends": NOT_EVALUATED,
    },
)
def serverless_backends() -> None:
    cloud_run: Any = {"service": "api"}
    serverless = gcp.compute.RegionNetworkEndpointGroup("api", name="api", region=PLACE, cloud_run=cloud_run)
    machines = gcp.compute.RegionNetworkEndpointGroup(
        "vms", name="vms", region=PLACE, network_endpoint_type="GCE_VM_IP_PORTMAP"
    )
    _backend("good-plain", serverless.id, protocol="HTTPS")
    _backend("good-affinity", serverless.id, session_affinity="GENERATED_COOKIE")
    _backend("good-of-machines", machines.id, timeout_sec=30, port_name="http", health_checks="check")
    gcp.compute.BackendService("good-without-backends", timeout_sec=30)
    _backend("absent-all", serverless.id)
    _backend("bad-timeout", serverless.id, timeout_sec=3600)
    _backend("bad-check", serverless.id, health_checks="projects/p/global/healthChecks/http")
    _backend("bad-port-name", serverless.id, port_name="http")
    full: Any = [{"group": "projects/p/regions/r/networkEndpointGroups/api", "max_utilization": 0.8}]
    gcp.compute.BackendService("bad-utilisation", backends=full)
    backends: Any = [{"group": serverless.id}]
    gcp.compute.RegionBackendService("bad-regional", region=PLACE, backends=backends, timeout_sec=60)
    port = unknown("port")
    _backend("bad-timeout-beside-unknown-port-name", serverless.id, timeout_sec=60, port_name=port)
    check = gcp.compute.HealthCheck("check", http_health_check={"port": 80})
    _backend("bad-check-that-is-not-made-yet", serverless.id, health_checks=check.id)
    _backend("unknown-port-name", serverless.id, port_name=port)
    hidden: Any = pulumi.Output.secret([{"group": "projects/p/regions/r/networkEndpointGroups/api"}])
    gcp.compute.BackendService("secret-backends", backends=hidden, timeout_sec=30)


def _valkey(name: str, network: Any, **more: Any) -> None:
    endpoints: Any = [{"network": network, "project_id": "p"}]
    location = more.pop("location", PLACE)
    gcp.memorystore.Instance(
        name,
        instance_id=name,
        shard_count=1,
        location=location,
        desired_auto_created_endpoints=endpoints,
        opts=more.pop("opts", None),
    )


@judged(
    cache_connection_policy_first,
    {
        "good-waits": PASSED,
        "good-cluster": PASSED,
        "good-other-class-beside": PASSED,
        "absent-endpoints": PASSED,
        "bad-other-region": VIOLATED,
        "bad-other-network": VIOLATED,
        "bad-too-early": VIOLATED,
        "bad-cluster-with-the-class-of-valkey": VIOLATED,
        "unknown-network": NOT_EVALUATED,
        "unknown-network-of-another-stack": NOT_EVALUATED,
        "secret-network": NOT_EVALUATED,
    },
)
def connection_policies() -> None:
    network = gcp.compute.Network("vpc", name="vpc")
    other = gcp.compute.Network("lonely", name="lonely")

    def allow(name: str, class_: str) -> pulumi.ResourceOptions:
        made = gcp.networkconnectivity.ServiceConnectionPolicy(
            name, name=name, location=PLACE, network=network.id, service_class=class_
        )
        return pulumi.ResourceOptions(depends_on=[made])

    allowed = allow("valkey", "gcp-memorystore")
    clusters = allow("redis", "gcp-memorystore-redis")
    _valkey("good-waits", network.id, opts=allowed)
    configs: Any = [{"network": network.id}]
    gcp.redis.Cluster("good-cluster", shard_count=1, region=PLACE, psc_configs=configs, opts=clusters)
    allow("sql", "google-cloud-sql")
    _valkey("good-other-class-beside", network.id, opts=allowed)
    gcp.memorystore.Instance("absent-endpoints", instance_id="absent-endpoints", shard_count=1, location=PLACE)
    _valkey("bad-other-region", network.id, location="us-east1", opts=allowed)
    _valkey("bad-other-network", other.id, opts=allowed)
    _valkey("bad-too-early", network.id)
    gcp.redis.Cluster(
        "bad-cluster-with-the-class-of-valkey", shard_count=1, region=PLACE, psc_configs=configs, opts=allowed
    )
    _valkey("unknown-network", unknown("network"))
    _valkey("unknown-network-of-another-stack", "projects/p/global/networks/elsewhere")
    _valkey("secret-network", pulumi.Output.secret("vpc"))


def _size(
    logical: str,
    cpu: Any = None,
    memory: Any = None,
    idle: Any = True,
    sandbox: str | None = None,
    **template: Any,
) -> None:
    limits = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value is not None}
    one = container(resources={"limits": limits, "cpu_idle": idle})
    service(logical, {"containers": [one], "execution_environment": sandbox, **template})


GEN_1, GEN_2 = "EXECUTION_ENVIRONMENT_GEN1", "EXECUTION_ENVIRONMENT_GEN2"


@judged(
    run_size_accepted,
    {
        "good-one": PASSED,
        "good-in-thousandths": PASSED,
        "good-large": PASSED,
        "good-part-of-a-cpu": PASSED,
        "good-job": PASSED,
        "good-sidecars": PASSED,
        "absent-limits": PASSED,
        "unknown-sizes-with-a-gpu": NOT_EVALUATED,
        "bad-memory-for-one-cpu": VIOLATED,
        "bad-memory-for-four": VIOLATED,
        "bad-more-than-there-is": VIOLATED,
        "bad-cpus-in-all": VIOLATED,
        "bad-three-cpus": VIOLATED,
        "bad-four-cpus-with-little": VIOLATED,
        "bad-part-with-concurrency": VIOLATED,
        "bad-part-of-a-cpu-always-on": VIOLATED,
        "bad-part-in-the-second-generation": VIOLATED,
        "bad-part-with-a-gibibyte": VIOLATED,
        "bad-second-generation": VIOLATED,
        "bad-pool": VIOLATED,
        "unknown-cpu": NOT_EVALUATED,
        "unknown-sandbox": NOT_EVALUATED,
        "secret-memory": NOT_EVALUATED,
    },
)
def sizes() -> None:
    _size("good-one", "1", "512Mi", sandbox=GEN_2, max_instance_request_concurrency=80)
    _size("good-in-thousandths", "2000m", "8Gi")
    _size("good-large", "8", "32Gi", sandbox=GEN_2)
    _size("good-part-of-a-cpu", "0.08", "128Mi", sandbox=GEN_1, max_instance_request_concurrency=1)
    run_job("good-job", {"containers": [container(resources={"limits": {"cpu": "4", "memory": "2Gi"}})]})
    small = container(resources={"limits": {"cpu": "0.5", "memory": "256Mi"}, "cpu_idle": False})
    service("good-sidecars", {"containers": [container(), small], "max_instance_request_concurrency": 80})
    service("absent-limits")
    drawing = container(resources={"limits": {"cpu": "20", "memory": "80Gi", "nvidia.com/gpu": "1"}})
    service("unknown-sizes-with-a-gpu", {"containers": [drawing]})
    _size("bad-memory-for-one-cpu", "1", "4097Mi")
    _size("bad-memory-for-four", "4", "24Gi")
    _size("bad-more-than-there-is", "8", "33Gi")
    eight = container(resources={"limits": {"cpu": "5", "memory": "4Gi"}})
    service("bad-cpus-in-all", {"containers": [eight, eight]})
    _size("bad-three-cpus", "3", "4Gi")
    _size("bad-four-cpus-with-little", "4", "1Gi")
    _size("bad-part-with-concurrency", "500m", "512Mi", sandbox=GEN_1, max_instance_request_concurrency=2)
    _size("bad-part-of-a-cpu-always-on", "500m", "512Mi", idle=None, sandbox=GEN_1)
    _size("bad-part-in-the-second-generation", "0.5", "512Mi", sandbox=GEN_2)
    _size("bad-part-with-a-gibibyte", "0.25", "1Gi", sandbox=GEN_1)
    _size("bad-second-generation", "1", "256Mi", sandbox=GEN_2)
    pool("bad-pool", {"containers": [container(resources={"limits": {"cpu": "1", "memory": "16Gi"}})]})
    _size("unknown-cpu", unknown("cpu"), "512Mi")
    environment: Any = unknown("sandbox")
    _size("unknown-sandbox", "1", "256Mi", sandbox=environment)
    _size("secret-memory", "1", pulumi.Output.secret("512Mi"))


@judged(
    run_name_fits_its_address,
    {
        "good-name": PASSED,
        "good-tag": PASSED,
        "absent-traffic": PASSED,
        "bad-name": VIOLATED,
        "bad-tag": VIOLATED,
        "bad-tag-beside-unknown": VIOLATED,
        "unknown-tag": NOT_EVALUATED,
        "secret-traffic": NOT_EVALUATED,
    },
)
def names() -> None:
    def tagged(name: str, *tags: Any, google: str | None = None) -> None:
        traffic: Any = [{"tag": tag, "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"} for tag in tags]
        service(name, name=google or name, traffics=traffic)

    tagged("good-name", google="a" * 49)
    tagged("good-tag", "t" * 6, google="a" * 40)
    service("absent-traffic")
    tagged("bad-name", google="a" * 50)
    tagged("bad-tag", "t" * 7, google="a" * 40)
    tagged("bad-tag-beside-unknown", unknown("first"), "t" * 30, google="a" * 40)
    tagged("unknown-tag", unknown("second"))
    hidden: Any = pulumi.Output.secret([{"tag": "canary"}])
    service("secret-traffic", traffics=hidden)


OFF_HOST = "off-123456789012.europe-west1.run.app"


@judged(
    call_target_has_its_address,
    {
        "good-push": PASSED,
        "good-elsewhere": PASSED,
        "good-service-of-another-stack": PASSED,
        "absent-push": PASSED,
        "bad-push": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-job": VIOLATED,
        "bad-address-that-is-not-made-yet": VIOLATED,
        "unknown-address": NOT_EVALUATED,
        "unknown-whether-it-is-on": NOT_EVALUATED,
        "secret-address": NOT_EVALUATED,
    },
)
def addresses() -> None:
    service("on", name="on")
    off = service("off", name="off", default_uri_disabled=True)
    service("unsure", name="unsure", default_uri_disabled=unknown("off").apply(bool))
    push("good-push", "https://on-123456789012.europe-west1.run.app/push")
    push("good-elsewhere", "https://worker.example.com/push")
    push("good-service-of-another-stack", "https://other-123456789012.europe-west1.run.app/push")
    subscription("absent-push")
    push("bad-push", f"https://{OFF_HOST}/push")
    queue("bad-queue", {"host": OFF_HOST, "scheme": "HTTPS"})
    job("bad-job", "https://off-abcdefghij-ew.a.run.app/nightly")
    push("bad-address-that-is-not-made-yet", off.uri)
    push("unknown-address", unknown("address"))
    push("unknown-whether-it-is-on", "https://unsure-123456789012.europe-west1.run.app/push")
    push("secret-address", pulumi.Output.secret(f"https://{OFF_HOST}"))
