"""GithubFederation: one repository by number, one branch, one identity a purpose, no key."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError, LinkError
from components.security.federation import GithubFederation
from tests.components.harness import NUMBER, PROJECT, Registered, of_type, only, plan_of
from tests.components.security.parts import ACCOUNT_GRANT, Entity, assert_nothing_escalates, depends_on

PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
POOL = f"projects/{NUMBER}/locations/global/workloadIdentityPools/voicestack-prod-github"


def federation(env: Environment, **changes: Any) -> GithubFederation:
    given: dict[str, Any] = {
        "repository_id": "123",
        "owner_id": "456",
        "deployer_uses": [Entity("thing", env=env).use()],
    }
    return GithubFederation("github", env=env, **(given | changes))


def planned(**changes: Any) -> list[Registered]:
    return plan_of(lambda env: federation(env, **changes))


def condition(**changes: Any) -> str:
    return str(only(planned(**changes), PROVIDER).inputs["attributeCondition"])


def test_only_one_repository_of_one_owner_on_one_branch_is_admitted() -> None:
    assert condition(branch="release") == (
        "assertion.repository_id == '123' && assertion.repository_owner_id == '456' && "
        "(assertion.ref == 'refs/heads/release' && assertion.event_name in ['push', 'workflow_dispatch'])"
    )


def test_nothing_is_trusted_by_a_name_that_somebody_else_could_take_over() -> None:
    inputs = only(planned(), PROVIDER).inputs
    trusted = f"{inputs['attributeCondition']} {inputs['attributeMapping']}"
    for claim in ("assertion.repository ", "assertion.repository_owner ", "assertion.sub", "assertion.actor"):
        assert claim not in trusted, f"{claim.strip()} is a name: compare the number"


@pytest.mark.parametrize("event", ["pull_request_target", "issue_comment", "workflow_run"])
def test_an_event_that_an_outsider_can_cause_releases_nothing(event: str) -> None:
    assert event not in condition(previewer_uses=[])


def test_a_release_must_run_in_the_github_environment_whose_reviewers_approve_it() -> None:
    assert "assertion.environment == 'production'" in condition(github_environment="production")


def test_only_runs_that_release_act_as_the_deployer() -> None:
    grant = only(planned(), ACCOUNT_GRANT)
    assert grant.inputs["role"] == "roles/iam.workloadIdentityUser"
    assert grant.inputs["member"] == f"principalSet://iam.googleapis.com/{POOL}/attribute.purpose/deploy"
    assert "*" not in grant.inputs["member"]


def test_pull_requests_get_nothing_unless_a_previewer_is_asked_for() -> None:
    assert "pull_request" not in condition()
    assert [one.inputs["accountId"] for one in of_type(planned(), "gcp:serviceaccount/account:Account")] == [
        "voicestack-github-deployer"
    ]


def test_a_previewer_is_an_identity_of_its_own_without_the_deployers_grants() -> None:
    found = planned(previewer_uses=[])
    members = {one.name: one.inputs["member"] for one in of_type(found, ACCOUNT_GRANT)}
    assert members["github-previewer-federated"].endswith("attribute.purpose/preview")
    assert members["github-deployer-federated"].endswith("attribute.purpose/deploy")
    mapping = only(found, PROVIDER).inputs["attributeMapping"]["attribute.purpose"]
    assert mapping.startswith("(assertion.ref == 'refs/heads/main'")
    assert mapping.endswith("? 'deploy' : 'preview'")
    granted = [one.name for one in found if one.inputs.get("role") == "roles/pubsub.publisher"]
    assert granted == ["github-deployer-thing-use"]


def test_each_purpose_declares_what_it_uses_and_is_granted_no_more() -> None:
    found = planned()
    [deployer] = [one for one in found if one.name == "github-deployer" and one.type.endswith("PipelineIdentity")]
    assert [use["roles"] for use in deployer.inputs["uses"]] == [["roles/pubsub.publisher"]]
    assert_nothing_escalates(found)


def test_no_key_is_ever_made_and_the_admission_waits_for_the_provider() -> None:
    found = planned()
    assert not [one for one in found if one.type == "gcp:serviceaccount/key:Key"]
    assert depends_on(found, only(found, ACCOUNT_GRANT), "github", PROVIDER)


def test_the_workflow_finds_the_provider_by_the_projects_number() -> None:
    def program(env: Environment) -> None:
        assert federation(env).provider_name == f"{POOL}/providers/voicestack-prod-github"

    plan_of(program)
    assert only(planned(), PROVIDER).inputs["project"] == PROJECT


@pytest.mark.parametrize(
    "bad",
    [
        {"repository_id": "acme/voice"},
        {"repository_id": ""},
        {"owner_id": "acme"},
        {"owner_id": "0"},
        {"branch": "main' || true || '"},
        {"branch": "refs/heads/main"},
        {"branch": "*"},
        {"github_environment": "prod'"},
    ],
)
def test_a_condition_cannot_be_widened_by_what_is_put_into_it(bad: dict[str, str]) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match=next(iter(bad))):
            federation(env, **bad)

    assert not of_type(plan_of(program), PROVIDER), "it was registered before it was refused"


def test_a_pipeline_cannot_use_what_only_the_network_reaches() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(LinkError, match="private address"):
            federation(env, deployer_uses=[Entity("database", env=env).use(private=True)])

    assert not of_type(plan_of(program), PROVIDER)
