"""Service agents: e-mails by the project's number, and how each comes to exist."""

from __future__ import annotations

import pytest

from components.security.service_agents import Agent
from tests.components.harness import NUMBER, environment


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
