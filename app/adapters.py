"""Which adapter stands behind each port: the real one that the settings name, or its embedded twin.

Imports are inside: a process pays only for what it uses.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from dataclasses import dataclass

from app import settings
from app.ports import Activity, Files, Limiter, Transcripts, Updates
from app.stores.database import Database, database_of
from app.stores.jobs import LOST_S, Jobs


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What users said, and where it is kept."""

    database: Database
    jobs: Jobs
    updates: Updates
    files: Files
    transcripts: Transcripts

    @classmethod
    def of(cls, given: settings.Stores, *, permission: str, hear: bool, lost_s: float = LOST_S) -> Stores:
        """With `permission` on the bucket of files; `hear`: also hears of jobs that others change; `lost_s`:
        see `Jobs`."""
        database = database_of(given)
        return cls(
            database=database,
            jobs=Jobs(database, lost_s=lost_s),
            updates=_updates(given, database, hear=hear),
            files=_files(given, permission),
            transcripts=_transcripts(given),
        )


def limiter_of(given: settings.Cache) -> Limiter:
    """Valkey, or this process's memory."""
    if given.cache_host:
        from app.caches.valkey import ValkeyLimiter

        return ValkeyLimiter(given)
    from app.caches.memory import MemoryLimiter

    return MemoryLimiter()


def activity_of(topic: str) -> Activity | None:
    """The topic of what users did, where there is one."""
    if not topic:
        return None
    from app.queues.pubsub import TopicActivity

    return TopicActivity(topic)


def _updates(given: settings.Stores, database: Database, *, hear: bool) -> Updates:
    if given.postgres:
        from app.stores.notify import PostgresUpdates
        from app.stores.postgres import Postgres

        assert isinstance(database, Postgres)  # noqa: S101  # the settings said so
        return PostgresUpdates(database, hear=hear)
    from app.stores.updates import LocalUpdates

    return LocalUpdates()


def _files(given: settings.Stores, permission: str) -> Files:
    if given.bucket:
        from app.files.cloud_storage import CloudStorageFiles

        return CloudStorageFiles(given, permission=permission)
    from app.files.folder import FolderFiles

    return FolderFiles(given)


def _transcripts(given: settings.Stores) -> Transcripts:
    if given.documents:
        from app.transcripts.firestore import FirestoreTranscripts

        return FirestoreTranscripts(given)
    from app.transcripts.folder import FolderTranscripts

    return FolderTranscripts(given)
