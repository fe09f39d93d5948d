"""Edits that give accounts keys, tokens to others, or the default accounts rights."""

from tests.policies.mutants.iam import (
    ACCOUNT,
    BUCKET,
    GROUP,
    ID,
    PROJECT,
    WAITS_FOR_NOTHING,
    granting,
    like_another,
)
from tests.policies.mutation import UNKNOWN, Draft, mutant

KEY = "serviceaccount/key:Key"
COMPUTE = "serviceAccount:123456789012-compute@developer.gserviceaccount.com"


@mutant("service-account-no-key", also=WAITS_FOR_NOTHING)
def a_key_is_generated(draft: Draft) -> None:
    draft.add(KEY, "key", {"serviceAccountId": "voicestack-api@acme-voice-prod.iam.gserviceaccount.com"})


@mutant("service-account-no-key", stack="staging", also=WAITS_FOR_NOTHING)
def a_key_is_uploaded(draft: Draft) -> None:
    draft.add(KEY, "key", {"serviceAccountId": "voicestack-api", "publicKeyData": "cHVibGlj"})


@mutant("service-account-no-key", also=("api-key-names-its-apis", "api-key-names-its-callers", *WAITS_FOR_NOTHING))
def an_api_key_stands_for_an_account(draft: Draft) -> None:
    email = "voicestack-worker@acme-voice-prod.iam.gserviceaccount.com"
    draft.add("projects/apiKey:ApiKey", "key", {"name": "key", "serviceAccountEmail": email})


@granting("iam-no-default-account")
def the_default_account_writes_logs(draft: Draft) -> None:
    draft.grant(PROJECT, "default", "roles/logging.logWriter", COMPUTE, **ID)


@granting("iam-no-default-account", also=("iam-no-basic-role",))
def the_default_account_edits_the_project(draft: Draft) -> None:
    draft.grant(PROJECT, "default", "roles/editor", COMPUTE, **ID)


@granting("iam-no-default-account", stack="staging")
def the_default_account_has_an_unknown_number(draft: Draft) -> None:
    member = f"serviceAccount:{UNKNOWN}-compute@developer.gserviceaccount.com"
    draft.grant(PROJECT, "default", "roles/logging.logWriter", member, project="acme-voice-staging")


@granting("iam-no-default-account")
def app_engine_reads_a_bucket(draft: Draft) -> None:
    like_another(draft, BUCKET, "serviceAccount:acme-voice-prod@appspot.gserviceaccount.com")


@granting("service-account-tokens-for-few")
def the_releaser_makes_tokens_of_what_it_deploys(draft: Draft) -> None:
    deployer = "serviceAccount:voicestack-github-deployer@acme-voice-prod.iam.gserviceaccount.com"
    like_another(draft, ACCOUNT, deployer, "roles/iam.serviceAccountTokenCreator", of="-github-deployer@")


@granting("service-account-tokens-for-few")
def github_makes_signatures(draft: Draft) -> None:
    next(one for one in draft.all(ACCOUNT) if "principalSet" in str(one.inputs["member"])).inputs["role"] = (
        "roles/iam.serviceAccountTokenCreator"
    )


@granting("service-account-tokens-for-few", stack="staging")
def the_api_makes_id_tokens_of_the_caller(draft: Draft) -> None:
    api = "serviceAccount:voicestack-api@acme-voice-staging.iam.gserviceaccount.com"
    like_another(draft, ACCOUNT, api, "roles/iam.serviceAccountOpenIdTokenCreator", of="-api@")


def _grant_both(draft: Draft, first_role: str, second_role: str, **on: str) -> None:
    draft.grant(PROJECT, "duty-one", first_role, GROUP, **ID)
    draft.grant(ACCOUNT if on else PROJECT, "duty-two", second_role, GROUP, **(on or ID))


ADMIN, USER = "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser"
AT_LARGE = ("iam-no-impersonation-at-large", "iam-elevated-grant-ends")


@granting("service-accounts-separate-duties", also=AT_LARGE)
def a_group_administers_and_uses_accounts(draft: Draft) -> None:
    _grant_both(draft, ADMIN, USER)


@granting("service-accounts-separate-duties", also=AT_LARGE)
def the_same_in_the_other_order(draft: Draft) -> None:
    _grant_both(draft, USER, ADMIN)


@granting("service-accounts-separate-duties", also=AT_LARGE)
def a_group_administers_accounts_and_uses_one(draft: Draft) -> None:
    _grant_both(draft, ADMIN, USER, serviceAccountId=str(draft.all(ACCOUNT)[0].inputs["serviceAccountId"]))
