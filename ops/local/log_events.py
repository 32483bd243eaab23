"""Log events of the code that the supervisor itself calls: shown as lines of the stack."""

from typing import Any

import structlog

from ops.local.terminal import Terminal


def speak_through(terminal: Terminal) -> None:
    """Show every log event of this process on the terminal."""
    structlog.configure(
        processors=[
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"], drop_missing=True),
        ],
        logger_factory=lambda *_: _Speaker(terminal),
    )


class _Speaker:
    """What structlog writes to."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __getattr__(self, _level: str) -> Any:
        return self._terminal.say
