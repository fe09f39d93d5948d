"""Grants beside declared uses: what is declared, what is more, what is wider, what is missing."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.access.beyond_declared import beyond_declared
from policies.least_privilege.access.undeclared_holder import undeclared_holder
from policies.least_privilege.access.unused_declaration import unused_declaration
from policies.least_privilege.access.vertex_callers import vertex_callers
from policies.least_privilege.access.wider_than_declared import wider_than_declared
from tests.policies.declaring import (
    PROJECT,
    Part,
    account,
    agent,
    bucket,
    custom_role,
    inside,
    on_account,
    on_bucket,
    on_project,
    path_of,
    publisher,
    topic,
    use,
    whole_stack,
    workload,
)
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

PUBLISHER = "roles/pubsub.publisher"
VIEWER = "roles/storage.objectViewer"
PREDICT = "aiplatform.endpoints.predict"


@judged(
    beyond_declared,
    {
        "good-declared": PASSED,
        "good-less-than-declared": PASSED,
        "good-custom-as-declared": PASSED,
        "good-of-the-whole-stack": PASSED,
        "bad-more-on-the-same": VIOLATED,
        "bad-role-on-another": VIOLATED,
        "bad-custom-with-one-more": VIOLATED,
        "bad-on-the-project": VIOLATED,
        "bad-by-a-dataset-access-list": VIOLATED,
        "bad-one-of-a-binding": VIOLATED,
        "absent-uses": VIOLATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-not-in-the-table": NOT_EVALUATED,
        "unknown-part-of-the-declared-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def grants_and_uses() -> None:
    jobs_part, jobs = topic("jobs")
    _, other = topic("other")
    files_part, files = bucket("files")
    custom_role("reader", "storage.objects.get")
    more = custom_role("more", "storage.objects.get", "storage.buckets.delete")
    api = workload(
        "api",
        use("publish", jobs_part, PUBLISHER),
        use("write", files_part, "roles/storage.objectUser", path_of("reader")),
        use("write telemetry", whole_stack(), "roles/cloudtrace.agent"),
    )
    publisher("good-declared", jobs, api)
    on_bucket("good-less-than-declared", files, api, VIEWER)
    on_bucket("good-custom-as-declared", files, api, path_of("reader"))
    on_project("good-of-the-whole-stack", api, "roles/cloudtrace.agent")
    publisher("bad-more-on-the-same", jobs, api, "roles/pubsub.editor")
    publisher("bad-role-on-another", other, api)
    on_bucket("bad-custom-with-one-more", files, api, more.name)
    on_project("bad-on-the-project", api, "roles/logging.viewer")
    dataset = gcp.bigquery.Dataset("dataset", dataset_id="dataset", project=PROJECT)
    gcp.bigquery.DatasetAccess(
        "bad-by-a-dataset-access-list",
        dataset_id=dataset.dataset_id,
        project=PROJECT,
        role="WRITER",
        user_by_email=f"demo-api@{PROJECT}.iam.gserviceaccount.com",
    )
    gcp.storage.BucketIAMBinding(
        "bad-one-of-a-binding",
        bucket=files.name,
        role="roles/storage.admin",
        members=[agent("gcp-sa-pubsub"), api.member],
    )
    publisher("absent-uses", jobs, workload("silent"))
    publisher("unknown-role", jobs, api, unknown())
    on_bucket("unknown-not-in-the-table", files, api, "roles/nobody.knowsThis")
    publisher("secret-role", jobs, api, pulumi.Output.secret("roles/pubsub.admin"))
    half = account("half", Part("half", [use("look", whole_stack(), "roles/viewer")]))
    on_project("unknown-part-of-the-declared-role", half, "roles/browser")


@judged(beyond_declared, {"stack": NOT_EVALUATED})
def unknown_since_nothing_declares() -> None:
    on_project(
        "anything", gcp.serviceaccount.Account("plain", account_id="plain", project=PROJECT), "roles/editor"
    )


@judged(beyond_declared, {"malformed": NOT_EVALUATED, "half-malformed": NOT_EVALUATED})
def unknown_declarations() -> None:
    Part("malformed", unknown())
    Part("half-malformed", [{"access": "read"}])


@judged(beyond_declared, {"stack": PASSED})
def absent_grants() -> None:
    gcp.pubsub.Topic("alone", name="alone", project=PROJECT)


HELD = "resource.service == 'sqladmin.googleapis.com' && resource.name == 'projects/demo-project/instances/{}'"


@judged(
    wider_than_declared,
    {
        "good-on-the-entity": PASSED,
        "good-held-by-a-condition": PASSED,
        "good-held-or-held": PASSED,
        "good-held-until-a-day": PASSED,
        "good-has-no-entity": PASSED,
        "good-custom-that-has-no-entity": PASSED,
        "good-all-objects-of-it": PASSED,
        "bad-on-the-project": VIOLATED,
        "absent-condition": VIOLATED,
        "bad-until-a-day": VIOLATED,
        "bad-held-to-another": VIOLATED,
        "bad-held-to-two": VIOLATED,
        "bad-held-or-not": VIOLATED,
        "bad-beginning-of-a-name": VIOLATED,
        "bad-named-like-an-object": VIOLATED,
        "bad-custom-that-has-an-entity": VIOLATED,
        "bad-on-the-folder": VIOLATED,
        "unknown-condition": PASSED,
        "secret-condition": PASSED,
        "good-by-a-tag": PASSED,
    },
)
def wider() -> None:
    data_part, data = bucket("data")
    sql_part = Part("sql")
    for name in ("demo-sql", "demo-other"):
        gcp.sql.DatabaseInstance(
            name,
            name=name,
            project=PROJECT,
            database_version="POSTGRES_17",
            opts=inside(sql_part) if name == "demo-sql" else None,
        )
    custom_role("predictor", PREDICT)
    custom_role("lister", "storage.objects.list")
    api = workload(
        "api",
        use("read", data_part, VIEWER, path_of("lister")),
        use("connect", sql_part, "roles/cloudsql.client", "roles/bigquery.jobUser", path_of("predictor")),
    )
    client, until = "roles/cloudsql.client", "request.time < timestamp('2030-01-01T00:00:00Z')"
    this, other = HELD.format("demo-sql"), HELD.format("demo-other")
    begins = "resource.name.startsWith('projects/_/buckets/{}')"
    on_bucket("good-on-the-entity", data, api, VIEWER)
    on_project("good-held-by-a-condition", api, client, this)
    on_project("good-held-or-held", api, client, f"({this}) || ({this})")
    on_project("good-held-until-a-day", api, client, f"{this} && {until}")
    on_project("good-has-no-entity", api, "roles/bigquery.jobUser")
    on_project("good-custom-that-has-no-entity", api, path_of("predictor"))
    on_project("good-all-objects-of-it", api, VIEWER, begins.format("demo-data/objects/"))
    on_project("bad-on-the-project", api, VIEWER)
    on_project("absent-condition", api, client)
    on_project("bad-until-a-day", api, client, until)
    on_project("bad-held-to-another", api, client, other)
    on_project("bad-held-to-two", api, client, f"({this}) || ({other})")
    on_project("bad-held-or-not", api, client, f"({this}) || {until}")
    on_project("bad-beginning-of-a-name", api, VIEWER, begins.format("demo-"))
    on_project("bad-named-like-an-object", api, VIEWER, begins.format("other/objects/buckets/demo-data/"))
    on_project("bad-custom-that-has-an-entity", api, path_of("lister"))
    gcp.folder.IAMMember("bad-on-the-folder", folder="folders/1", role=VIEWER, member=api.member)
    # That these cannot be told is said once, by access-within-declared-uses.
    on_project("unknown-condition", api, client, unknown())
    on_project("secret-condition", api, client, pulumi.Output.secret(this))
    on_project("good-by-a-tag", api, client, "resource.matchTag('123/env', 'prod')")


@judged(
    beyond_declared,
    {
        "unknown-condition": NOT_EVALUATED,
        "unknown-tag": NOT_EVALUATED,
        "unknown-entity": NOT_EVALUATED,
        "unknown-entity-with-less": NOT_EVALUATED,
        "bad-whatever-it-is-on": VIOLATED,
    },
)
def where_the_plan_does_not_tell() -> None:
    sql_part, (jobs_part, _), (files_part, _) = Part("sql"), topic("jobs"), bucket("files")
    api = workload(
        "api",
        use("connect", sql_part, "roles/cloudsql.client"),
        use("publish", jobs_part, PUBLISHER),
        use("write", files_part, "roles/storage.objectUser"),
    )

    def somewhere(name: str, role: str) -> None:
        gcp.storage.BucketIAMMember(name, bucket=unknown(f"{name}-bucket"), role=role, member=api.member)

    on_project("unknown-condition", api, "roles/cloudsql.client", unknown())
    on_project("unknown-tag", api, "roles/cloudsql.client", "resource.matchTag('123/env', 'prod')")
    gcp.pubsub.TopicIAMMember(
        "unknown-entity", topic=unknown("which"), project=PROJECT, role=PUBLISHER, member=api.member
    )
    somewhere("unknown-entity-with-less", VIEWER)
    somewhere("bad-whatever-it-is-on", "roles/storage.admin")


@judged(
    undeclared_holder,
    {
        "good-declared": PASSED,
        "good-agent-of-google": PASSED,
        "good-through-iap": PASSED,
        "good-on-an-account": PASSED,
        "bad-person": VIOLATED,
        "bad-group": VIOLATED,
        "bad-account-of-elsewhere": VIOLATED,
        "bad-namesake-of-elsewhere": VIOLATED,
        "bad-pool": VIOLATED,
        "bad-default-account": VIOLATED,
        "absent-component": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
)
def holders() -> None:
    jobs_part, jobs = topic("jobs")
    api = workload("api", use("publish", jobs_part, PUBLISHER))
    publisher("good-declared", jobs, api)
    publisher("good-agent-of-google", jobs, agent("gcp-sa-pubsub"))
    gcp.iap.WebBackendServiceIamMember(
        "good-through-iap",
        web_backend_service="page",
        project=PROJECT,
        role="roles/iap.httpsResourceAccessor",
        member="group:staff@example.com",
    )
    on_account("good-on-an-account", api, "group:staff@example.com", "roles/iam.serviceAccountTokenCreator")
    publisher("bad-person", jobs, "user:ann@example.com")
    publisher("bad-group", jobs, "group:staff@example.com")
    publisher("bad-account-of-elsewhere", jobs, "serviceAccount:other@another.iam.gserviceaccount.com")
    publisher("bad-namesake-of-elsewhere", jobs, "serviceAccount:demo-api@another.iam.gserviceaccount.com")
    pool = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.a/b"
    publisher("bad-pool", jobs, pool)
    publisher("bad-default-account", jobs, "serviceAccount:1-compute@developer.gserviceaccount.com")
    publisher("absent-component", jobs, gcp.serviceaccount.Account("bare", account_id="bare", project=PROJECT))
    publisher("unknown-member", jobs, unknown())
    publisher("secret-member", jobs, pulumi.Output.secret("user:ann@example.com"))


@judged(undeclared_holder, {"stack": PASSED})
def good_where_nothing_declares() -> None:
    _, jobs = topic("jobs")
    publisher("whoever", jobs, "user:ann@example.com")


@judged(
    unused_declaration,
    {
        "good-granted": PASSED,
        "good-more-granted": PASSED,
        "good-needs-no-role": PASSED,
        "bad-never-granted": VIOLATED,
        "bad-granted-elsewhere": VIOLATED,
        "absent-one-of-two-roles": VIOLATED,
        "unknown-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
        "unknown-account": NOT_EVALUATED,
    },
)
def declarations() -> None:
    jobs_part, jobs = topic("jobs")
    _, other = topic("other")
    publish = use("publish", jobs_part, PUBLISHER)
    publisher("1", jobs, workload("good-granted", publish))
    publisher("2", jobs, workload("good-more-granted", publish), "roles/pubsub.editor")
    workload("good-needs-no-role", use("call", jobs_part))
    workload("bad-never-granted", publish)
    publisher("3", other, workload("bad-granted-elsewhere", publish))
    both = use("publish", jobs_part, PUBLISHER, "roles/pubsub.viewer")
    publisher("4", jobs, workload("absent-one-of-two-roles", both))
    publisher("5", jobs, workload("unknown-role", publish), unknown())
    publisher("6", jobs, workload("secret-role", publish), pulumi.Output.secret(PUBLISHER))
    Part("unknown-account", [publish])


@judged(unused_declaration, {"api": NOT_EVALUATED})
def unknown_whether_a_grant_is_it() -> None:
    jobs_part, jobs = topic("jobs")
    workload("api", use("publish", jobs_part, PUBLISHER))
    publisher("somebody", jobs, unknown())


def _service(name: str, who: gcp.serviceaccount.Account | None) -> None:
    gcp.cloudrunv2.Service(
        name,
        name=name,
        location="europe-west1",
        project=PROJECT,
        template=gcp.cloudrunv2.ServiceTemplateArgs(
            service_account=who.email if who else None,
            containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(image="image")],
        ),
    )


@judged(
    vertex_callers,
    {
        "good-predicts": PASSED,
        "good-pipeline-trains": PASSED,
        "good-another-service": PASSED,
        "bad-user": VIOLATED,
        "bad-user-of-a-default-account": VIOLATED,
        "bad-custom-with-one-more": VIOLATED,
        "absent-permissions": PASSED,
        "unknown-role": NOT_EVALUATED,
        "unknown-permissions": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
)
def vertex() -> None:
    caller = gcp.serviceaccount.Account("caller", account_id="caller", project=PROJECT)
    trainer = gcp.serviceaccount.Account("trainer", account_id="trainer", project=PROJECT)
    _service("service", caller)
    _service("default", None)
    on_project("good-predicts", caller, custom_role("predictor", PREDICT).name)
    on_project("good-pipeline-trains", trainer, "roles/aiplatform.user")
    on_project("good-another-service", caller, "roles/nobody.knowsThis")
    on_project("bad-user", caller, "roles/aiplatform.user")
    on_project(
        "bad-user-of-a-default-account",
        "serviceAccount:1-compute@developer.gserviceaccount.com",
        "roles/aiplatform.user",
    )
    on_project("bad-custom-with-one-more", caller, custom_role("more", PREDICT, "aiplatform.models.list").name)
    on_project("absent-permissions", caller, custom_role("nothing").name)
    on_project("unknown-role", caller, unknown())
    hidden = gcp.projects.IAMCustomRole(
        "hidden",
        role_id="hidden",
        project=PROJECT,
        title="hidden",
        permissions=[PREDICT, unknown("permission")],
    )
    on_project("unknown-permissions", caller, hidden.name)
    on_project("secret-role", caller, pulumi.Output.secret("roles/aiplatform.admin"))
