"""What Cloud Run refuses of containers and revisions although a preview accepts it."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.run_containers import (
    mount_has_its_volume,
    no_reserved_variable,
    one_port,
    probe_within_its_period,
)
from policies.reliability.refused_by_google.run_revisions import revision_named_after_its_service, traffic_adds_up
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import container, job, pool, service, service_v1

PORT = {"container_port": 8080}


def _with(*names: Any, **more: Any) -> dict[str, Any]:
    """A template whose one container has variables of these names."""
    return {"containers": [container(envs=[{"name": name, "value": "x"} for name in names], **more)]}


@judged(
    no_reserved_variable,
    {
        "good-names": PASSED,
        "good-port-of-a-sidecar": PASSED,
        "good-job-with-the-port-of-its-database": PASSED,
        "good-job-with-a-name-of-services": PASSED,
        "good-service-with-a-name-of-jobs": PASSED,
        "absent-variables": PASSED,
        "bad-port": VIOLATED,
        "bad-service": VIOLATED,
        "bad-revision-in-a-sidecar": VIOLATED,
        "bad-configuration": VIOLATED,
        "bad-secret-under-a-reserved-name": VIOLATED,
        "bad-job": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-v1": VIOLATED,
        "bad-beside-an-unknown": VIOLATED,
        "unknown-name": NOT_EVALUATED,
        "secret-name": NOT_EVALUATED,
    },
)
def variables() -> None:
    service("good-names", _with("PORTS", "DB_PORT", "K_SERVICES", "port"))
    sidecar = container(name="proxy", envs=[{"name": "PORT", "value": "9090"}])
    service("good-port-of-a-sidecar", {"containers": [container(ports=PORT), sidecar]})
    job("good-job-with-the-port-of-its-database", _with("PORT"))
    job("good-job-with-a-name-of-services", _with("K_SERVICE"))
    service("good-service-with-a-name-of-jobs", _with("CLOUD_RUN_JOB"))
    service("absent-variables")
    service("bad-port", _with("PORT"))
    service("bad-service", _with("LEVEL", "K_SERVICE"))
    beside = container(name="proxy", envs=[{"name": "K_REVISION", "value": "x"}])
    service("bad-revision-in-a-sidecar", {"containers": [container(ports=PORT), beside]})
    service("bad-configuration", _with("K_CONFIGURATION", ports=PORT))
    source = {"secret_key_ref": {"secret": "port", "version": "3"}}
    service(
        "bad-secret-under-a-reserved-name",
        {"containers": [container(envs=[{"name": "PORT", "value_source": source}])]},
    )
    job("bad-job", _with("CLOUD_RUN_TASK_INDEX"))
    pool("bad-pool", _with("CLOUD_RUN_WORKER_POOL"))
    service_v1("bad-v1", _with("PORT"))
    service("bad-beside-an-unknown", _with(unknown("a"), "PORT"))
    service("unknown-name", _with(unknown("b")))
    service("secret-name", _with(pulumi.Output.secret("PORT")))


@judged(
    one_port,
    {
        "good-one": PASSED,
        "good-sidecar": PASSED,
        "good-v1": PASSED,
        "absent-ports": PASSED,
        "absent-ports-of-two": VIOLATED,
        "bad-two": VIOLATED,
        "bad-two-beside-an-unknown": VIOLATED,
        "bad-two-of-one": VIOLATED,
        "bad-v1": VIOLATED,
        "unknown-ports": NOT_EVALUATED,
        "secret-containers": NOT_EVALUATED,
    },
)
def ports() -> None:
    service("good-one", {"containers": [container(ports=PORT)]})
    service("good-sidecar", {"containers": [container(ports=PORT), container(name="proxy")]})
    service_v1("good-v1", {"containers": [container(ports=[PORT])]})
    service("absent-ports")
    service("absent-ports-of-two", {"containers": [container(), container(name="proxy")]})
    two = [container(ports=PORT), container(name="proxy", ports={"container_port": 9090})]
    service("bad-two", {"containers": two})
    unsure: Any = unknown("ports").apply(lambda _: PORT)
    service("bad-two-beside-an-unknown", {"containers": [*two, container(name="third", ports=unsure)]})
    service_v1("bad-two-of-one", {"containers": [container(ports=[PORT, {"container_port": 9090}])]})
    service_v1("bad-v1", {"containers": [container(ports=[PORT]), container(ports=[PORT])]})
    service("unknown-ports", {"containers": [container(ports=unsure), container(name="proxy")]})
    service("secret-containers", {"containers": pulumi.Output.secret(two)})


@judged(
    mount_has_its_volume,
    {
        "good-mount": PASSED,
        "good-job": PASSED,
        "good-volume-that-nobody-mounts": PASSED,
        "absent-mounts": PASSED,
        "absent-mounts-beside-an-unknown-volume": PASSED,
        "absent-volumes": VIOLATED,
        "bad-name": VIOLATED,
        "bad-job": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-v1": VIOLATED,
        "bad-in-a-sidecar": VIOLATED,
        "bad-beside-an-unknown-mount": VIOLATED,
        "unknown-volume": NOT_EVALUATED,
        "secret-mount": NOT_EVALUATED,
    },
)
def mounts() -> None:
    def template(mount: Any = "data", volume: Any = "data") -> dict[str, Any]:
        made: dict[str, Any] = {"containers": [container(volume_mounts=[{"name": mount, "mount_path": "/data"}])]}
        if volume is not None:
            made["volumes"] = [{"name": volume, "empty_dir": {}}]
        return made

    service("good-mount", template())
    job("good-job", template())
    service("good-volume-that-nobody-mounts", {"volumes": [{"name": "data", "empty_dir": {}}]})
    service("absent-mounts")
    service("absent-mounts-beside-an-unknown-volume", {"volumes": [{"name": unknown("v"), "empty_dir": {}}]})
    service("absent-volumes", template(volume=None))
    service("bad-name", template("cache"))
    job("bad-job", template("cache"))
    pool("bad-pool", template("cache"))
    service_v1("bad-v1", template("cache"))
    beside = container(name="proxy", volume_mounts=[{"name": "cache", "mount_path": "/cache"}])
    service("bad-in-a-sidecar", {**template(), "containers": [container(), beside]})
    several = [{"name": unknown("m"), "mount_path": "/a"}, {"name": "cache", "mount_path": "/b"}]
    service("bad-beside-an-unknown-mount", {**template(), "containers": [container(volume_mounts=several)]})
    service("unknown-volume", template(volume=unknown("w")))
    service("secret-mount", template(pulumi.Output.secret("data")))


@judged(
    probe_within_its_period,
    {
        "good-shorter": PASSED,
        "good-equal": PASSED,
        "good-default-time-out": PASSED,
        "absent-probes": PASSED,
        "absent-period": VIOLATED,
        "bad-startup": VIOLATED,
        "bad-liveness": VIOLATED,
        "bad-sidecar": VIOLATED,
        "bad-v1": VIOLATED,
        "bad-beside-an-unknown": VIOLATED,
        "unknown-period": NOT_EVALUATED,
        "secret-period": NOT_EVALUATED,
    },
)
def probes() -> None:
    def probed(timeout: Any = None, period: Any = None, probe: str = "startup_probe") -> dict[str, Any]:
        return container(
            **{probe: {"timeout_seconds": timeout, "period_seconds": period, "http_get": {"path": "/"}}}
        )

    def one(**given: Any) -> dict[str, Any]:
        return {"containers": [probed(**given)]}

    service("good-shorter", one(timeout=1, period=5))
    service("good-equal", one(timeout=240, period=240))
    service("good-default-time-out", one(period=1))
    service("absent-probes")
    service("absent-period", one(timeout=11))
    service("bad-startup", one(timeout=6, period=5))
    service("bad-liveness", one(timeout=6, period=5, probe="liveness_probe"))
    service("bad-sidecar", {"containers": [container(ports=PORT), probed(6, 5)]})
    service_v1("bad-v1", one(timeout=6, period=5))
    service("bad-beside-an-unknown", {"containers": [probed(unknown("a").apply(int), 1), probed(6, 5)]})
    service("unknown-period", one(timeout=5, period=unknown("b").apply(int)))
    service("secret-period", one(timeout=5, period=pulumi.Output.secret(10)))


@judged(
    revision_named_after_its_service,
    {
        "good-name": PASSED,
        "good-v1": PASSED,
        "absent-revision": PASSED,
        "bad-other": VIOLATED,
        "bad-without-hyphen": VIOLATED,
        "bad-nothing-more": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-v1": VIOLATED,
        "unknown-revision": NOT_EVALUATED,
        "unknown-service": NOT_EVALUATED,
        "secret-revision": NOT_EVALUATED,
    },
)
def revisions() -> None:
    def named(logical: str, revision: Any, name: Any = "api") -> None:
        service(logical, {"revision": revision}, name=name)

    def named_v1(logical: str, revision: str) -> None:
        template: Any = {"metadata": {"name": revision}, "spec": {"containers": [container()]}}
        gcp.cloudrun.Service(logical, name="api", location="europe-west1", template=template)

    named("good-name", "api-7f3a")
    named_v1("good-v1", "api-7f3a")
    service("absent-revision")
    named("bad-other", "web-7f3a")
    named("bad-without-hyphen", "api7f3a")
    named("bad-nothing-more", "api-")
    pool("bad-pool", {"revision": "v2"})
    named_v1("bad-v1", "v2")
    named("unknown-revision", unknown("a"))
    named("unknown-service", "api-7f3a", unknown("b"))
    named("secret-revision", pulumi.Output.secret("api-7f3a"))


@judged(
    traffic_adds_up,
    {
        "good-all": PASSED,
        "good-split": PASSED,
        "good-tag-without-a-share": PASSED,
        "absent-traffic": PASSED,
        "absent-shares": VIOLATED,
        "bad-ninety": VIOLATED,
        "bad-twice": VIOLATED,
        "bad-more-beside-an-unknown": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-v1": VIOLATED,
        "unknown-share": NOT_EVALUATED,
        "secret-traffic": NOT_EVALUATED,
    },
)
def traffic() -> None:
    def shares(*percents: Any) -> Any:
        latest = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
        return [{"percent": percent, "type": latest} for percent in percents]

    service("good-all", traffics=shares(100))
    service("good-split", traffics=shares(90, 10))
    service("good-tag-without-a-share", traffics=shares(100, None))
    service("absent-traffic")
    service("absent-shares", traffics=shares(None))
    service("bad-ninety", traffics=shares(90))
    service("bad-twice", traffics=shares(100, 100))
    share = unknown("share").apply(int)
    service("bad-more-beside-an-unknown", traffics=shares(share, 101))
    splits: Any = [{"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "percent": 50}]
    pool("bad-pool", instance_splits=splits)
    service_v1("bad-v1", traffics=[{"percent": 50, "latest_revision": True}])
    service("unknown-share", traffics=shares(share, 50))
    service("secret-traffic", traffics=pulumi.Output.secret(shares(100)))
