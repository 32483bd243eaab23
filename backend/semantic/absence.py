"""Members with nothing: "clientes que não compraram em abril", "produtos sem venda há 90 dias"."""

from collections.abc import Mapping
from datetime import date

from backend.semantic.breakdown import group_by
from backend.semantic.calendar_unit import Unit
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.measures import telling
from backend.semantic.model import SemanticModel
from backend.semantic.period import recent
from backend.semantic.sentence import Sentence

_DENIALS = (Kind.NEGATION, Kind.EXCLUDE, Kind.NOTHING)
#: These stand between the denial and what is denied: "que não FIZERAM pedidos", "with NO orders".
_BETWEEN = (Kind.HAVE, Kind.NEGATION, Kind.COUNT, Kind.CLOSING)


def read_absence(
    sentence: Sentence,
    draft: Draft,
    model: SemanticModel,
    by_verb: Mapping[Kind, str],
    *,
    placed: str | None,
    today: date,
) -> None:
    """Claims the denial with the metric or verb that it denies, and whose members are listed.

    Whoever did not buy placed no order: `placed` is the metric of orders, where the model has one.
    """
    for index in sentence.of(*_DENIALS):
        denied = _denied(sentence, index)
        if denied is None:
            continue
        subject = _subject(sentence, draft, index)
        if subject is None and not draft.dimensions:
            continue
        if subject is not None:
            group_by(sentence, draft, subject)
        verb = sentence.meaning(denied).verb or Kind.SELLING
        # Whoever has none of one thing that is sold has none of the others.
        meant = by_verb.get(verb, next(iter(model.metrics)))
        named = sentence.meaning(denied).metrics or (meant,)
        if verb is Kind.BUYING and placed is not None and not sentence.meaning(denied).metrics:
            named = (placed, *named)
        metrics = telling(model, named, (*draft.dimensions, *draft.filters))
        nothing = sentence.after(denied)
        if sentence.kind(nothing) is Kind.NOTHING:
            sentence.claim(nothing)
        draft.without = metrics[0]
        draft.add_metric(metrics[0])
        sentence.claim(index, denied)
        place = sentence.after(index)
        while place is not None and place < denied:
            sentence.claim(place)
            place = sentence.after(place)
        _read_how_long(sentence, draft, today)


def _denied(sentence: Sentence, index: int) -> int | None:
    if sentence.kind(index) is Kind.NOTHING:
        # "Customers that bought NOTHING".
        place = sentence.before(index)
        verb = place is not None and sentence.meaning(place).verb is not None
        return place if verb and not _is_denied(sentence, place) else None
    place = sentence.after(index)
    while place is not None and sentence.kind(place) in _BETWEEN:
        twice = sentence.kind(place) is Kind.NEGATION and sentence.kind(index) is Kind.EXCLUDE
        if twice or sentence.said(place) == sentence.said(index):
            return None  # Denied twice over. "Não fizeram nenhum pedido" is once.
        place = sentence.after(place)
    if place is None or sentence.is_claimed(place):
        return None
    meaning = sentence.meaning(place)
    return place if meaning.kind is Kind.METRIC or meaning.verb is not None else None


def _is_denied(sentence: Sentence, verb: int | None) -> bool:
    return verb is not None and sentence.kind(sentence.before(verb)) is Kind.NEGATION


def _subject(sentence: Sentence, draft: Draft, index: int) -> int | None:
    """The dimension that stands before the denial."""
    place = sentence.before(index)
    while place is not None:
        if sentence.kind(place) is Kind.DIMENSION and not sentence.is_claimed(place):
            return place
        place = sentence.before(place)
    return None


def _read_how_long(sentence: Sentence, draft: Draft, today: date) -> None:
    """As in "há 90 dias", "for 90 days": none in the last so many."""
    if draft.period is not None:
        return
    for index in sentence.of(Kind.NUMBER):
        unit = sentence.after(index)
        if unit is not None and sentence.kind(unit) is Kind.UNIT and not sentence.is_claimed(unit):
            count = int(sentence.meaning(index).value)
            draft.period = recent(Unit(sentence.meaning(unit).value), count, today)
            sentence.claim(index, unit)
            return
