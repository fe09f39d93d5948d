"""Service accounts: their keys, who makes their tokens, and who both administers and uses them."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.least_privilege.service_accounts.keys import no_key
from policies.least_privilege.service_accounts.separation import accounts_separate_duties
from policies.least_privilege.service_accounts.tokens import tokens_for_few
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

PROJECT = "acme-voice"
WORKER = f"projects/{PROJECT}/serviceAccounts/worker@{PROJECT}.iam.gserviceaccount.com"
OTHER = f"projects/{PROJECT}/serviceAccounts/other@{PROJECT}.iam.gserviceaccount.com"
GROUP = "group:voice@acme.example"
AGENT = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
CI = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.purpose/deploy"
ADMIN = "roles/iam.serviceAccountAdmin"
USER = "roles/iam.serviceAccountUser"
CREATOR = "roles/iam.serviceAccountTokenCreator"


def _account(id_: str, project: str = PROJECT) -> str:
    return f"serviceAccount:{id_}@{project}.iam.gserviceaccount.com"


@judged(
    no_key,
    {
        "bad-generated-which-checkov-passes": VIOLATED,
        "bad-uploaded": VIOLATED,
        "bad-rotated": VIOLATED,
        "bad-api-key-of-an-account": VIOLATED,
        "good-api-key": PASSED,
        "absent-everything": VIOLATED,
        "unknown-upload": VIOLATED,
        "unknown-account-of-an-api-key": NOT_EVALUATED,
        "secret-upload": VIOLATED,
    },
)
def keys() -> None:
    gcp.serviceaccount.Key(
        "bad-generated-which-checkov-passes", service_account_id=WORKER, private_key_type="TYPE_PKCS12_FILE"
    )
    gcp.serviceaccount.Key("bad-uploaded", service_account_id=WORKER, public_key_data="cHVibGlj")
    gcp.serviceaccount.Key("bad-rotated", service_account_id=WORKER, keepers={"month": "2026-11"})
    gcp.projects.ApiKey(
        "bad-api-key-of-an-account", service_account_email=f"worker@{PROJECT}.iam.gserviceaccount.com"
    )
    gcp.projects.ApiKey("good-api-key", display_name="Maps")
    gcp.serviceaccount.Key("absent-everything", service_account_id=WORKER)
    hidden = unknown()
    gcp.serviceaccount.Key("unknown-upload", service_account_id=WORKER, public_key_data=hidden)
    gcp.projects.ApiKey("unknown-account-of-an-api-key", service_account_email=hidden)
    gcp.serviceaccount.Key(
        "secret-upload", service_account_id=WORKER, public_key_data=pulumi.Output.secret("cHVibGlj")
    )


def _on(name: str, role: pulumi.Input[str], member: pulumi.Input[str], of: pulumi.Input[str] = WORKER) -> None:
    gcp.serviceaccount.IAMMember(name, service_account_id=of, role=role, member=member)


def _made(id_: str) -> gcp.serviceaccount.Account:
    return gcp.serviceaccount.Account(f"account-{id_}", account_id=id_, project=PROJECT)


@judged(
    tokens_for_few,
    {
        "good-agent": PASSED,
        "good-federated": PASSED,
        "good-deployer": PASSED,
        "good-signing-for-itself": PASSED,
        "good-signing-for-itself-elsewhere": PASSED,
        "good-group-told-elsewhere": PASSED,
        "good-wide-grant-told-elsewhere": PASSED,
        "bad-workload": VIOLATED,
        "bad-namesake-of-another-project": VIOLATED,
        "bad-id-tokens": VIOLATED,
        "bad-federated-with-more": VIOLATED,
        "bad-key-admin": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role or a member cannot be registered",
)
def tokens() -> None:
    worker = _made("worker-id")
    _on("good-agent", CREATOR, AGENT)
    _on("good-federated", "roles/iam.workloadIdentityUser", CI)
    _on("good-deployer", USER, _account("deployer"))
    _on("good-signing-for-itself", CREATOR, worker.member, worker.name)
    _on("good-signing-for-itself-elsewhere", CREATOR, _account("worker"))
    _on("good-group-told-elsewhere", CREATOR, GROUP)
    gcp.projects.IAMMember(
        "good-wide-grant-told-elsewhere", project=PROJECT, role=CREATOR, member=_account("deployer")
    )
    _on("bad-workload", CREATOR, _account("deployer"))
    _on("bad-namesake-of-another-project", CREATOR, _account("worker-id", "acme-other"), worker.name)
    _on("bad-id-tokens", "roles/iam.serviceAccountOpenIdTokenCreator", _account("deployer"))
    _on("bad-federated-with-more", CREATOR, CI)
    _on("bad-key-admin", "roles/iam.serviceAccountKeyAdmin", _account("deployer"))
    hidden = unknown()
    _on("unknown-member", CREATOR, hidden)
    _on("unknown-role", hidden, _account("deployer"))
    _on("secret-role", pulumi.Output.secret(USER), _account("deployer"))


def _at_large(name: str, role: pulumi.Input[str], member: pulumi.Input[str], **more: Any) -> None:
    gcp.projects.IAMMember(name, project=PROJECT, role=role, member=member, **more)


@judged(
    accounts_separate_duties,
    {
        "good-only-admin": PASSED,
        "good-only-user": PASSED,
        "good-admin-of-another": PASSED,
        "good-user-of-one": PASSED,
        "good-admin-of-somebody-else": PASSED,
        "bad-user-after-admin": VIOLATED,
        "a-user-before-admin": VIOLATED,
        "bad-by-a-reference": VIOLATED,
        "bad-on-one-account": VIOLATED,
        "bad-user-on-one-and-admin-at-large": VIOLATED,
        "bad-user-at-large-and-admin-of-one": VIOLATED,
        "bad-in-one-role": VIOLATED,
        "bad-in-a-binding": VIOLATED,
        "unknown-member": NOT_EVALUATED,
        "unknown-role": NOT_EVALUATED,
        "unknown-permission": NOT_EVALUATED,
        "secret-role": NOT_EVALUATED,
    },
    absent="a grant without a role or a member cannot be registered",
)
def duties() -> None:
    _at_large("good-only-admin", ADMIN, "group:one@acme.example")
    _at_large("good-only-user", USER, "group:two@acme.example")
    _on("good-admin-of-another", ADMIN, "group:three@acme.example", OTHER)
    _on("good-user-of-one", USER, "group:three@acme.example")
    _on("good-admin-of-somebody-else", ADMIN, "group:four@acme.example")
    _at_large("admin-before-user", ADMIN, "group:five@acme.example")
    _at_large("bad-user-after-admin", USER, "group:five@acme.example")
    _at_large("a-user-before-admin", CREATOR, "group:six@acme.example")
    _at_large("b-admin-after-user", ADMIN, "group:six@acme.example")
    deployer = _made("deployer-id")
    _at_large("admin-by-name", ADMIN, f"serviceAccount:deployer-id@{PROJECT}.iam.gserviceaccount.com")
    _at_large("bad-by-a-reference", USER, deployer.member)
    _on("admin-on-one", ADMIN, "group:seven@acme.example")
    _on("bad-on-one-account", USER, "group:seven@acme.example")
    _at_large("admin-at-large", ADMIN, "group:eight@acme.example")
    _on("bad-user-on-one-and-admin-at-large", USER, "group:eight@acme.example")
    _on("admin-of-one", "roles/iam.serviceAccountKeyAdmin", "group:nine@acme.example")
    _at_large("bad-user-at-large-and-admin-of-one", USER, "group:nine@acme.example")
    _at_large("bad-in-one-role", "roles/iam.devOps", "group:ten@acme.example")
    _at_large("admin-beside-a-binding", ADMIN, "group:eleven@acme.example")
    gcp.serviceaccount.IAMBinding(
        "bad-in-a-binding",
        service_account_id=WORKER,
        role=USER,
        members=["group:twelve@acme.example", "Group:eleven@acme.example"],
    )
    hidden = unknown()
    _at_large("unknown-member", USER, hidden)
    _at_large("unknown-role", hidden, GROUP)
    doubtful = gcp.projects.IAMCustomRole("doubtful", role_id="doubtful", title="Doubtful", permissions=[hidden])
    _at_large("unknown-permission", doubtful.name, GROUP)
    _at_large("secret-role", pulumi.Output.secret(USER), GROUP)
