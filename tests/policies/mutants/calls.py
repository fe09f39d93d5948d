"""Edits after which Google's services call somebody else, in clear, or as nobody."""

from typing import Any

from plan.sentinels import UNKNOWN
from tests.policies.mutation import Draft, mutant

SUBSCRIPTION = "pubsub/subscription:Subscription"
QUEUE = "cloudtasks/queue:Queue"
JOB = "cloudscheduler/job:Job"
WORKER = "https://voicestack-prod-worker-123456789012.europe-west1.run.app"
EMAIL = "voicestack-jobs-push@acme-voice-prod.iam.gserviceaccount.com"


def _push(draft: Draft) -> dict[str, Any]:
    push: dict[str, Any] = draft.inputs(SUBSCRIPTION, "jobs")["pushConfig"]
    return push


def _target(draft: Draft) -> dict[str, Any]:
    target: dict[str, Any] = draft.inputs(QUEUE, "webhooks")["httpTarget"]
    return target


def _job(draft: Draft, **target: Any) -> None:
    sound = {"uri": f"{WORKER}/nightly", "httpMethod": "POST"}
    inputs = {
        "name": "nightly",
        "schedule": "0 3 * * *",
        "retryConfig": {"retryCount": 3},
        "attemptDeadline": "600s",
    }
    draft.add(JOB, "nightly", {**inputs, "httpTarget": {**sound, **target}})


TOKEN = {"oidcToken": {"serviceAccountEmail": EMAIL, "audience": WORKER}}


@mutant("call-encrypted")
def pushes_go_over_plain_http(draft: Draft) -> None:
    push = _push(draft)
    push["pushEndpoint"] = push["pushEndpoint"].replace("https://", "http://")


@mutant("call-encrypted", stack="staging")
def tasks_go_over_plain_http(draft: Draft) -> None:
    _target(draft)["uriOverride"]["scheme"] = "HTTP"


@mutant("call-encrypted")
def each_task_says_whether_it_is_encrypted(draft: Draft) -> None:
    del _target(draft)["uriOverride"]["scheme"]


@mutant("call-encrypted")
def a_job_calls_over_plain_http(draft: Draft) -> None:
    _job(draft, uri=WORKER.replace("https", "http"), **TOKEN)


@mutant("call-authenticated", also=("service-agent-nothing-wider", "identity-becomes-declared-only"))
def pushes_carry_no_token(draft: Draft) -> None:
    del _push(draft)["oidcToken"]


@mutant("call-authenticated", stack="staging")
def tasks_carry_no_token(draft: Draft) -> None:
    del _target(draft)["oidcToken"]


@mutant("call-authenticated")
def a_job_carries_no_token(draft: Draft) -> None:
    _job(draft)


@mutant("call-access-token-to-google-only")
def tasks_carry_an_access_token(draft: Draft) -> None:
    target = _target(draft)
    email = target.pop("oidcToken")["serviceAccountEmail"]
    target["oauthToken"] = {
        "serviceAccountEmail": email,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
    }


@mutant("call-access-token-to-google-only")
def a_job_sends_an_access_token_to_a_stranger(draft: Draft) -> None:
    _job(draft, uri="https://hooks.example.com/nightly", oauthToken={"serviceAccountEmail": EMAIL})


@mutant("call-access-token-to-google-only", also=("call-outlasts-handler", "call-outlasts-handler"))
def a_job_sends_an_access_token_to_our_own_service(draft: Draft) -> None:
    account = draft.find("serviceaccount/account:Account", "jobs-invoker")
    target = {"uri": f"{WORKER}/nightly", "oauthToken": {"serviceAccountEmail": UNKNOWN}}
    inputs = {"name": "nightly", "schedule": "* * * * *", "httpTarget": target}
    draft.add(JOB, "nightly", inputs, depends={"httpTarget": account})


@mutant("call-audience-named")
def pushes_name_no_audience(draft: Draft) -> None:
    del _push(draft)["oidcToken"]["audience"]


@mutant("call-audience-named", stack="staging")
def tasks_name_no_audience(draft: Draft) -> None:
    _target(draft)["oidcToken"]["audience"] = ""


@mutant("call-audience-named")
def a_job_names_no_audience(draft: Draft) -> None:
    _job(draft, oidcToken={"serviceAccountEmail": EMAIL})


@mutant("call-audience-fits")
def pushes_carry_a_token_for_another_service(draft: Draft) -> None:
    _push(draft)["oidcToken"]["audience"] = "voicestack-prod-api"


@mutant("call-audience-fits", stack="staging")
def tasks_carry_a_token_for_another_service(draft: Draft) -> None:
    _target(draft)["oidcToken"]["audience"] = "voicestack-staging-api"


@mutant("call-audience-fits")
def pushes_go_to_a_stranger(draft: Draft) -> None:
    _push(draft)["pushEndpoint"] = "https://collector.example.com/push"


@mutant("call-audience-fits")
def nobody_answers_to_the_audience(draft: Draft) -> None:
    draft.inputs("cloudrunv2/service:Service", "worker")["customAudiences"] = []


@mutant("call-without-written-credentials")
def a_password_is_in_the_endpoint(draft: Draft) -> None:
    push = _push(draft)
    push["pushEndpoint"] += "?token=hunter2"


@mutant("call-without-written-credentials", stack="staging")
def a_password_is_in_a_header_of_each_task(draft: Draft) -> None:
    _target(draft)["headerOverrides"] = [{"header": {"key": "X-Webhook-Secret", "value": "hunter2"}}]


@mutant("call-without-written-credentials")
def a_job_has_an_authorisation_header(draft: Draft) -> None:
    _job(draft, headers={"Authorization": "Bearer hunter2"}, **TOKEN)


@mutant("queue-fixes-its-target")
def each_task_says_where_it_goes(draft: Draft) -> None:
    del _target(draft)["uriOverride"]["host"]


@mutant("queue-fixes-its-target", also=("call-encrypted",))
def a_task_may_go_elsewhere(draft: Draft) -> None:
    _target(draft)["uriOverride"]["uriOverrideEnforceMode"] = "IF_NOT_EXISTS"


@mutant("queue-fixes-its-target", stack="staging")
def the_queue_says_nothing_of_its_target(draft: Draft) -> None:
    del draft.inputs(QUEUE, "webhooks")["httpTarget"]
