"""The data page: a question read and run, its address, and what a smaller key may see."""

import json
from collections.abc import Iterator

import pytest

from tests.unit.console_answers import TURN, answers
from tests.unit.console_stage import PretendedApi, opened, pretend
from ui.wording import texts

WORDS = texts("en")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    pretended = PretendedApi(answers())
    yield from (pretended for _ in pretend(monkeypatch, pretended))


def test_the_query_that_is_run_is_the_one_that_was_read(api: PretendedApi) -> None:
    opened("data", {"question": "revenue by region", "source": "shop"})

    sent = {each.url.path: json.loads(each.content) for each in api.asked if each.method == "POST"}
    assert sent["/metrics/parse"] == {
        "question": "revenue by region",
        "language": "en",
        "data_source": "shop",
    }
    assert sent["/metrics/query"] == {
        "metrics": ["revenue"],
        "dimensions": ["region"],
        "data_source": "shop",
    }
    assert api.params("/metrics/catalog") == {"data_source": "shop"}


def test_words_that_were_not_understood_are_told(api: PretendedApi) -> None:
    api.answers = answers("blue", full=False)

    page = opened("data")

    assert WORDS["data.not_understood"] in [each.value for each in page.warning]
    assert "blue" in [each.value for each in page.text]


def test_a_question_that_was_not_read_at_all_is_not_run(api: PretendedApi) -> None:
    api.answers = {
        **answers(full=False),
        "/metrics/parse": {"query": None, "complete": False, "not_understood": [], "readings": []},
    }

    opened("data")

    assert "/metrics/query" not in [each.url.path for each in api.asked]


def test_a_question_lies_in_the_address(api: PretendedApi) -> None:
    page = opened("data", {"question": ""})

    page.text_input[0].set_value("orders last week")
    page.button[0].click().run()

    assert page.query_params["question"] in ("orders last week", ["orders last week"])


@pytest.mark.parametrize(("full", "said"), [(True, "data.sound"), (False, "data.unsound")])
def test_a_source_is_examined_on_demand(api: PretendedApi, full: bool, said: str) -> None:
    api.answers[f"/data-sources/{TURN}/test"] = answers(full=full)[f"/data-sources/{TURN}/test"]
    page = opened("data")

    button = next(each for each in page.button if each.label == WORDS["data.test"])
    button.click().run()

    assert WORDS[said] in [each.value for each in (*page.success, *page.error)]


def test_a_key_that_may_not_see_sources_sees_the_rest(api: PretendedApi) -> None:
    del api.answers["/data-sources"]
    api.refusing = {"/data-sources": (403, "not_allowed")}

    page = opened("data")

    assert WORDS["data.sources_need_admin"] in [each.value for each in page.caption]
    assert not page.error
    assert len(page.dataframe) == 3
