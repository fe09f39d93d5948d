"""Who edits of grants give something to: the members and the names of the reference stacks."""

from __future__ import annotations

from tests.policies.mutation import Draft

ACCOUNT = "serviceaccount/account:Account"
ON_PROJECT = "projects/iAMMember:IAMMember"
ON_ACCOUNT = "serviceaccount/iAMMember:IAMMember"
ON_BUCKET = "storage/bucketIAMMember:BucketIAMMember"
ON_TOPIC = "pubsub/topicIAMMember:TopicIAMMember"
ON_SECRET = "secretmanager/secretIamMember:SecretIamMember"  # a type
ON_SERVICE = "cloudrunv2/serviceIamMember:ServiceIamMember"


def project(draft: Draft) -> str:
    """The stack's project."""
    found: str = draft.inputs(ACCOUNT, "api")["project"]
    return found


def email(draft: Draft, account: str) -> str:
    """The e-mail of an account, by its logical name."""
    said = draft.inputs(ACCOUNT, account)
    return f"{said['accountId']}@{said['project']}.iam.gserviceaccount.com"


def member(draft: Draft, account: str) -> str:
    """The same as a member."""
    return f"serviceAccount:{email(draft, account)}"


def on_project(draft: Draft, account: str, role: str, *, name: str = "slipped-in") -> None:
    """Grants an account a role on the whole project."""
    draft.grant(ON_PROJECT, name, role, member(draft, account), project=project(draft))


def on_account(draft: Draft, account: str, who: str, role: str, *, name: str = "slipped-in") -> None:
    """Grants a member a role on an account."""
    path = f"projects/{project(draft)}/serviceAccounts/{email(draft, account)}"
    draft.grant(ON_ACCOUNT, name, role, who, serviceAccountId=path)


def with_permission(draft: Draft, role: str, *permissions: str) -> None:
    """Adds permissions to a custom role, by its logical name."""
    draft.inputs("projects/iAMCustomRole:IAMCustomRole", role)["permissions"] += permissions
