"""Buckets: private for good, versioned, with typed rules; a link grants on the bucket alone."""

from __future__ import annotations

from typing import Any

import pytest

from components.component import Environment
from components.database.bucket import Bucket, DeleteAfter, KeepVersions, MoveAfter, Retention, StorageClass
from components.errors import ComponentError
from tests.components.database.surroundings import encryption_key, use
from tests.components.harness import of_type, only, plan_of

BUCKET = "gcp:storage/bucket:Bucket"
MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"


def rules_of(*lifecycle: Any) -> list[dict[str, Any]]:
    planned = only(plan_of(lambda env: Bucket("audio", env=env, lifecycle=lifecycle)), BUCKET)
    rules: list[dict[str, Any]] = planned.inputs["lifecycleRules"]
    return rules


@pytest.mark.parametrize("protect", [True, False])
def test_no_bucket_can_be_made_public(protect: bool) -> None:
    bucket = only(plan_of(lambda env: Bucket("audio", env=env), protect=protect), BUCKET)
    assert bucket.inputs["publicAccessPrevention"] == "enforced"
    assert bucket.inputs["uniformBucketLevelAccess"] is True
    assert bucket.inputs["versioning"] == {"enabled": True}
    assert bucket.inputs["forceDestroy"] is not protect
    assert bucket.protect is protect


def test_the_seeds_rules_are_planned() -> None:
    tests, reports, artifacts = (
        rules_of(DeleteAfter(30)),
        rules_of(MoveAfter(90, StorageClass.COLDLINE)),
        rules_of(KeepVersions(10)),
    )
    assert tests[0] == {"action": {"type": "Delete"}, "condition": {"age": 30, "withState": "LIVE"}}
    assert reports[0] == {
        "action": {"type": "SetStorageClass", "storageClass": "COLDLINE"},
        "condition": {"age": 90, "withState": "ANY"},
    }
    assert artifacts[0] == {
        "action": {"type": "Delete"},
        "condition": {"numNewerVersions": 10, "withState": "ARCHIVED"},
    }


def test_replaced_versions_go_after_a_while_unless_they_are_counted() -> None:
    replaced = {
        "action": {"type": "Delete"},
        "condition": {"daysSinceNoncurrentTime": 30, "withState": "ARCHIVED"},
    }
    assert replaced in rules_of(DeleteAfter(30))
    assert replaced not in rules_of(KeepVersions(10))


@pytest.mark.parametrize(
    ("verb", "role"),
    [
        ("read", "roles/storage.objectViewer"),
        ("write", "roles/storage.objectUser"),
        ("create", "roles/storage.objectCreator"),
    ],
)
def test_a_link_grants_its_role_on_the_one_bucket(verb: str, role: str) -> None:
    variables: dict[str, Any] = {}

    def program(env: Environment) -> None:
        bucket = Bucket("call-audio", env=env)
        access = {"read": bucket.read, "write": bucket.write, "create": bucket.create}[verb]()
        variables.update(use(env, "api", access))

    member = only(plan_of(program), MEMBER)
    assert (member.name, member.inputs["role"]) == (f"api-call-audio-{verb}", role)
    assert variables == {"BUCKET_CALL_AUDIO": member.inputs["bucket"]}


def test_removing_a_use_removes_exactly_its_grant() -> None:
    def program(env: Environment, *, write: bool) -> None:
        bucket = Bucket("audio", env=env)
        use(env, "api", bucket.read(), *([bucket.write()] if write else []))

    more = {one.name for one in plan_of(lambda env: program(env, write=True))}
    less = {one.name for one in plan_of(lambda env: program(env, write=False))}
    assert more - less == {"api-audio-write"}


def test_only_named_pages_may_upload() -> None:
    found = plan_of(lambda env: Bucket("audio", env=env, uploads_from=["https://app.example.com"]))
    cors = only(found, BUCKET).inputs["cors"][0]
    assert (cors["origins"], cors["methods"]) == (["https://app.example.com"], ["PUT", "POST"])


def test_access_logs_go_to_a_bucket_that_takes_them() -> None:
    def program(env: Environment) -> None:
        logs = Bucket("logs", env=env, receives_access_logs=True)
        Bucket("audio", env=env, access_log=logs)

    found = plan_of(program)
    member = only(found, MEMBER)
    assert member.inputs["role"] == "roles/storage.objectCreator"
    audio = next(one for one in of_type(found, BUCKET) if one.name == "audio")
    assert audio.inputs["logging"] == {"logBucket": member.inputs["bucket"], "logObjectPrefix": "audio"}


def test_what_is_retained_is_not_versioned() -> None:
    found = plan_of(lambda env: Bucket("audit", env=env, retention=Retention(days=30, locked=True)))
    inputs = only(found, BUCKET).inputs
    assert inputs["retentionPolicy"] == {"isLocked": True, "retentionPeriod": "2592000"}
    assert inputs["versioning"] == {"enabled": False}, "Cloud Storage refuses both at once"


def test_objects_are_encrypted_by_the_projects_key() -> None:
    found = plan_of(lambda env: Bucket("audio", env=env, key=encryption_key(env)), cmek=True)
    assert only(found, BUCKET).inputs["encryption"] == {"defaultKmsKeyName": "data-id"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"soft_delete_days": 0}, "keeps what is deleted 0 days"),
        ({"uploads_from": ["*"]}, "takes uploads from"),
        ({"uploads_from": ["http://app.example.com"]}, "takes uploads from"),
        ({"retention": Retention(days=30), "lifecycle": [DeleteAfter(7)]}, "deletes after 7 days"),
        ({"retention": Retention(days=30), "lifecycle": [KeepVersions(3)]}, "counts versions"),
    ],
)
def test_arguments_that_contradict_each_other_register_nothing(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ComponentError, match=words):
        plan_of(lambda env: Bucket("audio", env=env, **changes))


def test_access_logs_without_a_taker_are_refused() -> None:
    with pytest.raises(ComponentError, match="receives_access_logs"):
        plan_of(lambda env: Bucket("audio", env=env, access_log=Bucket("logs", env=env)))
