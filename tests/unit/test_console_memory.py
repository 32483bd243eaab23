"""The memory page: search, facts and their changes, the copy, and forgetting with its receipt."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.console_answers import TALK, TURN, answers
from tests.unit.console_stage import PretendedApi, elements, opened, pretend
from ui import forgetting
from ui.wording import texts

WORDS = texts("en")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    pretended = PretendedApi(answers())
    yield from (pretended for _ in pretend(monkeypatch, pretended))


def sent(api: PretendedApi, method: str) -> list[httpx.Request]:
    return [each for each in api.asked if each.method == method]


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == WORDS[label]).click()
    return page.run()


def type_in(page: AppTest, label: str, text: str) -> None:
    next(each for each in page.text_input if each.label == WORDS[label]).set_value(text)


def said(page: AppTest, kind: str) -> list[Any]:
    return [each.value for each in getattr(page, kind)]


def test_memories_come_with_score_date_source_and_the_reason(api: PretendedApi) -> None:
    page = opened("memory")

    first, beside = page.dataframe[0].value.to_numpy().tolist()
    assert first[:3] == ["0.9123", "2026-11-25 23:30:00", WORDS["role.user"]]
    assert first[4] == f"{WORDS['memory.by_words']}, {WORDS['memory.by_meaning']}"
    assert beside[4] == WORDS["memory.beside"]
    assert api.params("/users/maria/memory") == {"query": "discount", "k": "20"}


def test_without_a_user_nothing_is_asked(api: PretendedApi) -> None:
    page = opened("memory", {"user_id": "", "query": ""})

    assert said(page, "info") == [WORDS["memory.no_user"]]
    assert [each for each in api.asked if each.url.path.startswith("/users")] == []


def test_the_user_and_the_question_lie_in_the_address(api: PretendedApi) -> None:
    page = opened("memory", {"user_id": "", "query": ""})

    type_in(page, "memory.user", "maria")
    type_in(page, "memory.query", "price")
    press(page, "memory.search")

    assert page.query_params["user_id"] in ("maria", ["maria"])
    assert api.params("/users/maria/memory")["query"] == "price"


def test_a_name_is_one_part_of_the_path(api: PretendedApi) -> None:
    opened("memory", {"user_id": "a/../b?c#d"})

    asked = next(each for each in api.asked if each.url.path.endswith("/memory"))
    assert asked.url.raw_path.startswith(b"/users/a%2F..%2Fb%3Fc%23d/memory")


def test_nobody_is_told_from_nothing(api: PretendedApi) -> None:
    page = opened("memory", {"user_id": "nobody"})

    assert WORDS["memory.nobody"] in said(page, "info")
    assert not page.error


def test_an_api_without_facts_shows_the_rest(api: PretendedApi) -> None:
    del api.answers["/users/maria/facts"]

    page = opened("memory")

    assert WORDS["memory.no_facts_here"] in said(page, "caption")
    assert len(page.dataframe) == 1
    assert not page.error


def test_a_fact_is_corrected(api: PretendedApi) -> None:
    page = opened("memory")

    type_in(page, "memory.new_text", "prefers mornings")
    press(page, "memory.correct")

    [change] = sent(api, "PATCH")
    assert change.url.path == f"/users/maria/facts/{TURN}"
    assert json.loads(change.content) == {"text": "prefers mornings"}
    # What is there then is read anew.
    assert len([each for each in api.asked if each.url.path == "/users/maria/facts"]) == 2


def test_a_fact_is_deleted_and_one_is_added(api: PretendedApi) -> None:
    page = opened("memory")

    press(page, "memory.delete")
    type_in(page, "memory.new_fact", "buys in bulk")
    press(page, "memory.add")

    assert [each.url.path for each in sent(api, "DELETE")] == [f"/users/maria/facts/{TURN}"]
    assert [json.loads(each.content) for each in sent(api, "POST")] == [{"text": "buys in bulk"}]


def test_what_needs_an_administrator_says_so(api: PretendedApi) -> None:
    page = opened("memory")
    api.refusing = dict.fromkeys(
        (f"/users/maria/facts/{TURN}", "/users/maria", "/users/maria/export"), (403, "not_allowed")
    )

    for pressed in ("memory.delete", "memory.prepare"):
        assert WORDS["memory.needs_admin"] in said(press(page, pressed), "error")
    assert WORDS["memory.needs_admin"] in said(forget(page, "maria"), "error")


def test_facts_that_need_an_administrator_say_so(api: PretendedApi) -> None:
    api.refusing = {"/users/maria/facts": (403, "not_allowed")}

    page = opened("memory")

    assert WORDS["memory.needs_admin"] in said(page, "caption")
    assert not page.error


def forget(page: AppTest, typed: str) -> AppTest:
    type_in(page, "memory.type_to_forget", typed)
    return press(page, "memory.forget")


@pytest.mark.parametrize("typed", ["", "Maria", "mari"])
def test_nothing_is_forgotten_by_a_click_alone(api: PretendedApi, typed: str) -> None:
    page = forget(opened("memory"), typed)

    assert sent(api, "DELETE") == []
    assert WORDS["memory.not_the_same"] in said(page, "warning")


def test_the_receipt_is_shown_and_the_user_is_gone(api: PretendedApi) -> None:
    page = forget(opened("memory"), "maria")

    assert [each.url.path for each in sent(api, "DELETE")] == ["/users/maria"]
    assert WORDS["memory.erased"] in said(page, "success")
    assert TALK in said(page, "code")
    assert page.dataframe[0].value.to_numpy().tolist() == [["messages", "4,312"]]
    assert "user_id" not in page.query_params


def test_an_erasure_that_goes_on_says_so(api: PretendedApi) -> None:
    receipt: Any = api.answers["/users/maria"]
    receipt.update(status="open", erased_at=None)

    page = forget(opened("memory"), "maria")

    assert WORDS["memory.erasing"] in said(page, "info")


def test_a_failing_erasure_says_why(api: PretendedApi) -> None:
    page = opened("memory")
    api.refusing = {"/users/maria": (500, "erasure_failed")}

    forget(page, "maria")

    reason = WORDS["errors.erasure_failed"]
    assert WORDS["state.failed"].format(reason=reason) in said(page, "error")


def test_a_copy_is_prepared_and_downloaded(api: PretendedApi) -> None:
    page = press(opened("memory"), "memory.prepare")

    assert any(each.type == "download_button" for each in elements(page))
    assert page.session_state["exported"] == ("maria", b'{"user_id":"maria"}\n{"end":true}\n')


def test_a_copy_that_is_too_large_leads_to_the_call(
    api: PretendedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST_BYTES", 10)

    page = press(opened("memory"), "memory.prepare")

    assert WORDS["memory.too_large"] in said(page, "error")
