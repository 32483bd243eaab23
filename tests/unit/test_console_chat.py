"""The live chat before a pretended API: streaming, failing, stopping short and going on."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.console_answers import TURN
from tests.unit.console_stage import (
    HOSTILE,
    PretendedApi,
    drawn_as_markup,
    links,
    opened,
    pretend,
    stream,
)
from ui.wording import texts

WORDS = texts("en")
EVENTS = f"/turns/{TURN}/events"
BODY = {
    "response": "The whole answer.",
    "tokens_used": 1545,
    "time_ms": 1840,
    "usage": {"cost_usd": "0.002980"},
}
STARTED = ("turn.started", {"turn_id": TURN})
ANSWERED = ("turn.answered", BODY)


def delta(text: str) -> tuple[str, dict[str, Any]]:
    return ("answer.delta", {"text": text})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    accepted = {"turn_id": TURN, "status": "queued"}
    pretended = PretendedApi({"/chat": accepted, EVENTS: stream(STARTED, ANSWERED)})
    yield from (pretended for _ in pretend(monkeypatch, pretended))


def asked(question: str = "How much?") -> AppTest:
    page = opened("chat")
    page.chat_input[0].set_value(question).run()
    assert not page.exception, [each.message for each in page.exception]
    return page


def said(page: AppTest) -> list[str]:
    return [each.value for each in page.text]


def test_before_a_question_nothing_is_asked(api: PretendedApi) -> None:
    page = opened("chat")

    assert [each.value for each in page.info] == [WORDS["chat.empty"]]
    assert not api.asked


def test_an_answer_stands_beside_its_events(api: PretendedApi) -> None:
    called = {"tool_call": 0, "name": "sales_query_metrics", "arguments": {"metrics": ["revenue"]}}
    finished = {**called, "ok": True, "rows": 5, "error": None, "time_ms": 39}
    api.answers[EVENTS] = stream(
        STARTED,
        ("route.decided", {"decision": "sales", "by": "rules", "reason": "a metric was read"}),
        ("tool.called", called),
        ("tool.finished", finished),
        delta("The whole "),
        delta("answer."),
        ANSWERED,
    )

    page = asked()

    assert said(page) == [
        "How much?",
        "The whole answer.",
        "Sales: a metric was read",
        "sales_query_metrics",
        "sales_query_metrics · Rows: 5 · 39 ms",
    ]
    assert "1,545 tokens · US$ 0.002980 · 1.8 s" in [each.value for each in page.caption]
    assert links(page)[WORDS["chat.open"]] == f"id={TURN}&lang=en"
    request = api.asked[0]
    assert request.headers["Prefer"] == "respond-async"
    assert request.headers["Idempotency-Key"]
    body = json.loads(request.content)
    assert body["conversation_id"].startswith("console-")
    assert (body["user_id"], body["message"], body["channel"]) == ("123", "How much?", "console")


def test_a_drawn_again_page_asks_nothing_again(api: PretendedApi) -> None:
    page = asked()
    api.asked.clear()

    page.run()

    assert not api.asked
    assert "The whole answer." in said(page)


def test_what_came_before_a_restart_is_void(api: PretendedApi) -> None:
    restarted = ("answer.restarted", {"reason": "figures"})
    api.answers[EVENTS] = stream(STARTED, delta("Wrong."), restarted, delta("Right."))

    assert "Right." in said(asked())


def test_a_stream_that_stops_short_is_resumed(api: PretendedApi) -> None:
    api.answers[EVENTS] = stream(STARTED, delta("The whole "))
    page = asked()
    assert [each.value for each in page.warning] == [WORDS["chat.interrupted"]]
    api.answers[EVENTS] = stream(ANSWERED, first=3)

    next(each for each in page.button if each.label == WORDS["chat.resume"]).click().run()

    assert api.asked[-1].headers["Last-Event-ID"] == "1-2"
    assert "The whole answer." in said(page)
    assert not page.warning


def test_a_turn_that_failed_says_why(api: PretendedApi) -> None:
    error = {"code": "model_unavailable", "message": HOSTILE}
    api.answers[EVENTS] = stream(STARTED, ("turn.failed", {"turn_id": TURN, "error": error}))

    page = asked()

    reason = WORDS["errors.model_unavailable"]
    assert [each.value for each in page.error] == [WORDS["chat.failed"].format(reason=reason)]


def test_a_key_without_the_scope_is_told_which_it_needs(api: PretendedApi) -> None:
    api.failing = (403, "not_allowed")

    page = asked()

    assert [each.value for each in page.error] == [WORDS["chat.no_scope"]]


@pytest.mark.parametrize("path", ["/chat", EVENTS])
def test_an_api_that_fails_is_told(api: PretendedApi, path: str) -> None:
    del api.answers[path]

    page = asked()

    reason = WORDS["errors.not_found"]
    assert [each.value for each in page.error] == [WORDS["state.failed"].format(reason=reason)]


def test_another_user_begins_another_talk(api: PretendedApi) -> None:
    page = asked()
    first = json.loads(api.asked[0].content)["conversation_id"]

    page.text_input(key="chat_user").set_value("456").run()
    assert [each.value for each in page.info] == [WORDS["chat.empty"]]
    page.chat_input[0].set_value("And now?").run()

    second = json.loads(api.asked[-2].content)
    assert second["user_id"] == "456"
    assert second["conversation_id"] != first


def test_others_words_are_drawn_as_they_are(api: PretendedApi) -> None:
    called = {"name": HOSTILE, "arguments": {"metrics": [HOSTILE]}, "error": HOSTILE}
    api.answers[EVENTS] = stream(
        STARTED,
        ("route.decided", {"decision": "sales", "by": "model", "reason": HOSTILE}),
        ("tool.called", called),
        ("tool.finished", called),
        delta(HOSTILE),
        ("turn.answered", {**BODY, "response": HOSTILE}),
    )

    page = asked(HOSTILE)

    assert said(page).count(HOSTILE) == 3
    assert drawn_as_markup(page) == []
