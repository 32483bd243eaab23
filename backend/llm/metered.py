"""A model whose every call is on the books: a ledger row before it, settled after it, measured.

The settlement of a paid call outlasts a database that is away for a while.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import structlog

from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import SalesCrewError, StoreUnavailable
from backend.domain.ports import ChatModel, OnText
from backend.domain.usage import NANO_PER_DOLLAR, Usage
from backend.observe import metrics, spans
from backend.store import llm_calls
from backend.store.database import Database
from backend.store.llm_calls import Payer, Settlement

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

#: A restart of the database takes seconds; a settlement waits this long for it.
SETTLE_PATIENCE_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class MeteredModel:
    """Wraps a model for one attempt of a turn. `offline` costs nothing and keeps no books."""

    model: ChatModel
    database: Database
    payer: Payer
    #: Wraps the waiting for the provider, so that another turn may work meanwhile.
    aside: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def provider(self) -> str:
        return self.model.provider

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        with spans.chat(self.provider, self.name, request) as span:
            spans.asked(span, request)
            try:
                reply = self._complete(request, on_text)
            except SalesCrewError as error:
                spans.used(span, _spent(error))
                raise
            spans.used(span, reply.usage)
            spans.replied(span, reply)
            return reply

    def _complete(self, request: ChatRequest, on_text: OnText | None) -> ChatReply:
        if self.provider == "offline":
            return self.model.complete(request, on_text)
        call_id = llm_calls.open_call(
            self.database,
            self.payer,
            purpose=request.purpose,
            provider=self.provider,
            model=self.name,
        )
        started = time.perf_counter()
        try:
            with self.aside():
                reply = self.model.complete(request, self._timed(on_text, started))
        except BaseException as error:
            code = error.code if isinstance(error, SalesCrewError) else type(error).__name__
            self._settle(call_id, request, started, self.name, _spent(error), None, code)
            raise
        self._settle(call_id, request, started, reply.model, reply.usage, reply.finish_reason, None)
        return reply

    def _timed(self, on_text: OnText | None, started: float) -> OnText | None:
        """The same listener; the first text that it hears is measured."""
        if on_text is None:
            return None
        hear, heard = on_text, False

        def timed(text: str) -> None:
            nonlocal heard
            if not heard:
                heard = True
                seconds = time.perf_counter() - started
                metrics.LLM_FIRST_CHUNK_SECONDS.labels(self.provider, self.name).observe(seconds)
            hear(text)

        return timed

    def _settle(
        self,
        call_id: UUID,
        request: ChatRequest,
        started: float,
        model: str,
        usage: Usage,
        finish_reason: str | None,
        error_code: str | None,
    ) -> None:
        seconds = time.perf_counter() - started
        labels = (self.provider, self.name)
        metrics.LLM_SECONDS.labels(*labels, request.purpose, error_code or "").observe(seconds)
        metrics.LLM_TOKENS.labels(*labels, "input").observe(usage.input_tokens)
        metrics.LLM_TOKENS.labels(*labels, "output").observe(usage.output_tokens)
        metrics.LLM_CACHED_TOKENS.labels(*labels).inc(usage.cached_input_tokens)
        metrics.LLM_COST.labels(*labels).inc(usage.cost_nano / NANO_PER_DOLLAR)
        if not usage.priced:
            metrics.LLM_UNPRICED.labels(error_code or "").inc()
        settlement = Settlement(
            model=model,
            usage=usage,
            time_ms=round(seconds * 1000),
            finish_reason=finish_reason,
            error_code=error_code,
        )
        patiently(
            lambda: llm_calls.settle(self.database, self.payer, call_id, settlement),
            until=time.monotonic() + SETTLE_PATIENCE_SECONDS,
        )


def _spent(error: BaseException) -> Usage:
    """What a failed call says it used; of most nobody knows."""
    return getattr(error, "usage", None) or Usage(llm_calls=1, priced=False)


def patiently(write: Callable[[], Result], *, until: float) -> Result:
    """Repeat a write while the database is away, until a `time.monotonic()` instant."""
    while True:
        try:
            return write()
        except StoreUnavailable:
            if time.monotonic() >= until:
                raise
            log.warning("store.awaited")
            time.sleep(0.3)
