"""The ways through the console: the door, from a figure to its list, filters, language and zone."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from tests.unit.console_answers import TURN, answers
from tests.unit.console_stage import KEY, PAGES, PretendedApi, links, opened, pretend
from ui.wording import texts

WORDS = texts("en")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedApi]:
    pretended = PretendedApi(answers())
    yield from (pretended for _ in pretend(monkeypatch, pretended))


def test_a_figure_leads_to_the_list_behind_it(api: PretendedApi) -> None:
    page = opened("overview")

    found = {label: parse_qs(query) for label, query in links(page).items()}
    day = {"from": ["2026-11-27"], "to": ["2026-11-27"], "lang": ["en"]}
    assert found["See the 2"] == {**day, "status": ["answered"]}
    assert found["See the 1"] == {**day, "status": ["failed"]}
    assert found["See costs"] == {"from": ["2026-10-29"], "to": ["2026-11-27"], "lang": ["en"]}
    assert found["Turn of 2026-11-26 23:30:00"] == {"id": [TURN], "lang": ["en"]}


def test_the_list_behind_a_figure_has_its_filters(api: PretendedApi) -> None:
    narrowed = {"from": "2026-11-01", "to": "2026-11-27", "user_id": "7", "status": "failed"}

    costs = opened("costs", {**narrowed, "group_by": "model"})

    zone = {"time_zone": "America/Sao_Paulo"}
    assert api.params("/usage") == {**narrowed, **zone, "group_by": "model"}
    behind = parse_qs(links(costs)["See the 3 turns"])
    opened("turns", {name: values[0] for name, values in behind.items()})
    # The days that the report counted, which here are others than were asked for.
    days = {"from": "2026-10-29", "to": "2026-11-27"}
    assert api.params("/turns") == {**narrowed, **days, **zone}


def test_filters_are_put_into_the_address(api: PretendedApi) -> None:
    page = opened("turns", {"user_id": "7", "cursor": "old", "page": "3"})
    assert api.params("/turns")["cursor"] == "old"
    inputs = {each.label: each for each in page.text_input}
    assert inputs["User"].value == "7"
    inputs["Channel"].set_value(" crm ")
    next(each for each in page.selectbox if each.label == "Status").select_index(3)

    next(each for each in page.button if each.label == "Filter").click().run()

    asked = {"user_id": "7", "channel": "crm", "status": "failed"}
    assert api.params("/turns") == {**asked, "time_zone": "America/Sao_Paulo"}
    assert {name: page.query_params[name] for name in asked} == asked
    assert "cursor" not in page.query_params


def test_a_list_goes_on_from_its_cursor(api: PretendedApi) -> None:
    page = opened("turns", {"user_id": "7"})
    assert "1,234 in all" in page.caption[1].value

    next(each for each in page.button if each.label == "Next").click().run()

    assert api.params("/turns")["cursor"] == "further"
    assert api.params("/turns")["user_id"] == "7"
    # The address says the same: what is done next finds the same page.
    assert dict(page.query_params.items()) == {
        "user_id": "7",
        "cursor": "further",
        "page": "2",
        "lang": "en",
    }


#: Of a page that has several parts; the others ask once.
_CALLS = {"overview": 4, "data": 4, "knowledge": 4, "memory": 2}


def test_a_page_asks_little(api: PretendedApi) -> None:
    for screen in PAGES:
        api.asked.clear()
        opened(screen)
        assert len(api.asked) <= _CALLS.get(screen, 1), screen


def test_signing_in_and_out(api: PretendedApi) -> None:
    page = opened("turns", {"user_id": "7"}, key=None)
    assert not api.asked
    page.text_input[0].set_value(KEY)

    page.button[0].click().run()

    assert [each.value for each in page.title] == [WORDS["pages.turns"]]
    assert api.params("/turns")["user_id"] == "7"
    assert {each.headers["Authorization"] for each in api.asked} == {f"Bearer {KEY}"}
    assert not [each for each in api.asked if KEY in str(each.url)]
    assert KEY not in str(dict(page.query_params))

    next(each for each in page.button if each.label == WORDS["sign_in.leave"]).click().run()
    assert "key" not in page.session_state
    assert [each.value for each in page.title] == [WORDS["product"]]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "unauthenticated", "sign_in.wrong"),
        (403, "not_allowed", "sign_in.too_little"),
    ],
)
def test_a_key_that_does_not_fit_is_told(
    api: PretendedApi, status: int, code: str, said: str
) -> None:
    api.failing = (status, code)
    page = opened("overview", key=None)
    page.text_input[0].set_value(KEY)

    page.button[0].click().run()

    assert [each.value for each in page.error] == [WORDS[said]]
    assert "key" not in page.session_state


def test_language_and_zone_are_the_readers_choice(api: PretendedApi) -> None:
    page = opened("turns", {"lang": "pt", "time_zone": "UTC"})

    assert page.title[0].value == "Turnos"
    assert page.dataframe[0].value.iloc[0]["asked_at"] == "27/11/2026 02:30:00"
    assert page.dataframe[0].value.iloc[0]["tokens_used"] == "1.545"
    assert page.dataframe[0].value.iloc[0]["cost_usd"] == "US$ 0,002980"
    assert api.params("/turns") == {"time_zone": "UTC"}

    page.selectbox(key="chosen_language").set_value("en").run()
    assert page.title[0].value == "Turns"
    assert page.query_params["lang"] == "en"
