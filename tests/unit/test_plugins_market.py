"""market_get_series: the figure, the day it is of, where it is from, and what it is not."""

from datetime import date

import pytest

from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.kernel import build_kernel
from backend.plugins.series import Recording, Series
from tests.unit.plugin_stage import Published, a_scope, content_of, tools_of

DOLLARS = {
    "2026-11-17": "5.4000",
    "2026-11-18": "5.3000",
    "2026-11-19": "5.5000",
    "2026-11-23": "5.4321",
}
#: Twelve months of 1%, the last of them October 2026.
PRICES = {f"{2025 + (n > 1)}-{(n + 10) % 12 + 1:02d}-01": "1.00" for n in range(12)}
TARGETS = {"2026-11-23": "13.75", "2026-11-24": "13.50", "2026-12-09": "13.25"}
LIVE = Published({Series.DOLLAR: DOLLARS, Series.IPCA: PRICES, Series.SELIC: TARGETS})


def ask(
    source: Published = LIVE, *, language: Language = Language.PORTUGUESE, **arguments: str
) -> ToolOutcome:
    scope = a_scope(language=language)
    tool = tools_of(scope, build_kernel(source))["market_get_series"]
    return tool.call({name.rstrip("_"): value for name, value in arguments.items()})


def figures(outcome: ToolOutcome) -> dict[str, float]:
    return {figure.metric: figure.value for figure in outcome.figures}


def test_the_latest_dollar_says_its_day_and_its_source() -> None:
    outcome = ask(series="dollar")
    assert outcome.ok
    assert outcome.summary == (
        "Dólar comercial (venda): R$ 5,4321 em 23/11/2026. "
        "Fonte: Banco Central do Brasil, SGS 1, em 23/11/2026."
    )
    assert outcome.sources == ("Banco Central do Brasil, SGS 1, em 23/11/2026",)
    [figure] = outcome.figures
    assert (figure.text, figure.value, figure.metric) == ("R$ 5,4321", 5.4321, "dollar")
    assert figure.from_date == figure.to_date == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ENGLISH, "US dollar (selling rate): R$5.4321 on 2026-11-23."),
        (Language.SPANISH, "Dólar comercial (venta): R$ 5,4321 el 23/11/2026."),
    ],
)
def test_the_readers_language(language: Language, sentence: str) -> None:
    summary = ask(series="dollar", language=language).summary
    assert summary is not None
    assert summary.startswith(sentence)


def test_a_day_without_a_quote_gets_the_last_one_before_it_and_says_so() -> None:
    summary = ask(series="dollar", to="2026-11-22").summary or ""
    assert "R$ 5,5000 em 19/11/2026" in summary
    assert "Não há valor publicado para 22/11/2026" in summary


def test_a_day_with_a_quote_gets_no_remark() -> None:
    summary = ask(series="dollar", from_="2026-11-18", to="2026-11-18").summary or ""
    assert "R$ 5,3000 em 18/11/2026" in summary
    assert "Não há valor" not in summary


def test_a_stretch_is_computed_and_every_number_told_is_a_figure() -> None:
    outcome = ask(series="dollar", from_="2026-11-01", to="2026-11-24")
    summary = outcome.summary or ""
    assert "de R$ 5,4000 para R$ 5,4321 (+0,59%)" in summary
    assert "mínima de R$ 5,3000 em 18/11/2026, máxima de R$ 5,5000 em 19/11/2026" in summary
    assert "média de R$ 5,4080" in summary
    assert all(figure.text in outcome.content for figure in outcome.figures)
    rows = content_of(outcome)["rows"]
    assert [row["day"] for row in rows] == list(DOLLARS)
    assert {row["value"] for row in rows} <= {figure.text for figure in outcome.figures}
    assert figures(outcome)["dollar_change"] == pytest.approx(5.4321 / 5.4 - 1)


def test_a_long_stretch_is_shown_by_the_last_value_of_each_month() -> None:
    outcome = tools_of(a_scope())["market_get_series"].call(
        {"series": "selic", "from": "2025-01-01", "to": "2026-11-15"}
    )
    days = [row["day"] for row in content_of(outcome)["rows"]]
    assert len(days) == 12
    assert days[-3:] == ["2026-09-30", "2026-10-31", "2026-11-15"]
    assert outcome.rows == 684


def test_inflation_over_a_stretch_is_the_product_of_its_months() -> None:
    outcome = ask(series="ipca", from_="2026-01-15", to="2026-03-31")
    assert "de janeiro de 2026 a março de 2026 (3 meses): 3,03%" in (outcome.summary or "")
    assert figures(outcome)["ipca_accumulated"] == pytest.approx(1.01**3 - 1)
    assert "3,00%" not in outcome.content


def test_the_latest_inflation_comes_with_twelve_months() -> None:
    outcome = ask(series="ipca")
    assert "IPCA de outubro de 2026: 1,00% no mês e 12,68% acumulado em 12 meses" in (
        outcome.summary or ""
    )
    assert figures(outcome)["ipca_accumulated"] == pytest.approx(1.01**12 - 1)
    assert outcome.sources == ("Banco Central do Brasil, SGS 433, outubro de 2026",)


def test_a_month_missing_in_the_source_gives_no_accumulated_rate() -> None:
    holed = {day: value for day, value in PRICES.items() if day != "2026-02-01"}
    outcome = ask(
        Published({Series.IPCA: holed}), series="ipca", from_="2026-01-01", to="2026-03-31"
    )
    assert outcome.ok
    assert "faltam meses" in (outcome.summary or "")
    assert "ipca_accumulated" not in figures(outcome)


def test_a_rate_published_ahead_is_not_told_before_its_day() -> None:
    for outcome in (ask(series="selic"), ask(series="selic", to="2026-12-31")):
        assert "13,50% ao ano em 24/11/2026" in (outcome.summary or "")
    stretch = ask(series="selic", from_="2026-11-01", to="2026-12-31")
    assert "de 13,75% para 13,50% ao ano" in (stretch.summary or "")


def test_no_values_is_an_answer_of_its_own() -> None:
    outcome = ask(series="dollar", from_="2026-11-20", to="2026-11-22")
    assert (outcome.ok, outcome.rows, outcome.error) == (True, 0, None)
    assert content_of(outcome)["status"] == "no_rows"
    assert "20/11/2026 a 22/11/2026" in (outcome.summary or "")


def test_a_source_that_is_down_is_another() -> None:
    outcome = ask(Published({}, down=True), series="dollar")
    assert (outcome.ok, outcome.error) == (False, "source_unavailable")
    assert content_of(outcome)["status"] == "source_unavailable"
    assert outcome.summary == "A fonte dos dados não respondeu agora."


@pytest.mark.parametrize(
    "arguments",
    [
        {"series": "bitcoin"},
        {"series": "dollar", "to": "hoje"},
        {"series": "dollar", "from": "2026-11-02", "to": "2026-11-01"},
        {"series": "dollar", "from": "1990-01-01"},
        {"series": "dollar", "url": "https://example.com"},
        {},
    ],
)
def test_impossible_requests_are_refused_with_what_to_correct(arguments: dict[str, str]) -> None:
    outcome = tools_of(a_scope(), build_kernel(LIVE))["market_get_series"].call(arguments)
    assert (outcome.ok, outcome.error) == (False, "invalid_request")
    assert content_of(outcome)["detail"]


def test_invented_values_say_that_they_are() -> None:
    source = Published(
        LIVE.values, recording=Recording(provenance="hand-made", until=date(2026, 11, 19))
    )
    outcome = ask(source, series="dollar")
    assert "R$ 5,5000 em 19/11/2026" in (outcome.summary or "")
    assert "valores ilustrativos" in (outcome.summary or "")
    assert "até 19/11/2026; não são os dados reais" in (outcome.summary or "")
    assert outcome.sources == (
        "Banco Central do Brasil, SGS 1, em 19/11/2026 (gravação ilustrativa)",
    )


def test_recorded_values_say_until_when() -> None:
    source = Published(
        LIVE.values, recording=Recording(provenance="recorded", until=date(2026, 11, 19))
    )
    summary = ask(source, series="dollar").summary or ""
    assert "gravação dos dados do Banco Central feita até 19/11/2026" in summary


@pytest.mark.parametrize("series", list(Series))
@pytest.mark.parametrize("language", list(Language))
def test_the_recordings_in_the_repository_answer_and_confess(
    series: Series, language: Language
) -> None:
    outcome = tools_of(a_scope(language=language))["market_get_series"].call({"series": series})
    assert outcome.ok
    assert outcome.figures
    words = {"pt": "ilustrativos", "en": "illustrative", "es": "ilustrativos"}
    assert words[language] in (outcome.summary or "")
