"""Members of grants: people and groups, and whom nobody in the organisation knows."""

import json

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.iam.authoritative import nothing_authoritative
from policies.least_privilege.iam.members import known_members, people_by_group
from policies.least_privilege.service_accounts.default_account import default_account
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

API = "serviceAccount:api@acme-voice.iam.gserviceaccount.com"
WORKFORCE = "iam.googleapis.com/locations/global/workforcePools/acme"
POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci"


def _to(name: str, member: pulumi.Input[str], role: str = "roles/logging.viewer") -> None:
    gcp.projects.IAMMember(name, project="acme-voice", role=role, member=member)


def _without_a_member() -> str:
    return "a grant without a member cannot be registered"


@judged(
    people_by_group,
    {
        "good-group": PASSED,
        "good-account": PASSED,
        "good-group-of-a-workforce": PASSED,
        "good-subject-of-a-workload": PASSED,
        "bad-person": VIOLATED,
        "bad-person-on-a-bucket": VIOLATED,
        "bad-person-in-a-binding": VIOLATED,
        "bad-person-in-capitals": VIOLATED,
        "bad-subject-of-a-workforce": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent=_without_a_member(),
)
def people() -> None:
    _to("good-group", "group:voice@acme.example")
    _to("good-account", API)
    _to("good-group-of-a-workforce", f"principalSet://{WORKFORCE}/group/voice")
    _to("good-subject-of-a-workload", f"principal://{POOL}/subject/one")
    _to("bad-person", "user:ada@acme.example")
    gcp.storage.BucketIAMMember(
        "bad-person-on-a-bucket", bucket="files", role="roles/storage.objectViewer", member="user:ada@acme.example"
    )
    gcp.pubsub.TopicIAMBinding(
        "bad-person-in-a-binding",
        topic="jobs",
        role="roles/pubsub.publisher",
        members=[API, "user:ada@acme.example"],
    )
    _to("bad-person-in-capitals", "User:Ada@acme.example")
    _to("bad-subject-of-a-workforce", f"principal://{WORKFORCE}/subject/ada@acme.example")
    _to("unknown-member", unknown())
    _to("secret-member", pulumi.Output.secret("group:voice@acme.example"))


@judged(
    known_members,
    {
        "good-group": PASSED,
        "good-person-told-elsewhere": PASSED,
        "good-account": PASSED,
        "good-account-by-a-reference": PASSED,
        "good-sink's-writer": PASSED,
        "bad-gmail": VIOLATED,
        "bad-outlook": VIOLATED,
        "bad-yahoo-of-a-country": VIOLATED,
        "bad-icloud": VIOLATED,
        "good-organisation-that-sounds-alike": PASSED,
        "bad-googlemail": VIOLATED,
        "bad-group-of-strangers": VIOLATED,
        "bad-whole-domain": VIOLATED,
        "bad-whoever-edits": VIOLATED,
        "bad-every-account-of-a-project": VIOLATED,
        "bad-deleted-account": VIOLATED,
        "bad-deleted-person": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent=_without_a_member(),
)
def strangers() -> None:
    account = gcp.serviceaccount.Account("account", account_id="voice-api", project="acme-voice")
    sink = gcp.logging.ProjectSink(
        "sink", name="sink", destination="storage.googleapis.com/b", unique_writer_identity=True
    )
    _to("good-group", "group:voice@acme.example")
    _to("good-person-told-elsewhere", "user:ada@acme.example")
    _to("good-account", API)
    _to("good-account-by-a-reference", account.member)
    _to("good-sink's-writer", sink.writer_identity)
    _to("bad-outlook", "group:friends@OUTLOOK.com")
    _to("bad-yahoo-of-a-country", "user:ada@yahoo.co.uk")
    _to("bad-icloud", "user:ada@icloud.com")
    _to("good-organisation-that-sounds-alike", "group:crew@icloud.example.com")
    _to("bad-gmail", "user:ada@gmail.com")
    _to("bad-googlemail", "user:ada@GoogleMail.com")
    _to("bad-group-of-strangers", "group:voice@googlegroups.com")
    _to("bad-whole-domain", "domain:acme.example")
    gcp.storage.BucketIAMMember(
        "bad-whoever-edits", bucket="files", role="roles/storage.objectAdmin", member="projectEditor:acme-voice"
    )
    _to(
        "bad-every-account-of-a-project",
        "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount",
    )
    _to("bad-deleted-account", f"deleted:{API}?uid=123456789012345678901")
    _to("bad-deleted-person", "deleted:user:ada@acme.example?uid=123456789012345678901")
    _to("unknown-member", unknown())
    _to("secret-member", pulumi.Output.secret(API))


@judged(
    default_account,
    {
        "good-own-account": PASSED,
        "good-own-account-by-a-reference": PASSED,
        "good-agent": PASSED,
        "bad-compute": VIOLATED,
        "bad-app-engine": VIOLATED,
        "bad-cloud-build": VIOLATED,
        "bad-folder": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-binding": VIOLATED,
        "bad-policy": VIOLATED,
        "bad-repository": VIOLATED,
        "unknown-number-of-a-project": NOT_EVALUATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent=_without_a_member(),
)
def default_accounts() -> None:
    compute = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"
    account = gcp.serviceaccount.Account("account", account_id="voice-api", project="acme-voice")
    _to("good-own-account", API)
    _to("good-own-account-by-a-reference", account.member)
    _to("good-agent", "serviceAccount:service-123456789012@compute-system.iam.gserviceaccount.com")
    _to("bad-compute", compute)
    _to("bad-app-engine", "serviceAccount:acme-voice@appspot.gserviceaccount.com")
    _to("bad-cloud-build", "serviceAccount:123456789012@cloudbuild.gserviceaccount.com")
    gcp.folder.IAMMember("bad-folder", folder="folders/1", role="roles/logging.viewer", member=compute)
    gcp.organizations.IAMMember("bad-organization", org_id="1", role="roles/logging.viewer", member=compute)
    gcp.projects.IAMBinding(
        "bad-binding", project="acme-voice", role="roles/logging.viewer", members=[API, compute]
    )
    gcp.projects.IAMPolicy(
        "bad-policy",
        project="acme-voice",
        policy_data=json.dumps({"bindings": [{"role": "roles/logging.viewer", "members": [compute]}]}),
    )
    gcp.artifactregistry.RepositoryIamMember(
        "bad-repository", repository="images", role="roles/artifactregistry.reader", member=compute
    )
    project = gcp.organizations.Project("project", project_id="acme-other", name="other", org_id="1")
    _to(
        "unknown-number-of-a-project",
        project.number.apply(lambda number: f"serviceAccount:{number}-compute@developer.gserviceaccount.com"),
    )
    _to("unknown-member", unknown())
    _to("secret-member", pulumi.Output.secret(API))


@judged(
    nothing_authoritative,
    {
        "good-member": PASSED,
        "good-binding-alone-on-a-bucket": PASSED,
        "good-policy-alone-on-a-topic": PASSED,
        "good-binding-of-another-role": PASSED,
        "good-binding-under-another-condition": PASSED,
        "good-editor-taken-from-the-default-account": PASSED,
        "bad-policy-of-the-project": VIOLATED,
        "bad-binding-on-the-project": VIOLATED,
        "bad-binding-on-a-folder": VIOLATED,
        "bad-policy-of-the-organization": VIOLATED,
        "bad-binding-on-the-billing-account": VIOLATED,
        "bad-removal": VIOLATED,
        "bad-binding-beside-a-member": VIOLATED,
        "absent-members-beside-a-member": VIOLATED,
        "absent-members-alone": PASSED,
        "bad-binding-beside-a-binding": VIOLATED,
        "bad-same-binding": VIOLATED,
        "bad-policy-beside-a-member": VIOLATED,
        "unknown-entity": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-removal": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def authoritative() -> None:
    role = "roles/storage.objectViewer"
    _to("good-member", API)
    gcp.storage.BucketIAMBinding("good-binding-alone-on-a-bucket", bucket="one", role=role, members=[API])
    gcp.pubsub.TopicIAMPolicy(
        "good-policy-alone-on-a-topic",
        topic="jobs",
        policy_data=json.dumps(
            {
                "bindings": [
                    {"role": "roles/pubsub.publisher", "members": [API]},
                    {"role": "roles/pubsub.viewer", "members": [API]},
                ]
            }
        ),
    )
    gcp.storage.BucketIAMBinding(
        "good-binding-of-another-role", bucket="two", role="roles/storage.objectCreator", members=[API]
    )
    gcp.storage.BucketIAMBinding(
        "good-binding-under-another-condition",
        bucket="two",
        role=role,
        members=[API],
        condition=gcp.storage.BucketIAMBindingConditionArgs(title="a", expression="resource.name == 'a'"),
    )
    gcp.projects.IamMemberRemove(
        "good-editor-taken-from-the-default-account",
        project="acme-voice",
        role="roles/editor",
        member="serviceAccount:123456789012-compute@developer.gserviceaccount.com",
    )
    bindings = json.dumps({"bindings": [{"role": "roles/browser", "members": [API]}]})
    gcp.projects.IAMPolicy("bad-policy-of-the-project", project="acme-voice", policy_data=bindings)
    gcp.projects.IAMBinding(
        "bad-binding-on-the-project", project="acme-voice", role="roles/browser", members=[API]
    )
    gcp.folder.IAMBinding("bad-binding-on-a-folder", folder="folders/1", role="roles/browser", members=[])
    gcp.organizations.IAMPolicy("bad-policy-of-the-organization", org_id="1", policy_data=bindings)
    gcp.billing.AccountIamBinding(
        "bad-binding-on-the-billing-account",
        billing_account_id="000000-000000-000000",
        role="roles/billing.viewer",
        members=[API],
    )
    gcp.projects.IamMemberRemove("bad-removal", project="acme-voice", role="roles/run.admin", member=API)
    bucket = gcp.storage.Bucket("bucket", name="acme-files", location="EU")
    gcp.storage.BucketIAMMember("member-on-a-bucket", bucket=bucket.name, role=role, member=API)
    gcp.storage.BucketIAMMember("member-on-the-second", bucket="two", role=role, member=API)
    gcp.storage.BucketIAMBinding("bad-binding-beside-a-member", bucket="acme-files", role=role, members=[API])
    gcp.storage.BucketIAMMember("member-on-the-sixth", bucket="six", role=role, member=API)
    gcp.storage.BucketIAMBinding("absent-members-beside-a-member", bucket="six", role=role, members=[])
    # It takes from the project's viewers what they have on every bucket by default.
    gcp.storage.BucketIAMBinding(
        "absent-members-alone", bucket="six", role="roles/storage.legacyBucketReader", members=[]
    )
    gcp.storage.BucketIAMBinding(
        "bad-binding-beside-a-binding", bucket="three", role=role, members=["group:a@acme.example"]
    )
    gcp.storage.BucketIAMBinding("bad-same-binding", bucket="three", role=role, members=[API])
    gcp.pubsub.SubscriptionIAMPolicy("bad-policy-beside-a-member", subscription="jobs", policy_data=bindings)
    gcp.pubsub.SubscriptionIAMMember(
        "member-on-a-subscription", subscription="jobs", role="roles/pubsub.subscriber", member=API
    )
    hidden = unknown()
    gcp.storage.BucketIAMBinding("unknown-entity", bucket=hidden, role=role, members=[API])
    gcp.storage.BucketIAMBinding("unknown-role", bucket="four", role=hidden, members=[API])
    gcp.projects.IamMemberRemove("unknown-removal", project="acme-voice", role=hidden, member=API)
    gcp.storage.BucketIAMBinding("secret-role", bucket="five", role=pulumi.Output.secret(role), members=[API])
