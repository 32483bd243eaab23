"""The ledger of model calls: a row before each call, settled after it, in transactions of its own.

A worker that dies between the two leaves an open row: the call may have been paid for, and shows.
"""

from dataclasses import dataclass
from uuid import UUID

from backend.domain.chat import Purpose
from backend.domain.errors import ClaimLost
from backend.domain.identity import PersonId, TenantId, TurnId, new_id
from backend.domain.usage import Usage
from backend.store.database import Database
from backend.store.queries import statements

_SQL = statements("llm_calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """On whose account calls are made: the attempt of a turn."""

    tenant_id: TenantId
    turn_id: TurnId
    person_id: PersonId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a call ended. `error_code` is None when it ended well."""

    model: str
    usage: Usage
    time_ms: int
    finish_reason: str | None
    error_code: str | None


def open_call(
    database: Database, payer: Payer, *, purpose: Purpose, provider: str, model: str
) -> UUID:
    """Note that a call is about to be made; returns its id. Raises ClaimLost for an erased turn."""
    call_id = new_id()
    with database.tenant(payer.tenant_id) as conn:
        opened = conn.execute(
            _SQL["open"],
            {
                "tenant_id": payer.tenant_id,
                "turn_id": payer.turn_id,
                "id": call_id,
                "attempt": payer.attempt,
                "purpose": purpose,
                "provider": provider,
                "model": model,
            },
        ).fetchone()
    if opened is None:
        raise ClaimLost
    return call_id


def settle(database: Database, payer: Payer, call_id: UUID, end: Settlement) -> None:
    with database.tenant(payer.tenant_id) as conn:
        conn.execute(
            _SQL["settle"],
            {
                "tenant_id": payer.tenant_id,
                "turn_id": payer.turn_id,
                "id": call_id,
                "state": "ok" if end.error_code is None else "failed",
                "model": end.model,
                "time_ms": end.time_ms,
                "input_tokens": end.usage.input_tokens,
                "cached_input_tokens": end.usage.cached_input_tokens,
                "output_tokens": end.usage.output_tokens,
                "cost_nano": end.usage.cost_nano,
                "priced": end.usage.priced,
                "finish_reason": end.finish_reason,
                "error_code": end.error_code,
            },
        )
