"""Turns in lists and in figures: a figure and the list behind it are always the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.domain.trace import ToolCall, ToolOutcome
from backend.domain.usage import Usage
from backend.store import traces
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.services import MigratedDatabase

PAID = Usage(llm_calls=1, input_tokens=700, output_tokens=123, cost_nano=2_980_001)
AT_ONCE = {"Prefer": "respond-async"}
#: At the midnight that ends the 21st the clocks of this zone went back: it has 25 hours, and one of
#: the turns lies in the last of them.
ZONE = "America/Asuncion"
FIRST_MOMENT = datetime(2020, 3, 19, 1, 24, tzinfo=UTC)
PERIOD = f"from=2020-03-20&to=2020-03-24&time_zone={ZONE}"
FIGURES = (
    *("turns", "answered", "failed", "llm_calls", "input_tokens", "output_tokens"),
    *("tokens_used", "cache_hits"),
)


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@pytest.fixture
def operator(on: Stage) -> Iterator[httpx.Client]:
    with on.door.client(on.a.operator) as client:
        yield client


def test_a_figure_is_the_length_of_its_list_whatever_it_is_narrowed_to(
    on: Stage, operator: httpx.Client, subtests: pytest.Subtests
) -> None:
    _many_turns(on, 40)
    everything = _all(operator, f"/turns?{PERIOD}&limit=7")
    assert 0 < len(everything) < 40  # some lie outside the period
    narrowings = [
        *("", "&user_id=u0", "&user_id=nobody", "&channel=whatsapp", "&agent=assistant"),
        *("&agent=none-such", "&model=m1", "&model=none", "&status=answered", "&status=failed"),
        *("&status=queued", "&user_id=u1&model=m1&channel=web&status=answered"),
    ]
    for narrowing, group in product(narrowings, ("user", "model", "day", "channel", "agent")):
        with subtests.test(narrowing + group):
            report = operator.get(f"/usage?{PERIOD}{narrowing}&group_by={group}").json()
            totals, rows = report["totals"], report["rows"]
            listed = _all(operator, f"/turns?{PERIOD}{narrowing}&limit=100")
            assert len(listed) == totals["turns"]
            for name in FIGURES:
                assert sum(row[name] for row in rows) == totals[name]
            assert _nano(rows) == _nano([totals]) == _nano(listed)
            assert sum(turn["tokens_used"] for turn in listed) == totals["tokens_used"]
            for row in rows:
                assert row["turns"] == _length_of_list_behind(operator, narrowing, group, row)
    assert {turn["turn_id"] for turn in everything} == {
        turn["turn_id"]
        for user in ("u0", "u1", "u2")
        for turn in _all(operator, f"/turns?{PERIOD}&user_id={user}&limit=3")
    }


def test_a_list_goes_on_page_by_page_and_shows_each_once(on: Stage, operator: httpx.Client) -> None:
    """Also where many turns have the same moment."""
    asked = {on.ask() for _ in range(7)}
    with on.worker.database.tenant(on.a.id) as conn:
        conn.execute("UPDATE turns SET asked_at = '2026-11-01T12:00:00Z'")
    listed = _all(operator, "/turns?from=2026-11-01&to=2026-11-01&limit=3")
    assert len(listed) == 7
    assert {UUID(turn["turn_id"]) for turn in listed} == asked


def test_a_line_tells_what_a_turn_was(on: Stage, operator: httpx.Client) -> None:
    turn_id = on.ask(message="é" * 250)
    on.worker.answer(call=PAID, tool=True)
    (line,) = operator.get("/turns").json()["turns"]
    assert line.pop("asked_at")
    assert line.pop("conversation_id")
    assert line == {
        "turn_id": str(turn_id),
        "user_id": "123",
        "channel": "web",
        "agent": "assistant",
        "question": "é" * 200,
        "status": "answered",
        "decision": "direct",
        "model": "stage-1",
        "tokens_used": 823,
        "cost_usd": "0.002980001",
        "priced": True,
        "llm_calls": 1,
        "tools": ["sales_query_metrics"],
        "failed_calls": 0,
        "cached": False,
        "time_ms": 40,
        "error": None,
    }


def test_turns_are_found_by_what_happened_in_them(on: Stage, operator: httpx.Client) -> None:
    fine, failed, stumbled = (on.ask(user_id=f"u{number}") for number in range(3))
    on.worker.answer(tool=True)
    on.worker.fail("model_unavailable")
    claim = on.worker.claim()
    begun, telling = on.worker.begin(claim)
    broken = ToolOutcome(content="{}", ok=False, error="source_unavailable")
    call = ToolCall(name="market_rate", arguments={}, outcome=broken, started_ms=1, time_ms=2)
    with on.worker.database.tenant(on.a.id) as conn:
        traces.add(conn, claim, (), (call,))
    on.worker.finish(claim, begun, telling)

    def found(query: str) -> set[UUID]:
        return {UUID(turn["turn_id"]) for turn in _all(operator, f"/turns?{query}")}

    assert found("has_error=true") == {failed, stumbled}
    assert found("has_error=false") == {fine}
    assert found("tool=sales_query_metrics") == {fine}
    assert found("tool=market_rate") == found("tool=market_rate&has_error=true") == {stumbled}
    assert found("tool=market_rate&has_error=false") == found("tool=none-such") == set()
    assert found("decision=direct") == {fine, stumbled}
    assert found("decision=sales") == set()
    conversation = operator.get("/turns?user_id=u1").json()["turns"][0]["conversation_id"]
    assert found(f"conversation_id={conversation}") == {failed}


def test_another_tenants_rows_are_in_no_list_and_no_figure(
    on: Stage, subtests: pytest.Subtests
) -> None:
    turn_id = on.ask()
    on.worker.answer(call=PAID, tool=True)
    with on.door.client(on.a.operator) as owner, on.door.client(on.b.operator) as stranger:
        conversation = owner.get("/turns").json()["turns"][0]["conversation_id"]
        for query in (
            *("", "user_id=123", "model=stage-1", "tool=sales_query_metrics"),
            *("has_error=false", f"conversation_id={conversation}", "channel=web"),
        ):
            with subtests.test(query):
                assert owner.get(f"/turns?{query}").json()["total"] == 1
                theirs = stranger.get(f"/turns?{query}")
                assert theirs.json() == {"turns": [], "total": 0, "next_cursor": None}
        for query in ("", "user_id=123", "model=stage-1"):
            with subtests.test(f"usage {query}"):
                assert owner.get(f"/usage?{query}").json()["totals"]["turns"] == 1
                report = stranger.get(f"/usage?{query}").json()
                assert (report["rows"], report["totals"]["turns"]) == ([], 0)
        assert stranger.get("/conversations?channel=web").json()["total"] == 0
        assert stranger.get(f"/turns/{turn_id}/trace").status_code == 404


def _many_turns(on: Stage, count: int) -> None:
    """Turns of every kind, six hours and some apart over the days around the period."""
    random = Random(7)
    with on.door.client(on.a.chat) as client:
        for number in range(count):
            body = {"user_id": f"u{number % 3}", "message": "oi"}
            body["channel"] = random.choice(["web", "whatsapp"])
            turn_id = client.post("/chat", json=body, headers=AT_ONCE).json()["turn_id"]
            if number < count - 3:  # the last of each person stay open
                if number % 7 == 0:
                    on.worker.fail("model_unavailable")
                else:
                    cost = random.randrange(10**9)
                    on.worker.answer(
                        call=None if number % 5 == 0 else Usage(llm_calls=1, cost_nano=cost)
                    )
            with on.worker.database.tenant(on.a.id) as conn:
                conn.execute(
                    "UPDATE turns SET asked_at = %s, cached = %s,"
                    " model = CASE WHEN model IS NOT NULL THEN %s END WHERE id = %s",
                    [
                        FIRST_MOMENT + number * timedelta(hours=4, minutes=7),
                        number % 11 == 0,
                        random.choice(["m1", "m2"]),
                        turn_id,
                    ],
                )


def _length_of_list_behind(
    client: httpx.Client, narrowing: str, group: str, row: dict[str, Any]
) -> int:
    """The total of the list that a row of a report leads to."""
    key = "none" if row["key"] is None else row["key"]
    name = "user_id" if group == "user" else group
    query = httpx.QueryParams(f"{PERIOD}{narrowing}")
    # A row within a narrowing by the same thing has that value already.
    query = query.merge({"from": key, "to": key}) if group == "day" else query.merge({name: key})
    return int(client.get("/turns", params=query).json()["total"])


def _all(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """Every page of a list, each with the same total."""
    shown: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.get(path + cursor).json()
        shown.extend(page["turns"])
        if page["next_cursor"] is None:
            assert len(shown) == len({turn["turn_id"] for turn in shown}) == page["total"]
            moments = [turn["asked_at"] for turn in shown]
            assert moments == sorted(moments, reverse=True)
            return shown
        cursor = f"&cursor={page['next_cursor']}"


def _nano(rows: list[dict[str, Any]]) -> int:
    return sum(round(float(row["cost_usd"]) * 1e9) for row in rows)
