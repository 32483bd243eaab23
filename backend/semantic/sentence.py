"""A question as spans in order, and which of them the rules have made sense of so far."""

from collections.abc import Iterator, Sequence

from backend.semantic.lexicon import Kind
from backend.semantic.span import Meaning, Span
from backend.semantic.time_words import TimeWords
from backend.semantic.period_reader import period_at
from backend.semantic.tokens import COMMA, DASH, Token
from backend.semantic.vocabulary import Vocabulary

#: Between two words that belong together these may stand: "os DEZ dos MELHORES clientes".
_GLUE = (Kind.FUNCTION, Kind.WHAT)


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

    def after(self, index: int) -> int | None:
        """The next span that is not glue."""
        return next((i for i in range(index + 1, len(self.spans)) if not self._is_glue(i)), None)

    def before(self, index: int) -> int | None:
        return next((i for i in range(index - 1, -1, -1) if not self._is_glue(i)), None)

    def claim(self, *indexes: int | None) -> None:
        self._claimed.update(index for index in indexes if index is not None)

    def release(self, index: int) -> None:
        """Put back what turned out not to fit."""
        self._claimed.discard(index)

    def is_claimed(self, index: int) -> bool:
        return index in self._claimed

    def left(self) -> tuple[str, ...]:
        """What no rule claimed, as the user wrote it."""
        return tuple(
            " ".join(token.text for token in self._tokens[span.start : span.end])
            for index, span in enumerate(self.spans)
            if index not in self._claimed
        )

    def _is_glue(self, index: int) -> bool:
        return self.spans[index].kind in _GLUE


def scan(tokens: Sequence[Token], time: TimeWords, vocabulary: Vocabulary) -> Sentence:
    """Left to right, the longest thing that begins at each word: a phrase or a period."""
    spans: list[Span] = []
    start = 0
    while start < len(tokens):
        span = _longest(tuple(tokens), start, time, vocabulary)
        spans.append(span)
        start = span.end
    return Sentence(tokens, spans)


def _longest(
    tokens: tuple[Token, ...], start: int, time: TimeWords, vocabulary: Vocabulary
) -> Span:
    phrase = vocabulary.match(tokens, start)
    period = period_at(time, start)
    if period and (phrase is None or period[1] > phrase[1] or _is_weaker(phrase[0])):
        if phrase is None or period[1] >= phrase[1]:
            return _span(tokens, start, period[1], Meaning(kind=Kind.PERIOD), period[0])
    if phrase is not None:
        return _span(tokens, start, phrase[1], phrase[0])
    return _span(tokens, start, start + 1, _single(tokens[start]))


def _is_weaker(meaning: Meaning) -> bool:
    """A period is rather meant than a word of the lexicon that is no longer."""
    return meaning.kind not in (Kind.METRIC, Kind.DIMENSION, Kind.MEMBER, Kind.UNREAD)


def _span(
    tokens: tuple[Token, ...], start: int, end: int, meaning: Meaning, period: object = None
) -> Span:
    guessed = any(token.guessed for token in tokens[start:end])
    return Span(start=start, end=end, meaning=meaning, period=period, guessed=guessed)


def _single(token: Token) -> Meaning:
    if token.word == COMMA:
        return Meaning(kind=Kind.AND)
    if token.word == DASH:
        return Meaning(kind=Kind.FUNCTION)
    if token.word.isascii() and token.word.isdigit():
        return Meaning(kind=Kind.NUMBER, value=token.word)
    return Meaning(kind=Kind.UNKNOWN)
