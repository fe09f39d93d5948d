"""Structured logs: one JSON object a line, as Cloud Logging reads it, with the ids of the request and the trace.

Nothing that a user wrote goes in: no text, no query string, no exception's message (it may quote them), only its
type and frames. Libraries quote as well: of their messages the template is kept, or else where they come from.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from contextvars import ContextVar
from functools import lru_cache
from uuid import UUID

from opentelemetry.trace import get_current_span

from app.settings import Telemetry

REPORTED = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
"""Error Reporting counts such a line, and groups by `stack_trace`
(https://cloud.google.com/error-reporting/docs/formatting-error-messages)."""
CAUSED = "\n\nThe above exception was the direct cause of the following exception:\n\n"

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_logger = logging.getLogger("app")
# Of what JSON does not know only ids are told.
_encode = json.JSONEncoder(default=lambda v: str(v) if isinstance(v, UUID) else type(v).__name__).encode


class JsonLines(logging.Formatter):
    """https://cloud.google.com/logging/docs/structured-logging; without a project no trace can be named."""

    def __init__(self, *, project: str = "", service: str = "voicestack", version: str = "") -> None:
        super().__init__()
        self._traces = f"projects/{project}/traces/" if project else ""
        self._context = {"service": service, "version": version}

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; JSON escapes line breaks and control characters."""
        line: dict[str, object] = {
            "severity": record.levelname,
            "message": _message(record),
            "time": f"{_second(int(record.created))}.{int(record.msecs):03d}Z",
            "request_id": request_id.get(),
        }
        if self._traces and (context := get_current_span().get_span_context()).is_valid:
            line["logging.googleapis.com/trace"] = f"{self._traces}{context.trace_id:032x}"
            line["logging.googleapis.com/spanId"] = f"{context.span_id:016x}"
            line["logging.googleapis.com/trace_sampled"] = context.trace_flags.sampled
        line |= getattr(record, "fields", {})
        if record.exc_info and (error := record.exc_info[1]):
            line |= {"exception": type(error).__name__, "stack_trace": _stack(error)}
            if record.levelno >= logging.ERROR:
                line |= {"@type": REPORTED, "serviceContext": self._context}
        return _encode({key: value for key, value in line.items() if value is not None})


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _message(record: logging.LogRecord) -> str:
    if record.name == "app":
        return record.getMessage()
    return f"{record.name}: {record.msg if record.args else f'{record.module}, line {record.lineno}'}"


def _stack(error: BaseException, deepest: int = 5) -> str:
    """As Python prints it, causes first, but without any message."""
    before = [error.__cause__ or (None if error.__suppress_context__ else error.__context__)]
    if isinstance(error, BaseExceptionGroup):
        before += error.exceptions[:deepest]
    causes = "".join(_stack(cause, deepest - 1) + CAUSED for cause in before if cause and deepest)
    frames = "".join(traceback.format_tb(error.__traceback__))
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{causes}Traceback (most recent call last):\n{frames}{name}"


def configure(settings: Telemetry) -> None:
    """The app from LOG_LEVEL on, libraries from warnings on, to standard output; again is the same as once."""
    # No line holds these (https://docs.python.org/3/howto/logging.html#optimization).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # A line that cannot be written is dropped; `logging` would print its data to standard error.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stdout)
    service = settings.service or settings.cloud or "voicestack"
    handler.setFormatter(JsonLines(project=settings.project, service=service, version=settings.revision))
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one.formatter, JsonLines)] + [handler]
    root.setLevel(logging.WARNING)
    _logger.setLevel(settings.log_level)


def log(level: int, message: str, *, error: BaseException | None = None, **fields: object) -> None:
    """Logs `message`, a constant, with `fields`, which must hold ids and numbers only."""
    if _logger.isEnabledFor(level):
        told = (type(error), error, error.__traceback__) if error is not None else None
        # Made here, because `logging` would first look for the caller's line, which nobody reads.
        _logger.handle(_logger.makeRecord("app", level, "", 0, message, (), told, extra={"fields": fields}))
