"""Logs: one event a line, a dotted past-tense name and fields, and no secret in any of them."""

import logging
import sys
import threading
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog

from backend.observe.redact import redact

#: Fields that may hold what people wrote, or what a client's data says.
_FREE_TEXT = ("prompt", "error", "detail", "exception", "url", "reason")


def configure(log_format: Literal["json", "console"], process: str) -> None:
    """Set up this process's logging; library records go the same way, from WARNING on."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_fields,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    lines = WholeLines(sys.stdout)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(lines),  # type: ignore[arg-type] # it only writes
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()  # noqa: TID251 - the one place that tames library logging
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


class WholeLines:
    """A stream whose lines come from many threads and two kinds of loggers, each in one piece.

    `print` writes a line and its end apart, and another thread's line may come between.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        with self._lock:
            self._stream.write(line)
            self._stream.flush()

    def flush(self) -> None:
        """Nothing is held back."""


def _redact_fields(_: Any, __: str, event: structlog.typing.EventDict) -> Mapping[str, Any]:
    for name in _FREE_TEXT:
        value = event.get(name)
        if isinstance(value, str):
            event[name] = redact(value, keep="end" if name == "exception" else "start")
    return event
