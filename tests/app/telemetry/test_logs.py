"""Logs as Cloud Logging and Error Reporting read them, and what never gets into them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.settings import Telemetry
from app.telemetry import logs, traces
from app.telemetry.logs import JsonLines, log
from tests.app.telemetry.receiver import restored

SECRET = "-".join(("hunter", "two"))
"""Not written down in one piece: a frame shows the source's line."""
PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with restored():
        yield


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was printed, one object a line; nothing on standard error."""
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def fail(text: str) -> None:
    """Raises, with a cause, and holds `text` in messages and local values."""
    held = text
    try:
        int(held)
    except ValueError as error:
        raise RuntimeError(f"no number: {text}") from error


def failure(text: str) -> BaseException:
    """The exception of `fail`, with its frames."""
    try:
        fail(text)
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_line_is_what_cloud_logging_reads(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry(GOOGLE_CLOUD_PROJECT="acme-prod"))
    token, before = logs.request_id.set("r-1"), datetime.now(UTC)
    with traces.span("request", parent=PARENT):
        log(logging.WARNING, "slow", status=200, job_id=UUID(int=5), nothing=None)
    logs.request_id.reset(token)
    (line,) = lines(capsys)
    told = datetime.fromisoformat(str(line.pop("time")))
    assert before - timedelta(milliseconds=1) < told <= datetime.now(UTC), "to the millisecond"
    assert line == {
        "severity": "WARNING",
        "message": "slow",
        "request_id": "r-1",
        "logging.googleapis.com/trace": f"projects/acme-prod/traces/{'ab' * 16}",
        "logging.googleapis.com/spanId": "cd" * 8,
        "logging.googleapis.com/trace_sampled": True,
        "status": 200,
        "job_id": "00000000-0000-0000-0000-000000000005",
    }


def test_without_a_project_no_trace_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry())
    with traces.span("request", parent=PARENT):
        log(logging.INFO, "fine")
    (line,) = lines(capsys)
    assert set(line) == {"severity", "message", "time"}


def test_an_error_is_what_error_reporting_counts_and_groups(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry(K_SERVICE="api", K_REVISION="api-00007"))
    log(logging.ERROR, "request failed", error=failure("x"))
    log(logging.WARNING, "again", error=failure("x"))
    counted, told = lines(capsys)
    assert counted["@type"] == logs.REPORTED
    assert counted["serviceContext"] == {"service": "api", "version": "api-00007"}
    assert counted["exception"] == "RuntimeError"
    stack = str(counted["stack_trace"]).splitlines()
    assert stack[0] == "Traceback (most recent call last):"
    assert [line for line in stack if line.endswith(", in fail")]
    assert (stack[-1], "ValueError" in stack) == ("RuntimeError", True)
    assert "@type" not in told
    assert told["stack_trace"]


def test_no_secret_gets_into_the_logs(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry(LOG_LEVEL="DEBUG"))

    class Row:
        def __repr__(self) -> str:
            return SECRET

    group = BaseExceptionGroup(SECRET, [failure(SECRET), KeyError(SECRET)])
    log(logging.ERROR, "failed", error=failure(SECRET), row=Row(), reason=ValueError(SECRET))
    log(logging.ERROR, "failed", error=group)
    library = logging.getLogger("asyncpg.pool")
    library.warning("cannot reach %s", SECRET)
    library.warning("cannot reach " + SECRET)
    library.warning(ValueError(SECRET))
    library.info("ready")
    try:
        fail(SECRET)
    except RuntimeError:
        library.exception("failed with " + SECRET)
        logging.getLogger("uvicorn.error").exception("Traceback (most recent call last):\n  " + SECRET)

    async def forgotten() -> None:
        task = asyncio.create_task(asyncio.to_thread(fail, SECRET))
        await asyncio.wait([task])

    asyncio.run(forgotten())
    told = lines(capsys)
    assert SECRET not in json.dumps(told)
    where = {str(line["message"]) for line in told}
    assert {"failed", "asyncpg.pool: cannot reach %s"} < where
    assert len(told) == 8, "a library's word below a warning is left out, and nothing else"
    assert str(told[1]["stack_trace"]).endswith("ExceptionGroup")
    assert "KeyError" in str(told[1]["stack_trace"])


def test_a_line_that_cannot_be_written_is_not_printed_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry())
    circle: dict[str, object] = {"secret": SECRET}
    log(logging.ERROR, "odd", circle=circle | {"self": circle}, key={(1,): SECRET})
    assert lines(capsys) == []


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\x00", "\x1b[2K", "\u2028", "\x85", "\ud800"])
def test_no_id_can_forge_a_line(break_: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Telemetry())
    forged = f'1{break_}{{"severity": "ERROR", "message": "forged"}}'
    token = logs.request_id.set(forged)
    log(logging.INFO, "fine", job_id=forged)
    logs.request_id.reset(token)
    out = capsys.readouterr().out
    assert out.endswith("}\n")
    assert out[:-1].isprintable()
    assert out.isascii()
    assert json.loads(out)["job_id"] == forged


def test_caplog_sees_records_and_their_fields(caplog: pytest.LogCaptureFixture) -> None:
    logs.configure(Telemetry())
    log(logging.INFO, "job done", job_id="1")
    (record,) = caplog.records
    assert (record.getMessage(), record.__dict__["fields"]) == ("job done", {"job_id": "1"})
    assert json.loads(JsonLines().format(record))["job_id"] == "1"


def test_configured_twice_each_line_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    for level in ("DEBUG", "WARNING"):
        logs.configure(Telemetry(LOG_LEVEL=level))
    log(logging.INFO, "too quiet")
    log(logging.WARNING, "loud enough")
    assert [line["message"] for line in lines(capsys)] == ["loud enough"]
