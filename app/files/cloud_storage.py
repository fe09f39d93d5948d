"""CloudStorageFiles: files in a bucket. Clients send their bytes to Google and not through the api.

`upload` starts a resumable session, for which the right to create objects is enough, and hands out its URI: a
secret, good for that object, for a week (https://cloud.google.com/storage/docs/resumable-uploads), from
the page whose origin came with the start (https://cloud.google.com/storage/docs/cross-origin). That a session
refuses other sizes than announced, no page says: the size is metadata too, and what differs is not read.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client  # type: ignore[import-untyped]  # shipped without types
from google.cloud.storage.exceptions import DataCorruption  # type: ignore[import-untyped]  # likewise
from google.cloud.storage.retry import DEFAULT_RETRY  # type: ignore[import-untyped]  # likewise
from urllib3.exceptions import HTTPError

from app.ports import Unavailable, Upload
from app.settings import Recordings

CALL_S = 10.0
BOUNDS = {"timeout": CALL_S, "retry": DEFAULT_RETRY.with_delay(initial=0.2, maximum=1.0).with_timeout(CALL_S)}
FAILURES = (GoogleAPIError, GoogleAuthError, DataCorruption, HTTPError, OSError)  # requests' own are OSErrors

# Else the client asks for the bucket too, in vain (https://github.com/googleapis/google-cloud-python/issues/17650).
os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")


class CloudStorageFiles:
    """Files in the bucket of the settings; `permission` is what the role needs there."""

    def __init__(self, settings: Recordings, *, permission: str) -> None:
        self._name, self._permission = settings.bucket, permission

    async def __aenter__(self) -> Self:
        # The library blocks: in threads of its own, a slow bucket does not hold up those that hash passwords.
        self._threads = ThreadPoolExecutor(8, "storage")
        self._bucket = await self._call(lambda: Client(project=None).bucket(self._name))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._bucket.client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Needs no permission (https://cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions)."""
        if not await self._call(lambda: self._bucket.test_iam_permissions([self._permission], **BOUNDS)):
            raise Unavailable(f"Cloud Storage: no {self._permission}")

    async def upload(self, name: str, *, content_type: str, size: int, origin: str | None) -> Upload:
        """A session's URI; Google takes the bytes only while there is no object of this name."""
        blob = self._bucket.blob(name)
        blob.metadata = {"declared-size": str(size)}
        once = {"if_generation_match": 0, **BOUNDS}
        url = await self._call(lambda: blob.create_resumable_upload_session(content_type, size, origin, **once))
        return Upload(url, {"Content-Type": content_type})

    async def read(self, name: str, *, at_most: int) -> tuple[str, bytes] | None:
        blob = await self._call(lambda: self._bucket.get_blob(name, **BOUNDS))
        if blob is None or (blob.metadata or {}).get("declared-size") != str(blob.size):
            return None
        if blob.size > at_most:
            raise ValueError("the file is too large")
        return blob.content_type, await self._call(lambda: blob.download_as_bytes(**BOUNDS))

    async def _call(self, function: Callable[[], Any]) -> Any:
        try:
            async with asyncio.timeout(CALL_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, function)
        except FAILURES as error:
            raise Unavailable(f"Cloud Storage: {type(error).__name__}") from error
