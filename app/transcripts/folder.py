"""FolderTranscripts: a JSON file for each job in DATA_DIR, for one machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from app.files.folder import ID, Folder
from app.ports import Transcript
from app.settings import Documents


class FolderTranscripts(Folder):
    def __init__(self, settings: Documents) -> None:
        super().__init__(settings.data / "transcripts", rf"{ID}\.json")

    async def put(self, transcript: Transcript) -> None:
        text = json.dumps(asdict(transcript), default=datetime.isoformat, ensure_ascii=False)
        await self.store(f"{transcript.job_id}.json", text.encode())

    async def get(self, job_id: str) -> Transcript | None:
        kept = json.loads(await self.load(f"{job_id}.json") or b"null")
        return Transcript(**kept | {"finished_at": datetime.fromisoformat(kept["finished_at"])}) if kept else None
