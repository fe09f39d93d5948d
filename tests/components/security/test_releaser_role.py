"""The releaser's role: what a release calls, and no way around it."""

from __future__ import annotations

import pulumi

from components.component import Environment
from components.security.identity import Identity
from components.security.releaser_role import ReleaserRole
from tests.components.harness import PROJECT, Registered, environment, of_type, only, plan_of
from tests.components.security.parts import PROJECT_GRANT

ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
RELEASER = f"projects/{PROJECT}/roles/voicestack_prod_releaser"


def made(env: Environment) -> None:
    role = ReleaserRole("releaser", env=env)
    assert role.role_name == RELEASER, "a reader of the plan must see which role is granted"
    identity = Identity("ci", env=env, description="Releases.")
    role.follow().make("ci-follow", identity, pulumi.ResourceOptions(parent=role))


def roles() -> dict[str, Registered]:
    return {one.name: one for one in of_type(plan_of(made), ROLE)}


def permissions() -> dict[str, set[str]]:
    return {name: set(one.inputs["permissions"]) for name, one in roles().items()}


def test_a_release_updates_and_runs_but_cannot_delete_enter_impersonate_or_grant() -> None:
    for name, held in permissions().items():
        for one in sorted(held):
            action = one.rsplit(".", 1)[1]
            assert action in {"get", "list", "update", "run"}, (
                f"{name} holds {one}: a release looks, updates, and runs a job as it stands"
            )
            assert one.startswith("run."), f"{name} holds {one}, which is not Cloud Run's"
    for forbidden in ("sshRoot", "setIamPolicy", "delete", "actAs", "runWithOverrides", "invoke", "create"):
        assert forbidden not in str(permissions())


def test_a_release_can_do_what_the_client_calls() -> None:
    held = permissions()["releaser"]
    assert {"run.services.get", "run.services.update", "run.revisions.get"} <= held
    assert {"run.jobs.get", "run.jobs.update", "run.jobs.run", "run.executions.get"} <= held


def test_nothing_on_the_whole_project_but_reading_an_operation_by_its_name() -> None:
    found = plan_of(made)
    assert permissions()["releaser-follower"] == {"run.operations.get"}
    grant = only(found, PROJECT_GRANT)
    assert grant.inputs["role"] == f"{RELEASER}_follower"
    role = next(one for one in of_type(found, ROLE) if one.name == "releaser-follower")
    assert role.urn in grant.dependencies, "a grant of a role that does not exist yet is refused"


def test_a_release_of_many_services_follows_operations_by_one_grant() -> None:
    keys: list[str] = []

    def program(env: Environment) -> None:
        role = ReleaserRole("releaser", env=env)
        keys.extend(role.follow().key for _ in range(2))

    plan_of(program)
    assert len(set(keys)) == 1


def test_a_destroyed_environment_can_have_the_role_again() -> None:
    names = set()
    for generation in (1, 2):
        naming = environment().naming.__class__("voicestack", "prod", PROJECT, generation)
        found = plan_of(lambda env: ReleaserRole("releaser", env=env), naming=naming)
        names |= {one.inputs["roleId"] for one in of_type(found, ROLE)}
    assert len(names) == 4, "Google keeps a deleted custom role's ID: its name must hold the generation"
