"""ProjectBaseline: APIs, agents, audit, default logs, which images run, whose number it is."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime import mocks

from components.component import Environment
from components.errors import ComponentError
from components.security import project_baseline
from components.security.image_registry import ImageRegistry
from components.security.project_baseline import ProjectBaseline, agreed_number
from components.security.service_agents import Agent
from tests.components import harness
from tests.components.harness import NUMBER, PROJECT, Registered, environment, of_type, only, plan_of
from tests.components.security.parts import AGENT, API, assert_nothing_escalates, depends_on

AUDIT = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
LOGS = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
CONTACT = "gcp:essentialcontacts/contact:Contact"
POLICY = "gcp:binaryauthorization/policy:Policy"


def baseline(env: Environment, **changes: Any) -> ProjectBaseline:
    given: dict[str, Any] = {
        "apis": ["run.googleapis.com"],
        "agents": [Agent.PUBSUB, Agent.STORAGE],
        "images": ImageRegistry.path_of("images", env=env),
    }
    return ProjectBaseline("project", env=env, **(given | changes))


def planned(**changes: Any) -> list[Registered]:
    return plan_of(lambda env: baseline(env, **changes))


def test_what_is_asked_for_the_agents_apis_and_scanning_are_enabled() -> None:
    enabled = {one.inputs["service"].removesuffix(".googleapis.com") for one in of_type(planned(), API)}
    own = {"containerscanning", "cloudasset", "essentialcontacts", "binaryauthorization", "logging"}
    assert {"run", "pubsub", "storage"} | own <= enabled


def test_services_are_never_disabled_on_destroy() -> None:
    for service in of_type(planned(), API):
        assert service.inputs["disableOnDestroy"] is False, f"{service.name} would take other stacks down"
        assert service.inputs["disableDependentServices"] is False


def test_who_waits_for_the_apis_waits_for_one_that_waits_for_all() -> None:
    def program(env: Environment) -> None:
        assert len(baseline(env).environment.apis) == 1, "an edge to each API makes planning super-linear"

    plan_of(program)
    services = of_type(planned(), API)
    last = services[-1]
    assert {one.urn for one in services if one is not last} <= last.dependencies


def test_the_agents_that_grants_name_are_made_after_their_api() -> None:
    found = planned()
    agent = only(found, AGENT)
    assert agent.inputs["service"] == "pubsub.googleapis.com"
    assert depends_on(found, agent, "project-pubsub", API)


def test_an_agent_that_google_makes_only_for_its_own_service_is_asked_for_by_a_command() -> None:
    def program(env: Environment) -> None:
        made = baseline(env)
        assert made.asked_for_by == (f"gcloud storage service-agent --project={PROJECT}",)
        assert set(made.environment.agents) == {Agent.PUBSUB}

    plan_of(program)


def test_google_writes_to_each_contact_once_about_security_and_suspension() -> None:
    emails = ["platform@example.com", "security@example.com", "platform@example.com"]
    found = of_type(planned(contacts=emails), CONTACT)
    assert sorted(one.inputs["email"] for one in found) == ["platform@example.com", "security@example.com"]
    for one in found:
        assert one.inputs["parent"] == f"projects/{PROJECT}"
        assert {"SECURITY", "SUSPENSION"} <= set(one.inputs["notificationCategorySubscriptions"])
    assert not of_type(planned(), CONTACT)


def test_everything_is_audited_and_nobody_is_exempted() -> None:
    inputs = only(planned(), AUDIT).inputs
    assert inputs["service"] == "allServices"
    assert inputs["auditLogConfigs"] == [
        {"logType": "ADMIN_READ"},
        {"logType": "DATA_READ"},
        {"logType": "DATA_WRITE"},
    ]


def test_default_logs_stay_for_thirty_days_unless_told_otherwise() -> None:
    assert only(planned(), LOGS).inputs["bucketId"] == "_Default"
    assert only(planned(), LOGS).inputs["retentionDays"] == 30
    assert only(planned(log_days=400), LOGS).inputs["retentionDays"] == 400


def test_nothing_runs_but_images_of_our_own_repository() -> None:
    policy = only(planned(), POLICY).inputs
    assert policy["defaultAdmissionRule"] == {
        "evaluationMode": "ALWAYS_DENY",
        "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
    }
    assert policy["admissionWhitelistPatterns"] == [
        {"namePattern": f"europe-west1-docker.pkg.dev/{PROJECT}/voicestack-prod-images/**"}
    ]
    assert policy["globalPolicyEvaluationMode"] == "ENABLE"


def test_with_an_attestor_no_image_is_exempt_from_attestation() -> None:
    attestor = f"projects/{PROJECT}/attestors/built"
    policy = only(planned(attestor=attestor), POLICY).inputs
    assert policy["defaultAdmissionRule"]["evaluationMode"] == "REQUIRE_ATTESTATION"
    assert policy["defaultAdmissionRule"]["requireAttestationsBies"] == [attestor]
    assert not policy["admissionWhitelistPatterns"], "an exempt image is never asked for an attestation"


def test_its_only_iam_resource_is_the_audit_configuration() -> None:
    found = planned()
    assert_nothing_escalates(found)
    assert [one.type for one in found if "iam" in one.type.lower()] == [AUDIT]


def test_a_wrong_project_number_stops_the_up_and_names_the_right_one() -> None:
    email = "service-999@gcp-sa-pubsub.iam.gserviceaccount.com"
    with pytest.raises(ComponentError, match="is number 999") as refused:
        agreed_number(PROJECT, NUMBER, [email])
    assert 'projectNumber: "999"' in refused.value.fix


def test_the_number_counts_as_agreed_where_google_says_the_same_or_nothing() -> None:
    assert agreed_number(PROJECT, NUMBER, [None, Agent.PUBSUB.email(environment())]) == NUMBER


def test_the_number_is_compared_as_soon_as_google_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = harness._Provided.new_resource
    answer = Agent.PUBSUB.email(environment())
    compared: list[Any] = []

    def answered(self: Any, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = plain(self, args)
        return id_, outputs | ({"email": answer} if args.typ == AGENT else {})

    def comparing(project: str, number: str, emails: Any) -> str:
        compared.append((project, number, list(emails)))
        return number

    monkeypatch.setattr(project_baseline, "agreed_number", comparing)
    planned()
    assert not compared, "a first preview knows no e-mail: comparing then would need a call to Google"
    monkeypatch.setattr(harness._Provided, "new_resource", answered)
    planned()
    assert compared == [(PROJECT, NUMBER, [answer])]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"apis": ["run"]}, "host name"),
        ({"agents": []}, "no service agent"),
        ({"agents": [Agent.STORAGE]}, "no service agent"),
        ({"images": "gcr.io/acme"}, "one Artifact Registry repository"),
        ({"images": "europe-west1-docker.pkg.dev/acme"}, "one Artifact Registry repository"),
        ({"images": "europe-west1-docker.pkg.dev/acme/**"}, "one Artifact Registry repository"),
        ({"log_days": 0}, "1 to 3650"),
        ({"log_days": 3651}, "1 to 3650"),
    ],
)
def test_contradictory_arguments_are_refused_before_anything_is_registered(bad: dict[str, Any], told: str) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match=told):
            baseline(env, **bad)

    assert not of_type(plan_of(program), API)
