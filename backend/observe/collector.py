"""OpenTelemetry's side of `tracing`: imported only where a collector is named.

Spans wait in a bounded queue for a thread of their own; when the collector does not keep up, the
oldest are lost. Nobody who is answering ever waits for it.
"""

import json
import logging
import random
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.util.re import parse_env_headers

from backend.domain.errors import SalesCrewError
from backend.observe.redact import redact
from backend.observe.tracing import Attribute, Kind, Origin

log = structlog.get_logger(__name__)

#: Some 340 answers of six spans; without content, about 6 MB.
MOST_WAITING = 2_048
#: One request to the collector, with its repeats.
SEND_SECONDS = 5.0
#: What is left is sent at the end, but nobody's restart waits longer for it.
STOP_SECONDS = 3.0

_KINDS: Mapping[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
#: Ours and not OpenTelemetry's context: what libraries of this process trace has no part in it.
_current: ContextVar[Span | None] = ContextVar("sales_span", default=None)
_begun_elsewhere: ContextVar[str | None] = ContextVar("sales_trace_id", default=None)


class CollectorTracer:
    """A Tracer whose spans go to `endpoint`, a collector's base address."""

    def __init__(self, process: str, endpoint: str, headers: str, *, tells_content: bool) -> None:
        # What goes wrong with the collector is told below, once; the library would tell it of
        # every batch, with addresses.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # noqa: TID251 - not ours
        self._tells_content = tells_content
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: f"sales-crew-{process}"}),
            id_generator=_TraceIds(),
            shutdown_on_exit=False,
        )
        self._sender: SpanExporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces",
            headers=parse_env_headers(headers, liberal=True),
            timeout=SEND_SECONDS,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(_Reported(self._sender), max_queue_size=MOST_WAITING)
        )
        self._tracer = self._provider.get_tracer("sales_crew")

    @contextmanager
    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, Attribute], origin: Origin | None
    ) -> Generator["CollectorSpan"]:
        begun = self._begin(name, kind, attributes, origin)
        span = CollectorSpan(begun, tells_content=self._tells_content and begun.is_recording())
        token = _current.set(begun)
        try:
            yield span
        except BaseException as error:
            span.fail(error.code if isinstance(error, SalesCrewError) else type(error).__name__)
            raise
        finally:
            _current.reset(token)
            begun.end()

    def traceparent(self) -> str | None:
        span = _current.get()
        if span is None:
            return None
        at = span.get_span_context()
        # Of the flags only the first is told: whether the trace is kept.
        kept = at.trace_flags & TraceFlags.SAMPLED
        return f"00-{at.trace_id:032x}-{at.span_id:016x}-{kept:02x}"

    def stop(self) -> None:
        ending = threading.Thread(target=self._provider.shutdown, name="spans-end", daemon=True)
        ending.start()
        ending.join(STOP_SECONDS)
        if ending.is_alive():
            self._sender.shutdown()  # what is still waiting is refused at once
            log.warning("spans.left_behind")

    def _begin(
        self, name: str, kind: Kind, attributes: Mapping[str, Attribute], origin: Origin | None
    ) -> Span:
        parent = _current.get() if origin is None else _remote(origin.traceparent)
        # Never OpenTelemetry's current context, which is the libraries'.
        context = Context() if parent is None else set_span_in_context(parent, Context())
        token = _begun_elsewhere.set(None if origin is None else origin.trace_id)
        try:
            return self._tracer.start_span(name, context, _KINDS[kind], attributes)
        finally:
            _begun_elsewhere.reset(token)


class CollectorSpan:
    """See `tracing.Span`."""

    def __init__(self, span: Span, *, tells_content: bool) -> None:
        self._span = span
        self._tells_content = tells_content

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, attributes: Mapping[str, Attribute]) -> None:
        self._span.set_attributes(attributes)

    def fail(self, code: str) -> None:
        self._span.set_attribute("error.type", code)
        self._span.set_status(Status(StatusCode.ERROR))

    def tell(self, name: str, content: Callable[[], object]) -> None:
        if self._tells_content:
            told = json.dumps(_redacted(content()), ensure_ascii=False, default=str)
            self._span.set_attribute(name, told)


class _TraceIds(RandomIdGenerator):
    """Gives a trace that was named elsewhere its name, and others a new one."""

    def generate_trace_id(self) -> int:
        named = _begun_elsewhere.get()
        return random.getrandbits(128) or 1 if named is None else int(named, 16)


class _Reported(SpanExporter):
    """Logs when the collector stops taking spans, and when it takes them again."""

    def __init__(self, sender: SpanExporter) -> None:
        self._sender = sender
        self._taken = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._sender.export(spans)
        taken = result is SpanExportResult.SUCCESS
        if self._taken and not taken:
            log.warning("spans.not_taken", spans=len(spans))
        elif taken and not self._taken:
            log.info("spans.taken_again")
        self._taken = taken
        return result

    def shutdown(self) -> None:
        self._sender.shutdown()


def _remote(traceparent: str | None) -> Span | None:
    if traceparent is None:
        return None
    _, trace_id, span_id, flags = traceparent.split("-")
    return NonRecordingSpan(
        SpanContext(
            int(trace_id, 16),
            int(span_id, 16),
            is_remote=True,
            trace_flags=TraceFlags(int(flags, 16)),
        )
    )


def _redacted(content: object) -> object:
    """The same with every text redacted, also names, and numbers that read like a person's."""
    if isinstance(content, str):
        return redact(content)
    if isinstance(content, Mapping):
        return {redact(str(name)): _redacted(each) for name, each in content.items()}
    if isinstance(content, Sequence):
        return [_redacted(each) for each in content]
    if content is None or isinstance(content, bool):
        return content
    written = redact(str(content))
    return content if written == str(content) else written
