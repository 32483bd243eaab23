"""Logs: one event a line, a dotted past-tense name and fields, and no secret in any of them."""

import logging
import sys
from collections.abc import Mapping
from typing import Any, Literal

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
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
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


def _redact_fields(_: Any, __: str, event: structlog.typing.EventDict) -> Mapping[str, Any]:
    for name in _FREE_TEXT:
        value = event.get(name)
        if isinstance(value, str):
            event[name] = redact(value, keep="end" if name == "exception" else "start")
    return event
