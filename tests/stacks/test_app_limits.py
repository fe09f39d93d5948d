"""The app's own limits against those of the platform that the stacks put around it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.api.live import LONGEST_S
from app.frame import LARGEST_BODY
from app.ports import LARGEST_AUDIO
from app.settings import Assistants
from app.stores.jobs import MOST_ATTEMPTS
from app.worker.handler import AFTER_S
from tests.stacks.planned import STACKS, planned

SERVICE = "gcp:cloudrunv2/service:Service"
IDLE_MIB = 160
COPIES = 4.5
"""Of a recording, while it is sent to a model: as it is, in base64, in JSON, and as bytes (measured: 4.1)."""


def service(stack: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in planned(stack).of_type(SERVICE) if one.name == name]
    template: dict[str, Any] = found.inputs["template"]
    return template


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


@pytest.mark.parametrize("stack", STACKS)
def test_the_api_closes_a_websocket_before_cloud_run_cuts_it(stack: str) -> None:
    assert seconds(service(stack, "api")["timeout"]) > LONGEST_S


@pytest.mark.parametrize("stack", STACKS)
def test_a_job_ends_before_its_request_and_that_before_its_message_comes_again(stack: str) -> None:
    worker = seconds(service(stack, "worker")["timeout"])
    (jobs,) = [
        one.inputs for one in planned(stack).of_type("gcp:pubsub/subscription:Subscription") if one.name == "jobs"
    ]
    answer_s = Assistants.model_fields["answer_s"].default
    assert answer_s + AFTER_S < worker < jobs["ackDeadlineSeconds"]
    assert jobs["deadLetterPolicy"]["maxDeliveryAttempts"] == MOST_ATTEMPTS
    # A duplicate is refused while the job is held: it must still come when the lease is over.
    least = seconds(jobs["retryPolicy"]["minimumBackoff"])
    assert sum(least << attempt for attempt in range(MOST_ATTEMPTS - 1)) > answer_s + AFTER_S


@pytest.mark.parametrize("stack", STACKS)
def test_a_worker_has_memory_for_as_many_of_the_longest_recordings_as_it_takes_requests(stack: str) -> None:
    worker = service(stack, "worker")
    memory_mib = int(worker["containers"][0]["resources"]["limits"]["memory"].removesuffix("Mi"))
    recording_mib = LARGEST_AUDIO / (1 << 20)
    assert IDLE_MIB + worker["maxInstanceRequestConcurrency"] * COPIES * recording_mib < memory_mib


@pytest.mark.parametrize("stack", STACKS)
def test_armor_reads_all_of_a_body_and_takes_no_question_for_an_attack(stack: str) -> None:
    (policy,) = [
        one for one in planned(stack).of_type("gcp:compute/securityPolicy:SecurityPolicy") if one.name == "edge"
    ]
    assert policy.inputs["advancedOptionsConfig"]["requestBodyInspectionSize"] == f"{LARGEST_BODY >> 10}KB"
    waf = [rule["match"]["expr"]["expression"] for rule in policy.inputs["rules"] if "expr" in rule["match"]]
    text = [one for one in waf if re.search("sqli|xss|lfi|rce|protocolattack", one)]
    assert len(text) == 5
    for path in ("/api/voice/process", "/api/v1/voice/process"):
        assert all(f"request.path != '{path}'" in one for one in text)
