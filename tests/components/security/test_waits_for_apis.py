"""Nothing of the security family is made before the project's APIs are enabled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.component import Environment
from components.security.build_trigger import BuildTrigger
from components.security.federation import GithubFederation
from components.security.identity import Identity
from components.security.image_registry import ImageRegistry
from components.security.keys import Keys
from components.security.releaser_role import ReleaserRole
from components.security.secret import Generated, Secret
from components.security.service_agents import Agent
from tests.components.harness import plan_of
from tests.components.security.parts import not_waiting_for_apis, rotation, with_apis

REPOSITORY = "projects/acme/locations/europe-west4/connections/github/repositories/voice"


def _pipelines(env: Environment) -> None:
    registry = ImageRegistry("images", env=env)
    role = ReleaserRole("releaser", env=env)
    BuildTrigger("api", env=env, repository=REPOSITORY, approval=True, uses=[registry.push()])
    GithubFederation(
        "github",
        env=env,
        repository_id="123",
        owner_id="456",
        deployer_uses=[registry.push()],
        previewer_uses=[registry.pull()],
    )
    role.follow().make("x-follow", Identity("x", env=env, description="Releases."), role.child())


PROGRAMS: dict[str, Callable[[Environment], object]] = {
    "identity": lambda env: Identity("api", env=env, description="Runs the API."),
    "keys": lambda env: [Keys("keys", env=env).for_service(agent) for agent in (Agent.PUBSUB, Agent.STORAGE)],
    "secret": lambda env: Secret("key", env=env, source=Generated(), rotation=rotation(env)),
    "pipelines": _pipelines,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_everything_waits_for_the_apis(program: Callable[[Environment], object]) -> None:
    found = plan_of(lambda env: program(with_apis(env, Agent.PUBSUB, Agent.SECRET_MANAGER)))
    assert not not_waiting_for_apis(found), "give it depends_on=list(env.apis), or an input of what waits"
