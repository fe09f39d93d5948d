"""Roles by what they can do, whatever they are called, for whoever gets them and wherever."""

import json
from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.iam.basic_role import basic_role
from policies.least_privilege.iam.custom_role import custom_role
from policies.least_privilege.iam.escalating_role import escalating_role
from policies.least_privilege.iam.expiry import elevated_grant_ends
from policies.least_privilege.iam.impersonation import impersonation
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

API = "serviceAccount:api@acme-voice.iam.gserviceaccount.com"
GROUP = "group:voice@acme.example"
AGENT = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
RUN_AGENT = "serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com"
CI = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.purpose/deploy"
ACCOUNT = "projects/acme-voice/serviceAccounts/worker@acme-voice.iam.gserviceaccount.com"


def _on_project(name: str, role: pulumi.Input[str], member: pulumi.Input[str] = API, **more: Any) -> None:
    gcp.projects.IAMMember(name, project="acme-voice", role=role, member=member, **more)


@judged(
    basic_role,
    {
        "bad-owner": VIOLATED,
        "bad-editor-by-a-reference": VIOLATED,
        "bad-viewer": VIOLATED,
        "bad-folder": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-binding": VIOLATED,
        "bad-policy-which-no-scanner-reads": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-function": VIOLATED,
        "bad-new-name": VIOLATED,
        "good-predefined": PASSED,
        "good-custom": PASSED,
        "good-custom-known-only-after-creation": PASSED,
        "unknown-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role cannot be registered",
)
def basic_roles() -> None:
    account = gcp.serviceaccount.Account("account", account_id="voice-api", project="acme-voice")
    _on_project("bad-owner", "roles/owner")
    _on_project("bad-editor-by-a-reference", "roles/editor", account.member)
    _on_project("bad-viewer", "roles/viewer", GROUP)
    _on_project("bad-new-name", "roles/writer", GROUP)
    gcp.folder.IAMMember("bad-folder", folder="folders/1", role="roles/editor", member=API)
    gcp.organizations.IAMMember("bad-organization", org_id="1", role="roles/owner", member=GROUP)
    gcp.projects.IAMBinding("bad-binding", project="acme-voice", role="roles/editor", members=[API])
    gcp.projects.IAMPolicy(
        "bad-policy-which-no-scanner-reads",
        project="acme-voice",
        policy_data=json.dumps({"bindings": [{"role": "roles/editor", "members": [API]}]}),
    )
    gcp.cloudtasks.QueueIamMember("bad-queue", name="jobs", role="roles/editor", member=API)
    gcp.cloudfunctions.FunctionIamMember("bad-function", cloud_function="f", role="roles/viewer", member=API)
    _on_project("good-predefined", "roles/logging.logWriter")
    _on_project("good-custom", "projects/acme-voice/roles/owner")
    role = gcp.projects.IAMCustomRole("role", role_id="predictor", title="Predictor", permissions=["a.b.get"])
    _on_project("good-custom-known-only-after-creation", role.name)
    _on_project("unknown-role", unknown())
    _on_project("secret-role", pulumi.Output.secret("roles/logging.logWriter"))


# Called admin, and able to change nobody's access; checkov's pattern hits 631 such roles.
HARMLESS = {
    "monitoring": "roles/monitoring.admin",
    "dns": "roles/dns.admin",
    "certificates": "roles/certificatemanager.admin",
    "profiler": "roles/cloudprofiler.admin",
    "traces": "roles/cloudtrace.admin",
    "indexes": "roles/datastore.indexAdmin",
    "scheduler": "roles/cloudscheduler.admin",
    "errors": "roles/errorreporting.admin",
}
# Called otherwise, and able to set policies or to get at credentials; the pattern misses 40 such roles.
HARMFUL = {
    "features": "roles/aiplatform.featurestoreUser",
    "dataplex": "roles/dataplex.developer",
    "earth": "roles/earthengine.appsPublisher",
    "devops": "roles/iam.devOps",
    "scientist": "roles/iam.dataScientist",
    "machine-learning": "roles/ml.developer",
    "api-keys": "roles/serviceusage.apiKeysViewer",
    "git-tokens": "roles/cloudbuild.tokenAccessor",
    "postures": "roles/securityposture.postureDeployer",
    "tags": "roles/resourcemanager.tagUser",
    "approver": "roles/privilegedaccessmanager.approver",
    "support": "roles/iam.supportUser",
}


@judged(
    escalating_role,
    {
        **{f"good-{name}-called-admin": PASSED for name in HARMLESS},
        **{f"bad-{name}-called-otherwise": VIOLATED for name in HARMFUL if name != "earth"},
        # It sets policies of service accounts only, which another policy tells.
        "good-here-earth-called-otherwise": PASSED,
        "bad-earth-on-an-account": VIOLATED,
        "bad-project-policies": VIOLATED,
        "bad-reference-which-checkov-passes": VIOLATED,
        "bad-binding-which-checkov-passes": VIOLATED,
        "bad-folder": VIOLATED,
        "bad-federated": VIOLATED,
        "bad-agent": VIOLATED,
        "bad-shell-in-what-runs": VIOLATED,
        "bad-bucket": VIOLATED,
        "bad-topic": VIOLATED,
        "bad-key-of-an-account": VIOLATED,
        "bad-custom": VIOLATED,
        "good-agent-with-its-role": PASSED,
        "good-group": PASSED,
        "good-deploying-on-one-service": PASSED,
        "good-acting-as-one-account": PASSED,
        "good-bucket": PASSED,
        "good-topic": PASSED,
        "good-custom": PASSED,
        "good-basic-told-elsewhere": PASSED,
        "unknown-to-the-table": NOT_EVALUATED,
        "unknown-custom-elsewhere": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-permission": NOT_EVALUATED,
        "unknown-permission-beside-bad": VIOLATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role cannot be registered",
)
def roles_of_workloads() -> None:
    account = gcp.serviceaccount.Account("account", account_id="voice-api", project="acme-voice")
    for name, role in HARMLESS.items():
        _on_project(f"good-{name}-called-admin", role)
    for name, role in HARMFUL.items():
        _on_project(f"{'good-here' if name == 'earth' else 'bad'}-{name}-called-otherwise", role)
    gcp.serviceaccount.IAMMember(
        "bad-earth-on-an-account", service_account_id=ACCOUNT, role=HARMFUL["earth"], member=API
    )
    _on_project("bad-project-policies", "roles/resourcemanager.projectIamAdmin")
    _on_project("bad-reference-which-checkov-passes", "roles/resourcemanager.projectIamAdmin", account.member)
    gcp.projects.IAMBinding(
        "bad-binding-which-checkov-passes",
        project="acme-voice",
        role="roles/storage.admin",
        members=[account.email.apply(lambda email: f"serviceAccount:{email}")],
    )
    gcp.folder.IAMMember("bad-folder", folder="folders/1", role="roles/pubsub.admin", member=API)
    _on_project("bad-federated", "roles/run.admin", CI)
    _on_project("bad-agent", "roles/secretmanager.admin", AGENT)
    _on_project("bad-shell-in-what-runs", "roles/run.developer")
    gcp.storage.BucketIAMMember("bad-bucket", bucket="files", role="roles/storage.admin", member=API)
    gcp.pubsub.TopicIAMMember("bad-topic", topic="jobs", role="roles/pubsub.admin", member=API)
    gcp.serviceaccount.IAMMember(
        "bad-key-of-an-account",
        service_account_id=ACCOUNT,
        role="roles/iam.serviceAccountKeyAdmin",
        member=API,
    )
    setting = gcp.projects.IAMCustomRole(
        "setting", role_id="setter", title="Setter", permissions=["pubsub.topics.setIamPolicy"]
    )
    _on_project("bad-custom", setting.name)
    _on_project("good-agent-with-its-role", "roles/run.serviceAgent", RUN_AGENT)
    _on_project("good-group", "roles/resourcemanager.projectIamAdmin", GROUP)
    gcp.cloudrunv2.ServiceIamMember(
        "good-deploying-on-one-service",
        name="api",
        location="europe-west1",
        role="roles/run.developer",
        member=CI,
    )
    gcp.serviceaccount.IAMMember(
        "good-acting-as-one-account",
        service_account_id=ACCOUNT,
        role="roles/iam.serviceAccountUser",
        member=API,
    )
    gcp.storage.BucketIAMMember("good-bucket", bucket="files", role="roles/storage.objectUser", member=API)
    gcp.pubsub.TopicIAMMember("good-topic", topic="jobs", role="roles/pubsub.publisher", member=API)
    calling = gcp.projects.IAMCustomRole(
        "calling", role_id="caller", title="Caller", permissions=["aiplatform.endpoints.predict"]
    )
    _on_project("good-custom", calling.name)
    _on_project("good-basic-told-elsewhere", "roles/owner")
    _on_project("unknown-to-the-table", "roles/backupdr.viewer")
    _on_project("unknown-custom-elsewhere", "projects/acme-voice/roles/somebodys")
    hidden = unknown()
    _on_project("unknown-role", hidden)
    _on_project("unknown-member", "roles/run.admin", hidden)
    doubtful = gcp.projects.IAMCustomRole(
        "doubtful", role_id="doubtful", title="Doubtful", permissions=["a.b.get", hidden]
    )
    _on_project("unknown-permission", doubtful.name)
    worse = gcp.projects.IAMCustomRole(
        "worse", role_id="worse", title="Worse", permissions=["iam.roles.update", hidden]
    )
    _on_project("unknown-permission-beside-bad", worse.name)
    _on_project("secret-role", pulumi.Output.secret("roles/run.invoker"))


@judged(
    impersonation,
    {
        "bad-user": VIOLATED,
        "bad-token-creator-of-google's": VIOLATED,
        "bad-group": VIOLATED,
        "bad-folder": VIOLATED,
        "bad-organization": VIOLATED,
        "bad-binding": VIOLATED,
        "bad-account-admin": VIOLATED,
        "bad-key-admin": VIOLATED,
        "bad-devops-which-lists-miss": VIOLATED,
        "bad-agents-role-for-a-workload": VIOLATED,
        "bad-federating-at-large": VIOLATED,
        "bad-custom": VIOLATED,
        "good-on-one-account": PASSED,
        "good-agents-role-for-the-agent": PASSED,
        "good-other-role": PASSED,
        "good-basic-told-elsewhere": PASSED,
        "unknown-role": NOT_EVALUATED,
        "unknown-to-the-table": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role cannot be registered",
)
def acting_as_accounts() -> None:
    user, creator = "roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"
    _on_project("bad-user", user)
    # What Google's own page on push subscriptions says to do.
    _on_project("bad-token-creator-of-google's", creator, AGENT)
    _on_project("bad-group", creator, GROUP)
    gcp.folder.IAMMember("bad-folder", folder="folders/1", role=user, member=GROUP)
    gcp.organizations.IAMMember("bad-organization", org_id="1", role=creator, member=API)
    gcp.projects.IAMBinding("bad-binding", project="acme-voice", role=user, members=[GROUP])
    _on_project("bad-account-admin", "roles/iam.serviceAccountAdmin", GROUP)
    _on_project("bad-key-admin", "roles/iam.serviceAccountKeyAdmin", GROUP)
    _on_project("bad-devops-which-lists-miss", "roles/iam.devOps", GROUP)
    _on_project("bad-agents-role-for-a-workload", "roles/run.serviceAgent")
    _on_project("bad-federating-at-large", "roles/iam.workloadIdentityUser", CI)
    acting = gcp.projects.IAMCustomRole(
        "acting", role_id="acting", title="Acting", permissions=["iam.serviceAccounts.actAs"]
    )
    _on_project("bad-custom", acting.name)
    gcp.serviceaccount.IAMMember("good-on-one-account", service_account_id=ACCOUNT, role=creator, member=AGENT)
    _on_project("good-agents-role-for-the-agent", "roles/run.serviceAgent", RUN_AGENT)
    _on_project("good-other-role", "roles/cloudsql.client")
    _on_project("good-basic-told-elsewhere", "roles/editor")
    _on_project("unknown-role", unknown())
    _on_project("unknown-to-the-table", "roles/backupdr.viewer")
    _on_project("secret-role", pulumi.Output.secret(user))


def _role(name: str, permissions: Any) -> None:
    gcp.projects.IAMCustomRole(name, role_id=name.replace("-", "_"), title=name, permissions=permissions)


@judged(
    custom_role,
    {
        "good-few": PASSED,
        "good-releases-on-one-service": PASSED,
        "bad-sets-policies": VIOLATED,
        "bad-any-service's-policies": VIOLATED,
        "bad-acts-as-accounts": VIOLATED,
        "bad-makes-tokens": VIOLATED,
        "bad-makes-keys": VIOLATED,
        "bad-changes-roles": VIOLATED,
        "bad-gets-into-what-runs": VIOLATED,
        "bad-builds": VIOLATED,
        "bad-wildcard": VIOLATED,
        "bad-organization": VIOLATED,
        "absent-permissions": PASSED,
        "unknown-permissions": NOT_EVALUATED,
        "unknown-permission": NOT_EVALUATED,
        "unknown-beside-bad": VIOLATED,
        "secret-permissions": NOT_EVALUATED,
    },
)
def custom_roles() -> None:
    _role("good-few", ["aiplatform.endpoints.predict"])
    _role("good-releases-on-one-service", ["run.services.get", "run.services.update", "run.jobs.run"])
    _role("bad-sets-policies", ["resourcemanager.projects.get", "resourcemanager.projects.setIamPolicy"])
    _role("bad-any-service's-policies", ["spanner.databases.setIamPolicy"])
    _role("bad-acts-as-accounts", ["run.services.create", "iam.serviceAccounts.actAs"])
    _role("bad-makes-tokens", ["iam.serviceAccounts.getAccessToken"])
    _role("bad-makes-keys", ["storage.hmacKeys.create"])
    _role("bad-changes-roles", ["iam.roles.update"])
    _role("bad-gets-into-what-runs", ["run.services.sshRoot"])
    _role("bad-builds", ["cloudbuild.builds.create"])
    _role("bad-wildcard", ["storage.*"])
    gcp.organizations.IAMCustomRole(
        "bad-organization", org_id="1", role_id="setter", title="Setter", permissions=["iam.roles.update"]
    )
    _role("absent-permissions", [])
    _role("unknown-permissions", unknown().apply(lambda text: [text]))
    _role("unknown-permission", ["a.b.get", unknown("one")])
    _role("unknown-beside-bad", [unknown("two"), "iam.roles.update"])
    _role("secret-permissions", pulumi.Output.secret(["a.b.get"]))


def _until(expression: pulumi.Input[str]) -> gcp.projects.IAMMemberConditionArgs:
    return gcp.projects.IAMMemberConditionArgs(title="until", expression=expression)


@judged(
    elevated_grant_ends,
    {
        "good-until-a-date": PASSED,
        "good-until-a-date-in-two-ways": PASSED,
        "good-from-the-other-side": PASSED,
        "good-not-elevated": PASSED,
        "good-workload-told-elsewhere": PASSED,
        "bad-one-way-without-end": VIOLATED,
        "bad-only-a-beginning": VIOLATED,
        "bad-condition-on-the-entity": VIOLATED,
        "bad-negated": VIOLATED,
        "bad-token-creator-of-one-account": VIOLATED,
        "bad-code-in-the-whole-project": VIOLATED,
        "absent-condition": VIOLATED,
        "unknown-condition": NOT_EVALUATED,
        "unknown-form": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-condition": NOT_EVALUATED,
    },
)
def rights_of_people() -> None:
    admin = "roles/resourcemanager.projectIamAdmin"
    end = "request.time < timestamp('2027-01-01T00:00:00Z')"
    for name, expression in {
        "good-until-a-date": end,
        "good-until-a-date-in-two-ways": f"resource.name == 'a' && {end} || {end}",
        "good-from-the-other-side": "timestamp('2027-01-01T00:00:00Z') >= request.time",
        "bad-one-way-without-end": f"{end} || resource.name == 'a'",
        "bad-only-a-beginning": "request.time > timestamp('2026-01-01T00:00:00Z')",
        "bad-condition-on-the-entity": "resource.name.startsWith('projects/acme')",
        "bad-negated": f"!({end})",
        "unknown-form": "request.time < timestamp(resource.name)",
    }.items():
        _on_project(name, admin, GROUP, condition=_until(expression))
    _on_project("good-not-elevated", "roles/logging.viewer", GROUP)
    _on_project("good-workload-told-elsewhere", admin)
    gcp.serviceaccount.IAMMember(
        "bad-token-creator-of-one-account",
        service_account_id=ACCOUNT,
        role="roles/iam.serviceAccountTokenCreator",
        member=GROUP,
    )
    _on_project("bad-code-in-the-whole-project", "roles/run.developer", GROUP)
    _on_project("absent-condition", admin, GROUP)
    _on_project("unknown-condition", admin, GROUP, condition=_until(unknown()))
    _on_project("unknown-role", unknown("role"), GROUP)
    _on_project("secret-condition", admin, GROUP, condition=_until(pulumi.Output.secret(end)))
