"""Secrets: no value in the clear, one region, rotation from the first day, readers by name."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime import mocks

from components.component import Environment
from components.errors import ComponentError
from components.messaging.topic import Topic
from components.security.secret import Generated, Rotation, Secret, Supplied, lacking_a_version
from tests.components import harness
from tests.components.harness import Registered, of_type, only, plan_of
from tests.components.messaging.parts import use
from tests.components.security.parts import (
    API,
    SECRET,
    SECRET_GRANT,
    SECRET_VERSION,
    a_key,
    depends_on,
    rotation,
)

VALUE = "c2VjcmV0"
RANDOM = "random:index/randomBytes:RandomBytes"


def secret(env: Environment, name: str = "session-key", **arguments: Any) -> Secret:
    given: dict[str, Any] = {"source": Generated(), "rotation": rotation(env)}
    return Secret(name, env=env, **(given | arguments))


def planned(**arguments: Any) -> list[Registered]:
    return plan_of(lambda env: secret(env, **arguments))


def test_a_generated_value_is_never_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = harness._Provided.new_resource

    def with_value(self: Any, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = plain(self, args)
        return id_, outputs | ({"base64": VALUE, "hex": VALUE} if args.typ == RANDOM else {})

    sent: list[Any] = []
    register = harness._Recorder.RegisterResource

    def listening(self: Any, request: Any) -> Any:
        if request.type == SECRET_VERSION:
            sent.append(request.object)
        return register(self, request)

    monkeypatch.setattr(harness._Provided, "new_resource", with_value)
    monkeypatch.setattr(harness._Recorder, "RegisterResource", listening)
    planned()
    wire = sent[0].fields["secretDataWo"]
    assert wire.WhichOneof("kind") == "struct_value", (
        f"the value went to the engine unmarked: {wire.WhichOneof('kind')}"
    )
    assert wire.struct_value.fields["value"].string_value == VALUE
    assert "secretData" not in sent[0].fields, (
        "secret_data is read back by every refresh: use the write-only field"
    )


def test_a_value_from_outside_never_enters_the_program() -> None:
    found = planned(source=Supplied(present=True))
    assert not of_type(found, SECRET_VERSION)
    assert not of_type(found, RANDOM)


def test_a_new_value_is_made_by_raising_its_version_and_the_old_one_is_only_disabled() -> None:
    found = planned(source=Generated(version=2))
    version = only(found, SECRET_VERSION).inputs
    assert version["secretDataWoVersion"] == "2"
    assert only(found, RANDOM).inputs["keepers"] == {"version": "2"}
    assert version["deletionPolicy"] == "DISABLE"
    for kind in (RANDOM, SECRET_VERSION):
        assert not only(found, kind).protect, (
            f"a protected {kind} could not be replaced: rotation would fail in prod"
        )


def test_the_value_stays_in_the_environments_region_under_its_key() -> None:
    found = plan_of(lambda env: secret(env, key=a_key()), cmek=True)
    [replica] = only(found, SECRET).inputs["replication"]["userManaged"]["replicas"]
    assert replica == {"location": "europe-west1", "customerManagedEncryption": {"kmsKeyName": "key-id"}}
    assert depends_on(found, only(found, SECRET), "key-grant", API)


def test_rotation_is_due_at_the_first_date_which_google_then_moves_on() -> None:
    found = planned()
    made = only(found, SECRET)
    assert made.inputs["rotation"] == {"rotationPeriod": "7776000s", "nextRotationTime": "2027-01-01T00:00:00Z"}
    assert made.ignore_changes == ("rotation.nextRotationTime",)
    assert depends_on(
        found, made, "rotation-publisher-secret-manager", "gcp:pubsub/topicIAMMember:TopicIAMMember"
    ), "Secret Manager refuses a secret whose topic it may not publish to"


def test_a_secret_is_protected_where_data_is() -> None:
    made = only(planned(), SECRET)
    assert (made.protect, made.inputs["deletionProtection"]) == (True, True)
    assert made.inputs["versionDestroyTtl"] == f"{7 * 86400}s"
    loose = only(plan_of(secret, protect=False), SECRET)
    assert (loose.protect, loose.inputs["deletionProtection"]) == (False, False)


def test_a_reader_reads_this_secret_only_and_waits_for_its_value() -> None:
    found = plan_of(lambda env: use(env, "api", secret(env).read()))
    grant = only(found, SECRET_GRANT)
    assert grant.inputs["role"] == "roles/secretmanager.secretAccessor"
    assert only(found, SECRET).urn in grant.property_dependencies["secretId"]
    assert depends_on(found, grant, "session-key", SECRET_VERSION), (
        "a service that mounts a secret without a version fails: the grant must follow the version"
    )


def test_a_reader_gets_it_in_a_variable_named_after_it_or_as_asked() -> None:
    def program(env: Environment) -> None:
        made = secret(env)
        [value] = made.read().secrets
        assert (value.variable, value.version) == ("SESSION_KEY", "latest")
        [asked] = made.read(variable="SIGNING_KEY", version="3").secrets
        assert (asked.variable, asked.version) == ("SIGNING_KEY", "3")

    plan_of(program)


def test_a_secret_that_lacks_a_version_is_granted_but_not_mounted_and_is_listed() -> None:
    def program(env: Environment) -> None:
        due = rotation(env)
        secrets = [
            Secret(name, env=env, source=source, rotation=due)
            for name, source in (
                ("here", Supplied(present=True)),
                ("missing", Supplied(present=False)),
                ("made", Generated()),
            )
        ]
        assert lacking_a_version(secrets) == ["missing"]
        access = secrets[1].read()
        assert not access.secrets
        assert [grant.key for grant in access.grants] == ["missing-read"]

    plan_of(program)


@pytest.mark.parametrize("first", ["", "2027-01-01", "2027-01-01T00:00:00+01:00", "soon"])
def test_rotation_without_a_date_in_utc_is_refused(first: str) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="first rotation"):
            rotation(env, first=first)

    plan_of(program)


@pytest.mark.parametrize("days", [0, 366])
def test_rotation_less_often_than_yearly_is_refused(days: int) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="rotation period"):
            rotation(env, period_days=days)

    plan_of(program)


def test_a_topic_that_secret_manager_may_not_publish_to_is_refused() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="no publisher"):
            Rotation(topic=Topic("quiet", env=env), first="2027-01-01T00:00:00Z")

    plan_of(program)


@pytest.mark.parametrize("version", ["0", "newest", "-1"])
def test_a_version_that_secret_manager_does_not_have_is_refused(version: str) -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match=f"version '{version}'"):
            secret(env).read(version=version)

    plan_of(program)


@pytest.mark.parametrize("size", [15, 1025])
def test_a_generated_value_that_can_be_guessed_is_refused(size: int) -> None:
    with pytest.raises(ComponentError, match=f"{size} bytes"):
        Generated(size_bytes=size)
