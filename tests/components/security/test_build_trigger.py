"""BuildTrigger: a push to one branch, an identity a trigger, a person's yes where wanted."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError, LinkError
from components.security.build_trigger import BuildTrigger
from tests.components.harness import PROJECT, Registered, of_type, only, plan_of
from tests.components.security.parts import PROJECT_GRANT, Entity, assert_nothing_escalates, depends_on

TRIGGER = "gcp:cloudbuild/trigger:Trigger"
REPOSITORY = f"projects/{PROJECT}/locations/europe-west4/connections/github/repositories/voice"


def trigger(env: Environment, name: str = "api", **changes: Any) -> BuildTrigger:
    given: dict[str, Any] = {
        "repository": REPOSITORY,
        "approval": True,
        "uses": [Entity(f"{name}-registry", env=env).use()],
    }
    return BuildTrigger(name, env=env, **(given | changes))


def planned(**changes: Any) -> list[Registered]:
    return plan_of(lambda env: trigger(env, **changes))


def test_a_push_to_exactly_one_branch_starts_it() -> None:
    event = only(planned(branch="release/1.0"), TRIGGER).inputs["repositoryEventConfig"]
    assert event == {"repository": REPOSITORY, "push": {"branch": "^release/1[.]0$"}}


def test_it_is_where_its_connection_is() -> None:
    assert only(planned(), TRIGGER).inputs["location"] == "europe-west4"


def test_it_runs_as_an_identity_of_its_own() -> None:
    def two(env: Environment) -> None:
        trigger(env, "api")
        trigger(env, "worker")

    found = plan_of(two)
    accounts = {one.inputs["serviceAccount"] for one in of_type(found, TRIGGER)}
    assert accounts == {
        f"projects/{PROJECT}/serviceAccounts/voicestack-{name}-build@{PROJECT}.iam.gserviceaccount.com"
        for name in ("api", "worker")
    }, "each trigger needs its own service account: the default one may edit the whole project"


def test_it_may_write_logs_and_do_what_its_uses_say_and_no_more() -> None:
    found = planned()
    assert_nothing_escalates(found)
    assert only(found, PROJECT_GRANT).inputs["role"] == "roles/logging.logWriter"
    granted = {str(one.inputs["role"]) for one in found if "role" in one.inputs}
    assert granted == {"roles/logging.logWriter", "roles/pubsub.publisher"}


def test_no_build_starts_before_its_grants() -> None:
    found = planned()
    assert depends_on(found, only(found, TRIGGER), "api-build-write-logs", PROJECT_GRANT)


@pytest.mark.parametrize("approval", [True, False])
def test_a_person_approves_builds_where_that_is_wanted(approval: bool) -> None:
    config = only(planned(approval=approval), TRIGGER).inputs["approvalConfig"]
    assert config == {"approvalRequired": approval}


def test_only_pushes_that_change_its_files_start_it() -> None:
    assert only(planned(included_files=["app/**"]), TRIGGER).inputs["includedFiles"] == ["app/**"]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"repository": "acme/voice"}, "second-generation"),
        ({"repository": "projects/p/locations/l/connections/c"}, "second-generation"),
        ({"branch": ".*"}, "regular expression"),
        ({"branch": "main|.*"}, "regular expression"),
        ({"substitutions": {"SERVICE": "api"}}, "_NAME"),
    ],
)
def test_malformed_arguments_are_refused_before_anything_is_registered(bad: dict[str, Any], told: str) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match=told):
            trigger(env, **bad)

    assert not of_type(plan_of(program), TRIGGER)


def test_a_build_cannot_use_what_only_the_network_reaches() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(LinkError, match="private address"):
            trigger(env, uses=[Entity("database", env=env).use(private=True)])

    plan_of(program)
