"""Transcripts in Firestore: documents as others see them, and Firestore gone, slow, restarted or refusing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest
from google.cloud.firestore import AsyncClient

from app.ports import Unavailable
from app.settings import Documents
from app.transcripts import firestore
from app.transcripts.firestore import FirestoreTranscripts
from tests.app.patience import PATIENCE_S
from tests.app.servers.firestore import process
from tests.app.servers.loopback import free_port
from tests.app.transcripts.test_contract import transcript

SETTINGS = Documents(FIRESTORE_DATABASE="transcripts", FIRESTORE_PROJECT="acme-dev")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def emulator(port: int) -> Iterator[int]:
    """Its process id."""
    with process(port) as running:
        yield running.pid


@pytest.fixture(autouse=True)
def address(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{port}")
    monkeypatch.setattr(firestore, "CALL_S", PATIENCE_S)


async def _unavailable_soon(transcripts: FirestoreTranscripts) -> None:
    """Soon is before the library gives up, after a minute at least."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(firestore, "CALL_S", 0.4)
        for call in (transcripts.put(transcript()), transcripts.get("a" * 32), transcripts.check()):
            async with asyncio.timeout(PATIENCE_S / 2):
                with pytest.raises(Unavailable, match=r"^Firestore: \w+$"):
                    await call


@pytest.mark.usefixtures("emulator")
def test_a_document_has_the_job_s_id_and_a_timestamp() -> None:
    async def whole() -> None:
        put = transcript()
        async with FirestoreTranscripts(SETTINGS) as transcripts:
            await transcripts.put(put)
        client = AsyncClient("acme-dev", database="transcripts")
        kept = (await client.document(f"transcripts/{put.job_id}").get()).to_dict()
        assert kept
        assert kept["finished_at"] == put.finished_at, "a timestamp, so that a TTL policy or a query can use it"
        assert set(kept) == set(put.__dataclass_fields__)

    asyncio.run(whole())


@pytest.mark.usefixtures("emulator")
def test_what_others_added_to_a_document_is_left_out() -> None:
    async def whole() -> None:
        put = transcript()
        async with FirestoreTranscripts(SETTINGS) as transcripts:
            await transcripts.put(put)
            client = AsyncClient("acme-dev", database="transcripts")
            await client.document(f"transcripts/{put.job_id}").update({"reviewed": True})
            assert await transcripts.get(put.job_id) == put

    asyncio.run(whole())


@pytest.mark.usefixtures("emulator")
def test_more_than_a_document_holds_is_refused_for_good() -> None:
    async def whole() -> None:
        async with FirestoreTranscripts(SETTINGS) as transcripts:
            put = transcript()
            await transcripts.put(put)
            with pytest.raises(ValueError, match="never"):
                await transcripts.put(replace(put, answer="x" * 2**20))
            assert await transcripts.get(put.job_id) == put

    asyncio.run(whole())


def test_a_firestore_that_stands_still_is_unavailable_in_time(emulator: int) -> None:
    async def whole() -> None:
        async with FirestoreTranscripts(SETTINGS) as transcripts:
            await transcripts.check()
            os.kill(emulator, signal.SIGSTOP)
            try:
                await _unavailable_soon(transcripts)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(transcripts.get("a" * 32), 0.05)
            finally:
                os.kill(emulator, signal.SIGCONT)
            put = transcript()
            await transcripts.put(put)
            assert await transcripts.get(put.job_id) == put, "it recovers"

    asyncio.run(whole())


def test_a_firestore_that_is_gone_is_unavailable_and_back_after_its_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = free_port()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{own}")

    async def whole() -> None:
        async with FirestoreTranscripts(SETTINGS) as transcripts:
            for _ in range(2):
                await _unavailable_soon(transcripts)
                with process(own):
                    put = transcript()
                    await transcripts.put(put)
                    assert await transcripts.get(put.job_id) == put

    asyncio.run(whole())


def test_without_credentials_the_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")

    async def whole() -> None:
        with pytest.raises(Unavailable, match=r"^Firestore: DefaultCredentialsError$"):
            await FirestoreTranscripts(SETTINGS).__aenter__()

    asyncio.run(whole())
