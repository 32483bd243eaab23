"""The four kinds of nothing are four different sentences, and unread words are told by name."""

from datetime import date

import pytest

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Outcome, Reading
from backend.semantic.apologies import say_not_understood, say_nothing
from tests.unit.parser_questions import PARSER
from tests.unit.semantic_model import MODEL

QUERY = MetricQuery(
    metrics=("revenue", "orders"),
    filters={"region": ("Sul",)},
    from_date=date(2026, 10, 1),
    to_date=date(2026, 10, 31),
)
NOTHING = [outcome for outcome in Outcome if outcome is not Outcome.OK]


@pytest.mark.parametrize("language", Language)
def test_kinds_of_nothing_are_never_confused(language: Language) -> None:
    said = [say_nothing(MODEL, outcome, language, QUERY) for outcome in NOTHING]

    assert len(set(said)) == len(NOTHING) == 4


def test_no_rows_names_what_was_looked_for() -> None:
    assert say_nothing(MODEL, Outcome.NO_ROWS, Language.PORTUGUESE, QUERY) == (
        "Não há dados de faturamento e pedidos em outubro de 2026 (01/10/2026 a 31/10/2026)."
        " Filtro: região: Sul."
    )


@pytest.mark.parametrize(
    ("language", "known"),
    [
        (Language.PORTUGUESE, "faturamento"),
        (Language.ENGLISH, "revenue"),
        (Language.SPANISH, "facturación"),
    ],
)
def test_not_defined_names_what_is(language: Language, known: str) -> None:
    assert known in say_nothing(MODEL, Outcome.NOT_DEFINED, language)


def test_an_answer_has_no_apology() -> None:
    with pytest.raises(ValueError, match="ok"):
        say_nothing(MODEL, Outcome.OK, Language.PORTUGUESE)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "vendas por região em outubro sem compromisso no Sul",
            "Entendi “faturamento e contratos fechados por região em outubro de 2026"
            " (01/10/2026 a 31/10/2026), região: Sul”, mas não “sem” e “compromisso”."
            " Pode perguntar de outra forma?",
        ),
        (
            "monthly revenue surge in the South",
            "I understood “revenue by month, region: Sul”, but not “surge”."
            " Could you ask in another way?",
        ),
        (
            "pedidos no entregados ayer, por favor",
            "Entendí “pedidos el 23/11/2026”, pero no “no” y “entregados”."
            " ¿Puede preguntar de otra manera?",
        ),
        (
            "xyz",
            "Não entendi “xyz”. Posso responder, por exemplo, sobre faturamento, pedidos,"
            " unidades vendidas, clientes compradores e ticket médio.",
        ),
        (
            "bom dia",
            "Não encontrei na pergunta uma métrica que eu conheça. Posso responder, por exemplo,"
            " sobre faturamento, pedidos, unidades vendidas, clientes compradores e ticket médio.",
        ),
    ],
)
def test_says_what_was_understood_and_what_was_not(question: str, said: str) -> None:
    reading = PARSER.read(question, today=date(2026, 11, 24), previous=None)

    assert say_not_understood(MODEL, reading, reading.language) == said


SELLERS = {"seller": ("Ana Souza", "Bruno Lima")}


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        (
            Language.PORTUGUESE,
            ("descontto",),
            "Não entendi “descontto”. O mais parecido que conheço: desconto concedido ou"
            " desconto médio.",
        ),
        (
            Language.ENGLISH,
            ("sellr",),
            "I did not understand “sellr”. The nearest that I know: seller.",
        ),
        (
            Language.SPANISH,
            ("Suoza", "Ana Sousa"),
            "No entendí “Suoza” y “Ana Sousa”. Lo más parecido que conozco: Ana Souza.",
        ),
        (
            Language.PORTUGUESE,
            ("de", "no"),
            "Não entendi “de” e “no”. Posso responder, por exemplo, sobre faturamento, pedidos,"
            " unidades vendidas, clientes compradores e ticket médio.",
        ),
    ],
)
def test_offers_what_is_nearest(language: Language, words: tuple[str, ...], said: str) -> None:
    reading = Reading(query=None, language=language, complete=False, not_understood=words)

    assert say_not_understood(MODEL, reading, language, SELLERS) == said


def test_names_that_the_asker_may_not_see_are_not_offered() -> None:
    reading = Reading(
        query=None, language=Language.ENGLISH, complete=False, not_understood=("Ana Sousa",)
    )

    assert "Ana Souza" in say_not_understood(MODEL, reading, Language.ENGLISH, SELLERS)
    assert "Ana Souza" not in say_not_understood(MODEL, reading, Language.ENGLISH)


def test_not_defined_offers_what_is_nearest() -> None:
    said = say_nothing(MODEL, Outcome.NOT_DEFINED, Language.PORTUGUESE, wanted=("faturamneto",))

    assert said == (
        "O que foi pedido não está definido no modelo de vendas."
        " O mais parecido que conheço: faturamento ou faturamento bruto."
    )
