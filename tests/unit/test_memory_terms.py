"""Terms: what makes two texts about the same thing, in each language and across them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.identity import TenantId
from backend.domain.language import Language
from backend.memory.terms import LONGEST_CHARACTERS, MOST_ASKED, asked_terms, terms_of

TENANT = TenantId(UUID(int=1))
OTHER = TenantId(UUID(int=2))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("O desconto negociado com a Padaria União foi de 12%", "descontos que negociamos"),
        ("Fechamos a entrega para quinta-feira", "quando é a ENTREGA?"),
        ("Ele prefere contato à tarde", "preferência de contatos"),
        ("The customer rejected our delivery terms", "which deliveries were rejected"),
        ("El cliente pidió una rebaja en los envíos", "¿qué rebajas pidió el cliente?"),
        ("Açaí do Pará: 30 caixas", "caixa de acai"),
    ],
)
def test_a_question_finds_a_text_in_other_forms_of_its_words(said: str, asked: str) -> None:
    assert set(terms_of(TENANT, said)) & set(asked_terms(TENANT, asked).terms)


def test_words_that_say_nothing_are_no_terms() -> None:
    assert not terms_of(TENANT, "o que é que ele disse para você com isso")
    assert not asked_terms(TENANT, "what did you do to him about it").terms


def test_a_word_is_found_whatever_language_its_text_was_taken_for() -> None:
    """A short text tells its language badly; the question looks for every language's stem."""
    for language in Language:
        kept = set(terms_of(TENANT, "entregas", language))
        assert kept & set(asked_terms(TENANT, "entregas").terms)


def test_the_stems_of_one_word_count_as_one_word() -> None:
    asked = asked_terms(TENANT, "negociamos entregas")
    assert set(asked.words) == {0, 1}
    assert len(asked.terms) == len(set(asked.terms)) >= 2


def test_a_term_is_the_tenants_own() -> None:
    assert not set(terms_of(TENANT, "desconto")) & set(terms_of(OTHER, "desconto"))


def test_how_often_a_word_occurs_is_counted() -> None:
    [count] = terms_of(TENANT, "desconto, descontos e mais desconto").values()
    assert count == 3


@given(st.text(max_size=300))
def test_any_text_has_terms_or_none(text: str) -> None:
    for term, count in terms_of(TENANT, text).items():
        assert -(2**63) <= term < 2**63
        assert count > 0
    assert len(set(asked_terms(TENANT, text).words)) <= MOST_ASKED


def test_a_long_text_is_cut() -> None:
    text = "desconto " * LONGEST_CHARACTERS
    [count] = terms_of(TENANT, text).values()
    assert count == LONGEST_CHARACTERS // len("desconto ")
