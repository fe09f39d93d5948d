"""Topics: in the region, protected, dead letters kept, publishers by grant only."""

from __future__ import annotations

import pulumi
import pytest

from components.component import Environment
from components.errors import ComponentError
from components.messaging.topic import Topic
from components.security.keys import EncryptionKey
from components.security.service_agents import Agent
from tests.components.harness import NUMBER, PROJECT, Registered, of_type, only, plan_of
from tests.components.messaging.parts import (
    ALERT,
    AVRO,
    PUBSUB_AGENT,
    SUBSCRIPTION,
    SUBSCRIPTION_GRANT,
    TOPIC,
    TOPIC_GRANT,
    is_refused,
    named,
    query_of,
    routing,
    use,
    waits_for,
    with_agents,
)

SCHEMA = "gcp:pubsub/schema:Schema"


def jobs(env: Environment) -> Topic:
    return Topic("jobs", env=with_agents(env))


def test_messages_are_stored_and_carried_in_the_environments_region_only() -> None:
    for topic in of_type(plan_of(jobs), TOPIC):
        policy = topic.inputs["messageStoragePolicy"]
        assert policy["allowedPersistenceRegions"] == ["europe-west1"], topic.name
        assert policy["enforceInTransit"] is True, topic.name


def test_a_topic_that_google_publishes_to_is_kept_in_the_region_but_open_from_elsewhere() -> None:
    found = plan_of(lambda env: Topic("rotations", env=with_agents(env), publishers=[Agent.SECRET_MANAGER]))
    policy = named(found, TOPIC, "rotations").inputs["messageStoragePolicy"]
    assert policy["enforceInTransit"] is False, "Secret Manager publishes from outside the region"
    assert policy["allowedPersistenceRegions"] == ["europe-west1"]


def test_a_google_publisher_is_granted_after_its_agent_is_made() -> None:
    found = plan_of(lambda env: Topic("rotations", env=with_agents(env), publishers=[Agent.SECRET_MANAGER]))
    grant = named(found, TOPIC_GRANT, "rotations-publisher-secret-manager")
    assert grant.inputs["role"] == "roles/pubsub.publisher"
    assert grant.inputs["member"] == (
        f"serviceAccount:service-{NUMBER}@gcp-sa-secretmanager.iam.gserviceaccount.com"
    )
    agent = named(found, "gcp:projects/serviceIdentity:ServiceIdentity", "secret_manager")
    assert waits_for(found, grant, agent), "the agent may not exist before its first use"


@pytest.mark.parametrize("protect", [True, False])
def test_what_holds_messages_is_protected_where_the_environment_protects_data(protect: bool) -> None:
    found = plan_of(lambda env: Topic("jobs", env=env, schema=AVRO), protect=protect)
    holders = [one for type_ in (TOPIC, SUBSCRIPTION, SCHEMA) for one in of_type(found, type_)]
    assert len(holders) == 4
    for one in holders:
        assert one.protect is protect, f"{one.name}: use self.guarded()"
        assert one.inputs.get("deletionPolicy") == ("PREVENT" if protect else None), one.name


def test_everything_that_takes_labels_has_them_and_every_name_is_explicit() -> None:
    found = plan_of(jobs)
    assert {one.inputs["name"] for one in of_type(found, TOPIC)} == {
        "voicestack-prod-jobs",
        "voicestack-prod-jobs-dead-letter",
    }
    for one in [*of_type(found, TOPIC), *of_type(found, SUBSCRIPTION)]:
        assert one.inputs["labels"]["component"] == "jobs"
        assert one.inputs["project"] == PROJECT


def test_messages_must_fit_the_schema() -> None:
    found = plan_of(lambda env: Topic("jobs", env=env, schema=AVRO))
    assert only(found, SCHEMA).inputs["type"] == "AVRO"
    settings = named(found, TOPIC, "jobs").inputs["schemaSettings"]
    assert settings == {"encoding": "JSON", "schema": f"projects/{PROJECT}/schemas/voicestack-prod-jobs"}
    assert "schemaSettings" not in named(found, TOPIC, "jobs-dead-letter").inputs, (
        "a dead letter is refused by the very schema it may violate"
    )


def test_dead_letters_are_kept_as_long_as_google_allows_and_never_expire() -> None:
    kept = named(plan_of(jobs), SUBSCRIPTION, "jobs-dead-letter").inputs
    assert kept["messageRetentionDuration"] == "2678400s"
    assert kept["expirationPolicy"] == {"ttl": ""}


def test_pubsub_may_publish_dead_letters() -> None:
    found = plan_of(jobs)
    grant = named(found, TOPIC_GRANT, "jobs-dead-letter-publisher-pubsub")
    assert grant.inputs["member"] == PUBSUB_AGENT
    assert grant.inputs["topic"] == "voicestack-prod-jobs-dead-letter"
    agent = named(found, "gcp:projects/serviceIdentity:ServiceIdentity", "pubsub")
    assert waits_for(found, grant, agent)


def test_a_topic_without_dead_letters_has_one_topic_and_nothing_else() -> None:
    found = plan_of(lambda env: Topic("events", env=env, dead_letters=False, alerts=routing()))
    assert [one.type for one in found if one.custom] == [TOPIC]


def test_any_dead_letter_raises_an_alert() -> None:
    found = plan_of(lambda env: Topic("jobs", env=env, alerts=routing()))
    query = query_of(only(found, ALERT))
    assert 'subscription_id="voicestack-prod-jobs-dead-letter"' in query
    assert query.endswith("> 0")


def test_the_advice_on_dead_letters_asks_the_region_that_messages_keep_to() -> None:
    found = plan_of(lambda env: Topic("jobs", env=with_agents(env), alerts=routing()), region="europe-north1")
    assert named(found, TOPIC, "jobs-dead-letter").inputs["messageStoragePolicy"]["enforceInTransit"] is True
    advice = only(found, ALERT).inputs["documentation"]["content"]
    assert "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=https://europe-north1-pubsub.googleapis.com/" in advice, (
        "a pull through the global endpoint is refused outside the region"
    )
    assert f"gcloud pubsub subscriptions pull voicestack-prod-jobs-dead-letter --project={PROJECT}" in advice


def test_a_key_encrypts_messages_and_dead_letters_once_its_grant_exists() -> None:
    def program(env: Environment) -> None:
        ready = Topic("stands-for-a-grant", env=env, dead_letters=False).topic
        Topic("jobs", env=env, key=EncryptionKey(id=pulumi.Output.from_input("a-key"), ready=[ready]))

    found = plan_of(program)
    ready = named(found, TOPIC, "stands-for-a-grant")
    for name in ("jobs", "jobs-dead-letter"):
        topic = named(found, TOPIC, name)
        assert topic.inputs["kmsKeyName"] == "a-key"
        assert waits_for(found, topic, ready), "Pub/Sub cannot use the key before it is granted"


def test_an_environment_with_keys_of_its_own_makes_no_topic_without_one() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: Topic("jobs", env=env), cmek=True)
    is_refused(error, "jobs", "cmek", "key")


def granted(found: list[Registered], user: str) -> set[tuple[str, str, str]]:
    member = f"serviceAccount:voicestack-{user}@{PROJECT}.iam.gserviceaccount.com"
    return {
        (one.inputs.get("topic") or one.inputs["subscription"], one.inputs["role"], one.name)
        for type_ in (TOPIC_GRANT, SUBSCRIPTION_GRANT)
        for one in of_type(found, type_)
        if one.inputs["member"] == member
    }


def test_publishing_is_one_grant_on_the_topic() -> None:
    def program(env: Environment) -> None:
        topic = jobs(env)
        use(env, "backend", topic.publish())
        use(env, "reader", topic.read_dead_letters())

    found = plan_of(program)
    assert granted(found, "backend") == {
        ("voicestack-prod-jobs", "roles/pubsub.publisher", "backend-jobs-publish")
    }
    assert granted(found, "reader") == {
        ("voicestack-prod-jobs-dead-letter", "roles/pubsub.subscriber", "reader-jobs-dead-letters")
    }


def test_removing_a_use_removes_exactly_its_grants() -> None:
    def program(env: Environment, *, dead_letters: bool) -> None:
        topic = jobs(env)
        use(env, "backend", topic.publish(), *([topic.read_dead_letters()] if dead_letters else []))

    before = {one.urn for one in plan_of(lambda env: program(env, dead_letters=True))}
    after = {one.urn for one in plan_of(lambda env: program(env, dead_letters=False))}
    assert not after - before
    assert [urn.rpartition("::")[2] for urn in before - after] == ["backend-jobs-dead-letters"]


def test_the_publisher_learns_the_topics_path() -> None:
    seen: list[str] = []

    def program(env: Environment) -> None:
        access = jobs(env).publish()
        path = access.variables["TOPIC_JOBS"]
        assert isinstance(path, pulumi.Output)
        path.apply(seen.append)

    plan_of(program)
    assert seen == [f"projects/{PROJECT}/topics/voicestack-prod-jobs"]


@pytest.mark.parametrize("seconds", [599, 2_678_401])
def test_a_retention_outside_googles_limits_is_refused(seconds: int) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: Topic("jobs", env=env, retention_s=seconds))
    is_refused(error, "retention_s", f"{seconds}", "600 to 2678400")


@pytest.mark.parametrize(
    ("schema", "word"),
    [("{", "not JSON"), ('"string"', "not an Avro record"), ('{"type": "record", "name": "Job"}', "no fields")],
)
def test_a_schema_that_is_no_avro_record_is_refused(schema: str, word: str) -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: Topic("jobs", env=env, schema=schema))
    is_refused(error, word)


def test_dead_letters_cannot_be_read_where_none_are_kept() -> None:
    with pytest.raises(ComponentError) as error:
        plan_of(lambda env: Topic("jobs", env=env, dead_letters=False).read_dead_letters())
    is_refused(error, "jobs", "dead_letters")
