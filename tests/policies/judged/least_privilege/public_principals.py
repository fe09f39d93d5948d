"""Grants to everybody, on every kind of thing that is in the comparison, and how they are told from others."""

import json
from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.iam.public_principal import public_principal
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

ALL, ANYBODY = "allUsers", "allAuthenticatedUsers"
GROUP = "group:voice@acme.example"


@judged(
    public_principal,
    {
        "bad-project": VIOLATED,
        "bad-folder": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-project-policy": VIOLATED,
        "bad-dataset": VIOLATED,
        "bad-table": VIOLATED,
        "bad-bucket": VIOLATED,
        "bad-bucket-policy-which-checkov-does-not-read": VIOLATED,
        "bad-topic": VIOLATED,
        "bad-subscription": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-secret": VIOLATED,
        "bad-repository": VIOLATED,
        "bad-gateway": VIOLATED,
        "bad-api": VIOLATED,
        "bad-account": VIOLATED,
        "bad-key": VIOLATED,
        "bad-ring": VIOLATED,
        "bad-iap": VIOLATED,
        "bad-function": VIOLATED,
        "bad-case": VIOLATED,
        "good-group": PASSED,
        "good-account-known-only-after-creation": PASSED,
        "good-empty-binding": PASSED,
        "unknown-member": NOT_EVALUATED,
        "unknown-beside-bad": VIOLATED,
        "unknown-beside-an-account": NOT_EVALUATED,
        "unknown-policy": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent="a grant without a member cannot be registered; a service without ingress is judged below",
)
def grants_on_anything() -> None:
    gcp.projects.IAMMember("bad-project", project="acme", role="roles/browser", member=ALL)
    gcp.folder.IAMMember("bad-folder", folder="folders/1", role="roles/browser", member=ANYBODY)
    gcp.organizations.IAMBinding("bad-organization", org_id="1", role="roles/browser", members=[GROUP, ALL])
    gcp.projects.IAMPolicy(
        "bad-project-policy",
        project="acme",
        policy_data=json.dumps({"bindings": [{"role": "roles/browser", "members": [GROUP, ANYBODY]}]}),
    )
    gcp.bigquery.DatasetIamMember(
        "bad-dataset", dataset_id="calls", role="roles/bigquery.dataViewer", member=ANYBODY
    )
    gcp.bigquery.IamMember(
        "bad-table", dataset_id="calls", table_id="t", role="roles/bigquery.dataViewer", member=ANYBODY
    )
    gcp.storage.BucketIAMMember("bad-bucket", bucket="files", role="roles/storage.objectViewer", member=ALL)
    gcp.storage.BucketIAMPolicy(
        "bad-bucket-policy-which-checkov-does-not-read",
        bucket="files",
        policy_data='{"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]}',
    )
    gcp.pubsub.TopicIAMMember("bad-topic", topic="jobs", role="roles/pubsub.publisher", member=ALL)
    gcp.pubsub.SubscriptionIAMMember(
        "bad-subscription", subscription="jobs", role="roles/pubsub.subscriber", member=ANYBODY
    )
    gcp.cloudtasks.QueueIamMember("bad-queue", name="jobs", role="roles/cloudtasks.enqueuer", member=ALL)
    gcp.secretmanager.SecretIamMember(
        "bad-secret", secret_id="key", role="roles/secretmanager.secretAccessor", member=ANYBODY
    )
    gcp.artifactregistry.RepositoryIamMember(
        "bad-repository", repository="images", role="roles/artifactregistry.reader", member=ALL
    )
    gcp.apigateway.GatewayIamMember("bad-gateway", gateway="g", role="roles/apigateway.viewer", member=ANYBODY)
    gcp.apigateway.ApiIamMember("bad-api", api="a", role="roles/apigateway.viewer", member=ALL)
    gcp.serviceaccount.IAMMember(
        "bad-account",
        service_account_id="projects/acme/serviceAccounts/api@acme.iam.gserviceaccount.com",
        role="roles/iam.serviceAccountUser",
        member=ANYBODY,
    )
    gcp.kms.CryptoKeyIAMBinding(
        "bad-key", crypto_key_id="k", role="roles/cloudkms.cryptoKeyDecrypter", members=[ALL]
    )
    gcp.kms.KeyRingIAMMember("bad-ring", key_ring_id="r", role="roles/cloudkms.viewer", member=ALL)
    gcp.iap.WebIamMember("bad-iap", role="roles/iap.httpsResourceAccessor", member=ANYBODY)
    gcp.cloudfunctionsv2.FunctionIamMember(
        "bad-function", cloud_function="f", role="roles/cloudfunctions.invoker", member=ALL
    )
    gcp.pubsub.TopicIAMMember("bad-case", topic="jobs", role="roles/pubsub.publisher", member="allusers")
    account = gcp.serviceaccount.Account("account", account_id="voice-api")
    gcp.projects.IAMMember("good-group", project="acme", role="roles/browser", member=GROUP)
    gcp.projects.IAMMember(
        "good-account-known-only-after-creation",
        project="acme",
        role="roles/browser",
        member=pulumi.Output.concat("serviceAccount:", account.unique_id.apply(lambda id_: f"{id_}@x")),
    )
    gcp.projects.IAMBinding("good-empty-binding", project="acme", role="roles/browser", members=[])
    hidden = unknown()
    gcp.projects.IAMMember("unknown-member", project="acme", role="roles/browser", member=hidden)
    gcp.projects.IAMBinding("unknown-beside-bad", project="acme", role="roles/browser", members=[hidden, ALL])
    # The list depends on the account alone; the other member may be anybody all the same.
    gcp.projects.IAMBinding(
        "unknown-beside-an-account",
        project="acme",
        role="roles/browser",
        members=[account.member, account.unique_id],
    )
    gcp.projects.IAMPolicy("unknown-policy", project="acme", policy_data=hidden)
    gcp.projects.IAMMember(
        "secret-member", project="acme", role="roles/browser", member=pulumi.Output.secret(GROUP)
    )


def _service(name: str, *, ingress: Any, default_url_off: Any) -> gcp.cloudrunv2.Service:
    return gcp.cloudrunv2.Service(
        f"{name}-service",
        name=name,
        location="europe-west1",
        ingress=ingress,
        default_uri_disabled=default_url_off,
        template=gcp.cloudrunv2.ServiceTemplateArgs(
            containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(image="image")]
        ),
    )


def _call(name: str, *, ingress: Any, default_url_off: Any, role: str = "roles/run.invoker") -> None:
    gcp.cloudrunv2.ServiceIamMember(
        name,
        name=_service(name, ingress=ingress, default_url_off=default_url_off).name,
        location="europe-west1",
        role=role,
        member=ALL,
    )


BEHIND = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"


@judged(
    public_principal,
    {
        "good-only-behind-the-load-balancer": PASSED,
        "good-first-api": PASSED,
        "bad-default-url": VIOLATED,
        "bad-internal": VIOLATED,
        "bad-from-everywhere": VIOLATED,
        "bad-more-than-calling": VIOLATED,
        "bad-service-of-somebody-else": VIOLATED,
        "absent-ingress": VIOLATED,
        "absent-default-url": VIOLATED,
        "unknown-ingress": NOT_EVALUATED,
        "secret-ingress": NOT_EVALUATED,
    },
)
def callers_of_services() -> None:
    _call("good-only-behind-the-load-balancer", ingress=BEHIND, default_url_off=True)
    _call("bad-default-url", ingress=BEHIND, default_url_off=False)
    _call("bad-internal", ingress="INGRESS_TRAFFIC_INTERNAL_ONLY", default_url_off=True)
    _call("bad-from-everywhere", ingress="INGRESS_TRAFFIC_ALL", default_url_off=True)
    # Its ingress does not guard Google's own API, where it is administered.
    _call("bad-more-than-calling", ingress=BEHIND, default_url_off=True, role="roles/run.developer")
    _call("absent-ingress", ingress=None, default_url_off=True)
    _call("absent-default-url", ingress=BEHIND, default_url_off=None)
    _call("unknown-ingress", ingress=unknown(), default_url_off=True)
    _call("secret-ingress", ingress=pulumi.Output.secret(BEHIND), default_url_off=True)
    gcp.cloudrunv2.ServiceIamMember(
        "bad-service-of-somebody-else",
        name="elsewhere",
        location="europe-west1",
        role="roles/run.invoker",
        member=ALL,
    )
    first = gcp.cloudrun.Service(
        "first",
        name="first",
        location="europe-west1",
        metadata=gcp.cloudrun.ServiceMetadataArgs(
            annotations={
                "run.googleapis.com/ingress": "internal-and-cloud-load-balancing",
                "run.googleapis.com/default-url-disabled": "true",
            }
        ),
    )
    gcp.cloudrun.IamMember(
        "good-first-api", service=first.name, location="europe-west1", role="roles/run.invoker", member=ALL
    )
