"""The machines of a private build pool have no address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="build-pool-no-public-address",
    title="The machines of a private build pool have no public address",
    severity=Severity.MEDIUM,
    why="""A build runs whatever its dependencies bring, with the right to push what will run in production. With a
    public address it can send sources and tokens anywhere, past the NAT and its log.""",
    fix="Build in the pipeline and hand the image's digest to the stack; nothing here makes a build pool.",
    fix_raw="Set `workerConfig.noExternalIp` to true, and give the pool's network a NAT.",
    types=["gcp:cloudbuild/workerPool:WorkerPool"],
)
def pool_no_public_address(pool: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://cloud.google.com/build/docs/private-pools/private-pool-config-file-schema
    private = pool["workerConfig"]["noExternalIp"]
    if not private.flag(False):
        said = "is false" if private.present else "is left out, which means false"
        yield f"{private.path} {said}: the build's machines have addresses on the internet"
