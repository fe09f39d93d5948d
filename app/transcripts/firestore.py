"""FirestoreTranscripts: a document for each job in the collection `transcripts`. To read it takes
datastore.entities.get, to write .create and .update (https://cloud.google.com/firestore/docs/security/iam).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict, fields
from typing import Any, Self

from google.api_core.exceptions import GoogleAPIError, InvalidArgument
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient

from app.ports import Transcript, Unavailable
from app.settings import Documents

CALL_S = 5.0  # the library's own repetitions included


class FirestoreTranscripts:
    def __init__(self, settings: Documents) -> None:
        self._project, self._database = settings.documents_project, settings.documents

    async def __aenter__(self) -> Self:
        client = await _call(asyncio.to_thread(AsyncClient, self._project, None, self._database))
        self._documents = client.collection("transcripts")
        return self

    async def __aexit__(self, *_: object) -> None:
        """The channel closes with the process: the library has no call for it."""

    async def check(self) -> None:
        """Reads a document that is never there."""
        await self.get("check")

    async def put(self, transcript: Transcript) -> None:
        """See ports; ValueError if Firestore never takes it: more than 1 MiB, or not Unicode."""
        await _call(self._documents.document(transcript.job_id).set(asdict(transcript), timeout=CALL_S))

    async def get(self, job_id: str) -> Transcript | None:
        kept = (await _call(self._documents.document(job_id).get(timeout=CALL_S))).to_dict()
        return Transcript(**{one.name: kept[one.name] for one in fields(Transcript)}) if kept else None


async def _call(call: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(CALL_S):
            return await call
    except InvalidArgument:
        raise ValueError("Firestore never takes this") from None
    except (GoogleAPIError, GoogleAuthError, TimeoutError) as error:
        raise Unavailable(f"Firestore: {type(error).__name__}") from error
