"""What is read back: conversations, usage, traces, and who people are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest

from backend.api.periods import DEFAULT_ZONE
from backend.domain.errors import ClaimLost
from backend.domain.trace import Step
from backend.domain.usage import Usage
from backend.store import turns
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.services import MigratedDatabase

PAID = Usage(
    llm_calls=1, input_tokens=700, cached_input_tokens=100, output_tokens=123, cost_nano=2_980_001
)


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@pytest.fixture
def admin(on: Stage) -> Iterator[httpx.Client]:
    with on.door.client(on.a.admin) as client:
        yield client


def test_a_conversation_has_its_turns_and_messages_in_order(on: Stage, admin: httpx.Client) -> None:
    answers = [_ask(on, admin, "123", f"pergunta {number}") for number in range(3)]
    admin.post("/chat", json=_question("123", "a última"), headers={"Prefer": "respond-async"})
    conversation_id = answers[0]["conversation_id"]

    found = admin.get(f"/conversations/{conversation_id}").json()

    assert found["conversation_id"] == conversation_id
    assert (found["user_id"], found["channel"], found["agent"]) == ("123", "web", "assistant")
    assert [turn["seq"] for turn in found["turns"]] == [1, 2, 3, 4]
    assert [turn["status"] for turn in found["turns"]] == ["answered"] * 3 + ["queued"]
    for number, turn in enumerate(found["turns"][:3]):
        asked, said = turn["messages"]
        assert (asked["author"], asked["text"]) == ("user", f"pergunta {number}")
        assert (said["author"], said["text"]) == ("agent", answers[number]["response"])
        assert datetime.fromisoformat(asked["at"]).tzinfo is not None
    assert found["next_after"] is None

    page = admin.get(f"/conversations/{conversation_id}?limit=2").json()
    rest = admin.get(f"/conversations/{conversation_id}?limit=2&after={page['next_after']}").json()
    assert [turn["seq"] for turn in page["turns"] + rest["turns"]] == [1, 2, 3, 4]
    assert rest["next_after"] is None


def test_a_failed_turn_shows_its_error_in_its_conversation(on: Stage, admin: httpx.Client) -> None:
    admin.post("/chat", json=_question("123", "oi"), headers={"Prefer": "respond-async"})
    on.worker.fail("model_unavailable")
    (conversation,) = admin.get("/conversations?user_id=123").json()["conversations"]

    (turn,) = admin.get(f"/conversations/{conversation['conversation_id']}").json()["turns"]

    assert turn["status"] == "failed"
    assert turn["error"]["code"] == "model_unavailable"


def test_lists_go_on_page_by_page_and_show_each_once(on: Stage, admin: httpx.Client) -> None:
    """Also where many conversations have the same moment."""
    for number in range(7):
        body = {**_question("123", "oi"), "conversation_id": f"c-{number}"}
        admin.post("/chat", json=body, headers={"Prefer": "respond-async"})
    admin.post("/chat", json=_question("456", "oi"), headers={"Prefer": "respond-async"})
    with on.worker.database.tenant(on.a.id) as conn:
        conn.execute("UPDATE conversations SET last_turn_at = '2026-11-01T00:00:00Z'")

    mine, pages = _pages(admin, "/conversations?user_id=123&limit=3")
    everybodys, _ = _pages(admin, "/conversations?limit=3")

    assert pages == 3
    assert len(mine) == len({each["conversation_id"] for each in mine}) == 7
    assert {each["external_id"] for each in mine} == {f"c-{number}" for number in range(7)}
    assert len({each["conversation_id"] for each in everybodys}) == len(everybodys) == 8
    assert {each["user_id"] for each in everybodys} == {"123", "456"}
    assert admin.get("/conversations?user_id=nobody").json() == {
        "conversations": [],
        "total": 0,
        "next_cursor": None,
    }


def test_usage_adds_up_by_every_group(
    on: Stage, admin: httpx.Client, subtests: pytest.Subtests
) -> None:
    _ask(on, admin, "123", "oi", call=PAID)
    _ask(on, admin, "123", "oi", call=PAID, channel="whatsapp")
    _ask(on, admin, "456", "oi")
    admin.post("/chat", json=_question("789", "oi"), headers={"Prefer": "respond-async"})
    on.worker.fail("model_unavailable")
    today = datetime.now(ZoneInfo(DEFAULT_ZONE)).date().isoformat()
    period = f"from={today}&to={today}"

    keys = {
        "user": {"123", "456", "789"},
        "model": {"stage-1", None},
        "day": {today},
        "channel": {"web", "whatsapp"},
        "agent": {"assistant"},
    }
    for group, expected in keys.items():
        with subtests.test(group):
            report = admin.get(f"/usage?{period}&group_by={group}").json()
            assert (report["from"], report["to"]) == (today, today)
            assert {row["key"] for row in report["rows"]} == expected
            totals = report["totals"]
            for name in ("turns", "answered", "failed", "llm_calls", "tokens_used", "cache_hits"):
                assert sum(row[name] for row in report["rows"]) == totals[name]
            assert (totals["turns"], totals["answered"], totals["failed"]) == (4, 3, 1)
            assert totals["tokens_used"] == 2 * PAID.tokens_used
            assert totals["cost_usd"] == "0.005960002"
            assert totals["priced"] is True
            assert totals["mean_time_ms"] == totals["p95_time_ms"] == 40.0
    by_user = admin.get(f"/usage?{period}&group_by=user").json()["rows"]
    assert {row["key"]: row["cost_usd"] for row in by_user} == {
        "123": "0.005960002",
        "456": "0.000000",
        "789": "0.000000",
    }


def test_days_begin_where_the_caller_says_and_both_ends_count(
    on: Stage, admin: httpx.Client
) -> None:
    _ask(on, admin, "123", "oi")
    with on.worker.database.tenant(on.a.id) as conn:
        # 01:30 UTC on the 11th is still the 10th in São Paulo.
        conn.execute("UPDATE turns SET asked_at = '2026-11-11T01:30:00Z'")

    def days(query: str) -> list[str]:
        return [row["key"] for row in admin.get(f"/usage?{query}&group_by=day").json()["rows"]]

    assert days("from=2026-11-10&to=2026-11-10") == ["2026-11-10"]
    assert days("from=2026-11-11&to=2026-11-11") == []
    assert days("from=2026-11-11&to=2026-11-11&time_zone=UTC") == ["2026-11-11"]
    assert days("from=2026-11-01&to=2026-11-09") == []


def test_a_call_without_a_price_is_never_counted_as_free(on: Stage, admin: httpx.Client) -> None:
    _ask(on, admin, "123", "oi", call=Usage(llm_calls=1, input_tokens=10, priced=False))
    assert admin.get("/usage").json()["totals"]["priced"] is False


def test_nothing_asked_is_a_report_of_zeros(admin: httpx.Client) -> None:
    report = admin.get("/usage?from=2026-01-01&to=2026-01-31").json()
    assert report["rows"] == []
    assert report["totals"]["turns"] == 0
    assert report["totals"]["cost_usd"] == "0.000000"
    assert report["totals"]["mean_time_ms"] is None


def test_a_day_that_is_pinned_is_today(database: MigratedDatabase, valkey: ValkeyUrl) -> None:
    with (
        stage(database, valkey, app_today="2026-03-31") as on,
        on.door.client(on.a.operator) as client,
    ):
        report = client.get("/usage").json()
    assert (report["from"], report["to"]) == ("2026-03-02", "2026-03-31")


def test_a_trace_tells_how_a_turn_was_answered(on: Stage, admin: httpx.Client) -> None:
    answer = _ask(on, admin, "123", "oi", call=PAID, tool=True)

    trace = admin.get(f"/turns/{answer['turn_id']}/trace").json()

    assert trace["route"] == answer["route"]
    assert trace["attempt"] == 1
    assert [step["kind"] for step in trace["steps"]] == ["gather"]
    (call,) = trace["llm_calls"]
    assert (call["model"], call["input_tokens"], call["cost_usd"]) == (
        "stage-1",
        700,
        "0.002980001",
    )
    assert call["state"] == "ok"
    (used,) = trace["tool_calls"]
    assert used["sql"] == "SELECT 1"
    assert used["arguments"] == {"metrics": ["revenue"]}
    assert used["result"] == '{"status": "ok"}'
    assert len(used["result_digest"]) == 64


def test_a_trace_tells_also_how_a_turn_failed(on: Stage, admin: httpx.Client) -> None:
    admin.post("/chat", json=_question("123", "oi"), headers={"Prefer": "wait=0"})
    claim = on.worker.claim()
    on.worker.begin(claim)
    route = {"decision": "sales", "by": "rules", "reason": "a metric", "confidence": 1.0}
    step = Step(kind="route", name="decided", started_ms=3, time_ms=0, detail=route)
    turns.record_attempt(on.worker.database, claim, [step], [])
    turns.record_failure(on.worker.database, claim, "model_unavailable")

    trace = admin.get(f"/turns/{claim.turn_id}/trace").json()

    assert (trace["status"], trace["error"]["code"]) == ("failed", "model_unavailable")
    assert trace["route"] == route
    assert [(step["attempt"], step["name"]) for step in trace["steps"]] == [(1, "decided")]
    with pytest.raises(ClaimLost):
        turns.record_attempt(on.worker.database, claim, [step], [])


def test_people_are_who_the_tenant_says(on: Stage, admin: httpx.Client) -> None:
    ana = {"role": "seller", "name": "Ana", "attributes": {"region": "Sul"}}
    assert admin.put("/users/ana@loja.example", json=ana).json() == {
        "user_id": "ana@loja.example",
        **ana,
    }
    changed = admin.put("/users/ana@loja.example", json={"role": "manager"}).json()
    assert (changed["role"], changed["name"], changed["attributes"]) == ("manager", None, {})
    admin.post("/chat", json=_question("ana@loja.example", "oi"), headers={"Prefer": "wait=0"})
    begun, _ = on.worker.begin(on.worker.claim())
    assert begun.asker.role == "manager"


@pytest.mark.parametrize(
    "user_id", ["a/b", "/a//b/", "a%2Fb", "a%252fb", "100%", "ação/ção", "./../x"]
)
def test_a_user_may_have_any_visible_name(on: Stage, admin: httpx.Client, user_id: str) -> None:
    answer = _ask(on, admin, user_id, "oi")
    described = admin.put(f"/users/{quote(user_id, safe='')}", json={"role": "manager"})
    assert (described.status_code, described.json()["user_id"]) == (200, user_id)
    assert on.rows("SELECT user_id, role FROM persons") == [(user_id, "manager")]
    page = admin.get("/conversations", params={"user_id": user_id}).json()
    assert [each["conversation_id"] for each in page["conversations"]] == [
        answer["conversation_id"]
    ]


def test_a_slash_that_is_not_escaped_parts_the_path(admin: httpx.Client) -> None:
    assert admin.put("/users/a/b", json={"role": "manager"}).status_code == 404


def test_moments_carry_their_offset(on: Stage, admin: httpx.Client) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    answer = _ask(on, admin, "123", "oi")
    state = admin.get(f"/turns/{answer['turn_id']}").json()
    assert before < datetime.fromisoformat(state["asked_at"]) < datetime.now(UTC)


def _question(user_id: str, message: str) -> dict[str, str]:
    return {"user_id": user_id, "message": message}


def _ask(
    on: Stage,
    client: httpx.Client,
    user_id: str,
    message: str,
    *,
    channel: str = "web",
    **how: Any,
) -> dict[str, Any]:
    with on.worker.answer_soon(**how):
        answer = client.post("/chat", json={**_question(user_id, message), "channel": channel})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def _pages(client: httpx.Client, path: str) -> tuple[list[dict[str, Any]], int]:
    shown: list[dict[str, Any]] = []
    cursor, count = "", 0
    while True:
        page = client.get(path + cursor).json()
        shown.extend(page["conversations"])
        count += 1
        if page["next_cursor"] is None:
            return shown, count
        cursor = f"&cursor={page['next_cursor']}"
