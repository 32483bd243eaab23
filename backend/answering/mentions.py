"""What a statement names, and where: the words that tell whose figure a number is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.kind import Kind
from backend.semantic.span import Span
from backend.semantic.tokens import Token

Named = Literal["metric", "member", "period", "best", "worst"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Characters `start` to `end` of a statement."""

    kind: Named
    start: int
    end: int
    #: Of metrics: their names. Of members: their folded names, all of one dimension.
    names: frozenset[str] = frozenset()
    dimension: str = ""
    from_date: date | None = None
    to_date: date | None = None
    #: Of best and worst: one, and not a list of several.
    singular: bool = False


#: What a statement's text names, in the order of its words.
Mentions = Callable[[str], Sequence[Mention]]
#: The parser's view of a text, for a language and the day that "today" means.
Spans = Callable[[str, Language, date], tuple[Sequence[Token], Sequence[Span]]]

_RANKS: Mapping[Kind, Named] = {
    Kind.BEST: "best",
    Kind.MOST: "best",
    Kind.WORST: "worst",
    Kind.LEAST: "worst",
}


def spoken(spans: Spans, language: Language, today: date) -> Mentions:
    """Finds what is named in a language's texts, by the vocabulary that questions are read with."""
    return lambda text: _mentions(text, *spans(text, language, today))


def nothing_mentioned(text: str) -> Sequence[Mention]:
    """Of a tenant without a data source: there are no metrics and members to name."""
    del text
    return ()


def _mentions(text: str, tokens: Sequence[Token], spans: Sequence[Span]) -> Sequence[Mention]:
    places = list(_places(text, tokens))
    found: list[Mention] = []
    for number, span in enumerate(spans):
        start, end = places[span.start][0], places[span.end - 1][1]
        kind, meaning = span.kind, span.meaning
        if kind is Kind.METRIC and meaning.metrics:
            found.append(
                Mention(kind="metric", start=start, end=end, names=frozenset(meaning.metrics))
            )
        elif kind is Kind.MEMBER:
            found += _members(span, start, end)
        elif kind is Kind.PERIOD and span.period is not None:
            found.append(
                Mention(
                    kind="period",
                    start=start,
                    end=end,
                    from_date=span.period.from_date,
                    to_date=span.period.to_date,
                )
            )
        elif kind in _RANKS and _ranks(spans, number):
            several = text[start:end].casefold().endswith(("s", "top"))
            found.append(Mention(kind=_RANKS[kind], start=start, end=end, singular=not several))
    return found


def _members(span: Span, start: int, end: int) -> Iterator[Mention]:
    """One for each dimension that the word may be a member of."""
    by_dimension: dict[str, set[str]] = {}
    for each in span.meaning.members:
        by_dimension.setdefault(each.dimension, set()).add(folded(each.member))
    for dimension, names in by_dimension.items():
        yield Mention(
            kind="member", start=start, end=end, names=frozenset(names), dimension=dimension
        )


def _ranks(spans: Sequence[Span], number: int) -> bool:
    """As in "o maior", "mais vendido"; not the "mais" of "R$ 10 a mais"."""
    if spans[number].kind in (Kind.BEST, Kind.WORST):
        return True
    beside = (*spans[max(0, number - 1) : number], *spans[number + 1 : number + 2])
    return any(span.meaning.verb is not None for span in beside)


def _places(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where each token stands in the text. Marks that are no token lie between."""
    at = 0
    for token in tokens:
        found = text.find(token.text, at)
        # Written otherwise than it was cut, with an accent apart from its letter: near enough.
        start = found if found >= 0 else at
        at = start + len(token.text)
        yield start, min(at, len(text))
