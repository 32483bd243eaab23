"""Traces: spans sent to an OpenTelemetry collector, only where one is named (OTLP over HTTP).

Off, as it is by default, we import nothing of OpenTelemetry, no thread runs, no socket opens,
and a span is one function call. On, the provider is our own and not the process's global one, so
no library's spans ride along; and a collector that is away costs spans, never an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, Protocol

Attribute = str | int | float | bool | Sequence[str]
Kind = Literal["server", "consumer", "client", "internal"]


class Span(Protocol):
    """One piece of work. A block that raises fails its span, with a code and no message."""

    def rename(self, name: str) -> None: ...

    def note(self, attributes: Mapping[str, Attribute]) -> None: ...

    def fail(self, code: str) -> None: ...

    def tell(self, name: str, content: Callable[[], object]) -> None:
        """Note what people, models or tools said: only where that is switched on, and redacted.

        `content` is asked for then alone, and gives what JSON can hold.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a span belongs to that was not begun here: a trace and, where known, its parent.

    `traceparent` is the parent as W3C's header has it, well formed, and of the same trace.
    """

    trace_id: str
    traceparent: str | None


class Tracer(Protocol):
    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, Attribute], origin: Origin | None
    ) -> AbstractContextManager[Span]: ...

    def traceparent(self) -> str | None: ...

    def stop(self) -> None: ...


def start(*, process: str, endpoint: str | None, headers: str | None, content: bool) -> None:
    """Once per process; without an endpoint, nothing happens.

    `endpoint` is the collector's base address, `headers` are `name=value` pairs joined by commas.
    """
    global _tracer
    if endpoint is None:
        return
    from backend.observe.collector import CollectorTracer

    _tracer = CollectorTracer(process, endpoint, headers or "", tells_content=content)


def stop() -> None:
    """Send what is left, within seconds, and end. Never raises for a collector that is away."""
    global _tracer
    tracer, _tracer = _tracer, None
    if tracer is not None:
        tracer.stop()


def span(
    name: str,
    kind: Kind,
    attributes: Mapping[str, Attribute],
    origin: Origin | None = None,
) -> AbstractContextManager[Span]:
    """A span around a block: a child of `origin`, or of the span that this context is in."""
    return NO_SPAN if _tracer is None else _tracer.span(name, kind, attributes, origin)


def traceparent() -> str | None:
    """The span of this context as W3C's header names it, for whoever goes on with the work."""
    return None if _tracer is None else _tracer.traceparent()


class _Unseen:
    def rename(self, name: str) -> None: ...

    def note(self, attributes: Mapping[str, Attribute]) -> None: ...

    def fail(self, code: str) -> None: ...

    def tell(self, name: str, content: Callable[[], object]) -> None: ...


_tracer: Tracer | None = None
#: For what is never traced.
NO_SPAN: AbstractContextManager[Span] = nullcontext(_Unseen())
