"""A turn's sums are those of its ledger, whatever the order in which both are written."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from backend.domain.chat import Purpose
from backend.domain.usage import Usage
from backend.store import llm_calls
from backend.store.llm_calls import Payer, Settlement
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.services import MigratedDatabase


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


def test_a_turns_sums_are_its_ledgers_however_late_a_call_is_settled(on: Stage) -> None:
    turn_id = _spend_around_the_close(on)
    assert on.rows(_SUMS) == [(turn_id, 40, 40 * 700, 40 * 123, 40 * 2_980_001, 2)]
    assert on.rows(_LEDGER) == on.rows(_SUMS)


def test_without_the_ledgers_trigger_they_would_differ(
    on: Stage, database: MigratedDatabase
) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("ALTER TABLE llm_calls DISABLE TRIGGER add_to_turn")
    _spend_around_the_close(on)
    assert on.rows(_LEDGER) != on.rows(_SUMS)


_SUMS = (
    "SELECT id, llm_calls, input_tokens, output_tokens, cost_nano, unpriced_calls FROM turns"
    " WHERE llm_calls > 0 ORDER BY id"
)


_LEDGER = (
    "SELECT turn_id, count(*) AS calls, sum(input_tokens) AS input, sum(output_tokens) AS output,"
    " sum(cost_nano) AS cost, count(*) FILTER (WHERE NOT priced) AS unpriced"
    " FROM llm_calls GROUP BY turn_id ORDER BY turn_id"
)


def _spend_around_the_close(on: Stage) -> UUID:
    """Forty calls of one turn, settled from many threads while it is answered, two without a price."""
    turn_id = on.ask()
    claim = on.worker.claim()
    begun, telling = on.worker.begin(claim)
    payer = Payer(
        tenant_id=claim.tenant_id,
        turn_id=claim.turn_id,
        person_id=begun.asker.person_id,
        attempt=claim.attempt,
    )
    database = on.worker.database

    def spend(number: int) -> None:
        call_id = llm_calls.open_call(
            database, payer, purpose=Purpose.ANSWER, provider="stage", model="m"
        )
        if number == 20:
            on.worker.finish(claim, begun, telling)
        used = Usage(
            llm_calls=1, input_tokens=700, output_tokens=123, cost_nano=2_980_001, priced=number > 1
        )
        end = Settlement(model="m", usage=used, time_ms=1, finish_reason="stop", error_code=None)
        llm_calls.settle(database, payer, call_id, end)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(spend, range(40)))
    return turn_id
