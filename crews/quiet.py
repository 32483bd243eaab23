"""CrewAI without its side effects: no telemetry, nothing printed, no file, no lock, no listener.

The environment decides most of it and must be set before CrewAI is imported:
`CREWAI_DISABLE_TELEMETRY=true`, `CREWAI_TRACING_ENABLED=false`, and `HOME` and `XDG_DATA_HOME`
inside the data directory (the import alone writes a key and two directories there). What remains
is done here, and what went wrong is refused.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

from crewai.events.event_bus import crewai_event_bus
from crewai.events.event_listener import event_listener
from crewai.events.listeners.tracing.utils import should_enable_tracing
from crewai.telemetry import Telemetry
from crewai_core.lock_store import set_lock_backend
from crewai_core.printer import set_suppress_console_output


class NotQuiet(RuntimeError):
    """CrewAI was imported in a process that lets it speak to others."""


@cache
def silence() -> None:
    """Once per process. Raises NotQuiet, naming the variable that must be set before the start."""
    if Telemetry().ready:
        raise NotQuiet("CREWAI_DISABLE_TELEMETRY must be true before CrewAI is imported")
    if should_enable_tracing():
        raise NotQuiet("CREWAI_TRACING_ENABLED must be false")
    event_listener.formatter.verbose = False
    _detach_listeners()
    # Else it locks files in the system's temporary directory, or keys in the Redis that REDIS_URL
    # names. Nothing that it would guard is used here.
    set_lock_backend(lambda _name, timeout=None: nullcontext())
    # Its warnings hold texts of models and tools; its errors reach us as exceptions.
    logging.getLogger("crewai").setLevel(logging.CRITICAL)  # noqa: TID251 - not a logger of ours


@contextmanager
def unprinted() -> Iterator[None]:
    """Nothing that CrewAI does in this context is printed."""
    set_suppress_console_output(True)
    try:
        yield
    finally:
        set_suppress_console_output(False)


def _detach_listeners() -> None:
    """Take away its 180 handlers: they print panels and feed telemetry, in threads of their own."""
    bus = crewai_event_bus
    for handlers_by_event in (bus._sync_handlers, bus._async_handlers):
        for event_type, handlers in list(handlers_by_event.items()):
            for handler in handlers:
                bus.off(event_type, handler)
