"""Webhooks of Dialogflow CX and private build pools by how they are reached."""

from typing import Any

import pulumi
from pulumi_gcp import cloudbuild, diagflow

from policies.private_network.cloud_build.pools import pool_no_public_address
from policies.private_network.dialogflow.webhooks import webhook_encrypted
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown


@judged(
    webhook_encrypted,
    {
        "good-https": PASSED,
        "good-http-inside-the-address": PASSED,
        "bad-http": VIOLATED,
        "bad-service-directory": VIOLATED,
        "absent-service": PASSED,
        "unknown-address": NOT_EVALUATED,
        "secret-service": NOT_EVALUATED,
    },
)
def webhooks() -> None:
    def webhook(name: str, uri: Any) -> None:
        diagflow.CxWebhook(name, display_name=name, generic_web_service={"uri": uri})

    webhook("good-https", "https://voice.example.com/hook")
    webhook("good-http-inside-the-address", "https://voice.example.com/to?http://x")
    webhook("bad-http", "HTTP://voice.example.com/hook")
    diagflow.CxWebhook(
        "bad-service-directory",
        display_name="d",
        service_directory={"service": "s", "generic_web_service": {"uri": "http://voice.internal/hook"}},
    )
    diagflow.CxWebhook("absent-service", display_name="a")
    webhook("unknown-address", unknown("u"))
    diagflow.CxWebhook(
        "secret-service", display_name="s", generic_web_service=pulumi.Output.secret({"uri": "https://x"})
    )


@judged(
    pool_no_public_address,
    {
        "good-private": PASSED,
        "bad-public": VIOLATED,
        "absent-flag": VIOLATED,
        "absent-config": VIOLATED,
        "unknown-flag": NOT_EVALUATED,
        "secret-config": NOT_EVALUATED,
    },
)
def pools() -> None:
    def pool(name: str, config: Any = None) -> None:
        cloudbuild.WorkerPool(name, name=name, location="europe-west1", worker_config=config)

    pool("good-private", {"no_external_ip": True})
    pool("bad-public", {"no_external_ip": False})
    pool("absent-flag", {"machine_type": "e2-standard-4"})
    pool("absent-config")
    pool("unknown-flag", {"no_external_ip": unknown("f").apply(bool)})
    pool("secret-config", pulumi.Output.secret({"no_external_ip": True}))
