"""Ways from one identity to another: those that are meant, and those that nobody meant."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.escalation.becoming_others import becoming_others
from policies.least_privilege.escalation.project_control import project_control
from tests.policies.declaring import (
    NUMBER,
    PROJECT,
    Part,
    account,
    agent,
    custom_role,
    inside,
    on_account,
    on_project,
    topic,
    use,
    workload,
)
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

ACT_AS = "roles/iam.serviceAccountUser"
TOKENS = "roles/iam.serviceAccountTokenCreator"
FEDERATED = "roles/iam.workloadIdentityUser"
POOL = f"iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools"
CALL = [gcp.cloudrunv2.ServiceTemplateContainerArgs(image="image")]


def _service(name: str, who: Any, part: Part | None = None, **more: Any) -> gcp.cloudrunv2.Service:
    template = gcp.cloudrunv2.ServiceTemplateArgs(service_account=who, containers=CALL)
    opts = inside(part) if part else None
    return gcp.cloudrunv2.Service(
        name, name=name, location="europe-west1", project=PROJECT, template=template, opts=opts, **more
    )


def _on_service(name: str, on: gcp.cloudrunv2.Service, who: gcp.serviceaccount.Account, role: Any) -> None:
    gcp.cloudrunv2.ServiceIamMember(
        name, name=on.name, location="europe-west1", project=PROJECT, role=role, member=who.member
    )


def _pushed(name: str, as_whom: gcp.serviceaccount.Account) -> None:
    gcp.pubsub.Subscription(
        name,
        name=name,
        topic="jobs",
        project=PROJECT,
        push_config=gcp.pubsub.SubscriptionPushConfigArgs(
            push_endpoint="https://worker.example.com",
            oidc_token=gcp.pubsub.SubscriptionPushConfigOidcTokenArgs(service_account_email=as_whom.email),
        ),
    )


@judged(
    becoming_others,
    {
        "good-deployed-by-its-pipeline": PASSED,
        "good-released-by-its-pipeline": PASSED,
        "good-admitted-by-its-own-pool": PASSED,
        "good-agent-on-what-it-serves": PASSED,
        "good-agent-of-another-kind": PASSED,
        "good-act-as-without-code": PASSED,
        "good-update-without-act-as": PASSED,
        "bad-tokens": VIOLATED,
        "bad-tokens-at-large": VIOLATED,
        "bad-keys": VIOLATED,
        "bad-policy-of-the-account": VIOLATED,
        "bad-act-as": VIOLATED,
        "bad-shell": VIOLATED,
        "bad-all-of-the-pool": VIOLATED,
        "bad-pool-on-another": VIOLATED,
        "bad-pool-of-elsewhere": VIOLATED,
        "bad-agent-on-what-it-does-not-serve": VIOLATED,
        "bad-agent-at-large": VIOLATED,
        "bad-person": VIOLATED,
        "bad-everybody": VIOLATED,
        "absent-declaration": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def declared() -> None:
    api_part, worker_part, ci = Part("api", []), Part("worker", []), Part("ci")
    api, worker = account("api", api_part), account("worker", worker_part)
    page = workload("page")
    service = _service("api", api.email, api_part)
    _service("page", page.email)
    pool = gcp.iam.WorkloadIdentityPool(
        "ci", workload_identity_pool_id="ci", project=PROJECT, opts=pulumi.ResourceOptions(parent=ci)
    )
    releaser = custom_role("releaser", "run.services.get", "run.services.update")
    deploy = use("deploy", api_part, ACT_AS, f"projects/{PROJECT}/roles/releaser")
    deployer = account("deployer", Part("deployer", [deploy], ci))
    on_account("good-deployed-by-its-pipeline", api, deployer, ACT_AS)
    _on_service("good-released-by-its-pipeline", service, deployer, releaser.name)
    admitted = f"principalSet://{POOL}/ci/attribute.purpose/deploy"
    on_account("good-admitted-by-its-own-pool", deployer, admitted, FEDERATED)
    pusher = workload("pusher")
    _pushed("pushed", pusher)
    on_account("good-agent-on-what-it-serves", pusher, agent("gcp-sa-pubsub"), TOKENS)
    on_account("good-agent-of-another-kind", worker, agent("gcp-sa-dataform"), TOKENS)
    on_account("good-act-as-without-code", worker, workload("actor"), ACT_AS)
    _on_service("good-update-without-act-as", service, workload("updater"), releaser.name)
    on_account("bad-tokens", worker, page, TOKENS)
    on_project("bad-tokens-at-large", workload("larger"), "roles/iam.serviceAccountOpenIdTokenCreator")
    on_account("bad-keys", worker, workload("keys"), "roles/iam.serviceAccountKeyAdmin")
    setter = custom_role("setter", "iam.serviceAccounts.setIamPolicy")
    on_account("bad-policy-of-the-account", worker, workload("setter"), setter.name)
    on_account("bad-act-as", worker, deployer, ACT_AS)
    _on_service("bad-shell", service, workload("shell"), "roles/run.developer")
    on_account("bad-all-of-the-pool", deployer, f"principalSet://{POOL}/ci/*", FEDERATED)
    on_account("bad-pool-on-another", worker, f"principalSet://{POOL}/ci/attribute.purpose/other", FEDERATED)
    on_account("bad-pool-of-elsewhere", deployer, f"principal://{POOL}/elsewhere/subject/x", FEDERATED)
    on_account("bad-agent-on-what-it-does-not-serve", worker, agent("gcp-sa-pubsub"), TOKENS)
    on_project("bad-agent-at-large", agent("gcp-sa-dataform"), TOKENS)
    on_account("bad-person", worker, "user:ann@example.com", TOKENS)
    on_account("bad-everybody", worker, "allUsers", TOKENS)
    stray = gcp.serviceaccount.Account("stray", account_id="stray", project=PROJECT)
    on_account("absent-declaration", worker, stray, TOKENS)
    on_account("unknown-member", worker, unknown(), TOKENS)
    on_account("unknown-role", worker, page, unknown("role"))
    on_account("secret-role", worker, page, pulumi.Output.secret(TOKENS))
    assert pool


@judged(
    becoming_others,
    {
        "bad-hmac-keys": VIOLATED,
        "bad-providers": VIOLATED,
        "bad-deployments": VIOLATED,
        "bad-delegation": VIOLATED,
        "bad-role-that-it-holds": VIOLATED,
        "bad-build": VIOLATED,
        "bad-job-with-other-arguments": VIOLATED,
        "bad-shell-at-large": VIOLATED,
        "good-delegation-to-who-makes-none": PASSED,
        "good-held-to-a-bucket": PASSED,
        "good-run": PASSED,
        "first-of-the-chain": PASSED,
        "holds": VIOLATED,
        "second-of-the-chain": VIOLATED,
    },
)
def other_ways() -> None:
    """A use is declared, so that the stack is held to its declarations; the ways are each of a kind."""
    jobs_part, _ = topic("jobs")
    worker = workload("worker", use("publish", jobs_part))
    builder, job = workload("builder"), workload("job")
    gcp.cloudbuild.Trigger("build", name="build", project=PROJECT, service_account=builder.id)
    task = gcp.cloudrunv2.JobTemplateTemplateArgs(
        service_account=job.email, containers=[gcp.cloudrunv2.JobTemplateTemplateContainerArgs(image="image")]
    )
    run = gcp.cloudrunv2.Job(
        "job",
        name="job",
        location="europe-west1",
        project=PROJECT,
        template=gcp.cloudrunv2.JobTemplateArgs(template=task),
    )
    _service("worker", worker.email)
    gcp.iam.WorkloadIdentityPool("ci", workload_identity_pool_id="ci", project=PROJECT)
    on_account("first-of-the-chain", builder, workload("nobody"), ACT_AS)
    on_project("bad-hmac-keys", workload("hmac"), "roles/storage.hmacKeyAdmin")
    pools = custom_role("pools", "iam.googleapis.com/workloadIdentityPoolProviders.update")
    on_account("second-of-the-chain", builder, f"principalSet://{POOL}/ci/attribute.purpose/build", FEDERATED)
    on_project("bad-providers", workload("pools"), pools.name)
    deploying = custom_role("deploying", "deploymentmanager.deployments.create")
    on_project("bad-deployments", workload("deploying"), deploying.name)
    delegation = custom_role("delegation", "iam.serviceAccounts.implicitDelegation")
    middle = workload("middle")
    on_account("holds", worker, middle, TOKENS)
    on_account("bad-delegation", middle, workload("delegating"), delegation.name)
    on_account("good-delegation-to-who-makes-none", worker, workload("vain"), delegation.name)
    own = custom_role("own", "iam.roles.update")
    changing = workload("changing")
    on_project("bad-role-that-it-holds", changing, own.name)
    on_account("also-holds", worker, changing, custom_role("harmless", "iam.serviceAccounts.get").name)
    on_project("bad-build", workload("building"), custom_role("building", "cloudbuild.builds.create").name)
    gcp.cloudrunv2.JobIamMember(
        "bad-job-with-other-arguments",
        name=run.name,
        location="europe-west1",
        project=PROJECT,
        role="roles/run.jobsExecutorWithOverrides",
        member=workload("overriding").member,
    )
    gcp.cloudrunv2.JobIamMember(
        "good-run",
        name=run.name,
        location="europe-west1",
        project=PROJECT,
        role="roles/run.invoker",
        member=workload("running").member,
    )
    on_project("bad-shell-at-large", workload("shell"), custom_role("shell", "run.services.sshRoot").name)
    held = "resource.name == 'projects/_/buckets/one'"
    on_project("good-held-to-a-bucket", workload("bucket"), TOKENS, held)


@judged(
    becoming_others,
    {
        "good-pipeline": PASSED,
        "good-release": PASSED,
        "good-tasks": PASSED,
        "good-admitted": PASSED,
        "good-agent": PASSED,
        "bad-service": VIOLATED,
        "bad-default": VIOLATED,
        "bad-all-of-the-pool": VIOLATED,
        "bad-everybody": VIOLATED,
    },
)
def bad_where_nothing_declares() -> None:
    """Only what runs and strangers are asked."""

    def made(name: str) -> gcp.serviceaccount.Account:
        return gcp.serviceaccount.Account(name, account_id=name, project=PROJECT)

    api, worker, pipeline, task = made("api"), made("worker"), made("pipeline"), made("task")
    _service("api", api.email)
    _service("worker", worker.email)
    _service("default", None)
    on_account("good-pipeline", api, pipeline, ACT_AS)
    on_project("good-release", pipeline, "roles/run.developer")
    on_account("good-tasks", task, api, ACT_AS)
    on_project("enqueues", api, "roles/cloudtasks.enqueuer")
    on_account("good-admitted", pipeline, f"principalSet://{POOL}/shared/attribute.repository/x", FEDERATED)
    on_account("good-agent", worker, agent("gcp-sa-pubsub"), TOKENS)
    on_account("bad-service", worker, api, TOKENS)
    on_project("bad-default", f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com", "roles/editor")
    on_account("bad-all-of-the-pool", pipeline, f"principalSet://{POOL}/shared/*", FEDERATED)
    on_account("bad-everybody", worker, "allAuthenticatedUsers", TOKENS)


@judged(
    project_control,
    {
        "good-reads": PASSED,
        "good-held-to-some-roles": PASSED,
        "good-changes-roles-that-it-lacks": PASSED,
        "good-person": PASSED,
        "good-agent": PASSED,
        "bad-owner": VIOLATED,
        "bad-sets-the-policy": VIOLATED,
        "bad-on-the-folder": VIOLATED,
        "bad-entitles-itself": VIOLATED,
        "bad-policy-until-a-day": VIOLATED,
        "bad-holds-what-it-changes": VIOLATED,
        "bad-pool": VIOLATED,
        "absent-condition": VIOLATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-not-in-the-table": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def project() -> None:
    def made(name: str) -> gcp.serviceaccount.Account:
        return gcp.serviceaccount.Account(name, account_id=name, project=PROJECT)

    admin = "roles/resourcemanager.projectIamAdmin"
    some = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.invoker'])"
    changer = custom_role("changer", "iam.roles.update")
    on_project("good-reads", made("reader"), "roles/iam.securityReviewer")
    on_project("good-held-to-some-roles", made("some"), admin, some)
    on_project("good-changes-roles-that-it-lacks", made("lacking"), "roles/iam.roleAdmin")
    on_project("good-person", "user:ann@example.com", "roles/owner")
    on_project("good-agent", agent("gcp-sa-any"), "roles/owner")
    on_project("bad-owner", made("owner"), "roles/owner")
    on_project("bad-sets-the-policy", made("setter"), admin)
    gcp.folder.IAMMember(
        "bad-on-the-folder",
        folder="folders/1",
        role="roles/resourcemanager.folderIamAdmin",
        member=made("in").member,
    )
    on_project("bad-entitles-itself", made("entitled"), "roles/privilegedaccessmanager.admin")
    on_project("bad-policy-until-a-day", made("until"), admin, "request.time < timestamp('2030-01-01T00:00:00Z')")
    on_project("bad-holds-what-it-changes", made("changing"), changer.name)
    on_project("bad-pool", f"principalSet://{POOL}/ci/attribute.a/b", admin)
    on_project("absent-condition", made("free"), "roles/iam.securityAdmin")
    on_project("unknown-role", made("unsure"), unknown())
    on_project("unknown-not-in-the-table", made("new"), "roles/nobody.knowsThis")
    on_project("secret-role", made("secretive"), pulumi.Output.secret("roles/owner"))
