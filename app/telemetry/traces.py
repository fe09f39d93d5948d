"""Traces: spans that the code opens by hand, their sampling, and the traceparent that crosses HTTP and Pub/Sub.

With the exporter off nothing is recorded, but a caller's trace id still gets into logs and messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NoOpTracer, SpanKind, StatusCode, Tracer, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.settings import Telemetry

_W3C = TraceContextTextMapPropagator()
_tracer: Tracer = NoOpTracer()
_provider: TracerProvider | None = None


def configure(settings: Telemetry) -> None:
    """Starts anew. The provider is not made the global one."""
    global _tracer, _provider  # noqa: PLW0603
    _tracer, _provider = NoOpTracer(), None
    if settings.exporter != "off":
        # What requests and protobuf cost is paid only where something is sent.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        from app.telemetry import exporters  # noqa: PLC0415

        # Cloud Run sends a traceparent with each request, nearly always marked as not sampled
        # (https://cloud.google.com/run/docs/trace): obeyed, TRACED_SHARE would mean nothing. So the share is taken
        # of these too; the trace's id decides, which is the same for all services.
        share = TraceIdRatioBased(settings.traced)
        sampler = ParentBased(share, remote_parent_not_sampled=share)
        _provider = TracerProvider(sampler, exporters.resource(settings), shutdown_on_exit=False)
        sender = OTLPSpanExporter(**exporters.destination(settings, "traces"))
        _provider.add_span_processor(BatchSpanProcessor(sender))
        _tracer = _provider.get_tracer("app")


def stop() -> None:
    """Sends what is left, however long it takes: see `app.telemetry.shutdown`."""
    if _provider:
        _provider.shutdown()


@contextmanager
def span(
    name: str, *, parent: str | None = None, kind: SpanKind = SpanKind.INTERNAL, **attributes: str | float | None
) -> Iterator[None]:
    """One step, under `parent` (a W3C traceparent; a malformed one is none) or else the current one.

    `attributes` hold ids and numbers only. Of an exception that ends it the type is recorded, never the message.
    """
    if _provider is None and not parent:
        yield
        return
    context = _W3C.extract({"traceparent": parent}) if parent else None
    given = {key: value for key, value in attributes.items() if value is not None}
    current = _tracer.start_span(name, context, kind, given)
    with use_span(current, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except Exception as error:
            current.set_attribute("error.type", type(error).__qualname__)
            current.set_status(StatusCode.ERROR)
            raise


def describe(name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
    """Tells of the current span what is known only at its end."""
    current = get_current_span()
    if current.is_recording():
        current.update_name(name)
        current.set_attributes(attributes)
        if failed:
            current.set_status(StatusCode.ERROR)


def traceparent() -> str | None:
    """The current span's, for an HTTP header or a message's attribute."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")
