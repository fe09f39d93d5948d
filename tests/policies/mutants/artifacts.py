"""Edits after which images are not what they seem, or are not there."""

from typing import Any

from tests.policies.mutation import Draft, mutant

REPOSITORY = "artifactregistry/repository:Repository"
SERVICE = "projects/service:Service"
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"


def _repository(draft: Draft, **more: Any) -> None:
    sound = {
        "repositoryId": "more",
        "location": "europe-west1",
        "format": "DOCKER",
        "kmsKeyName": KEY,
        "dockerConfig": {"immutableTags": True},
        "cleanupPolicies": [
            {"id": "old", "action": "DELETE", "condition": {"tagState": "UNTAGGED", "olderThan": "2592000s"}}
        ],
        "deletionPolicy": "PREVENT",
    }
    draft.add(REPOSITORY, "more", {**sound, **more})


@mutant("registry-scanned")
def scanning_is_turned_off(draft: Draft) -> None:
    draft.inputs(REPOSITORY, "images")["vulnerabilityScanningConfig"] = {"enablementConfig": "DISABLED"}


@mutant("registry-scanned", stack="staging")
def the_scanner_is_not_enabled(draft: Draft) -> None:
    for service in draft.all(SERVICE):
        if service.inputs["service"] == "containerscanning.googleapis.com":
            service.inputs["service"] = "containeranalysis.googleapis.com"


@mutant("registry-scanned")
def a_repository_that_nothing_scans_is_added(draft: Draft) -> None:
    _repository(draft, vulnerabilityScanningConfig={"enablementConfig": "DISABLED"})


@mutant("registry-tags-immutable")
def tags_can_be_moved(draft: Draft) -> None:
    draft.inputs(REPOSITORY, "images")["dockerConfig"]["immutableTags"] = False


@mutant("registry-tags-immutable", stack="staging")
def nothing_is_said_of_tags(draft: Draft) -> None:
    del draft.inputs(REPOSITORY, "images")["dockerConfig"]


@mutant("registry-tags-immutable")
def a_repository_with_movable_tags_is_added(draft: Draft) -> None:
    _repository(draft, dockerConfig={})


@mutant("no-container-registry")
def a_container_registry_is_added(draft: Draft) -> None:
    draft.add("container/registry:Registry", "old", {"location": "EU"})


@mutant("no-container-registry")
def the_old_api_is_enabled(draft: Draft) -> None:
    old = {"service": "containerregistry.googleapis.com", "disableOnDestroy": False, "project": "acme-voice-prod"}
    draft.add(SERVICE, "old", old)


@mutant("no-container-registry", stack="staging")
def a_container_registry_is_added_anywhere(draft: Draft) -> None:
    draft.add("container/registry:Registry", "old", {"project": "acme-voice-staging"})


@mutant("registry-own-key", also=("service-agent-nothing-wider",))
def the_images_lose_their_key(draft: Draft) -> None:
    del draft.inputs(REPOSITORY, "images")["kmsKeyName"]


@mutant("registry-own-key", also=("service-agent-nothing-wider",))
def the_key_of_the_images_is_emptied(draft: Draft) -> None:
    draft.inputs(REPOSITORY, "images")["kmsKeyName"] = ""


@mutant("registry-own-key")
def a_repository_without_a_key_is_added(draft: Draft) -> None:
    _repository(draft, kmsKeyName=None)


@mutant("registry-keeps-releases")
def no_release_is_kept(draft: Draft) -> None:
    draft.inputs(REPOSITORY, "images")["cleanupPolicies"] = [
        {"id": "old", "action": "DELETE", "condition": {"olderThan": "2592000s"}}
    ]


@mutant("registry-keeps-releases", stack="staging")
def one_release_is_kept(draft: Draft) -> None:
    for policy in draft.inputs(REPOSITORY, "images")["cleanupPolicies"]:
        if policy["action"] == "KEEP":
            policy["mostRecentVersions"]["keepCount"] = 1
        else:
            policy["condition"]["tagState"] = "ANY"


@mutant("registry-keeps-releases")
def releases_are_kept_for_one_image_alone(draft: Draft) -> None:
    for policy in draft.inputs(REPOSITORY, "images")["cleanupPolicies"]:
        if policy["action"] == "KEEP":
            policy["mostRecentVersions"]["packageNamePrefixes"] = ["worker"]
        else:
            policy["condition"]["tagState"] = "TAGGED"


@mutant("registry-cleaned-up")
def nothing_is_cleaned_up(draft: Draft) -> None:
    del draft.inputs(REPOSITORY, "images")["cleanupPolicies"]


@mutant("registry-cleaned-up", stack="staging")
def the_clean_up_only_says_what_it_would_do(draft: Draft) -> None:
    draft.inputs(REPOSITORY, "images")["cleanupPolicyDryRun"] = True


@mutant("registry-cleaned-up")
def the_clean_up_only_keeps(draft: Draft) -> None:
    repository = draft.inputs(REPOSITORY, "images")
    repository["cleanupPolicies"] = [one for one in repository["cleanupPolicies"] if one["action"] == "KEEP"]
