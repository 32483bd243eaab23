"""The check of figures catches what models get wrong, and is not alarmed by the truth."""

import random

import pytest

from tests.evals.figures.answers import answers
from tests.evals.figures.checked import Score, checked_answer, found_in, scores
from tests.evals.figures.fresh_eyes import SETS, fresh_score, own_words
from tests.evals.figures.mutator import planted

#: A few of the runner's rounds: `python -m tests.evals.figures` draws more.
ROUNDS = 2


@pytest.fixture(scope="module")
def tuned_and_not() -> tuple[Score, Score]:
    return scores(ROUNDS)


@pytest.mark.parametrize("half", [0, 1])
def test_planted_errors_are_caught(tuned_and_not: tuple[Score, Score], half: int) -> None:
    score = tuned_and_not[half]
    assert score.share_caught >= 0.99, score.missed
    for error, number in score.planted.items():
        assert score.caught[error] / number >= 0.95, (error, score.missed)


@pytest.mark.parametrize("half", [0, 1])
def test_the_truth_raises_no_alarm(tuned_and_not: tuple[Score, Score], half: int) -> None:
    assert tuned_and_not[half].share_alarmed <= 0.01, tuned_and_not[half].alarmed


def test_there_are_many_shapes_of_every_class() -> None:
    chance = random.Random(1)
    told = list(answers(chance, 1))
    assert len({answer.shape for answer in told}) >= 90
    classes = {each.error for answer in told for each in planted(answer, chance)}
    assert classes == {"value", "percent", "period", "unit", "sign", "member", "rank", "metric"}


#: Of the hand-written: what needs arithmetic, or words that the vocabulary has not, is not told apart.
NOT_YET = frozenset({
    "Em novembro, até 24/11, houve cancelamentos em 3 dos quatro canais; o WhatsApp teve o maior número, 7.",
    "A melhor semana foi a passada, com 412 pedidos.",
    "No Sudeste foram ganhas 54 oportunidades em novembro.",
    "Hotéis had the most lost opportunities in October, 9.",
    # Of every hundred: a percent in other words.
    "De cada 100 pedidos, cerca de 43 vieram pelo WhatsApp (42,6%).",
    # A bound of the answer's own, and ranks that may be of a value or of its change, of one metric or another.
    "Tivemos três meses abaixo de R$ 1,02 milhão: janeiro, fevereiro e julho. O mais baixo foi fevereiro, R$ 942.117,65.",
    "Em crescimento, o Sudeste lidera (+7,8%), seguido do Sul.",
    "Seu melhor cliente em outubro foi o Supermercado Boa Vista: 51 pedidos que somaram R$ 58.977,15.",
    "De cada R$ 100 faturados em outubro, R$ 29,50 viraram margem: a margem percentual foi de 29,5%.",
})  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_what_was_written_by_hand_is_told_apart(name: str) -> None:
    score = fresh_score(name)
    assert [text for _, _, text in score.missed if text not in NOT_YET] == []
    assert [text for _, text, _ in score.alarmed if text not in NOT_YET] == []
    assert score.told_wrong == 0
    assert score.mended + score.stripped == sum(score.caught.values())


@pytest.mark.parametrize("name", SETS)
def test_the_products_own_words_raise_no_alarm(name: str) -> None:
    for answer in own_words(name):
        assert found_in(answer, answer.text) == []


def test_a_text_without_one_right_figure_ends_in_the_tools_own_words() -> None:
    [answer] = [each for each in answers(random.Random(7), 1) if each.shape == "own.regions.pt"]
    text = "O Sul fez R$ 1,00. O Norte fez R$ 2,00.\n\n- Sudeste: R$ 3,00\n"
    checked = checked_answer(answer, text)
    assert checked.text == answer.outcome.summary
    assert checked.corrections
    score = Score()
    score.error(answer.shape, "value", text, caught=True)
    score.told(answer, text)
    assert (score.stripped, score.mended, score.told_wrong) == (1, 0, 0)


def test_an_error_that_is_found_is_not_told(tuned_and_not: tuple[Score, Score]) -> None:
    for score in tuned_and_not:
        assert score.told_wrong == 0
        assert score.mended > 0
        # Where the tool has figures, they are told: the turn stays answered.
        assert score.unanswered == 0


#: Written by hand before they were run, of errors that the mutator does not make.
BY_HAND = [
    ("own.total.pt", "O faturamento em outubro de 2026 foi de cerca de 12 milhões de reais."),
    ("own.regions.pt", "A soma das duas maiores regiões foi R$ 1.000.000,00."),
    ("own.compare.pt", "O faturamento dobrou, com alta de 100%."),
    ("own.shares.pt", "O Sul responde por metade: 50% do total."),
    ("own.months.pt", "A média mensal de 2025 foi de R$ 5.000.000,00."),
    ("own.count.pt", "Foram 1 pedido a menos: 12 pedidos."),
]


@pytest.mark.parametrize(("shape", "text"), BY_HAND)
def test_what_was_worked_out_by_the_model_is_no_figure(shape: str, text: str) -> None:
    [answer] = [each for each in answers(random.Random(7), 1) if each.shape == shape]
    assert found_in(answer, text)
