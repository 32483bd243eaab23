"""What a statement names, and where: the words that tell whose figure a number is."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from backend.answering.mention import Mention, Named
from backend.answering.times import readable, with_times
from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.kind import Kind
from backend.semantic.span import Span
from backend.semantic.tokens import Token

#: Texts of one turn whose names are kept: a heading is read for each line under it, a sentence when it
#: is let out and again in the whole draft.
_KEPT = 256
#: What a statement's text names, in the order of its words.
Mentions = Callable[[str], Sequence[Mention]]
#: The parser's view of a text, for a language and the day that "today" means.
Spans = Callable[[str, Language, date], tuple[Sequence[Token], Sequence[Span]]]

_YEARLESS = re.compile(
    r"\b(?:jan|feb|fev|mar[cz]|abr|apr|ma[iy]|jun|jul|ago(?:sto)?\b|aug|set|sep|out(?:ubro)?\b|oct|nov|de[zc]|ene)"
    r"|tri|quarter|\bq[1-4]|semestre|half"
)
#: Amounts that would be read as days: "setembro (-20%)".
#: Nor is the 9 of "in October (9 vs. 14)" a day.
_AMOUNT = re.compile(
    r"(?<=[(+-])\d[\d.,]*(?=\s?%)|(?<=\$)\s?\d[\d.,]*\d"
    r"|(?<=\()(?!(?:19|20)\d\d\))\d[\d.,]*(?=\)|\s+(?:vs|versus|contra|ante|against|frente)\b)"
)
#: Words that count from today, or from what the answer is about.
_FROM_TODAY = re.compile(
    r"passad|pasad|ultim|last|this|est[ea]|deste|desta|proxim|next|anterior|previous|prior|atual|actual"
    r"|current|corrente|em curso|hoje|retrasad"
)
_RELATIVE = re.compile(r"anterior|previous|prior|before|mesm[ao]|mism[ao]|same")
#: "O total do mês": of the one that the answer is about, whichever that is.
_BARE_UNIT = re.compile(
    r"(?:(?:d?[oa]|n[oa]|the|of the|del|el|la|de la)\s+)?"
    r"(?:mes|ano|semana|trimestre|semestre|dia|periodo|month|year|week|quarter|day|period)"
)
#: "De 79 para 61": whoever asks may say "de 97" of a year, but an answer writes years out.
_TWO_DIGITS = re.compile(r"\d\d")
#: "O mesmo mês do ano passado", "the same month last year".
_SAME = re.compile(r"\b(?:mesm[ao]|mism[ao]|same)(?: \w+)?$")
#: Characters before a period in which that would stand.
_BEFORE = 20
_YEAR = re.compile(r"\d{4}|\d/\d{2}\b|[a-z]/\d{2}\b")
#: "The top four".
_SIZES = frozenset({
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "dois", "duas", "tres", "quatro", "cinco", "dos",
    "cuatro",
})  # fmt: skip
#: Singular for all that.
_ENDS_IN_S = frozenset({"mes", "sales", "vendas", "ventas", "was", "is", "gross"})

_RANKS: Mapping[Kind, Named] = {
    Kind.BEST: "best",
    Kind.MOST: "best",
    Kind.WORST: "worst",
    Kind.LEAST: "worst",
}


def spoken(spans: Spans, language: Language, today: date) -> Mentions:
    """Finds what is named in a language's texts, by the vocabulary that questions are read with."""

    @lru_cache(maxsize=_KEPT)
    def found(text: str) -> Sequence[Mention]:
        tokens, known = spans(readable(_AMOUNT.sub(_masked, text)), language, today)
        return with_times(text, _mentions(text, tokens, known), language, today)

    return found


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
        elif kind is Kind.DIMENSION:
            plural = folded(text[start:end]).endswith("s")
            found.append(
                Mention(
                    kind="dimension",
                    start=start,
                    end=end,
                    dimension=meaning.dimension,
                    plural=plural,
                )
            )
        elif kind is Kind.MEMBER:
            found += _members(span, start, end)
        elif (
            kind is Kind.PERIOD
            and span.period is not None
            and not _BARE_UNIT.fullmatch(folded(text[start:end]))
            and not _TWO_DIGITS.fullmatch(text[start:end])
        ):
            found.append(
                Mention(
                    kind="period",
                    start=start,
                    end=end,
                    from_date=span.period.from_date,
                    to_date=span.period.to_date,
                    yearless=_is_yearless(text[start:end]),
                    relative=_is_relative(text, start, end),
                )
            )
        elif kind in _RANKS and _ranks(spans, number):
            behind = tokens[span.end].word if span.end < len(tokens) else ""
            one = not _is_of_several(kind, folded(text[start:end]), behind)
            found.append(Mention(kind=_RANKS[kind], start=start, end=end, singular=one))
    return found


def _is_of_several(kind: Kind, said: str, behind: str) -> bool:
    """As in "as maiores", "top 5", "largest regions", "que mais venderam"."""
    if (
        behind.isdigit()
        or set(behind) == {"x"}
        or behind in _SIZES
        or (behind.endswith("s") and behind not in _ENDS_IN_S)
    ):
        return True
    if kind in (Kind.MOST, Kind.LEAST):
        return behind.endswith(("ram", "ron", "dem", "den"))
    return said.endswith("s")


def _is_yearless(text: str) -> bool:
    said = folded(text)
    return bool(_YEARLESS.search(said)) and not _YEAR.search(said) and not _FROM_TODAY.search(said)


def _masked(amount: re.Match[str]) -> str:
    """As long, and nothing that the vocabulary knows."""
    return "x" * len(amount[0])


def _is_relative(text: str, start: int, end: int) -> bool:
    before = _SAME.search(folded(text[max(0, start - _BEFORE) : start]))
    return before is not None or _RELATIVE.search(folded(text[start:end])) is not None


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
