"""TopicQueue and TopicActivity publish to Pub/Sub topics: a request a message, on the event loop.

The library's batching client has two threads for each batch: at a busy api's 100 messages a second, hardly ever
two in one, it takes more than twice as long and 1.6 times the CPU.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Self

from google.api_core.exceptions import GoogleAPIError, MethodNotImplemented
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherAsyncClient
from google.pubsub_v1.types import PubsubMessage

from app.ports import Unavailable
from app.queues import encode
from app.telemetry.traces import traceparent

ANSWER_S = 2.0
PERMISSION = "pubsub.topics.publish"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Topic:
    """The topic `projects/…/topics/…`."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    async def __aenter__(self) -> Self:
        self._client = PublisherAsyncClient()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.transport.close()  # type: ignore[no-untyped-call]

    async def check(self) -> None:
        """Asks whether this identity may publish here, which nobody may on a topic that does not exist
        (https://cloud.google.com/pubsub/docs/access-control#testing_permissions)."""
        request = {"resource": self._topic, "permissions": [PERMISSION]}
        try:
            answer = await self._client.test_iam_permissions(request=request, timeout=ANSWER_S)
        except (GoogleAPIError, GoogleAuthError) as error:
            if isinstance(error, MethodNotImplemented) and os.environ.get("PUBSUB_EMULATOR_HOST"):
                return  # it has no IAM
            raise Unavailable(f"Pub/Sub: {type(error).__name__}") from error
        if PERMISSION not in answer.permissions:
            raise Unavailable(f"Pub/Sub: no {PERMISSION}")

    async def _publish(self, data: bytes) -> None:
        parent = traceparent()
        message = PubsubMessage(data=data, attributes={"traceparent": parent} if parent else {})
        try:
            async with asyncio.timeout(ANSWER_S):  # for all of the library's attempts
                await self._client.publish(topic=self._topic, messages=[message], timeout=ANSWER_S)
        except (GoogleAPIError, GoogleAuthError, TimeoutError) as error:
            raise Unavailable(f"Pub/Sub: {type(error).__name__}") from error


class TopicQueue(_Topic):
    """Jobs, for workers elsewhere."""

    async def submit(self, job_id: str) -> None:
        """Returns once Pub/Sub has stored the message."""
        await self._publish(encode(job_id))


class TopicActivity(_Topic):
    """What users did, as the Avro schema of the warehouse's topic has it."""

    async def publish(self, activity: str, *, user_id: str, occurred_at: datetime) -> None:
        """Returns once Pub/Sub has stored it. In a union the type is named
        (https://avro.apache.org/docs/1.12.0/specification/#json-encoding)."""
        micros = (occurred_at - EPOCH) // timedelta(microseconds=1)
        row = {"occurred_at": micros, "activity": activity, "user_id": {"string": user_id}}
        await self._publish(json.dumps(row).encode())
