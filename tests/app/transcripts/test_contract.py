"""What every home of transcripts keeps: what was put last is what is read, to the last character."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest

from app.ports import Transcript, Transcripts
from app.settings import Documents
from app.transcripts import firestore as module
from app.transcripts.firestore import FirestoreTranscripts
from app.transcripts.folder import FolderTranscripts
from tests.app.servers import firestore

Home = Callable[[], Transcripts]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with firestore.running() as address:
        yield address


@pytest.fixture(params=["folder", "firestore"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    if request.param == "folder":
        return lambda: FolderTranscripts(Documents(DATA_DIR=tmp_path))
    monkeypatch.setattr(module, "CALL_S", 30.0)  # Java is slow at first
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", request.getfixturevalue("emulator"))
    return lambda: FirestoreTranscripts(Documents(FIRESTORE_DATABASE="transcripts", FIRESTORE_PROJECT="acme-dev"))


def transcript(**changes: str | int | datetime) -> Transcript:
    kept = Transcript(
        job_id=uuid4().hex,
        owner_id=uuid4().hex,
        question="How many words?",
        answer="Three words.",
        model="embedded-1",
        tokens=7,
        finished_at=datetime(2026, 2, 28, 23, 59, 59, 123456, UTC),
    )
    return replace(kept, **changes)  # type: ignore[arg-type]  # the tests know the fields


def during(home: Home, check: Callable[[Transcripts], Coroutine[None, None, None]]) -> None:
    async def whole() -> None:
        async with home() as transcripts:
            await check(transcripts)

    asyncio.run(whole())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "naïve 😀 日本語 \u202e עברית e\u0301",
        "\x00\x01\x1b[31m\r\n\t\x7f\u2028\ufeff\uffff",
        '"}\\ {"answer": null}',
        "x" * 900_000,
        "😀" * 100_000,
    ],
    ids=["empty", "scripts", "control characters", "json", "900 kB", "400 kB of emoji"],
)
def test_a_text_is_read_as_it_was_put(home: Home, text: str) -> None:
    async def check(transcripts: Transcripts) -> None:
        put = transcript(answer=text, question=text[:4000])
        await transcripts.put(put)
        assert await transcripts.get(put.job_id) == put

    during(home, check)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 1, UTC),
        datetime(2100, 12, 31, 23, 59, 59, 999999, timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_a_time_is_kept_to_the_microsecond(home: Home, moment: datetime) -> None:
    async def check(transcripts: Transcripts) -> None:
        put = transcript(finished_at=moment)
        await transcripts.put(put)
        got = await transcripts.get(put.job_id)
        assert got
        assert got.finished_at == moment
        assert got.finished_at.utcoffset() is not None
        assert got.finished_at.isoformat()

    during(home, check)


def test_a_large_count_of_tokens_is_kept(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        put = transcript(tokens=2**53 + 1)
        await transcripts.put(put)
        assert await transcripts.get(put.job_id) == put

    during(home, check)


def test_put_again_is_the_same_as_once_and_the_last_one_stays(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        first = transcript(answer="a long first answer")
        second = replace(first, answer="short")
        for put in (first, first, second):
            await transcripts.put(put)
            assert await transcripts.get(first.job_id) == put

    during(home, check)


def test_writers_at_once_leave_one_whole_transcript(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        one = transcript()
        puts = [replace(one, answer=str(index) * 10_000, tokens=index) for index in range(10)]
        await asyncio.gather(*(transcripts.put(put) for put in puts))
        assert await transcripts.get(one.job_id) in puts

    during(home, check)


def test_what_is_not_there_is_none(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        await transcripts.put(transcript())
        assert await transcripts.get(uuid4().hex) is None

    during(home, check)


def test_another_process_reads_what_one_put(home: Home) -> None:
    put = transcript()

    async def write(transcripts: Transcripts) -> None:
        await transcripts.put(put)

    async def read(transcripts: Transcripts) -> None:
        assert await transcripts.get(put.job_id) == put

    during(home, write)
    during(home, read)


@pytest.mark.parametrize("job_id", ["", ".", "..", "a/b", "../" + "a" * 32, "__all__"])
def test_what_is_no_job_s_id_is_refused(home: Home, job_id: str) -> None:
    async def check(transcripts: Transcripts) -> None:
        with pytest.raises(ValueError, match=r"."):
            await transcripts.get(job_id)
        with pytest.raises(ValueError, match=r"."):
            await transcripts.put(transcript(job_id=job_id))

    during(home, check)


def test_what_is_not_unicode_is_refused_for_good(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        put = transcript(answer="half a pair: \ud83d")
        with pytest.raises(ValueError, match="surrogates"):
            await transcripts.put(put)
        assert await transcripts.get(put.job_id) is None

    during(home, check)


def test_a_home_that_works_says_so(home: Home) -> None:
    async def check(transcripts: Transcripts) -> None:
        await transcripts.check()

    during(home, check)
