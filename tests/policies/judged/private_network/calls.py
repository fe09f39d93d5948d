"""Calls that Pub/Sub, Cloud Tasks and Cloud Scheduler make: where they go, over what, and as whom."""

import pulumi
import pulumi_gcp as gcp

from policies.private_network.calls.credentials import (
    call_access_token_to_google_only,
    call_authenticated,
    call_without_written_credentials,
)
from policies.private_network.calls.target import call_encrypted, queue_fixes_its_target
from tests.policies.calls import EMAIL, HOST, RUN_JOB, WORKER, access_token, job, plain_queue, push, queue, token
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.messages import subscription
from tests.policies.unknowns import unknown


@judged(
    call_encrypted,
    {
        "good-push": PASSED,
        "good-capitals": PASSED,
        "good-pull": PASSED,
        "good-pull-again": PASSED,
        "good-job": PASSED,
        "good-queue": PASSED,
        "good-queue-of-app-engine": PASSED,
        # checkov has no finding on these.
        "bad-push": VIOLATED,
        "bad-push-without-scheme": VIOLATED,
        "bad-job": VIOLATED,
        "bad-queue": VIOLATED,
        "bad-queue-that-asks-politely": VIOLATED,
        "absent-scheme": VIOLATED,
        "absent-override": VIOLATED,
        "unknown-endpoint": NOT_EVALUATED,
        "unknown-job": NOT_EVALUATED,
        "unknown-scheme": NOT_EVALUATED,
        "secret-endpoint": NOT_EVALUATED,
    },
)
def encrypted() -> None:
    push("good-push", f"{WORKER}/push")
    push("good-capitals", "HTTPS://worker.example.com/push")
    subscription("good-pull")
    push("good-pull-again", "")
    job("good-job", f"{WORKER}/nightly")
    queue("good-queue", {"scheme": "HTTPS", "host": HOST})
    plain_queue("good-queue-of-app-engine", app_engine_routing_override={"service": "worker"})
    push("bad-push", "http://worker.example.com/push")
    push("bad-push-without-scheme", "worker.example.com/push")
    job("bad-job", "http://10.0.0.3/nightly")
    queue("bad-queue", {"scheme": "HTTP", "host": "10.0.0.3"})
    polite = {"scheme": "HTTPS", "host": HOST, "uri_override_enforce_mode": "IF_NOT_EXISTS"}
    queue("bad-queue-that-asks-politely", polite)
    queue("absent-scheme", {"host": HOST})
    queue("absent-override", oidc_token=token(WORKER))
    push("unknown-endpoint", unknown("endpoint"))
    job("unknown-job", unknown("uri"))
    queue("unknown-scheme", {"host": HOST, "scheme": unknown("scheme")})
    push("secret-endpoint", pulumi.Output.secret("https://worker.example.com"))


@judged(
    queue_fixes_its_target,
    {
        "good-fixed": PASSED,
        "good-fixed-to-what-is-made": PASSED,
        "good-app-engine": PASSED,
        "bad-polite": VIOLATED,
        "bad-path-only": VIOLATED,
        "absent-target": VIOLATED,
        "unknown-target": NOT_EVALUATED,
        "secret-host": NOT_EVALUATED,
    },
)
def fixed() -> None:
    queue("good-fixed", {"host": HOST})
    queue("good-fixed-to-what-is-made", {"host": unknown("host")})
    plain_queue("good-app-engine", app_engine_routing_override={"service": "worker"})
    queue("bad-polite", {"host": HOST, "uri_override_enforce_mode": "IF_NOT_EXISTS"})
    queue("bad-path-only", {"path_override": {"path": "/tasks"}})
    plain_queue("absent-target")
    plain_queue("unknown-target", http_target=unknown("target").apply(lambda _: {"http_method": "POST"}))
    queue("secret-host", {"host": pulumi.Output.secret(HOST)})


@judged(
    call_authenticated,
    {
        "good-push": PASSED,
        "good-account-of-this-stack": PASSED,
        "good-job": PASSED,
        "good-job-at-google": PASSED,
        "good-queue": PASSED,
        "good-pull": PASSED,
        "bad-empty": VIOLATED,
        "bad-job": VIOLATED,
        "bad-queue": VIOLATED,
        # An access token is no token that Pub/Sub could send.
        "absent-token": VIOLATED,
        "absent-account": VIOLATED,
        "unknown-account": NOT_EVALUATED,
        "unknown-token": NOT_EVALUATED,
        "secret-account": NOT_EVALUATED,
    },
)
def authenticated() -> None:
    push("good-push", WORKER, oidc_token=token(WORKER))
    account = gcp.serviceaccount.Account("pusher", account_id="pusher")
    push("good-account-of-this-stack", WORKER, oidc_token=token(WORKER, account.email))
    job("good-job", WORKER, oidc_token=token(WORKER))
    job("good-job-at-google", RUN_JOB, oauth_token=access_token())
    queue("good-queue", {"host": HOST}, oidc_token=token("worker"))
    subscription("good-pull")
    push("bad-empty", WORKER, oidc_token=token(WORKER, ""))
    job("bad-job", WORKER)
    queue("bad-queue", {"host": HOST, "scheme": "HTTPS"})
    push("absent-token", WORKER)
    push("absent-account", WORKER, oidc_token={"audience": WORKER, "service_account_email": ""})
    push("unknown-account", WORKER, oidc_token=token(WORKER, unknown("email")))
    push("unknown-token", WORKER, oidc_token=unknown("token").apply(lambda _: token(WORKER)))
    push("secret-account", WORKER, oidc_token=token(WORKER, pulumi.Output.secret(EMAIL)))


@judged(
    call_access_token_to_google_only,
    {
        "good-run-a-job": PASSED,
        "good-identity-token": PASSED,
        "good-queue-at-google": PASSED,
        "bad-job-elsewhere": VIOLATED,
        "bad-own-service": VIOLATED,
        "bad-queue-elsewhere": VIOLATED,
        "bad-look-alike": VIOLATED,
        "absent-host": VIOLATED,
        "absent-token": PASSED,
        "unknown-host": NOT_EVALUATED,
        "secret-host": NOT_EVALUATED,
    },
)
def access_tokens() -> None:
    job("good-run-a-job", RUN_JOB, oauth_token=access_token())
    job("good-identity-token", WORKER, oidc_token=token(WORKER))
    queue("good-queue-at-google", {"host": "run.googleapis.com"}, oauth_token=access_token())
    job("bad-job-elsewhere", "https://hooks.example.com/nightly", oauth_token=access_token())
    job("bad-own-service", WORKER, oauth_token=access_token())
    queue("bad-queue-elsewhere", {"host": "hooks.example.com"}, oauth_token=access_token())
    job("bad-look-alike", "https://evil.example/run.googleapis.com", oauth_token=access_token())
    queue("absent-host", {"scheme": "HTTPS"}, oauth_token=access_token())
    job("absent-token", WORKER)
    job("unknown-host", unknown("uri"), oauth_token=access_token())
    job("secret-host", pulumi.Output.secret(RUN_JOB), oauth_token=access_token())


@judged(
    call_without_written_credentials,
    {
        "good-push": PASSED,
        "good-headers": PASSED,
        "good-parameters": PASSED,
        "good-empty-parameter": PASSED,
        "good-fragment": PASSED,
        "bad-parameter": VIOLATED,
        "bad-api-key": VIOLATED,
        "bad-header": VIOLATED,
        "bad-header-with-a-secret": VIOLATED,
        "bad-key-in-a-header": VIOLATED,
        "bad-queue-header-after-an-unknown": VIOLATED,
        "bad-queue-parameter": VIOLATED,
        "absent-headers": PASSED,
        "unknown-headers": NOT_EVALUATED,
        "secret-headers": NOT_EVALUATED,
    },
)
def written() -> None:
    push("good-push", f"{WORKER}/push")
    job("good-headers", WORKER, headers={"Content-Type": "application/json", "X-Idempotency-Key": "nightly"})
    push("good-parameters", f"{WORKER}/push?queue=jobs&tokens=12&key=hour")
    push("good-empty-parameter", f"{WORKER}/push?token=")
    push("good-fragment", f"{WORKER}/push#token=no")
    push("bad-parameter", f"{WORKER}/push?queue=jobs&token=hunter2")
    job("bad-api-key", f"{WORKER}/nightly?key={'k' * 39}")
    job("bad-header", WORKER, headers={"authorization": "Bearer hunter2"})
    # The mark keeps it out of the state, not from whoever may look at the job.
    job("bad-header-with-a-secret", WORKER, headers={"X-Webhook-Token": pulumi.Output.secret("hunter2")})
    job("bad-key-in-a-header", WORKER, headers={"X-Api-Key": "hunter2"})
    headers = [{"header": {"key": one, "value": "v"}} for one in (unknown("first"), "Cookie")]
    queue("bad-queue-header-after-an-unknown", {"host": HOST}, header_overrides=headers)
    queue("bad-queue-parameter", {"host": HOST, "query_override": {"query_params": "api_key=hunter2"}})
    job("absent-headers", WORKER)
    job("unknown-headers", WORKER, headers=unknown("headers").apply(lambda one: {"X-Api-Key": one}))
    job("secret-headers", WORKER, headers=pulumi.Output.secret({"X-Api-Key": "hunter2"}))
