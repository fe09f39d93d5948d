"""ImageRegistry: tags that stay, scanned images, old ones gone, nobody in but by use."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.errors import ComponentError
from components.security.image_registry import ImageRegistry
from tests.components.harness import environment, only, plan_of
from tests.components.messaging.parts import use
from tests.components.security.parts import API, REGISTRY, REGISTRY_GRANT, a_key, depends_on

PATH = "europe-west1-docker.pkg.dev/acme-voice-prod/voicestack-prod-images"


def inputs_of(**arguments: Any) -> dict[str, Any]:
    return only(plan_of(lambda env: ImageRegistry("images", env=env, **arguments)), REGISTRY).inputs


def test_a_tag_cannot_be_moved_and_images_are_scanned() -> None:
    inputs = inputs_of()
    assert inputs["dockerConfig"] == {"immutableTags": True}
    assert inputs["vulnerabilityScanningConfig"] == {"enablementConfig": "INHERITED"}


def test_the_newest_images_are_kept_and_untagged_ones_go() -> None:
    keep, delete = inputs_of(kept_versions=5, untagged_days=2)["cleanupPolicies"]
    assert keep["mostRecentVersions"] == {"keepCount": 5}
    assert delete["condition"] == {"tagState": "UNTAGGED", "olderThan": "172800s"}
    assert inputs_of()["cleanupPolicyDryRun"] is False


def test_its_path_is_known_before_it_exists() -> None:
    assert ImageRegistry.path_of("images", env=environment()) == PATH


@pytest.mark.parametrize(("verb", "role"), [("push", "writer"), ("pull", "reader")])
def test_a_use_grants_its_role_on_this_repository_only(verb: str, role: str) -> None:
    def program(env: Environment) -> None:
        use(env, "ci", getattr(ImageRegistry("images", env=env), verb)())

    found = plan_of(program)
    grant = only(found, REGISTRY_GRANT)
    assert grant.inputs["role"] == f"roles/artifactregistry.{role}"
    assert only(found, REGISTRY).urn in grant.property_dependencies["repository"]


def test_with_a_key_it_waits_until_the_key_can_be_used() -> None:
    found = plan_of(lambda env: ImageRegistry("images", env=env, key=a_key()), cmek=True)
    registry = only(found, REGISTRY)
    assert registry.inputs["kmsKeyName"] == "key-id"
    assert depends_on(found, registry, "key-grant", API)


def test_without_the_key_that_the_environment_wants_it_is_refused() -> None:
    def program(env: Environment) -> None:
        with pytest.raises(ComponentError, match="no encryption key"):
            ImageRegistry("images", env=env)

    plan_of(program, cmek=True)


@pytest.mark.parametrize("bad", [{"kept_versions": 0}, {"untagged_days": 0}])
def test_a_clean_up_that_deletes_everything_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ComponentError, match="at least 1"):
        ImageRegistry("images", env=environment(), **bad)
