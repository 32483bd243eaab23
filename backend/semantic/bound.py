"""Bounds as they are spelt: "mais de 10 mil", "5 or more", "entre 1.000 e 5.000"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from backend.domain.language import Language
from backend.domain.sales import Operator
from backend.semantic.amount import Amount, amount_at
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.sentence import Sentence

_OPERATORS: dict[Kind, Operator] = {
    Kind.OVER: ">",
    Kind.AT_LEAST: ">=",
    Kind.UNDER: "<",
    Kind.AT_MOST: "<=",
}
_AFTER: dict[Kind, Operator] = {Kind.OR_MORE: ">=", Kind.OR_LESS: "<="}
_OVER = "over"
#: A smaller number beside a verb, without a currency, rather counts something than is money.
_LEAST_MONEY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    limits: tuple[tuple[Operator, Decimal], ...]
    #: The spans that spell it, in order.
    places: tuple[int, ...]
    #: The last span of its number.
    end: int
    has_currency: bool
    is_percent: bool
    #: A bare number that may count as well as be money.
    is_small: bool

    @classmethod
    def of(cls, words: tuple[int, ...], *limits: tuple[Operator, Amount]) -> "Bound":
        amounts = [amount for _, amount in limits]
        places = sorted({*words, *(place for amount in amounts for place in amount.places)})
        has_currency = any(amount.has_currency for amount in amounts)
        return cls(
            limits=tuple((operator, amount.value) for operator, amount in limits),
            places=tuple(places),
            end=amounts[-1].places[-1],
            has_currency=has_currency,
            is_percent=any(amount.is_percent for amount in amounts),
            is_small=not has_currency and max(each.value for each in amounts) < _LEAST_MONEY,
        )


def bounds(sentence: Sentence, model: SemanticModel, language: Language) -> Iterator[Bound]:
    """Every bound of the question, in order: "mais de 10", "10 ou mais", "entre 10 e 20"."""
    for index in sentence.of(*_OPERATORS, *_AFTER, Kind.FUNCTION, Kind.BETWEEN):
        kind = sentence.kind(index)
        if kind is Kind.BETWEEN:
            bound = _between(sentence, index, model, language)
        elif kind in _AFTER:
            bound = _before_words(sentence, index, model, language)
        else:
            operator = _operator(sentence, index)
            amount = amount_at(sentence, sentence.after(index), model, language)
            bound = Bound.of((index,), (operator, amount)) if operator and amount else None
        if bound is not None:
            yield bound


def _between(
    sentence: Sentence, index: int, model: SemanticModel, language: Language
) -> Bound | None:
    """As in "entre 1.000 e 5.000", both included; "entre 10 e 20 mil" is from 10 thousand on."""
    low = amount_at(sentence, sentence.after(index), model, language)
    joint = sentence.after(low.places[-1]) if low else None
    if low is None or sentence.kind(joint) is not Kind.AND or joint is None:
        return None
    high = amount_at(sentence, sentence.after(joint), model, language)
    if high is None:
        return None
    if low.scale == 1 and high.scale > 1 and low.value < 1_000:
        low = replace(low, value=low.value * high.scale)
    return Bound.of((index, joint), (">=", low), ("<=", high)) if low.value < high.value else None


def _before_words(
    sentence: Sentence, index: int, model: SemanticModel, language: Language
) -> Bound | None:
    """As in "5 ou mais pedidos", "5 pedidos ou mais": the number stands before."""
    start = sentence.before(index)
    between = start if sentence.kind(start) is Kind.METRIC else None
    over = (Kind.METRIC, Kind.SCALE, Kind.CURRENCY, Kind.PERCENT)
    while start is not None and sentence.kind(start) in over:
        start = sentence.before(start)
    amount = amount_at(sentence, start, model, language)
    after = sentence.after(amount.places[-1]) if amount else None
    if amount is None or after not in (index, between):
        return None
    return Bound.of((index,), (_AFTER[sentence.meaning(index).kind], amount))


def _operator(sentence: Sentence, index: int) -> Operator | None:
    """A word that bounds; of English "over", which mostly says when, what follows decides."""
    if sentence.said(index) == _OVER:
        return ">"
    kind = sentence.kind(index)
    return _OPERATORS.get(kind) if kind is not None else None
