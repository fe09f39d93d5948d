"""Who may use Postgres: no passwords, each workload an IAM user with the rights that its link says."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.component import Environment
from components.database.postgres_rights import Right
from components.errors import LinkError, NamingError
from components.naming import Naming
from tests.components.database.parts import postgres
from tests.components.database.surroundings import use
from tests.components.harness import of_type, only, plan_of

USER = "gcp:sql/user:User"
MEMBER = "gcp:projects/iAMMember:IAMMember"


def test_there_is_no_user_with_a_password() -> None:
    def program(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.WRITE))
        use(env, "migrations", database.own())

    for user in of_type(plan_of(program), USER):
        assert user.inputs["type"] == "CLOUD_IAM_SERVICE_ACCOUNT"
        assert not {"password", "passwordWo"} & user.inputs.keys()


def test_removing_a_use_leaves_the_role_that_still_holds_rights() -> None:
    """Postgres refuses to drop it, so the deployment that removes the link would fail."""

    def program(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.WRITE))
        use(env, "migrations", database.own())

    users = of_type(plan_of(program), USER)
    assert len(users) == 2
    for user in users:
        assert user.inputs["deletionPolicy"] == "ABANDON", user.name


def test_a_link_grants_login_to_this_one_instance_and_its_replicas() -> None:
    def program(env: Environment) -> None:
        use(env, "api", postgres(env, replicas=1).connect(Right.READ))

    members = of_type(plan_of(program), MEMBER)
    assert sorted(one.inputs["role"] for one in members) == [
        "roles/cloudsql.client",
        "roles/cloudsql.instanceUser",
    ]
    for member in members:
        expression = member.inputs["condition"]["expression"]
        assert expression.count("resource.service == 'sqladmin.googleapis.com'") == 2
        assert "'projects/acme-voice-prod/instances/voicestack-prod-main'" in expression
        assert "'projects/acme-voice-prod/instances/voicestack-prod-main-read-1'" in expression


def test_removing_a_use_removes_exactly_its_grants() -> None:
    def program(env: Environment, *, web: bool) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.WRITE))
        use(env, "web", *([database.connect(Right.READ)] if web else []))

    more = {one.urn for one in plan_of(lambda env: program(env, web=True))}
    less = {one.urn for one in plan_of(lambda env: program(env, web=False))}
    assert sorted(urn.split("::")[-1] for urn in more - less) == [
        "web-main-client",
        "web-main-login",
        "web-main-user",
    ]
    assert less <= more


def test_a_workload_learns_the_connection_and_its_user() -> None:
    variables: dict[str, Any] = {}

    def program(env: Environment) -> None:
        variables.update(use(env, "api", postgres(env, replicas=1).connect(Right.WRITE)))

    user = only(plan_of(program), USER)
    assert variables == {
        "DATABASE_INSTANCE": "acme-voice-prod:europe-west1:voicestack-prod-main",
        "DATABASE_READ_INSTANCES": "acme-voice-prod:europe-west1:voicestack-prod-main-read-1",
        "DATABASE_NAME": "voicestack_prod",
        "DATABASE_USER": "voicestack-api@acme-voice-prod.iam",
    }
    assert user.inputs["name"] == variables["DATABASE_USER"]


@pytest.mark.parametrize("owner_first", [True, False])
def test_the_migrations_are_told_every_right_whatever_the_order_of_links(owner_first: bool) -> None:
    told: list[str] = []

    def program(env: Environment) -> None:
        database = postgres(env)

        def own() -> None:
            pulumi.Output.from_input(use(env, "migrations", database.own())["DATABASE_RIGHTS"]).apply(told.append)

        if owner_first:
            own()
        use(env, "api", database.connect(Right.WRITE))
        use(env, "web", database.connect(Right.READ))
        if not owner_first:
            own()

    found = plan_of(program)
    assert [json.loads(one) for one in told] == [
        {"voicestack-api@acme-voice-prod.iam": "write", "voicestack-web@acme-voice-prod.iam": "read"}
    ]
    owner = next(one for one in of_type(found, USER) if one.name == "migrations-main-user")
    assert owner.inputs["databaseRoles"] == ["cloudsqlsuperuser"], "nobody else may create in the schema public"


def test_a_link_made_after_the_rights_were_told_is_refused() -> None:
    refused: list[str] = []

    def program(env: Environment) -> None:
        database = postgres(env)
        told = pulumi.Output.from_input(use(env, "migrations", database.own())["DATABASE_RIGHTS"])

        def late(_: str) -> None:
            try:
                use(env, "late", database.connect(Right.READ))
            except LinkError as error:
                refused.append(error.what)

        told.apply(late)

    plan_of(program)
    assert len(refused) == 1, "its user would never be granted its rights"
    assert "after its rights were told" in refused[0]


def test_one_workload_with_two_rights_is_told_to_keep_one() -> None:
    def program(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.connect(Right.READ), database.connect(Right.WRITE))

    with pytest.raises(LinkError, match="two rights"):
        plan_of(program)


def test_a_schema_has_one_owner_that_serves_no_requests() -> None:
    def two(env: Environment) -> None:
        database = postgres(env)
        use(env, "migrations", database.own())
        use(env, "others", database.own())

    def both(env: Environment) -> None:
        database = postgres(env)
        use(env, "api", database.own(), database.connect(Right.WRITE))

    with pytest.raises(LinkError, match="two owners"):
        plan_of(two)
    with pytest.raises(LinkError, match="both owns and uses"):
        plan_of(both)


def test_a_user_name_that_postgres_would_cut_is_refused() -> None:
    def program(env: Environment) -> None:
        use(env, "abcdefghijklmnopqrs", postgres(env).connect(Right.READ))

    project = "p" * 30
    with pytest.raises(NamingError, match="65 characters"):
        plan_of(program, project=project, naming=Naming("voicestack", "prod", project))
