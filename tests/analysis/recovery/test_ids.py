"""The IDs are those that the real engine and provider use, for every type that is made."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.recovery.id_table import Entry, NoId, filled, id_table
from plan.plan import Plan
from plan.sentinels import UNKNOWN, secret
from tests.stacks.planned import planned

TYPES = id_table().types
both = pytest.mark.parametrize("plan", [planned("staging"), planned("prod")], ids=["staging", "prod"])
ACCOUNT = "serviceAccount:api@acme.iam.gserviceaccount.com"

# Type, inputs, ID in the state, ID that an import takes: as recorded from both reference stacks.
RECORDED: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "gcp:serviceaccount/account:Account",
        {"accountId": "api", "project": "acme"},
        "projects/acme/serviceAccounts/api@acme.iam.gserviceaccount.com",
        "projects/acme/serviceAccounts/api@acme.iam.gserviceaccount.com",
    ),
    (
        "gcp:compute/subnetwork:Subnetwork",
        {"name": "app", "project": "acme", "region": "europe-west1"},
        "projects/acme/regions/europe-west1/subnetworks/app",
        "projects/acme/regions/europe-west1/subnetworks/app",
    ),
    (
        "gcp:projects/service:Service",
        {"service": "run.googleapis.com", "project": "acme"},
        "acme/run.googleapis.com",
        "acme/run.googleapis.com",
    ),
    (
        "gcp:compute/routerNat:RouterNat",
        {"name": "nat", "router": "router", "project": "acme", "region": "europe-west1"},
        "acme/europe-west1/router/nat",
        "acme/europe-west1/router/nat",
    ),
    ("gcp:logging/metric:Metric", {"name": "failed", "project": "acme"}, "failed", "acme failed"),
    (
        "gcp:sql/databaseInstance:DatabaseInstance",
        {"name": "postgres", "project": "acme"},
        "postgres",
        "projects/acme/instances/postgres",
    ),
    (
        "gcp:sql/user:User",
        {"name": "api@acme.iam", "instance": "postgres", "project": "acme"},
        "api@acme.iam//postgres",
        "acme/postgres/api@acme.iam",
    ),
    ("gcp:storage/bucket:Bucket", {"name": "recordings", "project": "acme"}, "recordings", "acme/recordings"),
    (
        "gcp:servicenetworking/connection:Connection",
        {"network": "projects/acme/global/networks/net", "service": "servicenetworking.googleapis.com"},
        "projects%2Facme%2Fglobal%2Fnetworks%2Fnet:servicenetworking.googleapis.com",
        "projects%2Facme%2Fglobal%2Fnetworks%2Fnet:servicenetworking.googleapis.com",
    ),
    (
        "gcp:pubsub/topicIAMMember:TopicIAMMember",
        {
            "topic": "projects/acme/topics/jobs",
            "role": "roles/pubsub.publisher",
            "member": ACCOUNT,
            "project": "acme",
        },
        f"projects/acme/topics/jobs/roles/pubsub.publisher/{ACCOUNT}",
        f"projects/acme/topics/jobs roles/pubsub.publisher {ACCOUNT}",
    ),
    (
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        {"bucket": "recordings", "role": "roles/storage.objectViewer", "member": ACCOUNT},
        f"b/recordings/roles/storage.objectViewer/{ACCOUNT}",
        f"b/recordings roles/storage.objectViewer {ACCOUNT}",
    ),
    (
        "gcp:projects/iAMMember:IAMMember",
        {
            "project": "acme",
            "role": "roles/cloudsql.client",
            "member": ACCOUNT,
            "condition": {"title": "postgres only", "expression": "resource.name == 'x'"},
        },
        f"acme/roles/cloudsql.client/{ACCOUNT}/postgres only//resource.name == 'x'",
        f"acme roles/cloudsql.client {ACCOUNT} postgres only",
    ),
]


@pytest.mark.parametrize(("type_", "inputs", "state", "taken"), RECORDED, ids=[one[0] for one in RECORDED])
def test_an_id_is_what_the_engine_records_and_what_an_import_takes(
    type_: str, inputs: dict[str, Any], state: str, taken: str
) -> None:
    assert TYPES[type_].state_id(inputs) == state
    assert TYPES[type_].import_id(inputs) == taken


@both
def test_every_type_that_a_stack_makes_is_known(plan: Plan) -> None:
    lacking = {one.type for one in plan if one.is_cloud} - TYPES.keys()
    assert not lacking, f"add these to analysis/recovery/ids.json, with their pages: {sorted(lacking)}"


@both
def test_every_template_reads_inputs_that_its_type_has(plan: Plan) -> None:
    """A misspelt input would make the ID of a whole type unknown."""
    for one in plan:
        entry = TYPES.get(one.type)
        if not one.is_cloud or entry is None or entry.again:
            continue
        # What is not known before it is made is known in a state.
        inputs = {"project": "acme", "region": "r", **one.defaults, **one.inputs}
        inputs = {
            key: "known" if isinstance(value, str) and UNKNOWN in value else value for key, value in inputs.items()
        }
        if entry.named:
            assert filled(entry.named.id, inputs).endswith("/ID")
            assert [filled(part, inputs) for part in (*entry.named.find, f"{{{entry.named.by}}}")]
        else:
            assert entry.import_id(inputs), one.urn
            assert entry.state_id(inputs), one.urn


SERVES = {"gcp:bigquery/dataTransferConfig:DataTransferConfig"}
"""What is guarded because the system works by it, and holds no data: a second one may go."""


def test_what_prod_protects_is_never_to_be_removed_by_hand() -> None:
    """Only of what Google names itself may a second one be removed, and only where it holds no data."""
    for one in planned("prod"):
        if one.is_cloud and one.options.protect and one.type not in SERVES:
            entry = TYPES[one.type]
            assert entry.data or entry.named is None, f"{one.type} is protected: give it `data` in ids.json"


def test_what_holds_data_is_marked() -> None:
    for type_ in (
        "gcp:artifactregistry/repository:Repository",
        "gcp:bigquery/dataset:Dataset",
        "gcp:bigquery/table:Table",
        "gcp:firestore/database:Database",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:memorystore/instance:Instance",
        "gcp:pubsub/subscription:Subscription",
        "gcp:pubsub/topic:Topic",
        "gcp:secretmanager/secret:Secret",
        "gcp:secretmanager/secretVersion:SecretVersion",
        "gcp:sql/database:Database",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "gcp:storage/bucket:Bucket",
    ):
        assert TYPES[type_].data, type_


def test_an_entry_says_exactly_one_thing() -> None:
    for type_, one in TYPES.items():
        said = [what for what in (one.id, one.grant_on, one.named, one.again) if what is not None]
        assert len(said) == 1, type_


@pytest.mark.parametrize("value", [None, "", 3, UNKNOWN, f"x{UNKNOWN}", secret(), ["a"]])
def test_an_id_is_never_made_of_what_is_not_known(value: Any) -> None:
    with pytest.raises(NoId) as refused:
        Entry(id="projects/{project}/x").import_id({"project": value})
    assert UNKNOWN not in str(refused.value)


@pytest.mark.parametrize(
    "changed", [{"member": "user:a b"}, {"role": "r x"}, {"condition": {"title": "two  blanks"}}]
)
def test_a_grant_that_an_import_would_misread_gets_no_id(changed: dict[str, Any]) -> None:
    entry = TYPES["gcp:storage/bucketIAMMember:BucketIAMMember"]
    inputs = {"bucket": "b", "role": "r", "member": "user:a"}
    assert entry.import_id(inputs) == "b/b r user:a"
    with pytest.raises(NoId):
        entry.import_id(inputs | changed)
