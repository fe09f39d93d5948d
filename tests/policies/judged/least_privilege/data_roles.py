"""Workloads and pipelines with roles on databases."""

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.data_roles.administration import database_administration
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

PROJECT = "demo-project"


def _account(name: str) -> gcp.serviceaccount.Account:
    return gcp.serviceaccount.Account(name, account_id=name, project=PROJECT)


def _service(name: str, account: pulumi.Input[str] | None) -> None:
    gcp.cloudrunv2.Service(
        name,
        name=name,
        location="europe-west1",
        template=gcp.cloudrunv2.ServiceTemplateArgs(
            service_account=account, containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(image="i")]
        ),
    )


def _grant(name: str, role: pulumi.Input[str], member: pulumi.Input[str]) -> None:
    gcp.projects.IAMMember(name, project=PROJECT, role=role, member=member)


@judged(
    database_administration,
    {
        "good-client": PASSED,
        "good-user-of-documents": PASSED,
        "good-connection-to-the-cache": PASSED,
        "good-export-by-a-backup-job": PASSED,
        "good-pipeline-administers": PASSED,
        "good-basic-role-is-anothers": PASSED,
        "good-a-person": PASSED,
        "bad-redis-admin": VIOLATED,
        "bad-redis-editor": VIOLATED,
        "bad-valkey-admin": VIOLATED,
        "bad-datastore-owner": VIOLATED,
        "bad-sql-editor": VIOLATED,
        "bad-custom-role": VIOLATED,
        "bad-job": VIOLATED,
        "bad-outside-account": VIOLATED,
        "bad-default-account": VIOLATED,
        "bad-one-of-a-binding": VIOLATED,
        "good-sinks-own-account": PASSED,
        "unknown-role": NOT_EVALUATED,
        "unknown-to-the-table": NOT_EVALUATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-permission": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant has a role and a member",
)
def grants() -> None:
    api, job, pipeline = _account("api"), _account("nightly"), _account("pipeline")
    _service("api", api.email)
    gcp.cloudrunv2.Job(
        "nightly",
        name="nightly",
        location="europe-west1",
        template=gcp.cloudrunv2.JobTemplateArgs(
            template=gcp.cloudrunv2.JobTemplateTemplateArgs(
                service_account=job.email,
                containers=[gcp.cloudrunv2.JobTemplateTemplateContainerArgs(image="i")],
            )
        ),
    )
    _service("as-another", "other@elsewhere.iam.gserviceaccount.com")
    _service("as-default", None)
    _grant("good-client", "roles/cloudsql.client", api.member)
    _grant("good-user-of-documents", "roles/datastore.user", api.member)
    _grant("good-connection-to-the-cache", "roles/memorystore.dbConnectionUser", api.member)
    _grant("good-export-by-a-backup-job", "roles/datastore.importExportAdmin", job.member)
    _grant("good-pipeline-administers", "roles/redis.admin", pipeline.member)
    _grant("good-basic-role-is-anothers", "roles/owner", api.member)
    _grant("good-a-person", "roles/redis.admin", "user:somebody@example.com")
    _grant("bad-redis-admin", "roles/redis.admin", api.member)
    _grant("bad-redis-editor", "roles/redis.editor", api.member)
    _grant("bad-valkey-admin", "roles/memorystore.admin", api.member)
    _grant("bad-datastore-owner", "roles/datastore.owner", api.member)
    _grant("bad-sql-editor", "roles/cloudsql.editor", api.member)
    custom = gcp.projects.IAMCustomRole(
        "custom", role_id="custom", project=PROJECT, title="c", permissions=["redis.instances.delete"]
    )
    _grant("bad-custom-role", custom.name, api.member)
    _grant("bad-job", "roles/cloudsql.admin", job.member)
    _grant("bad-outside-account", "roles/redis.admin", "serviceAccount:other@elsewhere.iam.gserviceaccount.com")
    _grant("bad-default-account", "roles/redis.admin", "serviceAccount:12-compute@developer.gserviceaccount.com")
    gcp.projects.IAMBinding(
        "bad-one-of-a-binding",
        project=PROJECT,
        role="roles/datastore.owner",
        members=["user:somebody@example.com", api.member],
    )
    sink = gcp.logging.ProjectSink("sink", name="sink", destination="storage.googleapis.com/b")
    _grant("good-sinks-own-account", "roles/redis.admin", sink.writer_identity)
    _grant("unknown-role", unknown("a"), api.member)
    _grant("unknown-to-the-table", "roles/redis.someday", api.member)
    _grant("unknown-member", "roles/redis.admin", unknown("b"))
    vague = gcp.projects.IAMCustomRole(
        "vague",
        role_id="vague",
        project=PROJECT,
        title="v",
        permissions=["redis.instances.get", unknown("c")],
    )
    _grant("unknown-permission", vague.name, api.member)
    _grant("secret-role", pulumi.Output.secret("roles/redis.admin"), api.member)
