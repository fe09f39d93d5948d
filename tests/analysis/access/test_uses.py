"""What declared uses are taken from, and that every component's grants follow from them."""

from __future__ import annotations

import pytest

from analysis.access.blast_radius import radii, readerships
from analysis.access.permissions import holdings
from analysis.access.uses import PROJECT_ROLES, uses
from analysis.grants import grants_of
from analysis.stack import Stack
from components.component import Environment
from components.database.bucket import Bucket
from components.messaging.pull_subscription import PullSubscription
from components.messaging.push_subscription import PushSubscription
from components.messaging.queue import Queue
from components.messaging.schedule import CallService, PublishTo, RunJob, Schedule
from components.messaging.topic import Topic
from components.naming import Naming
from components.observability.telemetry import write_telemetry
from components.security.build_trigger import BuildTrigger
from components.security.federation import GithubFederation
from components.security.image_registry import ImageRegistry
from components.security.project_roles import UNCONDITIONED
from components.security.releaser_role import ReleaserRole
from components.service.job import Job
from components.service.service import Exposure
from components.service.worker_pool import WorkerPool
from policies.engine.pack import packs
from policies.engine.run import evaluate
from policies.least_privilege import access, blast_radius, escalation
from tests.components.service.test_service import service
from tests.components.service.test_workloads import CONTAINER
from tests.policies.surroundings import plan_of
from tests.stacks.planned import STACKS, planned

OURS = (*access.POLICIES, *escalation.POLICIES, *blast_radius.POLICIES)


def test_the_roles_without_an_entity_are_those_of_the_platform() -> None:
    assert PROJECT_ROLES == UNCONDITIONED


@pytest.mark.parametrize("name", STACKS)
def test_every_account_of_a_reference_stack_has_a_component_that_declares_for_it(name: str) -> None:
    stack = Stack(planned(name))
    told = stack.once(uses)
    assert not told.unread
    assert not stack.once(holdings).unknown
    for identity, _ in stack.once(holdings):
        if identity.account is not None:
            assert told.of(identity.account) is not None, identity.name


@pytest.mark.parametrize("name", STACKS)
def test_a_well_run_stack_keeps_far_below_the_ceilings(name: str) -> None:
    stack = Stack(planned(name))
    assert max(one.itself.number for one in stack.once(radii)) <= 8
    assert max(one.altogether.number for one in stack.once(radii)) <= 12
    assert {one.number for one in stack.once(readerships)} == {3}


def _environment() -> Environment:
    return Environment(
        naming=Naming(system="demo", environment="prod", project="demo-project"),
        project="demo-project",
        project_number="123456789012",
        region="europe-west1",
        labels={},
        providers=(),
        protect=False,
    )


def everything() -> None:
    """Components that the reference system has not, or not in this way."""
    env = _environment()
    registry, releaser = ImageRegistry("images", env=env), ReleaserRole("releaser", env=env)
    topic, bucket = Topic("jobs", env=env, dead_letters=True), Bucket("files", env=env)
    pulled = PullSubscription("rooms", env=env, topic=topic)
    worker = service(env, "worker", uses=[write_telemetry(env), bucket.write()])
    page = service(env, "page", exposure=Exposure.IAP, uses=[topic.publish()])
    WorkerPool(
        "rooms",
        env=env,
        container=CONTAINER,
        description="Holds rooms.",
        instances=1,
        uses=[pulled.consume(), bucket.read()],
    )
    job = Job(
        "report", env=env, container=CONTAINER, description="Reports.", timeout_s=600, uses=[bucket.create()]
    )
    PushSubscription("push", env=env, topic=topic, endpoint=worker.endpoint, path="/push", handler_timeout_s=60)
    queue = Queue("tasks", env=env, endpoint=worker.endpoint, path="/task", per_second=5, concurrent=5, attempts=3)
    service(env, "sender", uses=[queue.enqueue()])
    for name, target in (
        ("calls", CallService(endpoint=worker.endpoint, path="/cron")),
        ("runs", RunJob(job=job.job_name, use=job.run())),
        ("publishes", PublishTo(topic=topic, message="now")),
    ):
        Schedule(name, env=env, cron="0 3 * * *", target=target, description="At night.")
    repository = "projects/demo-project/locations/europe-west4/connections/github/repositories/voice"
    releases = [registry.push(), page.deploy(releaser), job.deploy(releaser)]
    BuildTrigger("build", env=env, repository=repository, approval=True, uses=releases)
    GithubFederation(
        "github",
        env=env,
        repository_id="1",
        owner_id="2",
        deployer_uses=[registry.push(), worker.deploy(releaser)],
        previewer_uses=[registry.pull()],
    )


def test_grants_of_every_component_follow_from_its_uses() -> None:
    plan = plan_of(everything)
    assert len(grants_of(Stack(plan))) > 30
    found = evaluate(plan, OURS)
    assert not [(one.policy.id, one.message) for one in found.findings]
    assert not [(one.policy.id, one.why) for one in found.not_evaluated]


def test_these_policies_are_in_the_pack() -> None:
    [pack] = [one for one in packs() if one.name == "least_privilege"]
    assert set(OURS) <= set(pack.policies)
