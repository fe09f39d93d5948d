"""Service agents: e-mails by the project's number, and how each comes to exist."""

from __future__ import annotations

import pytest

from components.component import Environment
from components.security.keys import Keys
from components.security.service_agents import Agent
from tests.components.harness import NUMBER, Registered, environment, plan_of
from tests.components.security.parts import AGENT, API, with_apis


@pytest.mark.parametrize(
    ("agent", "email"),
    [
        (Agent.PUBSUB, f"service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"),
        (Agent.CLOUD_RUN, f"service-{NUMBER}@serverless-robot-prod.iam.gserviceaccount.com"),
        (Agent.STORAGE, f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"),
        (Agent.BIGQUERY, f"bq-{NUMBER}@bigquery-encryption.iam.gserviceaccount.com"),
    ],
)
def test_an_agents_e_mail_is_the_one_on_googles_list(agent: Agent, email: str) -> None:
    assert agent.email(environment()) == email
    assert agent.member(environment()) == f"serviceAccount:{email}"


def test_every_agent_is_made_either_by_its_resource_or_by_a_command_that_names_the_project() -> None:
    by_command = {agent for agent in Agent if agent.asked_for_by("acme")}
    assert by_command == {Agent.STORAGE, Agent.BIGQUERY, Agent.LOGGING}, (
        "Google's list marks the agents that can be made on request as primary: the others need a command"
    )
    assert all(str(agent.asked_for_by("acme")).endswith("=acme") for agent in by_command)


def grant_to(agent: Agent, *made: Agent) -> tuple[Registered, list[Registered]]:
    """The grant that lets `agent` use its key, and all that was registered with it."""

    def program(env: Environment) -> None:
        Keys("keys", env=with_apis(env, *made)).for_service(agent)

    found = plan_of(program)
    return next(one for one in found if one.type.endswith("CryptoKeyIAMMember")), found


def test_a_grant_to_a_fresh_agent_waits_for_the_agent_and_for_every_api() -> None:
    grant, found = grant_to(Agent.PUBSUB, Agent.PUBSUB)
    for type_ in (AGENT, API):
        assert any(one.urn in grant.dependencies for one in found if one.type == type_), (
            f"the grant does not wait for a {type_}: depend on Agent.made(env)"
        )


def test_a_grant_to_an_agent_that_a_command_made_still_waits_for_the_apis() -> None:
    grant, found = grant_to(Agent.STORAGE)
    assert any(one.urn in grant.dependencies for one in found if one.type == API)
