"""Every page of the console with a full, an empty and a failing API, and with hostile words."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.console_answers import answers
from tests.unit.console_stage import (
    HOSTILE,
    PAGES,
    PretendedApi,
    drawn_as_markup,
    elements,
    opened,
    pretend,
)
from ui.wording import texts

WORDS = texts("en")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    pretended = PretendedApi(answers())
    yield from (pretended for _ in pretend(monkeypatch, pretended))


@pytest.mark.parametrize(
    ("screen", "expected"),
    [
        ("overview", "US$ 0.002980"),
        ("conversations", "2026-11-26 23:30:00"),
        ("conversation", "2026-11-26 23:30:00"),
        ("turns", "US$ 0.002980"),
        ("turn", "600"),
        ("costs", "1,545"),
        ("memory", "0.9123"),
        ("data", "1,249.5"),
        ("knowledge", "words 0.62"),
    ],
)
def test_a_page_shows_what_there_is(api: PretendedApi, screen: str, expected: str) -> None:
    page = opened(screen)

    tables = [str(row) for table in page.dataframe for row in table.value.to_numpy().tolist()]
    assert any(
        expected in said for said in (*(str(each.proto) for each in elements(page)), *tables)
    )
    # Neither empty nor failed: those have looks of their own.
    assert not page.info


@pytest.mark.parametrize(
    ("screen", "said"),
    [
        ("overview", "state.empty_usage"),
        ("overview", "state.empty_queue"),
        ("overview", "state.empty_failures"),
        ("conversations", "state.empty_conversations"),
        ("turns", "state.empty_turns"),
        ("costs", "state.empty_usage"),
        ("turn", "turn.no_answer"),
        ("memory", "memory.nothing_found"),
        ("memory", "memory.no_facts"),
        ("data", "data.no_rows"),
        ("data", "data.no_sources"),
        ("knowledge", "knowledge.empty"),
        ("knowledge", "knowledge.nothing_found"),
    ],
)
def test_an_empty_page_says_so(api: PretendedApi, screen: str, said: str) -> None:
    api.answers = answers(full=False)

    page = opened(screen)

    assert WORDS[said] in [each.value for each in page.info]
    assert not page.error


@pytest.mark.parametrize("screen", ["conversation", "turn"])
def test_a_page_about_nothing_says_so(api: PretendedApi, screen: str) -> None:
    page = opened(screen, {"id": "../queue"})

    assert [each.value for each in page.info] == [WORDS[f"state.no_{screen}"]]
    assert not [each for each in api.asked if "queue" in each.url.path]


@pytest.mark.parametrize("screen", PAGES)
@pytest.mark.parametrize("code", ["store_unavailable", "a_code_of_tomorrow"])
def test_a_page_that_failed_says_why(api: PretendedApi, screen: str, code: str) -> None:
    api.failing = (503, code)

    page = opened(screen)

    reason = WORDS.get(f"errors.{code}", WORDS["errors.unknown"])
    assert WORDS["state.failed"].format(reason=reason) in [each.value for each in page.error]
    assert not page.info
    assert "why it failed" in [each.value for each in page.text]


def test_what_failed_can_be_tried_again(api: PretendedApi) -> None:
    api.failing = (503, "store_unavailable")
    page = opened("turns")
    api.failing = None

    page.button(key="again_page").click().run()

    assert not page.error
    assert len(page.dataframe[0].value) == 1


def test_a_key_that_is_no_longer_accepted_leads_to_the_door(api: PretendedApi) -> None:
    api.failing = (401, "unauthenticated")

    page = opened("turns")

    assert [each.value for each in page.warning] == [WORDS["sign_in.ended"]]
    assert "key" not in page.session_state
    assert [each.label for each in page.text_input] == [WORDS["sign_in.key"]]


@pytest.mark.parametrize("screen", PAGES)
def test_others_words_are_drawn_as_they_are(api: PretendedApi, screen: str) -> None:
    api.answers = answers(HOSTILE)
    if screen == "costs":
        rows: Any = api.answers["/usage"]
        rows["rows"][0]["key"] = HOSTILE

    page = opened(screen, {"group_by": "user"} if screen == "costs" else {"user_id": HOSTILE})

    assert drawn_as_markup(page) == []
    # They are there, but on the overview, which tells codes and figures only.
    there = any("img src" in str(each.proto) for each in elements(page))
    assert there == (screen != "overview")


def test_words_drawn_as_markup_would_be_found() -> None:
    def careless(text: str) -> None:
        import streamlit as st

        st.expander(text).caption("inside")
        st.markdown(text)
        st.error(text)

    page = AppTest.from_function(careless, args=(HOSTILE,)).run()

    assert sorted(drawn_as_markup(page)) == ["error", "expander", "markdown"]
