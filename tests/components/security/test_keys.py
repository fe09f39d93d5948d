"""Keys: one a service, usable by that service's agent only, rotated, hard to destroy."""

from __future__ import annotations

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.security.keys import Keys, Protection, key_or_error
from components.security.service_agents import Agent
from tests.components.harness import NUMBER, Registered, environment, of_type, only, plan_of
from tests.components.messaging.parts import with_agents
from tests.components.security.parts import AGENT, KEY, KEY_GRANT, a_key, depends_on

RING = "gcp:kms/keyRing:KeyRing"


def pubsub_key(env: Environment) -> None:
    Keys("keys", env=with_agents(env)).for_service(Agent.PUBSUB)


def test_a_ring_without_a_use_has_no_keys() -> None:
    assert not of_type(plan_of(lambda env: Keys("keys", env=env)), KEY)


def test_a_key_is_made_once_however_often_it_is_asked_for() -> None:
    def twice(env: Environment) -> None:
        keys = Keys("keys", env=env)
        assert keys.for_service(Agent.PUBSUB) is keys.for_service(Agent.PUBSUB)

    only(plan_of(twice), KEY)


def test_a_key_rotates_within_ninety_days_and_a_destroyed_version_can_be_restored_for_thirty() -> None:
    key = only(plan_of(pubsub_key), KEY)
    assert key.inputs["rotationPeriod"] == f"{90 * 86400}s"
    assert key.inputs["destroyScheduledDuration"] == f"{30 * 86400}s"
    assert key.inputs["purpose"] == "ENCRYPT_DECRYPT"


def test_only_the_services_agent_may_use_its_key_and_only_to_encrypt_and_decrypt() -> None:
    found = plan_of(pubsub_key)
    grant = only(found, KEY_GRANT)
    assert grant.inputs["role"] == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    assert grant.inputs["member"] == f"serviceAccount:service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"
    assert only(found, KEY).urn in grant.property_dependencies["cryptoKeyId"], "the grant is on this one key"
    assert depends_on(found, grant, "pubsub", AGENT), "a grant to an agent that does not exist yet is refused"


def test_what_is_encrypted_waits_for_the_grant() -> None:
    def asked(env: Environment) -> None:
        ready = Keys("keys", env=env).for_service(Agent.CLOUD_SQL).ready
        assert [type(one).__name__ for one in ready] == ["CryptoKeyIAMMember"]

    plan_of(asked)


def test_keys_are_in_the_environments_region_never_global() -> None:
    assert only(plan_of(pubsub_key), RING).inputs["location"] == "europe-west1"


def protected(found: list[Registered]) -> list[bool]:
    return [one.protect for one in found if one.type in {RING, KEY}]


def test_keys_are_protected_where_data_is() -> None:
    assert protected(plan_of(pubsub_key)) == [True, True]
    assert protected(plan_of(pubsub_key, protect=False)) == [False, False]


def test_key_material_stays_in_hardware_where_that_is_chosen() -> None:
    def program(env: Environment) -> None:
        Keys("keys", env=env, protection=Protection.HSM).for_service(Agent.PUBSUB)

    assert only(plan_of(program), KEY).inputs["versionTemplate"]["protectionLevel"] == "HSM"


def test_a_service_that_keeps_no_data_here_gets_no_key() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="a key for IAP"):
            Keys("keys", env=env).for_service(Agent.IAP)

    plan_of(program)


def test_an_environment_with_its_own_keys_refuses_an_entity_without_one() -> None:
    with pytest.raises(ComponentError, match="'jobs' has no encryption key"):
        key_or_error("jobs", env=environment(cmek=True), key=None)
    assert key_or_error("jobs", env=environment(), key=None) is None


def test_a_key_that_is_given_is_used_in_any_environment() -> None:
    def program(env: Environment) -> None:
        key = a_key()
        assert key_or_error("jobs", env=env, key=key) is key

    plan_of(program)
