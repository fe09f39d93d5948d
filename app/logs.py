"""Structured logs: one JSON object a line, as Cloud Logging reads it, with the request's id.

Nothing that a user wrote goes in: not texts, not query strings, not an exception's message (it may quote them);
of an exception the type and the frames are kept.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class JsonLines(logging.Formatter):
    """https://cloud.google.com/logging/docs/structured-logging"""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, object] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "request_id": request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.format_tb(record.exc_info[2])
            line |= {"exception": record.exc_info[0].__name__, "stack": "".join(frames)}
        return json.dumps({key: value for key, value in line.items() if value is not None})


def configure() -> None:
    """Everything at INFO and above, from libraries too, goes to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def log(level: int, message: str, *, error: BaseException | None = None, **fields: object) -> None:
    """Logs `message` with `fields`, which must hold ids and numbers only."""
    logging.getLogger("app").log(level, message, exc_info=error, extra={"fields": fields})
