"""Transcripts in a folder whose disk fails; names and whole files are tested with app.files.folder."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.ports import Unavailable
from app.settings import Documents
from app.transcripts.folder import FolderTranscripts
from tests.app.transcripts.test_contract import transcript


def test_a_write_that_fails_leaves_the_transcript_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def fails() -> None:
        async with FolderTranscripts(Documents(DATA_DIR=tmp_path)) as transcripts:
            put = transcript()
            await transcripts.put(put)
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", full)
                with pytest.raises(Unavailable, match=r"^disk: No space left on device$"):
                    await transcripts.put(replace(put, answer="another"))
            assert await transcripts.get(put.job_id) == put
            assert [path.name for path in (tmp_path / "transcripts").iterdir()] == [f"{put.job_id}.json"]

    asyncio.run(fails())
