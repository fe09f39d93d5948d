"""TopicQueue: jobs go to a Pub/Sub topic, for workers elsewhere. It does not consume."""

from __future__ import annotations

import asyncio
from typing import Self

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import PublisherClient  # type: ignore[import-untyped]  # shipped without types

from app.jobs import Job, QueueError

PUBLISH_S = 10.0
CHECK_S = 3.0
PERMISSION = "pubsub.topics.publish"


class TopicQueue:
    """Publishes to the topic named `projects/…/topics/…`."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    async def __aenter__(self) -> Self:
        self._client = await asyncio.to_thread(PublisherClient)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._client.stop)

    async def submit(self, job: Job) -> None:
        """Returns when Pub/Sub has stored the message."""
        try:
            data = job.model_dump_json().encode()
            published = self._client.publish(self._topic, data, timeout=PUBLISH_S)
            await asyncio.wait_for(asyncio.wrap_future(published), PUBLISH_S)
        except (GoogleAPIError, GoogleAuthError, TimeoutError) as error:
            raise QueueError(f"publishing failed: {type(error).__name__}") from error

    async def check(self) -> None:
        """Asks Pub/Sub whether this identity may publish to this topic, which needs no permission itself
        (https://cloud.google.com/pubsub/docs/access-control#testing_permissions)."""
        request = {"resource": self._topic, "permissions": [PERMISSION]}
        try:
            answer = await asyncio.to_thread(
                self._client.test_iam_permissions, request=request, timeout=CHECK_S, retry=None
            )
        except (GoogleAPIError, GoogleAuthError) as error:
            raise QueueError(f"Pub/Sub does not answer: {type(error).__name__}") from error
        if PERMISSION not in answer.permissions:
            raise QueueError(f"no topic, or no {PERMISSION} on it")
