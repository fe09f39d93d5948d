"""Calls whose token is for the service that is called, and calls whose token is not."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from policies.private_network.calls.audience import call_audience_fits, call_audience_named
from tests.policies.calls import HOST, WORKER, job, push, queue, token
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    call_audience_named,
    {
        "good-push": PASSED,
        "good-queue": PASSED,
        "good-no-token": PASSED,
        "bad-empty": VIOLATED,
        "absent-in-push": VIOLATED,
        "absent-in-queue": VIOLATED,
        "unknown-audience": NOT_EVALUATED,
        "secret-audience": NOT_EVALUATED,
    },
)
def audiences() -> None:
    push("good-push", f"{WORKER}/push", oidc_token=token(WORKER))
    queue("good-queue", {"host": HOST}, oidc_token=token("worker"))
    push("good-no-token", WORKER)
    push("bad-empty", WORKER, oidc_token=token(""))
    push("absent-in-push", WORKER, oidc_token=token())
    queue("absent-in-queue", {"host": HOST}, oidc_token=token())
    push("unknown-audience", WORKER, oidc_token=token(unknown()))
    push("secret-audience", WORKER, oidc_token=token(pulumi.Output.secret(WORKER)))


def _service(name: str, audiences: Any) -> None:
    gcp.cloudrunv2.Service(
        name,
        name=name,
        location="europe-west1",
        custom_audiences=audiences,
        template={"containers": [{"image": "europe-docker.pkg.dev/p/r/i@sha256:0"}]},
    )


@judged(
    call_audience_fits,
    {
        "good-own-address": PASSED,
        "good-other-address-of-the-same": PASSED,
        "good-custom": PASSED,
        "good-queue-custom": PASSED,
        "good-at-a-revision": PASSED,
        "good-service-elsewhere": PASSED,
        "good-behind-a-proxy": PASSED,
        "good-no-token": PASSED,
        "bad-custom-of-another": VIOLATED,
        "bad-address-of-another": VIOLATED,
        "bad-nobody-answers-to-it": VIOLATED,
        "bad-sent-to-a-stranger": VIOLATED,
        "bad-custom-sent-to-a-stranger": VIOLATED,
        "bad-queue-of-another": VIOLATED,
        "bad-job-of-another": VIOLATED,
        "absent-audience": PASSED,
        "unknown-audience": NOT_EVALUATED,
        "unknown-endpoint": NOT_EVALUATED,
        "unknown-custom-audiences": NOT_EVALUATED,
        "secret-audience": NOT_EVALUATED,
    },
)
def meant() -> None:
    _service("worker", ["worker"])
    _service("api", ["api"])
    _service("moody", unknown("audiences").apply(lambda _: ["moody"]))
    push("good-own-address", f"{WORKER}/push", oidc_token=token(WORKER))
    older = "https://worker-a1b2c3d4e5-ew.a.run.app"
    push("good-other-address-of-the-same", f"{WORKER}/push", oidc_token=token(older))
    push("good-custom", f"{WORKER}/push", oidc_token=token("worker"))
    queue("good-queue-custom", {"host": HOST}, oidc_token=token("worker"))
    push("good-at-a-revision", f"https://canary---{HOST}/push", oidc_token=token("worker"))
    elsewhere = "https://theirs-123456789012.europe-west1.run.app"
    push("good-service-elsewhere", f"{elsewhere}/push", oidc_token=token("theirs"))
    push("good-behind-a-proxy", "https://app.example.com/push", oidc_token=token("1-a.apps.googleusercontent.com"))
    push("good-no-token", WORKER)
    push("bad-custom-of-another", f"{WORKER}/push", oidc_token=token("api"))
    api = "https://api-123456789012.europe-west1.run.app"
    push("bad-address-of-another", f"{WORKER}/push", oidc_token=token(api))
    push("bad-nobody-answers-to-it", f"{WORKER}/push", oidc_token=token("wroker"))
    push("bad-sent-to-a-stranger", "https://hooks.example.com/push", oidc_token=token(WORKER))
    push("bad-custom-sent-to-a-stranger", "https://hooks.example.com/push", oidc_token=token("worker"))
    queue("bad-queue-of-another", {"host": HOST}, oidc_token=token("api"))
    job("bad-job-of-another", f"{WORKER}/nightly", oidc_token=token("api"))
    push("absent-audience", f"{WORKER}/push", oidc_token=token())
    push("unknown-audience", WORKER, oidc_token=token(unknown("audience")))
    push("unknown-endpoint", unknown("endpoint"), oidc_token=token("worker"))
    moody = "https://moody-123456789012.europe-west1.run.app"
    push("unknown-custom-audiences", moody, oidc_token=token("moody"))
    push("secret-audience", WORKER, oidc_token=token(pulumi.Output.secret("worker")))
