"""What Cloud Run refuses of revisions: their names, and how requests are shared among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.stack import Stack
from analysis.value import NotKnown, Value
from analysis.workloads.templates import POOL, SERVICE, SERVICE_V1
from policies.engine.doubts import Doubts
from policies.engine.policy import Settings, Severity, resource_policy

_REVISION: Final[Mapping[str, str]] = {
    SERVICE: "template.revision",
    POOL: "template.revision",
    SERVICE_V1: "template.metadata.name",
}
_SHARES: Final[Mapping[str, str]] = {SERVICE: "traffics", POOL: "instanceSplits", SERVICE_V1: "traffics"}
_ALL: Final = 100


@resource_policy(
    id="run-revision-named-after-its-service",
    title="A revision that has a name has its service's before it",
    severity=Severity.MEDIUM,
    why="""Cloud Run takes a revision's name only as the service's, a hyphen and something more. A preview takes
    any; the release is then refused.""",
    fix="Leave the name to the `Service` component, which makes it of the service's and a hash.",
    fix_raw="Begin the revision's name with the service's `name` and a hyphen, or leave it out.",
    types=tuple(_REVISION),
)
def revision_named_after_its_service(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # "Revision name must be prefixed by the name of the enclosing Service or Configuration with a single - in
    # between": https://cloud.google.com/run/docs/reference/rest/v1/ObjectMeta
    given = workload.at(_REVISION[workload.resource.type])
    revision = given.text("")
    if not revision:
        return
    name = workload["name"].text("")
    if not name:
        raise NotKnown("name", "is left out: only creation will tell what the revision's must begin with")
    if not revision.startswith(f"{name}-") or revision == f"{name}-":
        yield f"{given.path} is '{revision}': Cloud Run takes '{name}-' and something more"


@resource_policy(
    id="run-traffic-adds-up",
    title="The shares of the revisions add up to a hundred",
    severity=Severity.MEDIUM,
    why="""Cloud Run refuses shares that leave a part of the requests to nobody, or hand one out twice. A preview
    adds nothing up; a release stops where the split is changed by hand and one line is forgotten.""",
    fix="Leave the shares to `Service` and the release, which moves them together.",
    fix_raw="Make the `percent` of all entries add up to 100; an entry that is only for its tag has none.",
    types=tuple(_SHARES),
)
def traffic_adds_up(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration and
    # https://cloud.google.com/run/docs/reference/rest/v2/TrafficTarget: left out, a share is 0
    shares = workload[_SHARES[workload.resource.type]]
    entries = list(shares.items())
    if not entries:
        return
    total, doubts = 0.0, Doubts()
    for entry in entries:
        with doubts:
            total += entry["percent"].number(0)
    if total <= _ALL:
        # What is not known may be all that is missing.
        doubts.tell()
    if total != _ALL:
        yield f"{shares.path} add up to {total:g} %: Cloud Run takes 100"
