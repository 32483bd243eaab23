"""What the console reads besides lists of turns: conversations, the queue, one turn as a waterfall."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from backend.domain.usage import Usage
from backend.store import queue, tasks
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.services import MigratedDatabase

PAID = Usage(llm_calls=1, input_tokens=700, output_tokens=123, cost_nano=2_980_001)


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@pytest.fixture
def operator(on: Stage) -> Iterator[httpx.Client]:
    with on.door.client(on.a.operator) as client:
        yield client


def test_conversations_are_chosen_by_channel_and_by_the_day_of_their_last_turn(
    on: Stage, operator: httpx.Client
) -> None:
    for number in range(4):
        on.ask(user_id=f"u{number}", channel=("web", "crm")[number % 2])
    with on.worker.database.tenant(on.a.id) as conn:
        # 02:30 UTC is still the 10th in São Paulo.
        conn.execute(
            "UPDATE conversations SET last_turn_at = '2026-11-11T02:30:00Z' WHERE channel = 'crm'"
        )

    def total(query: str) -> int:
        page = operator.get(f"/conversations?limit=1&{query}").json()
        assert (page["next_cursor"] is None) is (page["total"] <= 1)
        return int(page["total"])

    assert (total(""), total("channel=crm"), total("user_id=u0"), total("agent=x")) == (4, 2, 1, 0)
    assert total("from=2026-11-10&to=2026-11-10") == 2
    assert total("from=2026-11-11&to=2026-11-11") == 0
    assert total("to=2026-11-11&time_zone=UTC") == 2
    assert total("channel=web&to=2026-11-11") == 0


def test_the_queue_tells_of_the_callers_own_tasks(
    on: Stage, operator: httpx.Client, subtests: pytest.Subtests
) -> None:
    for number in range(5):
        on.ask(user_id=f"u{number}")
    on.ask(user_id="u4")  # waits for the one before
    on.worker.fail("model_unavailable")
    on.worker.claim()
    tasks.retry(on.worker.database, on.worker.claim(), delay=timedelta(hours=1), error_code="x")
    on.ask(user_id="u9")
    on.worker.answer()
    tasks.bury(on.worker.database, on.worker.follow_ups[-1], error_code="x")

    report = operator.get("/queue").json()
    interactive, bulk = report["lanes"]

    assert interactive.pop("oldest_age_seconds") >= 0
    assert interactive == {
        "lane": "interactive",
        "ready": 2,
        "running": 1,
        "waiting": 1,
        "failed": 0,
        "delayed": 1,
    }
    assert bulk == {
        "lane": "bulk",
        "ready": 0,
        "running": 0,
        "waiting": 0,
        "failed": 1,
        "delayed": 0,
        "oldest_age_seconds": None,
    }
    (failure,) = report["recent_failures"]
    assert failure["error"]["code"] == "model_unavailable"
    assert failure["error"]["message"]
    with on.door.client(on.b.operator) as stranger:
        theirs = stranger.get("/queue").json()
    assert theirs["recent_failures"] == []
    assert all(set(lane.values()) <= {lane["lane"], 0, None} for lane in theirs["lanes"])


def test_without_naming_the_tenant_the_queue_would_leak(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    on.ask()
    named = queue.SQL["lanes"]
    open_to_all = named.replace("tenant_id = %(tenant_id)s AND ", "")
    with on.door.client(on.b.operator) as stranger:
        assert stranger.get("/queue").json()["lanes"][0]["ready"] == 0
        monkeypatch.setitem(queue.SQL, "lanes", open_to_all)
        assert stranger.get("/queue").json()["lanes"][0]["ready"] == 1


def test_a_trace_has_what_a_waterfall_needs(on: Stage, operator: httpx.Client) -> None:
    turn_id = on.ask(message="Quanto vendemos?")
    given_back = on.worker.claim()
    first, _ = on.worker.begin(given_back)
    on.worker.spend(given_back, first, PAID)
    tasks.retry(on.worker.database, given_back, delay=timedelta(0), error_code="x")
    claim = on.worker.claim()
    begun, telling = on.worker.begin(claim)
    on.worker.spend(claim, begun, PAID)
    on.worker.finish(claim, begun, telling, tool=True, text="Foram 42.")

    trace = operator.get(f"/turns/{turn_id}/trace").json()

    assert (trace["question"], trace["response"]) == ("Quanto vendemos?", "Foram 42.")
    assert (trace["language"], trace["memory"], trace["user_id"]) == ("pt", [], "123")
    assert [each["attempt"] for each in trace["attempts"]] == [1, 2]
    moments = [
        datetime.fromisoformat(text)
        for text in (
            *(trace["asked_at"], trace["started_at"], trace["attempts"][1]["started_at"]),
            trace["finished_at"],
        )
    ]
    assert moments == sorted(moments)
    waited = (moments[1] - moments[0]) / timedelta(milliseconds=1)
    assert trace["queue_wait_ms"] == pytest.approx(waited, abs=1)
    for call in trace["llm_calls"]:
        began = datetime.fromisoformat(trace["attempts"][call["attempt"] - 1]["started_at"])
        offset = datetime.fromisoformat(call["started_at"]) - began
        assert call["started_ms"] == pytest.approx(offset / timedelta(milliseconds=1), abs=1)
    assert [call["attempt"] for call in trace["llm_calls"]] == [1, 2]
    assert [call["started_ms"] for call in trace["tool_calls"]] == [7]
    assert trace["usage"] == {
        "llm_calls": 2,
        "input_tokens": 1_400,
        "cached_input_tokens": 0,
        "output_tokens": 246,
        "cost_usd": "0.005960002",
        "priced": True,
    }


def test_a_turn_that_nobody_took_up_yet_has_a_trace_all_the_same(
    on: Stage, operator: httpx.Client
) -> None:
    trace = operator.get(f"/turns/{on.ask()}/trace").json()
    assert (trace["status"], trace["question"], trace["response"]) == ("queued", "oi", None)
    assert (trace["started_at"], trace["queue_wait_ms"], trace["attempts"]) == (None, None, [])
