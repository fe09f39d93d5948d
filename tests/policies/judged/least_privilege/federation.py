"""Federation: whom providers admit, by which issuers, and what those who come in have."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.federation.condition import holds_to_owner, pins_numbers
from policies.least_privilege.federation.issuer import issuer_is_chosen
from policies.least_privilege.federation.members import no_whole_pool, one_way_each
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
SUBJECT = {"google.subject": "assertion.sub"}
MAPPED = {**SUBJECT, "attribute.repository": "assertion.repository", "attribute.ref": "assertion.ref"}


def _provider(
    name: str,
    condition: pulumi.Input[str] | None,
    *,
    issuer: pulumi.Input[str] = GITHUB,
    mapping: pulumi.Input[dict[str, str]] | None = None,
    **more: Any,
) -> None:
    gcp.iam.WorkloadIdentityPoolProvider(
        name,
        workload_identity_pool_id="ci",
        workload_identity_pool_provider_id=name[:32],
        attribute_condition=condition,
        attribute_mapping=MAPPED if mapping is None else mapping,
        oidc=gcp.iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=issuer),
        **more,
    )


GOOD = {
    "good-numbers": "assertion.repository_id == '9' && assertion.repository_owner_id == '8'",
    "good-owner": "assertion.repository_owner == 'acme'",
    "good-owner's-number": "assertion.repository_owner_id == '8'",
    "good-subject": "assertion.sub == 'repo:acme/voice:ref:refs/heads/main'",
    "good-subject-of-lasting-form": "assertion.sub.startsWith('repo:acme@8/')",
    "good-reversed": "'acme/voice' == assertion.repository",
    "good-by-index": "assertion['repository'] == \"acme/voice\"",
    "good-mapped": "attribute.repository == 'acme/voice'",
    "good-mapped-subject": "google.subject.startsWith('repo:acme/')",
    "good-beginning": "assertion.repository.startsWith('acme/')",
    "good-one-of": "assertion.repository in ['acme/voice', 'acme/web']",
    "good-both-ways": "assertion.repository == 'acme/a' || assertion.repository_owner_id == '8'",
    "good-expression": "assertion.repository.matches('^acme/(voice|web)$')",
    "good-branch-and-owner": "assertion.ref == 'refs/heads/main' && assertion.repository_owner == 'acme'",
    "good-negated-twice": "!(assertion.repository_owner != 'acme')",
    "good-choice": "assertion.ref == 'x' ? assertion.repository_id == '9' : assertion.repository_id == '7'",
    "good-lower-case": "assertion.repository.lowerAscii() == 'acme/voice'",
}
BAD = {
    "bad-true": "true",
    "bad-branch-of-anybody": "assertion.ref == 'refs/heads/main'",
    "bad-environment-of-anybody": "assertion.environment == 'production'",
    "bad-workflow-of-anybody": "assertion.workflow == 'deploy'",
    "bad-actor": "assertion.actor == 'ada'",
    "bad-reusable-workflow": "assertion.job_workflow_ref.startsWith('acme/voice/')",
    "bad-not-empty": "assertion.repository != ''",
    "bad-present": "has(assertion.repository)",
    "bad-everything-matches": "assertion.repository.matches('.*')",
    "bad-matches-anywhere": "assertion.repository.matches('acme/voice')",
    "bad-matches-what-begins-so": "assertion.repository.matches('^acme')",
    "bad-matches-one-of-two-ways": "assertion.repository.matches('^acme/|voice')",
    "bad-beginning-of-a-name": "assertion.repository.startsWith('acme')",
    "bad-beginning-of-an-owner": "assertion.repository_owner.startsWith('acme')",
    "bad-beginning-of-a-number": "assertion.repository_id.startsWith('9')",
    "bad-empty-beginning": "assertion.repository.startsWith('')",
    "bad-beginning-of-every-subject": "assertion.sub.startsWith('repo:')",
    "bad-wildcard": "assertion.sub == 'repo:acme/*'",
    "bad-end": "assertion.repository.endsWith('/voice')",
    "bad-inside": "assertion.repository.contains('acme/')",
    "bad-one-open-way": "assertion.repository_owner == 'acme' || assertion.ref == 'refs/heads/main'",
    "bad-excluded": "assertion.repository_owner != 'evil'",
    "bad-negated": "!(assertion.repository_owner == 'evil')",
    "bad-list-with-nothing": "assertion.repository_owner in ['acme', '']",
    "bad-mapped-branch": "attribute.ref == 'refs/heads/main'",
    "bad-blank": "  ",
}


@judged(
    holds_to_owner,
    {
        **dict.fromkeys(GOOD, PASSED),
        **dict.fromkeys(BAD, VIOLATED),
        "good-disabled": PASSED,
        "good-gitlab": PASSED,
        "good-gitlab-subject": PASSED,
        "good-terraform": PASSED,
        "good-google": PASSED,
        "good-azure-project": PASSED,
        "good-azure-service-connection": PASSED,
        "good-bitbucket": PASSED,
        "good-cluster-of-ours": PASSED,
        "good-aws": PASSED,
        "bad-gitlab": VIOLATED,
        "bad-gitlab-user": VIOLATED,
        "bad-terraform": VIOLATED,
        "bad-google": VIOLATED,
        "bad-azure-audience": VIOLATED,
        "bad-bitbucket": VIOLATED,
        "bad-cluster-of-ours": VIOLATED,
        "bad-enterprise": VIOLATED,
        "absent-condition": VIOLATED,
        "absent-condition-of-aws": VIOLATED,
        "absent-condition-unknown-issuer": VIOLATED,
        "unknown-condition": NOT_EVALUATED,
        "unknown-issuer": NOT_EVALUATED,
        "unknown-mapping": NOT_EVALUATED,
        "unknown-form": NOT_EVALUATED,
        "unknown-attribute": NOT_EVALUATED,
        "unknown-language": NOT_EVALUATED,
        "secret-condition": NOT_EVALUATED,
    },
)
def conditions() -> None:
    for name, condition in {**GOOD, **BAD}.items():
        _provider(name, condition)
    _provider("good-disabled", None, disabled=True)
    _provider("good-gitlab", "assertion.namespace_id == '5'", issuer=GITLAB)
    _provider("good-gitlab-subject", "assertion.sub.startsWith('project_path:acme/')", issuer=f"{GITLAB}/")
    terraform = "https://app.terraform.io"
    _provider("good-terraform", "assertion.sub.startsWith('organization:acme:')", issuer=terraform)
    google = "https://accounts.google.com"
    _provider("good-google", "assertion.sub == '123456789012345678901'", issuer=google)
    azure = "https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6"
    _provider("good-azure-project", "assertion.prj_id == '271ef6f7'", issuer=azure)
    _provider("good-azure-service-connection", "assertion.sub.startsWith('sc://acme/voice/')", issuer=azure)
    # Azure's tokens are all for this audience.
    _provider("bad-azure-audience", "assertion.aud == 'api://AzureADTokenExchange'", issuer=azure)
    bitbucket = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    _provider("good-bitbucket", "assertion.repositoryUuid == '{1}'", issuer=bitbucket)
    ours = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    _provider("good-cluster-of-ours", "assertion.sub.startsWith('system:serviceaccount:voice:')", issuer=ours)
    _provider("bad-gitlab", "assertion.ref == 'main' && assertion.ref_protected == 'true'", issuer=GITLAB)
    _provider("bad-gitlab-user", "assertion.user_login == 'ada'", issuer=GITLAB)
    _provider("bad-terraform", "assertion.terraform_workspace_name == 'prod'", issuer=terraform)
    _provider("bad-google", "assertion.email_verified", issuer=google)
    _provider("bad-bitbucket", "assertion.branchName == 'main'", issuer=bitbucket)
    _provider("bad-cluster-of-ours", "assertion.sub != ''", issuer=ours)
    _provider("bad-enterprise", "assertion.ref == 'refs/heads/main'", issuer=f"{GITHUB}/acme")
    _provider("absent-condition", None)
    hidden = unknown()
    _provider("absent-condition-unknown-issuer", None, issuer=hidden)
    for name, said in {
        "absent-condition-of-aws": None,
        "good-aws": "assertion.arn.contains('voice')",
    }.items():
        gcp.iam.WorkloadIdentityPoolProvider(
            name,
            workload_identity_pool_id="ci",
            workload_identity_pool_provider_id=name,
            attribute_condition=said,
            aws=gcp.iam.WorkloadIdentityPoolProviderAwsArgs(account_id="123456789012"),
        )
    _provider("unknown-condition", hidden)
    _provider("unknown-issuer", GOOD["good-owner"], issuer=hidden)
    _provider("unknown-mapping", GOOD["good-mapped"], mapping=hidden.apply(lambda text: {"google.subject": text}))
    _provider("unknown-form", "assertion.repository.split('/')[0] == 'acme'")
    _provider("unknown-attribute", "attribute.owner == 'acme'")
    _provider("unknown-language", "repository is acme")
    _provider("secret-condition", pulumi.Output.secret(GOOD["good-owner"]))


@judged(
    pins_numbers,
    {
        "good-owner's-number": PASSED,
        "good-name-and-number": PASSED,
        "good-subject-of-lasting-form": PASSED,
        "good-open-is-told-elsewhere": PASSED,
        "good-cluster-of-ours": PASSED,
        "good-disabled": PASSED,
        "bad-owner": VIOLATED,
        "bad-repository": VIOLATED,
        "bad-subject": VIOLATED,
        "bad-number-or-name": VIOLATED,
        "bad-gitlab": VIOLATED,
        "absent-condition": PASSED,
        "unknown-condition": NOT_EVALUATED,
        "secret-condition": NOT_EVALUATED,
    },
)
def numbers() -> None:
    _provider("good-owner's-number", "assertion.repository_owner_id == '8'")
    _provider("good-name-and-number", "assertion.repository == 'acme/a' && assertion.repository_id in ['9']")
    _provider("good-subject-of-lasting-form", "assertion.sub.startsWith('repo:acme@8/')")
    _provider("good-open-is-told-elsewhere", "true")
    _provider("good-cluster-of-ours", "assertion.sub == 'x'", issuer="https://issuer.acme.example")
    _provider("good-disabled", "assertion.repository_owner == 'acme'", disabled=True)
    _provider("bad-owner", "assertion.repository_owner == 'acme'")
    _provider("bad-repository", "assertion.repository == 'acme/voice'")
    _provider("bad-subject", "assertion.sub.startsWith('repo:acme/')")
    _provider("bad-number-or-name", "assertion.repository_id == '9' || assertion.repository == 'acme/voice'")
    _provider("bad-gitlab", "assertion.namespace_path == 'acme'", issuer=GITLAB)
    _provider("absent-condition", None)
    _provider("unknown-condition", unknown())
    _provider("secret-condition", pulumi.Output.secret("true"))


@judged(
    issuer_is_chosen,
    {
        "good-github": PASSED,
        "good-github-with-slash": PASSED,
        "good-enterprise": PASSED,
        "bad-gitlab": VIOLATED,
        "bad-begins-alike": VIOLATED,
        "bad-aws": VIOLATED,
        "bad-saml": VIOLATED,
        "bad-x509": VIOLATED,
        "absent-kind": PASSED,
        "unknown-issuer": NOT_EVALUATED,
        "secret-issuer": NOT_EVALUATED,
    },
)
def issuers() -> None:
    _provider("good-github", None)
    _provider("good-github-with-slash", None, issuer=f"{GITHUB}/")
    _provider("good-enterprise", None, issuer=f"{GITHUB}/acme")
    _provider("bad-gitlab", None, issuer=GITLAB)
    _provider("bad-begins-alike", None, issuer=f"{GITHUB}.evil.example")
    kinds: dict[str, dict[str, Any]] = {
        "bad-aws": {"aws": gcp.iam.WorkloadIdentityPoolProviderAwsArgs(account_id="123456789012")},
        "bad-saml": {"saml": gcp.iam.WorkloadIdentityPoolProviderSamlArgs(idp_metadata_xml="<x/>")},
        "bad-x509": {
            "x509": gcp.iam.WorkloadIdentityPoolProviderX509Args(
                trust_store=gcp.iam.WorkloadIdentityPoolProviderX509TrustStoreArgs(trust_anchors=[])
            )
        },
        "absent-kind": {},
    }
    for name, kind in kinds.items():
        gcp.iam.WorkloadIdentityPoolProvider(
            name, workload_identity_pool_id="ci", workload_identity_pool_provider_id=name, **kind
        )
    _provider("unknown-issuer", None, issuer=unknown())
    _provider("secret-issuer", None, issuer=pulumi.Output.secret(GITHUB))


POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci"
API = "projects/acme-voice/serviceAccounts/api@acme-voice.iam.gserviceaccount.com"
WORKER = "projects/acme-voice/serviceAccounts/worker@acme-voice.iam.gserviceaccount.com"
FEDERATED = "roles/iam.workloadIdentityUser"


def _as(name: str, member: pulumi.Input[str], account: str = API) -> None:
    gcp.serviceaccount.IAMMember(name, service_account_id=account, role=FEDERATED, member=member)


@judged(
    no_whole_pool,
    {
        "good-attribute": PASSED,
        "good-subject": PASSED,
        "good-account": PASSED,
        "good-accounts-of-a-project-told-elsewhere": PASSED,
        "bad-pool-which-checkov-passes": VIOLATED,
        "bad-pool-on-a-bucket": VIOLATED,
        "bad-any-value": VIOLATED,
        "bad-workforce": VIOLATED,
        "bad-in-a-binding": VIOLATED,
        "unknown-pool": NOT_EVALUATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent="a grant without a member cannot be registered",
)
def crowds() -> None:
    _as("good-attribute", f"principalSet://{POOL}/attribute.repository/acme/voice")
    _as("good-subject", f"principal://{POOL}/subject/repo:acme/voice")
    _as("good-account", "serviceAccount:ci@acme-voice.iam.gserviceaccount.com")
    _as(
        "good-accounts-of-a-project-told-elsewhere",
        "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount",
    )
    _as("bad-pool-which-checkov-passes", f"principalSet://{POOL}/*")
    gcp.storage.BucketIAMMember(
        "bad-pool-on-a-bucket",
        bucket="files",
        role="roles/storage.objectViewer",
        member=f"principalSet://{POOL}/*",
    )
    _as("bad-any-value", f"principalSet://{POOL}/attribute.repository/*")
    _as("bad-workforce", "principalSet://iam.googleapis.com/locations/global/workforcePools/acme/*")
    gcp.serviceaccount.IAMBinding(
        "bad-in-a-binding",
        service_account_id=WORKER,
        role=FEDERATED,
        members=[f"principal://{POOL}/subject/a", f"principalSet://{POOL}/*"],
    )
    pool = gcp.iam.WorkloadIdentityPool("pool", workload_identity_pool_id="ci")
    _as("unknown-pool", pool.name.apply(lambda name: f"principalSet://iam.googleapis.com/{name}/*"))
    _as("unknown-member", unknown())
    _as("secret-member", pulumi.Output.secret(f"principalSet://{POOL}/*"))


@judged(
    one_way_each,
    {
        "good-one-account": PASSED,
        "good-two-roles-on-one-account": PASSED,
        "good-roles-of-its-own": PASSED,
        "good-another-role-of-its-own": PASSED,
        "good-account-is-no-federated-one": PASSED,
        "good-account-elsewhere": PASSED,
        "a-first-account": PASSED,
        "bad-second-account": VIOLATED,
        "a-role-of-its-own": PASSED,
        "bad-account-besides": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "secret-member": NOT_EVALUATED,
    },
    absent="a grant without a member cannot be registered",
)
def ways() -> None:
    def purpose(value: str) -> str:
        return f"principalSet://{POOL}/attribute.purpose/{value}"

    _as("good-one-account", purpose("a"))
    gcp.serviceaccount.IAMMember(
        "good-two-roles-on-one-account",
        service_account_id=API,
        role="roles/iam.serviceAccountUser",
        member=purpose("a"),
    )
    for name, role in {
        "good-roles-of-its-own": "roles/storage.objectViewer",
        "good-another-role-of-its-own": "roles/storage.objectCreator",
    }.items():
        gcp.storage.BucketIAMMember(name, bucket="files", role=role, member=purpose("b"))
    account = "serviceAccount:ci@acme-voice.iam.gserviceaccount.com"
    _as("good-account-is-no-federated-one", account)
    _as("good-account-elsewhere", account, WORKER)
    _as("a-first-account", purpose("c"))
    _as("bad-second-account", purpose("c"), WORKER)
    gcp.pubsub.TopicIAMMember(
        "a-role-of-its-own", topic="jobs", role="roles/pubsub.publisher", member=purpose("d")
    )
    _as("bad-account-besides", purpose("d"))
    _as("unknown-member", unknown())
    _as("secret-member", pulumi.Output.secret(purpose("e")))
