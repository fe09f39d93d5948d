"""Spans as a real OTLP receiver gets them, and what sampling, a stop and a receiver that is gone do to them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import google.auth
import pytest
import requests
from google.auth.exceptions import DefaultCredentialsError
from google.oauth2.credentials import Credentials
from opentelemetry import metrics as global_metrics
from opentelemetry import trace as global_trace
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app import telemetry
from app.settings import SettingsError, Telemetry
from app.telemetry import exporters, metrics, traces
from tests.app.harness import client_of, framed
from tests.app.patience import FOR_EVER_S, PATIENCE_S, until
from tests.app.telemetry.receiver import Receiver, receiving, restored, texts
from tests.app.telemetry.test_logs import SECRET, fail

TRACE = "ab" * 16
SAMPLED, NOT_SAMPLED = (f"00-{TRACE}-{'cd' * 8}-{flag}" for flag in ("01", "00"))


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_HEADERS", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with restored():
        yield


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as one:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", one.address)
        yield one


def stopped() -> None:
    """Stops, with all that asyncio waits for."""
    asyncio.run(telemetry.shutdown())


def test_a_span_arrives_with_its_name_attributes_and_sender(receiver: Receiver) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1, OTEL_SERVICE_NAME="api", K_REVISION="api-7"))
    with traces.span("request", route="/api/jobs", status=200, job_id=None), traces.span("query"):
        pass
    stopped()
    spans = receiver.spans()
    assert set(spans) == {"request", "query"}
    assert texts(spans["request"].attributes) == {"route": "/api/jobs", "status": "200"}
    assert spans["query"].parent_span_id == spans["request"].span_id
    resource = receiver.resource()
    assert (resource["service.name"], resource["service.version"]) == ("api", "api-7")
    assert resource["service.instance.id"]


@pytest.mark.parametrize("parent", [None, SAMPLED])
def test_a_request_s_span_says_what_was_asked_and_answered_but_never_the_path(
    receiver: Receiver, parent: str | None
) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
    app = framed()

    @app.get("/api/voice/status/{job_id}")
    def status(job_id: str) -> str:
        return job_id

    @app.get("/ready")
    def ready() -> None: ...

    async def ask(*requests: tuple[str, str]) -> None:
        async with client_of(app) as client:
            for method, path in requests:
                await client.request(method, path, headers={"traceparent": parent} if parent else {})

    route = "/api/voice/status/{job_id}"
    answers = {f"GET {route}": "200", f"POST {route}": "405", "GET other": "404", "_OTHER other": "404"}
    path = "/api/voice/status/private"
    asyncio.run(
        ask(("GET", path), ("POST", path), ("GET", "/private"), ("PRIVATE", "/private"), ("GET", "/ready"))
    )
    stopped()
    spans = receiver.spans()
    assert {name: texts(one.attributes)["http.response.status_code"] for name, one in spans.items()} == answers
    assert {(one.kind, one.status.code) for one in spans.values()} == {(Span.SPAN_KIND_SERVER, 0)}
    assert all(one.parent_span_id.hex() == ("cd" * 8 if parent else "") for one in spans.values())
    assert b"private" not in b"".join(body for _, _, body in receiver.arrived).lower()


def test_a_request_that_fails_is_a_failed_span(receiver: Receiver) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
    app = framed()

    @app.get("/fails")
    def fails() -> None:
        raise RuntimeError(SECRET)

    async def ask() -> int:
        async with client_of(app) as client:
            return (await client.get("/fails")).status_code

    assert asyncio.run(ask()) == 500
    stopped()
    ((name, one),) = receiver.spans().items()
    assert (name, one.status.code, texts(one.attributes)["http.response.status_code"]) == ("GET /fails", 2, "500")
    assert all(SECRET.encode() not in body for _, _, body in receiver.arrived)


def test_of_an_exception_a_span_records_the_type_only(receiver: Receiver) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
    with pytest.raises(RuntimeError), traces.span("outer"), traces.span("inner"):
        fail(SECRET)
    stopped()
    spans = receiver.spans()
    assert [texts(span.attributes) for span in spans.values()] == [{"error.type": "RuntimeError"}] * 2
    assert {span.status.code for span in spans.values()} == {2}
    assert all(SECRET.encode() not in body for _, _, body in receiver.arrived)


@pytest.mark.parametrize(
    ("parent", "share", "recorded"),
    [
        (SAMPLED, 0, True),
        (NOT_SAMPLED, 0, False),
        # What Cloud Run marks as not sampled is sampled by our own share.
        (NOT_SAMPLED, 1, True),
        (None, 0, False),
        (None, 1, True),
        ("00-nonsense", 1, True),
    ],
)
def test_the_sampled_flag_is_obeyed_and_passed_on(
    parent: str | None, share: float, recorded: bool, receiver: Receiver
) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=share))
    with traces.span("request", parent=parent), traces.span("query"):
        passed_on = traces.traceparent()
    stopped()
    assert passed_on is not None
    assert int(passed_on[-2:], 16) & 1 == recorded
    assert (TRACE in passed_on) == (parent in (SAMPLED, NOT_SAMPLED))
    assert set(receiver.spans()) == ({"request", "query"} if recorded else set())


def test_a_traceparent_makes_the_round_trip_through_a_message(receiver: Receiver) -> None:
    telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
    with traces.span("submit"):
        attribute = traces.traceparent()
    assert traces.traceparent() is None
    with traces.span("work", parent=attribute):
        pass
    stopped()
    spans = receiver.spans()
    assert spans["work"].trace_id == spans["submit"].trace_id
    assert spans["work"].parent_span_id == spans["submit"].span_id


def test_off_records_nothing_but_passes_the_callers_trace_on() -> None:
    threads = threading.active_count()
    telemetry.configure(Telemetry(TELEMETRY="off", TRACED_SHARE=1))
    with traces.span("request", parent=SAMPLED), traces.span("query"):
        assert traces.traceparent() == SAMPLED
    with traces.span("request"):
        assert traces.traceparent() is None
    assert threading.active_count() <= threads


def test_google_gets_spans_and_metrics_with_project_place_and_credentials(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes: list[str] = []

    def default(**given: list[str]) -> tuple[Credentials, None]:
        scopes.extend(given["scopes"])
        return Credentials(token="t0ken"), None  # type: ignore[no-untyped-call]

    def patient(url: str, **given: Any) -> requests.Response:
        return get(url, **given | {"timeout": PATIENCE_S})

    get = requests.get
    monkeypatch.setattr(requests, "get", patient)
    monkeypatch.setattr(google.auth, "default", default)
    monkeypatch.setattr(exporters, "GOOGLE", receiver.address)
    monkeypatch.setattr(exporters, "METADATA", f"{receiver.address}/region")
    telemetry.configure(Telemetry(K_SERVICE="api", GOOGLE_CLOUD_PROJECT="acme-prod", TRACED_SHARE=1))
    with traces.span("request"):
        metrics.request("/health", "GET", 200, 0.001)
    stopped()
    assert {headers["authorization"] for _, headers, _ in receiver.arrived} == {"Bearer t0ken"}
    assert set(scopes) == {"https://www.googleapis.com/auth/cloud-platform"}
    assert "http.server.request.duration" in receiver.metrics()
    resource = receiver.resource()
    assert resource["gcp.project_id"] == "acme-prod"
    assert (resource["cloud.platform"], resource["cloud.region"]) == ("gcp_cloud_run", "europe-west4")


def test_google_without_credentials_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def default(**_: list[str]) -> None:
        raise DefaultCredentialsError("long text")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(google.auth, "default", default)
    with pytest.raises(SettingsError, match=r"^TELEMETRY: no Google credentials"):
        telemetry.configure(Telemetry(TELEMETRY="google", GOOGLE_CLOUD_PROJECT="acme-prod"))


def test_nothing_global_is_set(receiver: Receiver) -> None:
    for _ in range(2):
        telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
        stopped()
    assert "sdk" not in type(global_trace.get_tracer_provider()).__module__
    assert "sdk" not in type(global_metrics.get_meter_provider()).__module__


def test_a_stop_does_not_wait_for_the_sdk_when_the_receiver_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gave_up: list[str] = []

    def noted(name: str, stop: Callable[[], None]) -> Callable[[], None]:
        def stops() -> None:
            stop()
            gave_up.append(name)

        return stops

    with receiving(hangs=True) as one:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", one.address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", str(FOR_EVER_S))
        monkeypatch.setattr(telemetry, "STOP_S", 0.2)
        monkeypatch.setattr(traces, "stop", noted("traces", traces.stop))
        monkeypatch.setattr(metrics, "stop", noted("metrics", metrics.stop))
        telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
        with traces.span("request"):
            metrics.request("/health", "GET", 200, 0.001)
        stopped()
        assert gave_up == [], "it takes half a minute"


PROGRAM = """
import asyncio, threading
from app import telemetry
from app.settings import Telemetry
def endless(stop):
    return lambda: (stop(), threading.Event().wait())
telemetry.STOP_S = 0.2
for part in (telemetry.traces, telemetry.metrics):
    part.stop = endless(part.stop)
telemetry.configure(Telemetry(TELEMETRY="otlp", TRACED_SHARE=1))
with telemetry.traces.span("request"):
    telemetry.metrics.request("/health", "GET", 200, 0.001)
input()
asyncio.run(telemetry.shutdown())
"""
"""The SDK, whose own patience ends at some time, here never stops."""


@pytest.mark.parametrize("hangs", [True, False], ids=["hangs", "gone"])
def test_the_process_ends_without_a_receiver_that_answers(hangs: bool, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with receiving(hangs=hangs) as one, said.open("w") as output:
        if not hangs:
            one.close()
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": one.address, "NO_PROXY": "127.0.0.1"}
        environ |= {"OTEL_EXPORTER_OTLP_TIMEOUT": str(FOR_EVER_S), "OTEL_BSP_SCHEDULE_DELAY": "1"}  # milliseconds
        command = [sys.executable, "-c", PROGRAM]
        process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=output, text=True)
        try:
            # What hangs was reached; that it could not be sent is logged.
            asyncio.run(until(lambda: one.arrived or said.read_text()))
            process.communicate("\n", timeout=PATIENCE_S)
        finally:
            process.kill()
        assert process.returncode == 0
        assert bool(one.arrived) == hangs
        assert bool(said.read_text()) != hangs
        assert one.address not in said.read_text()
