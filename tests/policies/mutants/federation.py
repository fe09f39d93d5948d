"""Edits that let more come in from outside Google than what is ours."""

from tests.policies.mutants.iam import ACCOUNT, BUCKET, ID, PROJECT, WAITS_FOR_NOTHING, granting, like_another
from tests.policies.mutation import Draft, mutant

PROVIDER = "iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
OWN = "federation-condition-holds-to-owner"
OURS = "assertion.repository_id == '912345678'"


def _condition(draft: Draft, text: str) -> None:
    draft.inputs(PROVIDER)["attributeCondition"] = text


@mutant(OWN)
def no_condition(draft: Draft) -> None:
    del draft.inputs(PROVIDER)["attributeCondition"]


@mutant(OWN, stack="staging")
def any_repository_on_the_branch(draft: Draft) -> None:
    _condition(draft, "assertion.ref == 'refs/heads/main' && assertion.event_name in ['push']")


@mutant(OWN)
def an_or_in_the_place_of_an_and(draft: Draft) -> None:
    _condition(
        draft, draft.inputs(PROVIDER)["attributeCondition"].replace("' && (assertion.ref", "' || (assertion.ref")
    )


@mutant(OWN)
def not_ours_in_the_place_of_ours(draft: Draft) -> None:
    _condition(draft, f"!({OURS})")


@mutant(OWN)
def some_repository(draft: Draft) -> None:
    _condition(draft, "assertion.repository_id != ''")


@mutant(OWN)
def an_expression_that_everything_matches(draft: Draft) -> None:
    _condition(draft, "assertion.repository.matches('.*')")


@mutant(OWN)
def whoever_is_called_nearly_as_we(draft: Draft) -> None:
    _condition(draft, "assertion.repository_owner.startsWith('acme')")


@mutant(OWN)
def always(draft: Draft) -> None:
    _condition(draft, f"{OURS} || true")


@mutant("federation-pins-numbers")
def the_repository_by_its_name(draft: Draft) -> None:
    _condition(draft, "assertion.repository == 'acme/voice'")


@mutant("federation-pins-numbers", stack="staging")
def the_owner_by_name_and_the_branch(draft: Draft) -> None:
    _condition(draft, "assertion.repository_owner == 'acme' && assertion.ref == 'refs/heads/main'")


@mutant("federation-pins-numbers")
def the_subject_by_name(draft: Draft) -> None:
    _condition(draft, "assertion.sub == 'repo:acme/voice:environment:production'")


@mutant("federation-issuer-is-chosen", also=(OWN,))
def another_issuer(draft: Draft) -> None:
    draft.inputs(PROVIDER)["oidc"]["issuerUri"] = "https://gitlab.com"


@mutant("federation-issuer-is-chosen", stack="staging")
def an_issuer_that_begins_alike(draft: Draft) -> None:
    draft.inputs(PROVIDER)["oidc"]["issuerUri"] += ".evil.example"


@mutant("federation-issuer-is-chosen", also=WAITS_FOR_NOTHING)
def an_aws_account_besides(draft: Draft) -> None:
    draft.add(
        PROVIDER,
        "aws",
        {
            "workloadIdentityPoolId": "voicestack-prod-github",
            "workloadIdentityPoolProviderId": "aws",
            "aws": {"accountId": "123456789012"},
            "attributeCondition": "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/voice/')",
        },
    )


def _everything_of_the_pool(draft: Draft) -> str:
    member = next(
        str(one.inputs["member"]) for one in draft.all(ACCOUNT) if "principalSet" in str(one.inputs["member"])
    )
    return member.partition("/attribute.")[0] + "/*"


@granting("federation-no-whole-pool")
def every_run_releases(draft: Draft) -> None:
    whole = _everything_of_the_pool(draft)
    for one in draft.all(ACCOUNT):
        if "principalSet" in str(one.inputs["member"]):
            one.inputs["member"] = whole


@granting("federation-no-whole-pool", stack="staging", also=("federation-one-way-each",))
def every_run_reads_a_bucket(draft: Draft) -> None:
    like_another(draft, BUCKET, _everything_of_the_pool(draft))


@granting("federation-no-whole-pool")
def every_run_writes_logs(draft: Draft) -> None:
    draft.grant(PROJECT, "runs", "roles/logging.logWriter", _everything_of_the_pool(draft), **ID)


def _run(draft: Draft) -> str:
    return _everything_of_the_pool(draft).replace("/*", "/attribute.purpose/deploy")


@granting("federation-one-way-each")
def the_release_acts_as_a_second_account(draft: Draft) -> None:
    worker = draft.find("serviceaccount/account:Account", "worker")
    draft.add(
        ACCOUNT,
        "second",
        {
            "serviceAccountId": "voicestack-worker@acme-voice-prod.iam.gserviceaccount.com",
            "role": "roles/iam.workloadIdentityUser",
            "member": _run(draft),
        },
        depends={"serviceAccountId": worker},
    )


@granting("federation-one-way-each")
def the_release_reads_a_bucket_besides(draft: Draft) -> None:
    like_another(draft, BUCKET, _run(draft))


@granting("federation-one-way-each", stack="staging")
def the_release_writes_logs_besides(draft: Draft) -> None:
    draft.grant(PROJECT, "runs", "roles/logging.logWriter", _run(draft), project="acme-voice-staging")
