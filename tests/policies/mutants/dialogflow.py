"""Agents, webhooks and build pools, added to our stacks carelessly."""

from __future__ import annotations

from tests.policies.mutation import Draft, mutant


@mutant("dialogflow-webhook-encrypted")
def a_webhook_is_called_in_the_clear(draft: Draft) -> None:
    service = {"uri": "http://voice.acme.example/hook"}
    draft.add("diagflow/cxWebhook:CxWebhook", "hook", {"displayName": "hook", "genericWebService": service})


@mutant("dialogflow-agent-logged")
def an_agent_leaves_no_trace(draft: Draft) -> None:
    inputs = {"displayName": "desk", "location": "europe-west1", "defaultLanguageCode": "en", "timeZone": "UTC"}
    draft.add("diagflow/cxAgent:CxAgent", "desk", inputs)


@mutant("build-pool-no-public-address")
def builds_run_on_the_internet(draft: Draft) -> None:
    config = {"machineType": "e2-standard-4"}
    draft.add(
        "cloudbuild/workerPool:WorkerPool",
        "builds",
        {"name": "builds", "location": "europe-west1", "workerConfig": config},
    )
