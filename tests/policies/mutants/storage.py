"""Edits that open buckets, hide who looked, or let objects go."""

from typing import Any

from plan.sentinels import UNKNOWN
from tests.policies.mutation import Draft, mutant

BUCKET = "storage/bucket:Bucket"
SINK = "logging/projectSink:ProjectSink"
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
SOUND: dict[str, Any] = {
    "location": "EUROPE-WEST1",
    "publicAccessPrevention": "enforced",
    "uniformBucketLevelAccess": True,
    "encryption": {"defaultKmsKeyName": KEY},
    "retentionPolicy": {"retentionPeriod": "31536000", "isLocked": True},
}
"""A bucket that no policy objects to."""
UNIFORM = ("bucket-uniform-access",)


@mutant("bucket-public-access-prevented")
def public_access_is_left_to_the_organisation(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["publicAccessPrevention"] = "inherited"


@mutant("bucket-public-access-prevented", stack="staging")
def prevention_is_left_out(draft: Draft) -> None:
    del draft.inputs(BUCKET, "reports")["publicAccessPrevention"]


@mutant("bucket-public-access-prevented")
def a_bucket_without_prevention_is_added(draft: Draft) -> None:
    draft.add(BUCKET, "media", {**SOUND, "name": "media", "publicAccessPrevention": "unspecified"})


@mutant("bucket-uniform-access")
def objects_get_lists_of_their_own(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["uniformBucketLevelAccess"] = False


@mutant("bucket-uniform-access", stack="staging")
def uniform_access_is_left_out(draft: Draft) -> None:
    del draft.inputs(BUCKET, "recordings")["uniformBucketLevelAccess"]


@mutant("bucket-uniform-access")
def somebody_is_put_on_a_list(draft: Draft) -> None:
    bucket = draft.find(BUCKET, "reports").inputs["name"]
    draft.add(
        "storage/bucketAccessControl:BucketAccessControl",
        "ann",
        {"bucket": bucket, "role": "READER", "entity": "user-ann@example.com"},
    )


@mutant("bucket-acl-not-public", also=UNIFORM)
def a_ready_made_list_publishes_the_bucket(draft: Draft) -> None:
    draft.add("storage/bucketACL:BucketACL", "public", {"bucket": "b", "predefinedAcl": "publicRead"})


@mutant("bucket-acl-not-public", also=UNIFORM)
def new_objects_are_public_by_default(draft: Draft) -> None:
    inputs = {"bucket": "b", "roleEntities": ["OWNER:project-owners-1", "READER:allUsers"]}
    draft.add("storage/defaultObjectACL:DefaultObjectACL", "public", inputs)


@mutant("bucket-acl-not-public", stack="staging", also=UNIFORM)
def one_object_is_public(draft: Draft) -> None:
    inputs = {"bucket": "b", "object": "call.wav", "role": "READER", "entity": "allAuthenticatedUsers"}
    draft.add("storage/objectAccessControl:ObjectAccessControl", "public", inputs)


@mutant("bucket-cors-named-origins")
def any_page_may_upload(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["cors"][0]["origins"] = ["*"]


@mutant("bucket-cors-named-origins", stack="staging")
def any_page_may_upload_beside_our_own(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["cors"][0]["origins"].append("*")


@mutant("bucket-cors-named-origins")
def a_page_over_plain_http_may_upload(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["cors"][0]["origins"] = ["http://voice.example.com"]


@mutant("bucket-cors-named-origins")
def a_second_rule_is_for_any_page(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["cors"] = [{"origins": [UNKNOWN]}, {"origins": ["*"], "methods": ["GET"]}]


@mutant("bucket-no-website")
def the_reports_become_a_website(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["website"] = {"mainPageSuffix": "index.html"}


@mutant("bucket-no-website", stack="staging")
def the_recordings_get_a_page_for_errors(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["website"] = {"notFoundPage": "404.html"}


@mutant("bucket-no-website")
def a_bucket_for_a_website_is_added(draft: Draft) -> None:
    draft.add(BUCKET, "www", {**SOUND, "name": "www.example.com", "website": {"mainPageSuffix": "i.html"}})


@mutant("storage-no-hmac-keys")
def an_hmac_key_is_made(draft: Draft) -> None:
    email = "voicestack-worker@acme-voice-prod.iam.gserviceaccount.com"
    draft.add("storage/hmacKey:HmacKey", "worker", {"serviceAccountEmail": email})


@mutant("storage-no-hmac-keys", stack="staging")
def an_hmac_key_is_made_active(draft: Draft) -> None:
    inputs = {"serviceAccountEmail": "legacy@acme-voice-staging.iam.gserviceaccount.com", "state": "ACTIVE"}
    draft.add("storage/hmacKey:HmacKey", "legacy", inputs)


@mutant("storage-no-hmac-keys")
def an_hmac_key_is_made_for_an_account_of_this_stack(draft: Draft) -> None:
    account = draft.find("serviceaccount/account:Account", "api")
    inputs = {"serviceAccountEmail": UNKNOWN}
    draft.add("storage/hmacKey:HmacKey", "api", inputs, depends={"serviceAccountEmail": account})


@mutant("bucket-access-logged")
def a_bucket_logs_into_itself(draft: Draft) -> None:
    bucket = draft.inputs(BUCKET, "recordings")
    bucket["logging"] = {"logBucket": bucket["name"]}


@mutant("bucket-access-logged", stack="staging")
def a_bucket_logs_into_itself_under_a_prefix(draft: Draft) -> None:
    bucket = draft.inputs(BUCKET, "reports")
    bucket["logging"] = {"logBucket": bucket["name"], "logObjectPrefix": "access"}


@mutant("bucket-access-logged")
def a_bucket_is_added_that_logs_into_itself(draft: Draft) -> None:
    draft.add(BUCKET, "media", {**SOUND, "name": "media", "logging": {"logBucket": "media"}})


@mutant("bucket-old-versions-go")
def no_rule_takes_old_versions(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["lifecycleRules"] = []


@mutant("bucket-old-versions-go", stack="staging")
def the_rule_takes_only_some_old_versions(draft: Draft) -> None:
    rules = draft.inputs(BUCKET, "recordings")["lifecycleRules"]
    next(one for one in rules if "daysSinceNoncurrentTime" in one["condition"])["condition"]["matchesPrefixes"] = [
        "tmp/"
    ]


@mutant("bucket-old-versions-go")
def old_versions_are_moved_instead_of_deleted(draft: Draft) -> None:
    rules = draft.inputs(BUCKET, "recordings")["lifecycleRules"]
    rule = next(one for one in rules if "daysSinceNoncurrentTime" in one["condition"])
    rule["action"] = {"type": "SetStorageClass", "storageClass": "ARCHIVE"}


@mutant("bucket-own-key")
def the_recordings_lose_their_key(draft: Draft) -> None:
    del draft.inputs(BUCKET, "recordings")["encryption"]


@mutant("bucket-own-key")
def the_key_of_the_reports_is_emptied(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["encryption"] = {"defaultKmsKeyName": ""}


@mutant("bucket-own-key")
def a_bucket_without_a_key_is_added(draft: Draft) -> None:
    draft.add(BUCKET, "media", {**{key: SOUND[key] for key in SOUND if key != "encryption"}, "name": "media"})


def _export(draft: Draft, **bucket: Any) -> None:
    draft.add(BUCKET, "exported", {**SOUND, "name": "exported", **bucket})
    destination = "storage.googleapis.com/exported"
    draft.add(SINK, "export", {"name": "export", "destination": destination, "uniqueWriterIdentity": True})


@mutant("log-sink-bucket-locked", also=("log-sink-may-write",))
def logs_go_to_a_bucket_that_is_not_locked(draft: Draft) -> None:
    _export(draft, retentionPolicy={"retentionPeriod": "31536000", "isLocked": False})


@mutant("log-sink-bucket-locked", also=("bucket-versioned", "log-sink-may-write"))
def logs_go_to_a_bucket_without_retention(draft: Draft) -> None:
    _export(draft, retentionPolicy=None)


@mutant("log-sink-bucket-locked", also=("log-sink-may-write",))
def logs_go_by_reference_to_a_bucket_of_the_stack(draft: Draft) -> None:
    bucket = draft.find(BUCKET, "reports")
    inputs = {"name": "export", "destination": UNKNOWN}
    draft.add(SINK, "export", inputs, depends={"destination": bucket})


@mutant("bucket-objects-recoverable", also=("bucket-versioned",))
def nothing_brings_a_recording_back(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings").update(
        versioning={"enabled": False}, softDeletePolicy={"retentionDurationSeconds": 0}
    )


@mutant("bucket-objects-recoverable", also=("bucket-versioned",))
def old_versions_go_the_next_day_and_nothing_else_keeps_them(draft: Draft) -> None:
    bucket = draft.inputs(BUCKET, "recordings")
    bucket["softDeletePolicy"] = {"retentionDurationSeconds": 0}
    for rule in bucket["lifecycleRules"]:
        if "daysSinceNoncurrentTime" in rule["condition"]:
            rule["condition"]["daysSinceNoncurrentTime"] = 1


@mutant("bucket-objects-recoverable", also=("bucket-versioned",))
def a_bucket_is_added_in_which_nothing_comes_back(draft: Draft) -> None:
    off = {"softDeletePolicy": {"retentionDurationSeconds": 0}, "retentionPolicy": {"retentionPeriod": 0}}
    draft.add(BUCKET, "media", {**SOUND, "name": "media", **off})


@mutant("bucket-versioned")
def versions_are_turned_off(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["versioning"] = {"enabled": False}


@mutant("bucket-versioned")
def versions_are_left_out(draft: Draft) -> None:
    del draft.inputs(BUCKET, "reports")["versioning"]


@mutant("bucket-versioned")
def versions_go_within_two_days(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["lifecycleRules"].append(
        {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 2, "withState": "ARCHIVED"}}
    )


@mutant("bucket-kept-on-destroy")
def the_recordings_go_with_their_bucket(draft: Draft) -> None:
    draft.inputs(BUCKET, "recordings")["forceDestroy"] = True


@mutant("bucket-kept-on-destroy")
def the_reports_go_with_their_bucket(draft: Draft) -> None:
    draft.inputs(BUCKET, "reports")["forceDestroy"] = "true"


@mutant("bucket-kept-on-destroy")
def a_bucket_is_added_that_goes_with_its_objects(draft: Draft) -> None:
    draft.add(BUCKET, "media", {**SOUND, "name": "media", "forceDestroy": True})
