"""Order and limit: "top 5 produtos", "qual vendedor vendeu menos", "com maior margem"."""

from collections.abc import Callable, Container, Mapping
from typing import Literal

from backend.semantic.breakdown import group_by
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.sentence import Sentence

_ADJECTIVES = (Kind.BEST, Kind.WORST)
_ADVERBS = (Kind.MOST, Kind.LEAST)
_ITEMS = (Kind.DIMENSION, Kind.UNIT)
#: Beside "more" and a metric, these rank by it: "teve mais pedidos", "mais fechou contratos".
_HAVING = (Kind.HAVE, Kind.CLOSING)
#: More lines than this is not a ranking to read; the number then means something else.
_LONGEST = 1_000


def read_ranking(
    sentence: Sentence, draft: Draft, qualities: Container[str], *, follow_up: bool
) -> None:
    """Claims the words of a ranking and the dimension that is ranked.

    One of something ("qual vendedor", "the best seller") is a limit of 1; several without a
    number are all of them in order. A follow-up may leave out what is ranked ("e os 3 piores?").
    """
    for index in sentence.of(*_ADJECTIVES, *_ADVERBS):
        order = _order(sentence, index)
        item = _ranked_item(sentence, index)
        goes_on = draft.order == order and (
            _beside_a_ranking(sentence, index) or _names_criterion(sentence, index)
        )
        if (goes_on or draft.order is None) and _is_ranking(sentence, index, item, follow_up):
            number = _number(sentence, index, item)
            limit = number or _one(sentence, index, item, follow_up=follow_up)
            if limit and _other_breakdowns(sentence, draft, item):
                continue  # The best five of each region are not the best five.
            draft.order = order
            draft.limit = draft.limit or limit
            draft.judged = draft.judged or sentence.said(index) in qualities
            draft.by_change = draft.by_change or _is_of_growth(sentence, index)
            group_by(sentence, draft, item)
            sentence.claim(index)
    for index in sentence.of(Kind.RANKING):
        item = sentence.after(index)
        if not group_by(sentence, draft, item):
            # "Customer ranking by orders".
            group_by(sentence, draft, sentence.before(index))
        if draft.dimensions or draft.grain:
            draft.order = draft.order or "desc"
            sentence.claim(index)


def read_direction(sentence: Sentence, draft: Draft) -> None:
    """As in "do menor para o maior", "in ascending order", "sorted by margin": all rows, sorted so."""
    for index in sentence.of(Kind.ASCENDING, Kind.DESCENDING):
        order: Literal["desc", "asc"] = "asc" if sentence.kind(index) is Kind.ASCENDING else "desc"
        if draft.order in (None, order):
            draft.order = order
            sentence.claim(index)
    for index in sentence.of(Kind.FOREMOST):
        before = sentence.before(index)
        if draft.order is not None and sentence.kind(before) is Kind.METRIC:
            # "Highest margin FIRST".
            sentence.claim(index)
    for index in sentence.of(Kind.SORT):
        if sentence.kind(sentence.after(index)) is Kind.METRIC:
            draft.order = draft.order or "desc"
            # "CUSTOMERS ranked by revenue".
            group_by(sentence, draft, sentence.before(index))
            sentence.claim(index)


def read_who(sentence: Sentence, draft: Draft, who: Mapping[Kind, str]) -> None:
    """As in "quem vendeu mais": the dimension that does what the verb says (`who`: verb -> it).

    Beside a named dimension ("quem é o melhor cliente") the word adds nothing.
    """
    for index in sentence.of(Kind.WHO):
        verbs = (span.meaning.verb or span.kind for span in sentence.spans[index:])
        dimension = next((who[verb] for verb in verbs if verb in who), None)
        if dimension is not None:
            draft.add_dimension(dimension)
        if dimension is not None or sentence.has(Kind.DIMENSION):
            sentence.claim(index)


def _order(sentence: Sentence, index: int) -> Literal["desc", "asc"]:
    return "desc" if sentence.kind(index) in (Kind.BEST, Kind.MOST) else "asc"


def _is_of_growth(sentence: Sentence, index: int) -> bool:
    """As in "o MAIOR crescimento", "que MAIS cresceu", "grew the MOST"."""
    beside = (sentence.before(index), sentence.after(index))
    return any(sentence.kind(place) is Kind.GROWTH for place in beside)


def _beside_a_ranking(sentence: Sentence, index: int) -> bool:
    """True for the second word of "top 10 maiores": it ranks the same once more."""
    before = sentence.before(index)
    if before is not None and sentence.kind(before) is Kind.NUMBER:
        before = sentence.before(before)
    return before is not None and sentence.kind(before) in (*_ADJECTIVES, *_ADVERBS)


def _names_criterion(sentence: Sentence, index: int) -> bool:
    """As in "top 5 produtos COM MAIS devoluções", "top 5 clientes que MAIS compraram"."""
    before, after = sentence.before(index), sentence.after(index)
    if sentence.kind(index) in _ADVERBS and (
        _is_verb(sentence, before) or _is_verb(sentence, after)
    ):
        return True
    return sentence.kind(before) in _HAVING and sentence.kind(after) is Kind.METRIC


def _is_ranking(sentence: Sentence, index: int, item: int | None, follow_up: bool) -> bool:
    """True where the word ranks, and does not compare, subtract or set a threshold.

    "Vendas menos devoluções", "por região menos o Sul" and "mais de 10" hold the same words.
    """
    has_items = item is not None or sentence.has(Kind.DIMENSION, Kind.WHO)
    before, after = sentence.before(index), sentence.after(index)
    if sentence.kind(index) in _ADVERBS:
        by_verb = _is_verb(sentence, before) or _is_verb(sentence, after)
        by_verb = by_verb or _is_of_growth(sentence, index)
        return (has_items or follow_up) and (by_verb or _counts(sentence, before, after))
    if sentence.kind(after) is Kind.NUMBER and after is not None:
        after = sentence.after(after)
    if item is not None:
        return True
    if sentence.kind(after) in (Kind.METRIC, Kind.GROWTH):
        return has_items
    if follow_up:
        return sentence.kind(after) in (None, Kind.PERIOD, Kind.AND)
    # "Tickets by customer, TOP 5".
    ends = after is None or sentence.kind(after) in (Kind.AND, Kind.REST, Kind.PERIOD)
    return sentence.has(Kind.DIMENSION) and ends and _beside_number(sentence, index)


def _beside_number(sentence: Sentence, index: int) -> bool:
    return Kind.NUMBER in (
        sentence.kind(sentence.after(index)),
        sentence.kind(sentence.before(index)),
    )


def _counts(sentence: Sentence, before: int | None, after: int | None) -> bool:
    """As in "teve mais pedidos", and in the other order "mais fecharam contratos"."""
    if sentence.kind(after) in _HAVING and after is not None:
        before, after = after, sentence.after(after)
    return sentence.kind(before) in _HAVING and sentence.kind(after) is Kind.METRIC


def _ranked_item(sentence: Sentence, index: int) -> int | None:
    """What is ranked: "produtos" in "top 5 produtos", "produtos mais vendidos", "produtos de
    limpeza mais vendidos", "vendedor que mais vendeu", "vendedor com maior faturamento".
    """
    item = _beyond(sentence, sentence.after(index), step=sentence.after, over=(Kind.NUMBER,))
    if item is None:
        over = (Kind.NUMBER, *_HAVING, Kind.WHICH, Kind.MEMBER, Kind.PERIOD, Kind.GROWTH)
        item = _beyond(sentence, sentence.before(index), step=sentence.before, over=over)
    return item


def _beyond(
    sentence: Sentence,
    index: int | None,
    *,
    step: Callable[[int], int | None],
    over: tuple[Kind, ...],
) -> int | None:
    while index is not None and (sentence.meaning(index).kind in over or _is_verb(sentence, index)):
        index = step(index)
    if index is None or sentence.is_claimed(index) or sentence.kind(index) not in _ITEMS:
        return None
    return index


def _number(sentence: Sentence, index: int, item: int | None) -> int | None:
    """The number beside the ranking word or before what is ranked, claimed."""
    places = (sentence.after(index), sentence.before(index))
    for place in (*places, sentence.before(item) if item is not None else None):
        if place is None or sentence.kind(place) is not Kind.NUMBER:
            continue
        number = int(sentence.meaning(place).value)
        if 1 <= number <= _LONGEST:
            sentence.claim(place)
            return number
    return None


def _one(sentence: Sentence, index: int, item: int | None, *, follow_up: bool) -> int | None:
    if item is None and follow_up and sentence.kind(index) in _ADJECTIVES:
        return None if sentence.said(index).endswith("s") else 1  # "E o pior?"
    if item is None:
        return 1 if sentence.has(Kind.WHO) else None
    return None if sentence.meaning(item).plural else 1


def _other_breakdowns(sentence: Sentence, draft: Draft, item: int | None) -> bool:
    others = set(draft.dimensions) | ({draft.grain} if draft.grain else set())
    if item is not None:
        others -= {sentence.meaning(item).dimension, sentence.meaning(item).value}
        return bool(others)
    return len(others) > 1


def _is_verb(sentence: Sentence, index: int | None) -> bool:
    return index is not None and sentence.meaning(index).verb is not None
