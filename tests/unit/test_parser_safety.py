"""Whatever is written, the parser answers; and what it does not know, it never drops."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.folding import folded
from backend.semantic.tokens import tokenise
from tests.unit.parser_questions import PARSER, Case, arguments, cases, read

READ = [case for case in cases() if case.expected is not None]
#: "Pará" and "SE" are told from words by their accent and their capitals.
PLAIN = [case for case in READ if "Pará" not in case.question and " SE" not in case.question]
SPELT = [case for case in READ if case.question.strip("?").isdigit() is False]
WORDS = sorted({token.text for case in cases() for token in tokenise(case.question)})
PREVIOUS = MetricQuery(
    metrics=("revenue",),
    dimensions=("region",),
    filters={"category": ("Bebidas",)},
    from_date=date(2026, 10, 1),
    to_date=date(2026, 10, 31),
    order="desc",
    limit=3,
)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
#: No word of any vocabulary begins so, and none is one slip away.
STRANGE = st.text("bcdfghjklmnpqrstvwxz", min_size=2, max_size=9).map(lambda text: f"xq{text}")
#: Words that would change what is asked, and that this form of the grammar does not read.
DENIALS = {
    Language.PORTUGUESE: ("não", "sem", "exceto", "acima", "contra", "versus", "média", "meta"),
    Language.ENGLISH: ("no", "not", "without", "except", "versus", "above", "average", "share"),
    Language.SPANISH: ("no", "sin", "excepto", "contra", "versus", "encima", "promedio"),
}


@given(st.text(max_size=300), DAYS, st.sampled_from([None, PREVIOUS]), st.sampled_from(Language))
def test_any_text_is_answered(
    text: str, today: date, previous: MetricQuery | None, language: Language
) -> None:
    reading = PARSER.read(text, today=today, previous=previous, language=language)

    assert not (reading.complete and reading.query is None)
    assert reading.complete <= (reading.not_understood == ())


@given(st.lists(st.sampled_from(WORDS), max_size=14), DAYS, st.sampled_from([None, PREVIOUS]))
def test_any_order_of_known_words_is_answered(
    words: list[str], today: date, previous: MetricQuery | None
) -> None:
    reading = PARSER.read(" ".join(words), today=today, previous=previous)

    if reading.query is not None and reading.query.from_date and reading.query.to_date:
        assert reading.query.from_date <= reading.query.to_date


@given(st.sampled_from(READ), STRANGE, st.data())
def test_an_unknown_word_makes_any_question_incomplete(
    case: Case, strange: str, data: st.DataObject
) -> None:
    question = _with(case.question, strange, data)

    reading = read(question, case.today, case.follows)

    assert not reading.complete
    assert strange in reading.not_understood


@given(st.sampled_from(READ), st.data())
def test_a_negation_or_comparison_is_never_dropped(case: Case, data: st.DataObject) -> None:
    whole = read(case.question, case.today, case.follows)
    denial = data.draw(st.sampled_from(DENIALS[whole.language]))
    question = _with(case.question, denial, data)

    reading = read(question, case.today, case.follows)

    assert not reading.complete or arguments(reading) != arguments(whole)


@given(st.sampled_from(SPELT), st.data())
def test_a_slip_of_the_finger_never_asks_something_else(case: Case, data: st.DataObject) -> None:
    question = case.question
    places = [at for at in range(1, len(question)) if question[at - 1 : at + 1].isalpha()]
    at = data.draw(st.sampled_from(places))
    left, right = question[at - 1], question[at]
    slip = data.draw(st.sampled_from([right + left, left + right + right]))
    written = question[: at - 1] + slip + question[at + 1 :]

    reading = read(written, case.today, case.follows)

    assert not reading.complete or arguments(reading) == case.expected


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_accents_and_case_do_not_matter(case: Case) -> None:
    reading = read(folded(case.question), case.today, case.follows)

    assert arguments(reading) == case.expected
    assert reading.complete


def _with(question: str, word: str, data: st.DataObject) -> str:
    """The question with one more word, somewhere between two of its words."""
    parts = question.split()
    parts.insert(data.draw(st.integers(0, len(parts))), word)
    return " ".join(parts)


def test_a_follow_up_keeps_a_period_without_an_end() -> None:
    previous = MetricQuery(metrics=("orders",), from_date=date(2026, 3, 1))

    query = PARSER.read("e no Sul?", today=date(2026, 11, 24), previous=previous).query

    assert query is not None
    assert (query.from_date, query.to_date) == (date(2026, 3, 1), date(2026, 11, 24))
    assert query.filters == {"region": ("Sul",)}


def test_a_follow_up_drops_an_order_that_its_metrics_do_not_have() -> None:
    previous = MetricQuery(
        metrics=("revenue", "orders"),
        dimensions=("seller",),
        order="desc",
        order_by="orders",
        limit=3,
    )

    query = PARSER.read("e a margem?", today=date(2026, 11, 24), previous=previous).query

    assert query is not None
    assert (query.metrics, query.order_by, query.limit) == (("margin",), None, 3)


def test_readings_are_the_same_from_many_threads() -> None:
    questions = [case for case in READ if case.follows is None] * 3
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda case: arguments(read(case.question, case.today)), questions))

    assert found == [case.expected for case in questions]
