"""Edits of the grants that Google's own agents work with."""

from tests.policies.mutation import UNKNOWN, Draft, mutant

ALLOWED = "service-agent-may-do-its-part"
WIDER = "service-agent-nothing-wider"
CALLER = "caller-is-admitted"
KEY_GRANT = "CryptoKeyIAMMember"
PUBSUB = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"


def agent_grants(draft: Draft, type_: str) -> list[str]:
    """The names of the grants of one type that a service agent holds."""
    return [one.name for one in draft.all(type_) if "@gcp-sa-" in one.inputs["member"]]


def _without_grant(type_: str, name: str, stack: str = "prod") -> None:
    def edit(draft: Draft) -> None:
        draft.drop(type_, name)

    edit.__name__ = f"{name}_is_dropped".replace("-", "_")
    mutant(ALLOWED, stack=stack)(edit)


for purpose in ("artifacts", "bigquery", "firestore", "pubsub", "run", "secrets", "sql", "storage", "valkey"):
    _without_grant(KEY_GRANT, f"keys-{purpose}-use")


@mutant(ALLOWED)
def dead_letters_may_not_be_published(draft: Draft) -> None:
    found = [one for one in draft.all("TopicIAMMember") if one.inputs["topic"].endswith("jobs-dead-letter")]
    draft.drop("TopicIAMMember", found[0].name)


@mutant(ALLOWED, stack="staging")
def dead_letters_may_not_be_taken(draft: Draft) -> None:
    draft.drop("SubscriptionIAMMember", draft.all("SubscriptionIAMMember")[0].name)


@mutant(ALLOWED, stack="staging")
def rotations_may_not_be_told(draft: Draft) -> None:
    found = [one for one in draft.all("TopicIAMMember") if "gcp-sa-secretmanager" in one.inputs["member"]]
    draft.drop("TopicIAMMember", found[0].name)


@mutant(ALLOWED)
def pushes_get_no_tokens(draft: Draft) -> None:
    found = [one for one in draft.all("serviceaccount/iAMMember:IAMMember") if one.inputs["member"] == PUBSUB]
    draft.drop("serviceaccount/iAMMember:IAMMember", found[0].name)


@mutant(ALLOWED)
def scheduled_queries_get_no_tokens(draft: Draft) -> None:
    found = [
        one
        for one in draft.all("serviceaccount/iAMMember:IAMMember")
        if "bigquerydatatransfer" in one.inputs["member"]
    ]
    draft.drop("serviceaccount/iAMMember:IAMMember", found[0].name)


@mutant(ALLOWED)
def a_topic_does_not_wait_for_its_key(draft: Draft) -> None:
    topic = draft.find("Topic", "jobs")
    topic.dependencies[:] = [urn for urn in topic.dependencies if "CryptoKeyIAMMember" not in urn]


@mutant(ALLOWED)
def the_database_does_not_wait_for_its_key(draft: Draft) -> None:
    database = draft.find("DatabaseInstance", "postgres")
    database.dependencies[:] = [urn for urn in database.dependencies if "CryptoKeyIAMMember" not in urn]


@mutant(WIDER)
def pubsub_publishes_everywhere(draft: Draft) -> None:
    draft.grant(
        "projects/iAMMember:IAMMember", "wide", "roles/pubsub.publisher", PUBSUB, project="acme-voice-prod"
    )


@mutant(WIDER, also=("key-grant-to-an-agent-that-is-there",))
def pubsub_decrypts_secrets(draft: Draft) -> None:
    made = draft.grant(
        "kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "wide",
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        PUBSUB,
        cryptoKeyId=UNKNOWN,
    )
    made.propertyDependencies["cryptoKeyId"] = [draft.find("CryptoKey", "keys-secrets").urn]


@mutant(WIDER, stack="staging")
def pubsub_publishes_jobs(draft: Draft) -> None:
    draft.grant(
        "pubsub/topicIAMMember:TopicIAMMember",
        "wide",
        "roles/pubsub.publisher",
        PUBSUB,
        topic="voicestack-staging-jobs",
    )


@mutant(CALLER, also=("declared-access-granted",))
def the_push_may_not_invoke_the_worker(draft: Draft) -> None:
    found = [one for one in draft.all("ServiceIamMember") if "jobs-push" in one.inputs["member"]]
    draft.drop("ServiceIamMember", found[0].name)


@mutant(CALLER, stack="staging", also=("declared-access-granted",))
def tasks_may_not_invoke_the_worker(draft: Draft) -> None:
    found = [one for one in draft.all("ServiceIamMember") if "webhooks-task" in one.inputs["member"]]
    draft.drop("ServiceIamMember", found[0].name)


@mutant(CALLER, also=("declared-access-granted",))
def the_api_may_not_act_as_the_task(draft: Draft) -> None:
    draft.drop("serviceaccount/iAMMember:IAMMember", "api-webhooks-enqueue-as")
