"""Things that Google's agents work on, with and without the grants that they need."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.service_agents.nothing_wider import agent_nothing_wider
from policies.reliability.service_agents.allowed import agent_may_do_its_part
from policies.reliability.service_agents.calls import caller_is_admitted
from tests.policies.calls import job, token
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown
from tests.policies.workloads import service_v1

PUBSUB = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
SECRETS = "serviceAccount:service-123456789012@gcp-sa-secretmanager.iam.gserviceaccount.com"
USER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
REGION = "europe-west1"


def key(name: str, ring: gcp.kms.KeyRing) -> gcp.kms.CryptoKey:
    return gcp.kms.CryptoKey(name, name=name, key_ring=ring.id)


def dead_letters(name: str, topic: gcp.pubsub.Topic, target: Any) -> gcp.pubsub.Subscription:
    return gcp.pubsub.Subscription(
        name,
        name=name,
        topic=topic.id,
        dead_letter_policy=gcp.pubsub.SubscriptionDeadLetterPolicyArgs(dead_letter_topic=target),
    )


def publisher(name: str, topic: gcp.pubsub.Topic, member: Any = PUBSUB) -> Any:
    return gcp.pubsub.TopicIAMMember(name, topic=topic.name, role="roles/pubsub.publisher", member=member)


def subscriber(name: str) -> None:
    gcp.pubsub.SubscriptionIAMMember(name, subscription=name, role="roles/pubsub.subscriber", member=PUBSUB)


@judged(
    agent_may_do_its_part,
    {
        "good-both-halves": PASSED,
        "good-agent-by-resource": PASSED,
        "bad-may-not-publish": VIOLATED,
        "bad-may-not-take": VIOLATED,
        "bad-grant-to-another-agent": VIOLATED,
        "absent-grants": VIOLATED,
        "absent-policy": PASSED,
        "unknown-member": NOT_EVALUATED,
        "secret-target": NOT_EVALUATED,
    },
)
def subscriptions() -> None:
    topic = gcp.pubsub.Topic("jobs", name="jobs")
    made = gcp.projects.ServiceIdentity("agent", service="pubsub.googleapis.com")
    members: dict[str, Any] = {
        "good-both-halves": PUBSUB,
        "good-agent-by-resource": made.member,
        "bad-may-not-publish": None,
        "bad-may-not-take": PUBSUB,
        "bad-grant-to-another-agent": SECRETS,
        "absent-grants": None,
        "unknown-member": unknown(),
    }
    for name, member in members.items():
        dead = gcp.pubsub.Topic(f"{name}-dead", name=f"{name}-dead")
        dead_letters(name, topic, dead.id)
        if member is not None:
            publisher(f"{name}-publishes", dead, member)
        if name not in ("bad-may-not-take", "absent-grants"):
            subscriber(name)
    gcp.pubsub.Subscription("absent-policy", name="absent-policy", topic=topic.id)
    dead_letters("secret-target", topic, pulumi.Output.secret("projects/p/topics/hidden"))


@judged(
    agent_may_do_its_part,
    {
        "good-key-granted-before": PASSED,
        "good-ring-granted-before": PASSED,
        "good-no-key": PASSED,
        "good-project-granted": PASSED,
        "bad-key-granted-after": VIOLATED,
        "bad-key-not-granted": VIOLATED,
        "bad-key-granted-to-decrypt-nothing": VIOLATED,
        "bad-second-replica": VIOLATED,
        "bad-secret-before-its-topic": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "unknown-key-of-another-stack": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def keys() -> None:
    ring = gcp.kms.KeyRing("ring", name="ring", location=REGION)
    one, two, three = key("one", ring), key("two", ring), key("three", ring)
    grant = gcp.kms.CryptoKeyIAMMember("one-use", crypto_key_id=one.id, role=USER, member=PUBSUB)
    gcp.kms.CryptoKeyIAMMember(
        "three-view", crypto_key_id=three.id, role="roles/cloudkms.publicKeyViewer", member=PUBSUB
    )
    after = pulumi.ResourceOptions(depends_on=[grant])
    gcp.pubsub.Topic("good-key-granted-before", name="a", kms_key_name=one.id, opts=after)
    gcp.pubsub.Topic("good-no-key", name="b")
    gcp.pubsub.Topic("bad-key-granted-after", name="c", kms_key_name=one.id)
    gcp.pubsub.Topic("bad-key-not-granted", name="d", kms_key_name=two.id, opts=after)
    gcp.pubsub.Topic("bad-key-granted-to-decrypt-nothing", name="e", kms_key_name=three.id)
    gcp.pubsub.Topic("unknown-key", name="f", kms_key_name=unknown())
    other = "projects/p/locations/europe-west1/keyRings/other/cryptoKeys/other"
    gcp.pubsub.Topic("unknown-key-of-another-stack", name="g", kms_key_name=other)
    gcp.pubsub.Topic("secret-key", name="h", kms_key_name=pulumi.Output.secret(other))

    disks = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    whole = gcp.kms.KeyRingIAMMember("ring-use", key_ring_id=ring.id, role=USER, member=disks)
    gcp.storage.Bucket(
        "good-ring-granted-before",
        name="i",
        location="EU",
        encryption=gcp.storage.BucketEncryptionArgs(default_kms_key_name=two.id),
        opts=pulumi.ResourceOptions(depends_on=[whole]),
    )
    artifacts = "serviceAccount:service-123456789012@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    everywhere = gcp.projects.IAMMember("project-use", project="p", role=USER, member=artifacts)
    gcp.artifactregistry.Repository(
        "good-project-granted",
        repository_id="j",
        format="DOCKER",
        location=REGION,
        kms_key_name=two.id,
        opts=pulumi.ResourceOptions(depends_on=[everywhere]),
    )
    use = gcp.kms.CryptoKeyIAMMember("one-secrets", crypto_key_id=one.id, role=USER, member=SECRETS)
    topic = gcp.pubsub.Topic("rotations", name="rotations")
    replicas = [
        gcp.secretmanager.SecretReplicationUserManagedReplicaArgs(
            location=REGION,
            customer_managed_encryption=gcp.secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(
                kms_key_name=where.id
            ),
        )
        for where in (one, two)
    ]
    for name, count, topics in (
        ("bad-second-replica", 2, None),
        ("bad-secret-before-its-topic", 1, [gcp.secretmanager.SecretTopicArgs(name=topic.id)]),
    ):
        gcp.secretmanager.Secret(
            name,
            secret_id=name,
            replication=gcp.secretmanager.SecretReplicationArgs(
                user_managed=gcp.secretmanager.SecretReplicationUserManagedArgs(replicas=replicas[:count])
            ),
            topics=topics,
            opts=pulumi.ResourceOptions(depends_on=[use]),
        )
    publisher("rotations-publish", topic, SECRETS)


@judged(
    agent_may_do_its_part,
    {
        "good-push": PASSED,
        "bad-push-without-tokens": VIOLATED,
        "good-table": PASSED,
        "bad-table": VIOLATED,
        "good-bucket": PASSED,
        "bad-bucket": VIOLATED,
        "bad-bucket-of-which-nothing-may-be-read": VIOLATED,
        "good-writes-as-its-own": PASSED,
        "good-query": PASSED,
        "bad-query": VIOLATED,
    },
)
def deliveries() -> None:
    topic = gcp.pubsub.Topic("jobs", name="jobs")
    signer, silent = (
        gcp.serviceaccount.Account(name, account_id=name, project="p") for name in ("signer", "silent")
    )
    creator = gcp.serviceaccount.IAMMember(
        "signer-tokens",
        service_account_id=signer.name,
        role="roles/iam.serviceAccountTokenCreator",
        member=PUBSUB,
    )
    transfers = "serviceAccount:service-123456789012@gcp-sa-bigquerydatatransfer.iam.gserviceaccount.com"
    gcp.serviceaccount.IAMMember(
        "signer-queries",
        service_account_id=signer.name,
        role="roles/iam.serviceAccountTokenCreator",
        member=transfers,
    )
    for name, account in (("good-push", signer), ("bad-push-without-tokens", silent)):
        gcp.pubsub.Subscription(
            name,
            name=name,
            topic=topic.id,
            push_config=gcp.pubsub.SubscriptionPushConfigArgs(
                push_endpoint="https://example.com",
                oidc_token=gcp.pubsub.SubscriptionPushConfigOidcTokenArgs(service_account_email=account.email),
            ),
            opts=pulumi.ResourceOptions(depends_on=[creator]),
        )
    dataset = gcp.bigquery.Dataset("data", dataset_id="data", project="p")
    for name in ("written", "closed"):
        gcp.bigquery.Table(name, dataset_id=dataset.dataset_id, table_id=name, project="p")
    writer = gcp.bigquery.IamMember(
        "written-write", dataset_id="data", table_id="written", role="roles/bigquery.dataEditor", member=PUBSUB
    )
    cases: dict[str, Any] = {
        "good-table": gcp.pubsub.SubscriptionBigqueryConfigArgs(table="p.data.written"),
        "bad-table": gcp.pubsub.SubscriptionBigqueryConfigArgs(table="p.data.closed"),
        "good-writes-as-its-own": gcp.pubsub.SubscriptionBigqueryConfigArgs(
            table="p.data.closed", service_account_email=signer.email
        ),
    }
    for name, config in cases.items():
        gcp.pubsub.Subscription(
            name,
            name=name,
            topic=topic.id,
            bigquery_config=config,
            opts=pulumi.ResourceOptions(depends_on=[writer]),
        )
    buckets = {
        "good-bucket": ("roles/storage.objectCreator", "roles/storage.legacyBucketReader"),
        "bad-bucket": (),
        "bad-bucket-of-which-nothing-may-be-read": ("roles/storage.objectCreator",),
    }
    for name, roles in buckets.items():
        gcp.storage.Bucket(f"of-{name}", name=name, location="EU")
        grants = [
            gcp.storage.BucketIAMMember(f"{name}-{role.partition('.')[2]}", bucket=name, role=role, member=PUBSUB)
            for role in roles
        ]
        gcp.pubsub.Subscription(
            name,
            name=name,
            topic=topic.id,
            cloud_storage_config=gcp.pubsub.SubscriptionCloudStorageConfigArgs(bucket=name),
            opts=pulumi.ResourceOptions(depends_on=grants),
        )
    for name, account in (("good-query", signer), ("bad-query", silent)):
        gcp.bigquery.DataTransferConfig(
            name,
            display_name=name,
            data_source_id="scheduled_query",
            params={"query": "SELECT 1"},
            service_account_name=account.email,
        )


@judged(
    agent_nothing_wider,
    {
        "good-needed": PASSED,
        "good-own-role": PASSED,
        "good-reads-its-bucket": PASSED,
        "good-agent-of-unknown-needs": PASSED,
        "good-no-agent": PASSED,
        "bad-on-the-project": VIOLATED,
        "bad-not-needed": VIOLATED,
        "bad-more-than-needed": VIOLATED,
        "absent-topic": NOT_EVALUATED,
        "unknown-entity": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def agents() -> None:
    topic, dead, lonely = (gcp.pubsub.Topic(name, name=name) for name in ("jobs", "dead", "lonely"))
    dead_letters("jobs", topic, dead.id)
    publisher("good-needed", dead)
    gcp.projects.IAMMember("good-own-role", project="p", role="roles/pubsub.serviceAgent", member=PUBSUB)
    publisher(
        "good-agent-of-unknown-needs",
        lonely,
        "serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com",
    )
    gcp.storage.Bucket("files", name="files", location="EU")
    to_files = gcp.pubsub.SubscriptionCloudStorageConfigArgs(bucket="files")
    gcp.pubsub.Subscription("to-files", name="to-files", topic=topic.id, cloud_storage_config=to_files)
    gcp.storage.BucketIAMMember(
        "good-reads-its-bucket", bucket="files", role="roles/storage.legacyBucketReader", member=PUBSUB
    )
    publisher("good-no-agent", lonely, "serviceAccount:me@p.iam.gserviceaccount.com")
    gcp.projects.IAMMember("bad-on-the-project", project="p", role="roles/pubsub.publisher", member=PUBSUB)
    publisher("bad-not-needed", lonely)
    gcp.pubsub.TopicIAMMember("bad-more-than-needed", topic=dead.name, role="roles/pubsub.viewer", member=PUBSUB)
    gcp.pubsub.TopicIAMMember(
        "absent-topic", topic="of-another-stack", role="roles/pubsub.publisher", member=PUBSUB
    )
    gcp.pubsub.TopicIAMMember("unknown-entity", topic=unknown(), role="roles/pubsub.publisher", member=PUBSUB)
    gcp.pubsub.TopicIAMMember(
        "secret-role", topic=dead.name, role=pulumi.Output.secret("roles/pubsub.publisher"), member=PUBSUB
    )


@judged(
    caller_is_admitted,
    {
        "good-push": PASSED,
        "good-open-service": PASSED,
        "good-elsewhere": PASSED,
        "good-queue": PASSED,
        "bad-push": VIOLATED,
        "bad-schedule": VIOLATED,
        "bad-queue": VIOLATED,
        "absent-token": PASSED,
        "good-address-that-is-not-made-yet": PASSED,
        "bad-address-that-is-not-made-yet": VIOLATED,
        "bad-schedule-of-an-address-that-is-not-made-yet": VIOLATED,
        "bad-address-of-a-v1-service": VIOLATED,
        "unknown-address": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-address": NOT_EVALUATED,
    },
)
def callers() -> None:
    topic = gcp.pubsub.Topic("jobs", name="jobs")
    names = ("invoker", "stranger", "doubtful", "enqueuer", "actor")
    made = {name: gcp.serviceaccount.Account(name, account_id=name, project="p") for name in names}
    services: dict[str, gcp.cloudrunv2.Service] = {}
    for name, off in (("closed", False), ("open", True)):
        services[name] = gcp.cloudrunv2.Service(
            name,
            name=name,
            location=REGION,
            invoker_iam_disabled=off,
            template=gcp.cloudrunv2.ServiceTemplateArgs(
                containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(image="image@sha256:0")]
            ),
        )
    for name, role in (("invoker", "roles/run.invoker"), ("doubtful", "roles/nobody.knows")):
        gcp.cloudrunv2.ServiceIamMember(name, name="closed", location=REGION, role=role, member=made[name].member)
    older: Any = service_v1("older")
    job(
        "bad-schedule-of-an-address-that-is-not-made-yet",
        pulumi.Output.concat(services["closed"].uri, "/nightly"),
        oidc_token=token(email=made["stranger"].email),
    )
    closed = "https://closed-123456789012.europe-west1.run.app/push"
    pushes: dict[str, tuple[str, Any]] = {
        "good-push": ("invoker", closed),
        "good-open-service": ("stranger", closed.replace("closed", "open")),
        "good-elsewhere": ("stranger", "https://example.com/"),
        "bad-push": ("stranger", closed),
        "good-address-that-is-not-made-yet": ("invoker", services["closed"].uri),
        "bad-address-that-is-not-made-yet": ("stranger", services["closed"].uri.apply(lambda uri: f"{uri}/push")),
        "bad-address-of-a-v1-service": ("stranger", older.statuses[0].url),
        "unknown-address": ("stranger", unknown()),
        "unknown-role": ("doubtful", closed),
        "secret-address": ("stranger", pulumi.Output.secret(closed)),
    }
    for name, (account, endpoint) in pushes.items():
        gcp.pubsub.Subscription(
            name,
            name=name,
            topic=topic.id,
            push_config=gcp.pubsub.SubscriptionPushConfigArgs(
                push_endpoint=endpoint,
                oidc_token=gcp.pubsub.SubscriptionPushConfigOidcTokenArgs(
                    service_account_email=made[account].email
                ),
            ),
        )
    gcp.pubsub.Subscription(
        "absent-token",
        name="absent-token",
        topic=topic.id,
        push_config=gcp.pubsub.SubscriptionPushConfigArgs(push_endpoint=closed),
    )
    gcp.cloudscheduler.Job(
        "bad-schedule",
        name="bad-schedule",
        schedule="0 3 * * *",
        http_target=gcp.cloudscheduler.JobHttpTargetArgs(
            uri=closed,
            oidc_token=gcp.cloudscheduler.JobHttpTargetOidcTokenArgs(service_account_email=made["stranger"].email),
        ),
    )
    for name, user in (("good-queue", "actor"), ("bad-queue", "enqueuer")):
        gcp.cloudtasks.Queue(
            name,
            name=name,
            location=REGION,
            http_target=gcp.cloudtasks.QueueHttpTargetArgs(
                oidc_token=gcp.cloudtasks.QueueHttpTargetOidcTokenArgs(service_account_email=made["invoker"].email)
            ),
        )
        gcp.cloudtasks.QueueIamMember(
            name, name=name, location=REGION, role="roles/cloudtasks.enqueuer", member=made[user].member
        )
    gcp.serviceaccount.IAMMember(
        "actor-acts",
        service_account_id=made["invoker"].name,
        role="roles/iam.serviceAccountUser",
        member=made["actor"].member,
    )
