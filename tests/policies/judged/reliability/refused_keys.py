"""What Google refuses of customer-managed keys although a preview accepts it."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.reliability.refused_by_google.keys import key_grant_to_an_agent_that_is_there, key_where_the_data_is
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import PLACE, service


def _path(place: Any) -> str:
    return f"projects/p/locations/{place}/keyRings/r/cryptoKeys/k"


def _bucket(name: str, location: str, key: Any, **more: Any) -> None:
    block: Any = None if key is None else {"default_kms_key_name": key}
    gcp.storage.Bucket(name, name=name, location=location, encryption=block, **more)


def _secret(name: str, replication: Any) -> None:
    gcp.secretmanager.Secret(name, secret_id=name, replication=replication)


def _encrypted(place: str) -> dict[str, Any]:
    return {"customer_managed_encryption": {"kms_key_name": _path(place)}}


@judged(
    key_where_the_data_is,
    {
        "good-region": PASSED,
        "good-multi-region": PASSED,
        "good-us": PASSED,
        "good-pair-of-its-own-name": PASSED,
        "good-pair-of-ones-choice": PASSED,
        "good-made-here": PASSED,
        "good-version-made-here": PASSED,
        "absent-key": PASSED,
        "bad-region": VIOLATED,
        "bad-multi-region-under-the-name-of-the-bucket": VIOLATED,
        "bad-region-in-a-multi-region": VIOLATED,
        "bad-pair": VIOLATED,
        "bad-made-here": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-ring": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def buckets() -> None:
    def made(name: str, **ring: Any) -> gcp.kms.CryptoKey:
        holder = gcp.kms.KeyRing(f"{name}-ring", name=name, **ring)
        return gcp.kms.CryptoKey(f"{name}-key", name=name, key_ring=holder.id)

    _bucket("good-region", "EUROPE-WEST1", _path(PLACE))
    _bucket("good-multi-region", "EU", _path("europe"))
    _bucket("good-us", "US", _path("us"))
    _bucket("good-pair-of-its-own-name", "EUR4", _path("eur4"))
    pair: Any = {"data_locations": ["EUROPE-WEST1", "EUROPE-WEST4"]}
    _bucket("good-pair-of-ones-choice", "EU", _path("europe"), custom_placement_config=pair)
    here = made("here", location=PLACE)
    _bucket("good-made-here", PLACE, here.id)
    version = gcp.kms.CryptoKeyVersion("version", crypto_key=here.id)
    _bucket("good-version-made-here", PLACE, version.name)
    _bucket("absent-key", "EU", None)
    _bucket("bad-region", "EUROPE-WEST1", _path("europe-west4"))
    _bucket("bad-multi-region-under-the-name-of-the-bucket", "EU", _path("eu"))
    _bucket("bad-region-in-a-multi-region", "EU", _path(PLACE))
    _bucket("bad-pair", "NAM4", _path("us"))
    _bucket("bad-made-here", "US-CENTRAL1", here.id)
    _bucket("unknown-key", PLACE, unknown("key"))
    _bucket("unknown-ring", PLACE, made("later", location=unknown("place")).id)
    _bucket("secret-key", PLACE, pulumi.Output.secret(_path(PLACE)))


@judged(
    key_where_the_data_is,
    {
        "good-automatic": PASSED,
        "good-replicas": PASSED,
        "good-regional": PASSED,
        "good-dataset": PASSED,
        "good-dataset-left-to-google": PASSED,
        "good-database": PASSED,
        "good-multi-region-database": PASSED,
        "good-topic-of-any-key": PASSED,
        "bad-automatic": VIOLATED,
        "bad-replica": VIOLATED,
        "bad-regional": VIOLATED,
        "bad-dataset": VIOLATED,
        "bad-database": VIOLATED,
        "bad-service": VIOLATED,
        "bad-sql": VIOLATED,
        "bad-images": VIOLATED,
    },
)
def others() -> None:
    _secret("good-automatic", {"auto": _encrypted("global")})
    places = (PLACE, "europe-west4")
    replicas = [{"location": place, **_encrypted(place)} for place in places]
    _secret("good-replicas", {"user_managed": {"replicas": replicas}})
    regional: Any = {"kms_key_name": _path(PLACE)}
    gcp.secretmanager.RegionalSecret(
        "good-regional", secret_id="r", location=PLACE, customer_managed_encryption=regional
    )

    def dataset(name: str, key: str, location: str | None) -> None:
        block: Any = {"kms_key_name": _path(key)}
        gcp.bigquery.Dataset(name, dataset_id="d", location=location, default_encryption_configuration=block)

    def database(name: str, key: str, location: str) -> None:
        block: Any = {"kms_key_name": _path(key)}
        gcp.firestore.Database(name, name=name, location_id=location, type="FIRESTORE_NATIVE", cmek_config=block)

    dataset("good-dataset", "europe", "EU")
    dataset("good-dataset-left-to-google", "us", None)
    database("good-database", PLACE, PLACE)
    database("good-multi-region-database", "europe", "eur3")
    # https://cloud.google.com/pubsub/docs/encryption: a topic is nowhere in particular.
    gcp.pubsub.Topic("good-topic-of-any-key", name="topic", kms_key_name=_path("us-central1"))
    _secret("bad-automatic", {"auto": _encrypted(PLACE)})
    swapped = [{"location": place, **_encrypted(PLACE)} for place in places]
    _secret("bad-replica", {"user_managed": {"replicas": swapped}})
    gcp.secretmanager.RegionalSecret(
        "bad-regional", secret_id="s", location="us-central1", customer_managed_encryption=regional
    )
    dataset("bad-dataset", "eu", "EU")
    database("bad-database", "eur3", "eur3")
    service("bad-service", {"encryption_key": _path("europe")})
    gcp.sql.DatabaseInstance(
        "bad-sql", name="sql", region=PLACE, database_version="POSTGRES_17", encryption_key_name=_path("global")
    )
    gcp.artifactregistry.Repository(
        "bad-images", repository_id="i", location="europe", format="DOCKER", kms_key_name=_path(PLACE)
    )


USER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
NUMBER = "123456789012"


def _grant(name: str, member: Any, key: Any = None, **more: Any) -> None:
    options = pulumi.ResourceOptions(depends_on=more.pop("after", None))
    gcp.kms.CryptoKeyIAMMember(
        name, crypto_key_id=key or _path(PLACE), role=USER, member=member, opts=options, **more
    )


def _agent(domain: str, before: str = "service-") -> str:
    return f"serviceAccount:{before}{NUMBER}@{domain}.iam.gserviceaccount.com"


@judged(
    key_grant_to_an_agent_that_is_there,
    {
        "good-waits": PASSED,
        "good-member-of-the-identity": PASSED,
        "good-told-to-run": PASSED,
        "good-account": PASSED,
        "good-other-entity": PASSED,
        "absent-identity": VIOLATED,
        "bad-does-not-wait": VIOLATED,
        "bad-ring": VIOLATED,
        "bad-binding": VIOLATED,
        "bad-command-that-nobody-is-told": VIOLATED,
        "unknown-member": NOT_EVALUATED,
    },
    secret="a member is shown by IAM",
)
def key_grants() -> None:
    identity = gcp.projects.ServiceIdentity("agent", service="sqladmin.googleapis.com")
    pulumi.export("runOnceBeforeUp", ["gcloud storage  service-agent --project=demo"])
    _grant("good-waits", _agent("gcp-sa-cloud-sql"), after=[identity])
    _grant("good-member-of-the-identity", identity.member)
    _grant("good-told-to-run", _agent("gs-project-accounts"))
    _grant("good-account", "serviceAccount:app@demo.iam.gserviceaccount.com")
    gcp.pubsub.TopicIAMMember(
        "good-other-entity", topic="t", role="roles/pubsub.publisher", member=_agent("gcp-sa-pubsub")
    )
    _grant("absent-identity", _agent("gcp-sa-pubsub"))
    _grant("bad-does-not-wait", _agent("gcp-sa-cloud-sql"))
    ring = gcp.kms.KeyRing("ring", name="ring", location=PLACE)
    gcp.kms.KeyRingIAMMember("bad-ring", key_ring_id=ring.id, role=USER, member=_agent("gcp-sa-firestore"))
    gcp.kms.CryptoKeyIAMBinding(
        "bad-binding", crypto_key_id=_path(PLACE), role=USER, members=[_agent("gcp-sa-secretmanager")]
    )
    _grant("bad-command-that-nobody-is-told", _agent("bigquery-encryption", "bq-"))
    _grant("unknown-member", unknown("who"))


@judged(key_grant_to_an_agent_that_is_there, {"stored": VIOLATED})
def absent_outputs() -> None:
    _grant("stored", _agent("gs-project-accounts"))
