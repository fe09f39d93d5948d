"""Edits of keys that a preview accepts, and that Google refuses."""

from tests.policies.mutation import Draft, mutant

IDENTITY = "projects/serviceIdentity:ServiceIdentity"
ELSEWHERE = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k"


@mutant("key-where-the-data-is")
def the_recordings_are_encrypted_with_a_key_of_another_region(draft: Draft) -> None:
    draft.inputs("storage/bucket:Bucket", "recordings")["encryption"] = {"defaultKmsKeyName": ELSEWHERE}


@mutant("key-where-the-data-is", also=("service-agent-nothing-wider",))
def the_database_is_encrypted_with_a_key_of_another_region(draft: Draft) -> None:
    draft.inputs("firestore/database:Database", "firestore")["cmekConfig"] = {"kmsKeyName": ELSEWHERE}


@mutant("key-grant-to-an-agent-that-is-there")
def nothing_makes_the_agent_of_cloud_sql(draft: Draft) -> None:
    draft.drop(IDENTITY, "project-agent-cloud-sql")


@mutant("key-grant-to-an-agent-that-is-there")
def the_grant_of_a_key_does_not_wait_for_pubsubs_agent(draft: Draft) -> None:
    identity = draft.find(IDENTITY, "project-agent-pubsub").urn
    draft.find("CryptoKeyIAMMember", "keys-pubsub-use").dependencies.remove(identity)


@mutant("key-grant-to-an-agent-that-is-there")
def nobody_is_told_to_make_the_agent_of_logging(draft: Draft) -> None:
    draft.grant(
        "kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "logs-use",
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com",
        cryptoKeyId="projects/p/locations/europe-west1/keyRings/r/cryptoKeys/logs",
    )
