"""A receiver of OTLP by HTTP on loopback, and telemetry that is put back as it was."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app import telemetry
from app.settings import Telemetry
from app.telemetry import metrics, traces
from tests.app.patience import FOR_EVER_S
from tests.http_server import Handler, Server, running

FLAGS = ("logThreads", "logProcesses", "logMultiprocessing", "raiseExceptions")


@dataclass
class Receiver:
    """What arrived: path, headers and body of each request."""

    address: str = ""
    arrived: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Until it is set, nobody gets an answer."""
    close: Callable[[], None] = lambda: None

    def bodies(self, path: str) -> list[bytes]:
        """Of the requests to `path`."""
        return [body for to, _, body in self.arrived if to == path]

    def spans(self) -> dict[str, Span]:
        """All spans, by name."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies("/v1/traces")]
        return {
            span.name: span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }

    def metrics(self) -> dict[str, Metric]:
        """All metrics, by name."""
        requests = [ExportMetricsServiceRequest.FromString(body) for body in self.bodies("/v1/metrics")]
        return {
            metric.name: metric
            for request in requests
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def resource(self) -> dict[str, str]:
        """What the sender of the spans says about itself."""
        request = ExportTraceServiceRequest.FromString(self.bodies("/v1/traces")[0])
        return texts(request.resource_spans[0].resource.attributes)


def texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    """Attributes as a dictionary; numbers as texts."""
    return {one.key: one.value.string_value or str(one.value.int_value) for one in attributes}


@contextmanager
def receiving(*, hangs: bool = False) -> Iterator[Receiver]:
    """Runs a receiver; one that hangs takes requests and never answers."""
    receiver = Receiver()
    if not hangs:
        receiver.released.set()

    class Receiving(Handler):
        def respond(self) -> None:
            if self.command == "POST":
                body, answer = self.rfile.read(int(self.headers["content-length"])), b""
                headers = {key.lower(): value for key, value in self.headers.items()}
                receiver.arrived.append((self.path, headers, body))
            else:
                answer = b"projects/1/regions/europe-west4" if self.headers["metadata-flavor"] else b"no"
            if receiver.released.wait(FOR_EVER_S):
                self.send(200, {}, answer)

    with running(Server(Receiving)) as server:
        receiver.address = f"http://{server.address}"
        receiver.close = server.stop
        try:
            yield receiver
        finally:
            receiver.released.set()


@contextmanager
def restored() -> Iterator[None]:
    """Afterwards logs, traces and metrics are as they were: other tests share the process."""
    root, app = logging.getLogger(), logging.getLogger("app")
    handlers, levels = root.handlers[:], (root.level, app.level)
    flags = {name: getattr(logging, name) for name in FLAGS}
    try:
        yield
    finally:
        asyncio.run(telemetry.shutdown())
        traces.configure(Telemetry())
        metrics.configure(Telemetry())
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        app.setLevel(levels[1])
        for name, value in flags.items():
            setattr(logging, name, value)
