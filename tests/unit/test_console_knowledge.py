"""The knowledge page: upload, test search, deletion that is asked twice, and a smaller key."""

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.console_answers import TURN, answers
from tests.unit.console_stage import KEY, PretendedApi, opened, pretend
from ui import api_client
from ui.wording import texts

WORDS = texts("en")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    pretended = PretendedApi(answers())
    yield from (pretended for _ in pretend(monkeypatch, pretended))


def click(page: AppTest, word: str) -> None:
    next(each for each in page.button if each.label == WORDS[f"knowledge.{word}"]).click().run()


def field(page: AppTest, word: str) -> str:
    return WORDS[f"knowledge.{word}"]


def test_a_text_is_uploaded(api: PretendedApi) -> None:
    page = opened("knowledge", {"question": ""})
    inputs = {each.label: each for each in (*page.text_input, *page.text_area)}
    inputs[field(page, "title")].set_value("Returns")
    inputs[field(page, "text")].set_value("Within 9 days.")

    click(page, "send")

    [sent] = [json.loads(each.content) for each in api.asked if each.method == "POST"]
    assert sent == {"title": "Returns", "source": "", "text": "Within 9 days."}
    assert WORDS["knowledge.sent"] in [each.value for each in page.success]


def test_without_a_file_or_a_text_nothing_is_sent(api: PretendedApi) -> None:
    page = opened("knowledge")

    click(page, "send")

    assert WORDS["knowledge.incomplete"] in [each.value for each in page.warning]
    assert not [each for each in api.asked if each.method == "POST"]


def test_a_file_goes_as_a_form(api: PretendedApi) -> None:
    api_client.upload("/knowledge", KEY, "a.pdf", b"%PDF-", {"title": "A"})

    [request] = api.asked
    assert request.headers["Content-Type"].startswith("multipart/form-data")
    assert b'filename="a.pdf"' in request.content
    assert b"%PDF-" in request.content
    assert b'name="title"' in request.content


def test_a_document_goes_only_when_it_is_said_twice(api: PretendedApi) -> None:
    page = opened("knowledge")
    api.answers[f"/knowledge/{TURN}"] = {}

    click(page, "remove")
    assert not [each for each in api.asked if each.method == "DELETE"]
    assert WORDS["knowledge.sure"] in [each.value for each in page.warning]

    click(page, "remove_surely")
    assert [each.url.path for each in api.asked if each.method == "DELETE"] == [
        f"/knowledge/{TURN}"
    ]
    assert WORDS["knowledge.removed"] in [each.value for each in page.success]


def test_what_could_not_be_deleted_says_why(api: PretendedApi) -> None:
    page = opened("knowledge")
    api.refusing = {f"/knowledge/{TURN}": (503, "store_unavailable")}

    click(page, "remove")
    click(page, "remove_surely")

    reason = WORDS["errors.store_unavailable"]
    assert WORDS["state.failed"].format(reason=reason) in [each.value for each in page.error]


def test_a_smaller_key_searches_and_sees_no_documents(api: PretendedApi) -> None:
    api.refusing = {"/knowledge": (403, "not_allowed")}

    page = opened("knowledge")

    assert WORDS["knowledge.needs_admin"] in [each.value for each in page.caption]
    assert not page.error
    assert "words" in [each.value for each in page.text]
