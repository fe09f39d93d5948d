"""Edits that grant too much, to too many, or to the wrong ones."""

import json
from collections.abc import Callable

from tests.policies.mutation import UNKNOWN, Draft, Edit, mutant

PROJECT = "projects/iAMMember:IAMMember"
BINDING = "projects/iAMBinding:IAMBinding"
POLICY = "projects/iAMPolicy:IAMPolicy"
ACCOUNT = "serviceaccount/iAMMember:IAMMember"
BUCKET = "storage/bucketIAMMember:BucketIAMMember"
SECRET = "secretmanager/secretIamMember:SecretIamMember"
TOPIC = "pubsub/topicIAMMember:TopicIAMMember"
SERVICE = "cloudrunv2/service:Service"
INVOKER = "cloudrunv2/serviceIamMember:ServiceIamMember"
ROLE = "projects/iAMCustomRole:IAMCustomRole"
API = "serviceAccount:voicestack-api@acme-voice-prod.iam.gserviceaccount.com"
WORKER = "serviceAccount:voicestack-worker@acme-voice-prod.iam.gserviceaccount.com"
GROUP = "group:platform@acme.example"
PUBSUB = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
ID = {"project": "acme-voice-prod"}
FOLLOWERS = (
    "access-within-declared-uses",
    "caller-is-admitted",
    "grant-on-declared-target",
    "grant-to-declared-user",
    "identity-becomes-declared-only",
    "identity-blast-radius",
    "project-not-to-be-taken",
    "secret-blast-radius",
    "secrets-granted-one-by-one",
    "service-agent-nothing-wider",
)
"""Policies that compare each grant with what is declared, or follow it to what it reaches."""

WAITS_FOR_NOTHING = ("api-on-first",)
"""What an edit adds does not wait for its API, which is no matter of the edit."""


def granting(policy: str, *, stack: str = "prod", also: tuple[str, ...] = ()) -> Callable[[Edit], Edit]:
    """A mutant that adds a grant, or widens one."""
    return mutant(policy, stack=stack, also=(*FOLLOWERS, *WAITS_FOR_NOTHING, *also))


def like_another(draft: Draft, type_: str, member: str, role: str | None = None, of: str = "") -> None:
    """A grant beside one of `type_` whose member has `of` in it, on the same entity."""
    model = next(one for one in draft.all(type_) if of in str(one.inputs["member"]))
    changed = {"member": member, "role": role or model.inputs["role"]}
    made = draft.add(type_, "another", {**model.inputs, **changed})
    made.dependencies.extend(model.dependencies)
    made.propertyDependencies.update(model.propertyDependencies)


# Everybody


@granting("iam-no-public-principal")
def a_topic_takes_messages_from_everybody(draft: Draft) -> None:
    like_another(draft, TOPIC, "allUsers")


@granting("iam-no-public-principal", stack="staging")
def a_bucket_is_read_by_anybody_with_an_account(draft: Draft) -> None:
    like_another(draft, BUCKET, "allAuthenticatedUsers")


@granting("iam-no-public-principal")
def a_secret_is_read_by_everybody(draft: Draft) -> None:
    like_another(draft, SECRET, "allUsers")


@granting("iam-no-public-principal")
def a_key_decrypts_for_everybody(draft: Draft) -> None:
    like_another(draft, "kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "allAuthenticatedUsers")


@granting("iam-no-public-principal")
def the_internal_service_is_called_by_everybody(draft: Draft) -> None:
    like_another(draft, INVOKER, "allUsers", of="-jobs-push@")


@granting("iam-no-public-principal")
def the_public_service_is_administered_by_everybody(draft: Draft) -> None:
    model = next(one for one in draft.all(INVOKER) if one.inputs["name"] == draft.inputs(SERVICE, "api")["name"])
    made = draft.grant(INVOKER, "public", "roles/run.developer", "allUsers")
    made.inputs.update({"name": model.inputs["name"], "location": model.inputs["location"]})


@granting("iam-no-public-principal")
def everybody_looks_around_in_the_project(draft: Draft) -> None:
    draft.grant(PROJECT, "public", "roles/browser", "allUsers", **ID)


@granting("iam-no-public-principal", stack="staging")
def a_dataset_is_read_by_everybody(draft: Draft) -> None:
    like_another(draft, "bigquery/datasetIamMember:DatasetIamMember", "allAuthenticatedUsers")


# Basic roles


@granting("iam-no-basic-role")
def a_group_edits_the_project(draft: Draft) -> None:
    draft.grant(PROJECT, "group", "roles/editor", GROUP, **ID)


@granting("iam-no-basic-role")
def a_workload_owns_the_project(draft: Draft) -> None:
    draft.grant(PROJECT, "api-owner", "roles/owner", API, **ID)


@granting("iam-no-basic-role", stack="staging")
def a_workload_edits_a_queue(draft: Draft) -> None:
    like_another(draft, "cloudtasks/queueIamMember:QueueIamMember", API.replace("prod", "staging"), "roles/editor")


@granting("iam-no-basic-role")
def a_group_views_the_organization(draft: Draft) -> None:
    draft.grant("organizations/iAMMember:IAMMember", "group", "roles/viewer", GROUP, orgId="1")


# Roles that escalate


@granting("iam-workload-cannot-escalate")
def the_worker_administers_its_bucket(draft: Draft) -> None:
    like_another(draft, BUCKET, WORKER, "roles/storage.admin", of="-worker@")


@granting("iam-workload-cannot-escalate")
def the_worker_sets_the_policy_of_the_project(draft: Draft) -> None:
    draft.grant(PROJECT, "worker-admin", "roles/resourcemanager.projectIamAdmin", WORKER, **ID)


@granting("iam-workload-cannot-escalate")
def a_reference_hides_who_administers(draft: Draft) -> None:
    account = draft.find("serviceaccount/account:Account", "worker")
    draft.add(
        PROJECT,
        "worker-admin",
        {"project": "acme-voice-prod", "role": "roles/run.admin", "member": UNKNOWN},
        depends={"member": account},
    )


@granting("iam-workload-cannot-escalate")
def the_worker_reads_api_keys(draft: Draft) -> None:
    draft.grant(PROJECT, "worker-keys", "roles/serviceusage.apiKeysViewer", WORKER, **ID)


@granting("iam-workload-cannot-escalate", stack="staging")
def the_releaser_opens_shells_in_the_whole_project(draft: Draft) -> None:
    draft.grant(
        PROJECT,
        "releaser-shell",
        "roles/run.developer",
        "serviceAccount:voicestack-github-deployer@acme-voice-staging.iam.gserviceaccount.com",
        project="acme-voice-staging",
    )


@granting("iam-workload-cannot-escalate")
def a_service_of_googles_administers_secrets(draft: Draft) -> None:
    draft.grant(PROJECT, "agent-admin", "roles/secretmanager.admin", PUBSUB, **ID)


# Acting as every account


@granting("iam-no-impersonation-at-large")
def the_releaser_acts_as_every_account(draft: Draft) -> None:
    draft.grant(
        PROJECT,
        "releaser-acts",
        "roles/iam.serviceAccountUser",
        "serviceAccount:voicestack-github-deployer@acme-voice-prod.iam.gserviceaccount.com",
        **ID,
    )


@granting("iam-no-impersonation-at-large")
def pubsub_makes_tokens_of_every_account(draft: Draft) -> None:
    draft.grant(PROJECT, "agent-tokens", "roles/iam.serviceAccountTokenCreator", PUBSUB, **ID)


@granting("iam-no-impersonation-at-large", also=("iam-elevated-grant-ends",))
def a_group_administers_accounts_in_a_folder(draft: Draft) -> None:
    draft.grant("folder/iAMMember:IAMMember", "group", "roles/iam.serviceAccountAdmin", GROUP, folder="folders/1")


@granting(
    "iam-no-impersonation-at-large",
    stack="staging",
    also=("iam-elevated-grant-ends", "service-accounts-separate-duties"),
)
def a_group_has_the_role_that_lists_miss(draft: Draft) -> None:
    draft.grant(PROJECT, "group", "roles/iam.devOps", GROUP, project="acme-voice-staging")


# Custom roles


def _permit(draft: Draft, role: str, *permissions: str) -> None:
    draft.inputs(ROLE, role)["permissions"] += list(permissions)


@granting("custom-role-cannot-escalate", also=("iam-no-impersonation-at-large",))
def the_releaser_acts_as_accounts(draft: Draft) -> None:
    _permit(draft, "releaser-follower", "iam.serviceAccounts.actAs")


@granting("custom-role-cannot-escalate", also=("iam-workload-cannot-escalate",))
def the_releaser_sets_policies(draft: Draft) -> None:
    _permit(draft, "releaser", "run.services.setIamPolicy")


@granting("custom-role-cannot-escalate", stack="staging")
def the_releaser_opens_shells(draft: Draft) -> None:
    _permit(draft, "releaser", "run.services.sshRoot")


@granting("custom-role-cannot-escalate", also=("vertex-callers-only-predict",))
def the_predictor_may_all_of_vertex(draft: Draft) -> None:
    draft.inputs(ROLE, "gemini")["permissions"] = ["aiplatform.*"]


@granting("custom-role-cannot-escalate")
def a_role_that_nobody_has_makes_keys(draft: Draft) -> None:
    draft.add(ROLE, "keys", {"roleId": "keys", "title": "Keys", "permissions": ["iam.serviceAccountKeys.create"]})


# Members


@granting("iam-people-by-group")
def a_person_reads_logs(draft: Draft) -> None:
    draft.grant(PROJECT, "person", "roles/logging.viewer", "user:ada@acme.example", **ID)


@granting("iam-people-by-group", stack="staging")
def a_person_reads_a_secret(draft: Draft) -> None:
    like_another(draft, SECRET, "user:ada@acme.example")


@granting("iam-people-by-group")
def a_subject_of_the_workforce_reads_logs(draft: Draft) -> None:
    member = "principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/ada@acme.example"
    draft.grant(PROJECT, "person", "roles/logging.viewer", member, **ID)


@granting("iam-members-of-the-organisation", also=("iam-people-by-group",))
def a_gmail_account_reads_logs(draft: Draft) -> None:
    draft.grant(PROJECT, "stranger", "roles/logging.viewer", "user:ada@gmail.com", **ID)


@granting("iam-members-of-the-organisation", stack="staging")
def a_google_group_of_strangers_reads_a_bucket(draft: Draft) -> None:
    like_another(draft, BUCKET, "group:voice@googlegroups.com")


@granting("iam-members-of-the-organisation")
def the_whole_domain_reads_a_secret(draft: Draft) -> None:
    like_another(draft, SECRET, "domain:acme.example")


@granting("iam-members-of-the-organisation")
def whoever_edits_reads_a_bucket(draft: Draft) -> None:
    like_another(draft, BUCKET, "projectEditor:acme-voice-prod")


# Authoritative resources


@granting("iam-nothing-authoritative")
def a_binding_on_the_project(draft: Draft) -> None:
    draft.add(
        BINDING, "viewers", {"project": "acme-voice-prod", "role": "roles/logging.viewer", "members": [GROUP]}
    )


@granting("iam-nothing-authoritative", stack="staging")
def a_policy_of_the_project(draft: Draft) -> None:
    data = json.dumps({"bindings": [{"role": "roles/logging.viewer", "members": [GROUP]}]})
    draft.add(POLICY, "policy", {"project": "acme-voice-staging", "policyData": data})


@granting("iam-nothing-authoritative")
def a_role_is_taken_from_a_workload(draft: Draft) -> None:
    draft.grant(
        "projects/iamMemberRemove:IamMemberRemove", "api-metrics", "roles/monitoring.metricWriter", API, **ID
    )


@granting("iam-nothing-authoritative")
def a_binding_beside_the_members_of_a_secret(draft: Draft) -> None:
    member = draft.all(SECRET)[0]
    made = draft.add(
        "secretmanager/secretIamBinding:SecretIamBinding",
        "readers",
        {"secretId": member.inputs["secretId"], "role": member.inputs["role"], "members": [GROUP]},
    )
    made.dependencies.extend(member.dependencies)
    made.propertyDependencies.update(member.propertyDependencies)


# Rights that do not end


@granting("iam-elevated-grant-ends")
def a_group_administers_the_project_for_ever(draft: Draft) -> None:
    draft.grant(PROJECT, "group", "roles/resourcemanager.projectIamAdmin", GROUP, **ID)


@granting("iam-elevated-grant-ends", stack="staging")
def a_group_makes_tokens_of_an_account_for_ever(draft: Draft) -> None:
    like_another(draft, ACCOUNT, GROUP, "roles/iam.serviceAccountTokenCreator")


@granting("iam-elevated-grant-ends")
def the_end_of_a_grant_is_only_one_of_two_ways(draft: Draft) -> None:
    condition = {
        "title": "until",
        "expression": "request.time < timestamp('2027-01-01T00:00:00Z') || resource.service == 'x'",
    }
    draft.grant(PROJECT, "group", "roles/run.admin", GROUP, condition=condition, **ID)
