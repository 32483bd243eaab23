"""A question as spans in order, and which of them the rules have made sense of so far."""

from collections.abc import Collection, Iterator, Sequence

from backend.semantic.kind import Kind
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.span import Meaning, Span
from backend.semantic.time_words import TimeWords
from backend.semantic.tokens import COMMA, DASH, Token
from backend.semantic.vocabulary import Vocabulary

#: Between two words that belong together these may stand: "os DEZ dos MELHORES clientes".
_GLUE = (Kind.FUNCTION, Kind.WHAT, Kind.ONLY)


#: Where a period is as long, these are rather meant.
_BEFORE_PERIODS = (Kind.METRIC, Kind.DIMENSION, Kind.MEMBER, Kind.UNREAD)
_BOUNDS = (Kind.OVER, Kind.AT_LEAST, Kind.UNDER, Kind.AT_MOST)
#: Words of "greater than or equal to".
_LONGEST_BOUND = 5
#: Of a number like a year of these, "mais que 2025" may mean the year.
_RECENT_YEARS = 12
_NOTHING = Meaning(kind=Kind.UNKNOWN)
#: One word without a meaning outweighs any number of spans that a message can hold.
_UNKNOWN_PRICE = 10_000


class Sentence:
    """Spans cover every word. A rule claims the spans that it read; what stays is not understood."""

    def __init__(self, tokens: Sequence[Token], spans: Sequence[Span]) -> None:
        self._tokens = tokens
        self.spans = spans
        self._claimed: set[int] = set()

    def of(self, *kinds: Kind) -> Iterator[int]:
        """The unclaimed spans of these kinds, as they stand when each is reached."""
        for index in range(len(self.spans)):
            if self.kind(index) in kinds and not self.is_claimed(index):
                yield index

    def has(self, *kinds: Kind) -> bool:
        return any(span.kind in kinds for span in self.spans)

    def kind(self, index: int | None) -> Kind | None:
        if index is None or not 0 <= index < len(self.spans):
            return None
        return self.spans[index].kind

    def meaning(self, index: int) -> Meaning:
        return self.spans[index].meaning

    def said(self, index: int) -> str:
        """The span's words, folded."""
        span = self.spans[index]
        return " ".join(token.word for token in self._tokens[span.start : span.end])

    def after(self, index: int) -> int | None:
        """The next span that is not glue."""
        return next((i for i in range(index + 1, len(self.spans)) if not self._is_glue(i)), None)

    def before(self, index: int) -> int | None:
        return next((i for i in range(index - 1, -1, -1) if not self._is_glue(i)), None)

    def claim(self, *indexes: int | None) -> None:
        self._claimed.update(index for index in indexes if index is not None)

    def is_claimed(self, index: int) -> bool:
        return index in self._claimed

    def left(self) -> tuple[str, ...]:
        """What no rule claimed, as the user wrote it."""
        return tuple(
            self._written(span)
            for index, span in enumerate(self.spans)
            if index not in self._claimed
        )

    def written(self, kinds: Collection[Kind]) -> tuple[str, ...]:
        """The words of these kinds, as the user wrote them."""
        return tuple(self._written(span) for span in self.spans if span.kind in kinds)

    def _written(self, span: Span) -> str:
        return " ".join(token.text for token in self._tokens[span.start : span.end])

    def _is_glue(self, index: int) -> bool:
        return self.spans[index].kind in _GLUE


def scan(tokens: Sequence[Token], time: TimeWords, vocabulary: Vocabulary) -> Sentence:
    """Cut the question so that the fewest words mean nothing, and of such cuts into the fewest
    spans: "total de pedidos cancelados" ends in "pedidos cancelados", not in "cancelados".
    """
    size = len(tokens)
    cost, chosen = [0] * (size + 1), list[Span]()
    best: list[Span | None] = [None] * size
    for start in reversed(range(size)):
        spans = _spans(tokens, start, time, vocabulary)
        best[start] = min(spans, key=lambda span: _price(span) + cost[span.end])
        cost[start] = min(_price(span) + cost[span.end] for span in spans)
    start = 0
    while start < size and (span := best[start]) is not None:
        chosen.append(span)
        start = span.end
    return Sentence(tokens, chosen)


def _spans(
    tokens: Sequence[Token], start: int, time: TimeWords, vocabulary: Vocabulary
) -> list[Span]:
    """What the words from `start` on may be, the longest first."""
    phrases = {end: meaning for meaning, end in vocabulary.matches(tokens, time.words, start)}
    period = period_at(time, start)
    if period is not None:
        rival = phrases.get(period[1], _NOTHING).kind
        if _is_bound(tokens, start, period, time, vocabulary):
            phrases[period[1]] = Meaning(kind=Kind.NUMBER, value=tokens[start].word)
        elif rival is Kind.MEMBER and period[1] == start + 1:
            phrases[period[1]] = _time_or_member(tokens, start, vocabulary)
        elif period[1] == start + 1 and vocabulary.may_be_a_name(tokens[start]):
            # "Ingresos en Mar", where hotels are called Mar Azul and Mar de Plata.
            phrases[period[1]] = _NOTHING
        elif rival not in _BEFORE_PERIODS:
            phrases[period[1]] = Meaning(kind=Kind.PERIOD)
    elif phrases.get(
        start + 1, _NOTHING
    ).kind is Kind.MEMBER and vocabulary.lexicon.period.months.match(time.words, start):
        phrases[start + 1] = _NOTHING
    phrases = phrases or {start + 1: _single(tokens[start])}
    longest = phrases[max(phrases)]
    if longest.kind is Kind.UNREAD:
        # Harmless words that are not harmless together must not be had one by one.
        phrases = {max(phrases): longest}
    return [
        Span(
            start=start,
            end=end,
            meaning=phrases[end],
            period=period[0] if period and phrases[end].kind is Kind.PERIOD else None,
            guessed=any(token.guessed for token in tokens[start:end]),
        )
        for end in sorted(phrases, reverse=True)
    ]


def _is_bound(
    tokens: Sequence[Token],
    start: int,
    period: tuple[Period, int],
    time: TimeWords,
    vocabulary: Vocabulary,
) -> bool:
    """True for the 2000 of "más de 2000", which is no year that anybody would ask about, and of
    "R$ 2000".
    """
    word = tokens[start].word
    if period[1] != start + 1 or not (len(word) == 4 and word.isascii() and word.isdigit()):
        return False
    if vocabulary.kind_of(time.word(start - 1)) is Kind.CURRENCY:
        return True
    is_recent = time.today.year - _RECENT_YEARS <= int(word) <= time.today.year + 1
    return not is_recent and any(
        vocabulary.kind_of(*time.words[first:start]) in _BOUNDS
        for first in range(max(0, start - _LONGEST_BOUND), start)
    )


def _time_or_member(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> Meaning:
    """One word that is both: "in May" is a time; of "May revenue", with a customer of that name,
    one cannot be sure.
    """
    before = tokens[at - 1].word if at else ""
    is_time = tokens[at].word[0].isdigit() or before in vocabulary.lexicon.before_periods
    return Meaning(kind=Kind.PERIOD) if is_time else _NOTHING


def _price(span: Span) -> int:
    return _UNKNOWN_PRICE if span.kind is Kind.UNKNOWN else 1


def _single(token: Token) -> Meaning:
    if token.word == COMMA:
        return Meaning(kind=Kind.AND)
    if token.word == DASH:
        return Meaning(kind=Kind.FUNCTION)
    if token.word.isascii() and token.word.isdigit():
        return Meaning(kind=Kind.NUMBER, value=token.word)
    return Meaning(kind=Kind.UNKNOWN)
