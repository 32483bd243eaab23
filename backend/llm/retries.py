"""The only place where a model call is tried again.

An attempt ends by the call's deadline or by the cap on one attempt, whichever is first. A busy
or unreachable provider is tried at most three times in all, never before its `Retry-After`; when
that would be past the deadline, the call ends at once, so that somebody else can be asked.
Nothing is tried again after text has been passed on: the listener would hear it twice. The call
then ends as ModelUnavailable, which is final for its turn.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from backend.domain.errors import DeadlineExceeded
from backend.domain.ports import OnText
from backend.llm.deadline import ends_at
from backend.llm.failures import Failure, failure_of
from backend.observe import metrics

log = structlog.get_logger(__name__)

Reply = TypeVar("Reply")

#: With the pauses below, three attempts outlast the usual hiccup of a provider (2 to 3 s)
#: without making a user wait for an outage.
MAX_ATTEMPTS = 3
#: Doubled after each attempt, and up to doubled again by chance, so that 64 threads that were
#: refused together do not come back together.
FIRST_PAUSE_SECONDS = 0.5


class Listener:
    """Passes text on as it arrives, and remembers that somebody heard it."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self.heard = False
        #: What the listener itself raised; that is the caller's business, not a model's failure.
        self.raised: Exception | None = None

    def hear(self, text: str) -> None:
        if self._on_text is None or not text:
            return
        self.heard = True
        try:
            self._on_text(text)
        except Exception as error:
            self.raised = error
            raise


def call_with_retries(
    attempt: Callable[[Listener], Reply],
    *,
    on_text: OnText | None = None,
    deadline: float,
    cap_seconds: float,
    model: str,
) -> Reply:
    """Run `attempt` until it answers, fails for good, or time is up.

    `deadline` is a `time.monotonic()` instant; `cap_seconds` bounds one attempt. Raises the
    errors that `ChatModel` promises, and whatever `on_text` raises.
    """
    listener = Listener(on_text)
    for number in range(1, MAX_ATTEMPTS + 1):
        started = time.monotonic()
        if started >= deadline:
            raise DeadlineExceeded
        try:
            with ends_at(min(deadline, started + cap_seconds)):
                return attempt(listener)
        except Exception as error:  # noqa: BLE001 - every library has its own; all are classified
            failure = failure_of(error)
        # Raised out here, so that no provider's text hangs on as the error's context.
        if listener.raised is not None:
            raise listener.raised
        pause = _pause_before_next(number, failure)
        again = failure.retry and not listener.heard and number < MAX_ATTEMPTS
        log.warning(
            "llm.call_failed",
            model=model,
            attempt=number,
            error=failure.error.code,
            status=failure.status,
            code=failure.code,
            time_ms=int((time.monotonic() - started) * 1000),
        )
        if failure.retry and time.monotonic() >= deadline:
            raise DeadlineExceeded
        if not again or time.monotonic() + pause >= deadline:
            raise failure.error
        metrics.LLM_RETRIES.labels(model, failure.error.code).inc()
        time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _pause_before_next(number: int, failure: Failure) -> float:
    if failure.retry_after is not None:
        return failure.retry_after
    doubled: float = FIRST_PAUSE_SECONDS * 2 ** (number - 1)
    return doubled * random.uniform(1, 2)  # noqa: S311 - chance only spreads the load
