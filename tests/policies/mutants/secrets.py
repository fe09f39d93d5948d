"""Edits that show secrets to more people, or end them."""

from typing import Any

from tests.policies.mutation import Draft, mutant

SECRET = "secretmanager/secret:Secret"
REGIONAL = "secretmanager/regionalSecret:RegionalSecret"
VERSION = "secretmanager/secretVersion:SecretVersion"
MEMBER = "projects/iAMMember:IAMMember"
WORKER = "serviceAccount:voicestack-worker@acme-voice-prod.iam.gserviceaccount.com"
ACCESSOR = "roles/secretmanager.secretAccessor"
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
SOUND: dict[str, Any] = {
    "location": "europe-west1",
    "customerManagedEncryption": {"kmsKeyName": KEY},
    "rotation": {"rotationPeriod": "7776000s", "nextRotationTime": "2027-03-01T00:00:00Z"},
    "topics": [{"name": "projects/acme-voice-prod/topics/voicestack-prod-rotations"}],
    "versionDestroyTtl": "604800s",
    "deletionProtection": True,
}
"""A secret of one region that no policy objects to."""
WIDER = ("grant-on-declared-target", "access-within-declared-uses", "identity-blast-radius")
"""Other policies that rightly see a grant on the project."""


@mutant("secrets-granted-one-by-one", also=WIDER)
def the_worker_may_read_every_secret(draft: Draft) -> None:
    draft.grant(MEMBER, "worker-all-secrets", ACCESSOR, WORKER, project="acme-voice-prod")


@mutant("secrets-granted-one-by-one", stack="staging", also=WIDER)
def the_worker_may_read_every_secret_for_a_while(draft: Draft) -> None:
    member = WORKER.replace("prod", "staging")
    condition = {"title": "for a while", "expression": 'request.time < timestamp("2030-01-01T00:00:00Z")'}
    draft.grant(MEMBER, "worker", ACCESSOR, member, project="acme-voice-staging", condition=condition)


@mutant("secrets-granted-one-by-one", also=(*WIDER, "iam-workload-cannot-escalate"))
def the_worker_administers_secrets(draft: Draft) -> None:
    draft.grant(MEMBER, "worker", "roles/secretmanager.admin", WORKER, project="acme-voice-prod")


@mutant("secret-value-not-in-clear")
def the_value_stands_in_clear(draft: Draft) -> None:
    version = draft.inputs(VERSION, "jwt-signing-key")
    del version["secretDataWo"]
    version["secretData"] = "hunter2hunter2"


@mutant("secret-value-not-in-clear", stack="staging")
def the_write_only_value_stands_in_clear(draft: Draft) -> None:
    draft.inputs(VERSION, "jwt-signing-key")["secretDataWo"] = "hunter2hunter2"


@mutant("secret-value-not-in-clear")
def a_version_is_added_in_clear(draft: Draft) -> None:
    inputs = {"secret": "projects/p/locations/europe-west1/secrets/s", "secretData": "hunter2hunter2"}
    draft.add("secretmanager/regionalSecretVersion:RegionalSecretVersion", "openai", inputs)


@mutant("secret-rotation-due")
def a_secret_is_never_due(draft: Draft) -> None:
    del draft.inputs(SECRET, "openai-api-key")["rotation"]


@mutant("secret-rotation-due", stack="staging")
def a_secret_is_due_every_ten_years(draft: Draft) -> None:
    draft.inputs(SECRET, "jwt-signing-key")["rotation"]["rotationPeriod"] = "315360000s"


@mutant("secret-rotation-due")
def a_secret_is_due_only_once(draft: Draft) -> None:
    del draft.inputs(SECRET, "livekit-api-key")["rotation"]["rotationPeriod"]


@mutant("secret-rotation-complete")
def nobody_is_told_that_it_is_due(draft: Draft) -> None:
    draft.inputs(SECRET, "openai-api-key")["topics"] = []


@mutant("secret-rotation-complete", stack="staging")
def the_first_date_is_left_out(draft: Draft) -> None:
    del draft.inputs(SECRET, "openai-api-key")["rotation"]["nextRotationTime"]


@mutant("secret-rotation-complete")
def it_is_due_every_minute(draft: Draft) -> None:
    draft.inputs(SECRET, "jwt-signing-key")["rotation"]["rotationPeriod"] = "60s"


@mutant("secret-keeps-to-regions", also=("key-where-the-data-is",))
def a_secret_is_kept_anywhere(draft: Draft) -> None:
    key = {"customerManagedEncryption": {"kmsKeyName": KEY}}
    draft.inputs(SECRET, "openai-api-key")["replication"] = {"auto": key}


@mutant("secret-keeps-to-regions", stack="staging")
def a_secret_is_kept_wherever_google_likes(draft: Draft) -> None:
    draft.inputs(SECRET, "jwt-signing-key")["replication"] = {"auto": {}}


@mutant("secret-keeps-to-regions", stack="staging")
def no_place_is_named(draft: Draft) -> None:
    draft.inputs(SECRET, "livekit-api-key")["replication"] = {"userManaged": {"replicas": []}}


@mutant("secret-own-key")
def a_secret_loses_its_key(draft: Draft) -> None:
    replicas = draft.inputs(SECRET, "openai-api-key")["replication"]["userManaged"]["replicas"]
    del replicas[0]["customerManagedEncryption"]


@mutant("secret-own-key")
def a_second_replica_has_no_key(draft: Draft) -> None:
    draft.inputs(SECRET, "jwt-signing-key")["replication"]["userManaged"]["replicas"].append(
        {"location": "europe-west4"}
    )


@mutant("secret-own-key")
def a_secret_of_one_region_without_a_key_is_added(draft: Draft) -> None:
    draft.add(REGIONAL, "more", {**SOUND, "secretId": "more", "customerManagedEncryption": None})


@mutant("secret-versions-restorable")
def a_version_is_gone_at_once(draft: Draft) -> None:
    del draft.inputs(SECRET, "openai-api-key")["versionDestroyTtl"]


@mutant("secret-versions-restorable")
def a_version_is_gone_within_the_hour(draft: Draft) -> None:
    draft.inputs(SECRET, "jwt-signing-key")["versionDestroyTtl"] = "3600s"


@mutant("secret-versions-restorable")
def versions_of_an_added_secret_are_gone_at_once(draft: Draft) -> None:
    draft.add(REGIONAL, "more", {**SOUND, "secretId": "more", "versionDestroyTtl": None})


@mutant("secret-deletion-protected")
def a_secret_loses_both_guards(draft: Draft) -> None:
    draft.inputs(SECRET, "openai-api-key").update(deletionProtection=False, deletionPolicy="DELETE")


@mutant("secret-deletion-protected")
def the_guards_are_left_out(draft: Draft) -> None:
    secret = draft.inputs(SECRET, "jwt-signing-key")
    del secret["deletionProtection"], secret["deletionPolicy"]


@mutant("secret-deletion-protected")
def an_added_secret_has_no_guard(draft: Draft) -> None:
    draft.add(REGIONAL, "more", {**SOUND, "secretId": "more", "deletionProtection": False})
