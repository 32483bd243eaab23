"""Calls to an embedding provider on the books: measured always, in the ledger where there is a turn.

What is embedded in a turn, to recall by it and to remember it, is on the turn's account like any
other model call. What is embedded for no turn (an import, another model's vectors) has no account in
the ledger: it is in the metrics, and its sum in the log.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.chat import Purpose
from backend.domain.errors import SalesCrewError
from backend.domain.usage import NANO_PER_DOLLAR, Usage
from backend.llm.metered import SETTLE_PATIENCE_SECONDS, patiently
from backend.llm.provider_embedder import Embedded, EmbeddingWire
from backend.observe import metrics
from backend.store import llm_calls
from backend.store.database import Database
from backend.store.llm_calls import Payer, Settlement


class Measured:
    """`Books` of what no turn pays for."""

    def kept(self, wire: EmbeddingWire, call: Callable[[], Embedded]) -> Embedded:
        started = time.perf_counter()
        try:
            embedded = call()
        except SalesCrewError as error:
            _measure(wire, time.perf_counter() - started, _unknown(), error.code)
            raise
        _measure(wire, time.perf_counter() - started, wire.usage_of(embedded.tokens), None)
        return embedded


@dataclass(frozen=True, slots=True)
class TurnBooks:
    """`Books` of a turn: a ledger row before the call, settled after it. Raises StoreUnavailable."""

    database: Database
    payer: Payer

    def kept(self, wire: EmbeddingWire, call: Callable[[], Embedded]) -> Embedded:
        call_id = llm_calls.open_call(
            self.database,
            self.payer,
            purpose=Purpose.EMBED,
            provider=wire.provider,
            model=wire.model,
        )
        started = time.perf_counter()
        usage, code = _unknown(), "internal"
        try:
            embedded = call()
            usage, code = wire.usage_of(embedded.tokens), ""
        except SalesCrewError as error:
            code = error.code
            raise
        finally:
            seconds = time.perf_counter() - started
            _measure(wire, seconds, usage, code or None)
            settlement = Settlement(
                model=wire.model,
                usage=usage,
                time_ms=round(seconds * 1000),
                finish_reason=None if code else "stop",
                error_code=code or None,
            )
            patiently(
                lambda: llm_calls.settle(self.database, self.payer, call_id, settlement),
                until=time.monotonic() + SETTLE_PATIENCE_SECONDS,
            )
        return embedded


def _unknown() -> Usage:
    """What a failed call used nobody knows."""
    return Usage(llm_calls=1, priced=False)


def _measure(wire: EmbeddingWire, seconds: float, usage: Usage, error_code: str | None) -> None:
    labels = (wire.provider, wire.model)
    metrics.LLM_SECONDS.labels(*labels, Purpose.EMBED, error_code or "").observe(seconds)
    metrics.LLM_TOKENS.labels(*labels, "input").observe(usage.input_tokens)
    metrics.LLM_COST.labels(*labels).inc(usage.cost_nano / NANO_PER_DOLLAR)
    if not usage.priced:
        metrics.LLM_UNPRICED.labels(error_code or "").inc()
