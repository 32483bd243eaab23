"""What passages of documents say in numbers, and under which name it may be told. Pure.

A passage is no certified figure: beside figures of the company's sales, its number counts only in a
sentence that names its document. Wherever something was found in documents, the answer says where.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from backend.answering.numbers import written_numbers
from backend.answering.words import sentence
from backend.domain.language import Language
from backend.domain.trace import CitedPassage
from backend.domain.turns import Draft


@dataclass(slots=True)
class QuotedNumbers:
    """Grows as passages are found."""

    _of: list[tuple[str, frozenset[Decimal]]] = field(default_factory=list)

    def add(self, passage: CitedPassage) -> None:
        self._of.append((_name(passage.title), numbers_of(passage.text)))

    def values(self, *, named_in: str | None = None) -> frozenset[Decimal]:
        """Their numbers; with `named_in`, of those documents only that this text names."""
        said = None if named_in is None else _name(named_in)
        return frozenset().union(
            *(values for title, values in self._of if said is None or title in said)
        )


def with_citation(text: str, draft: Draft, language: Language) -> str:
    """The text, saying where what it tells was found, if passages were and it does not say so."""
    found = list(_found(draft))
    if not found or any(each.citation in text for each in found):
        return text
    told = numbers_of(text)
    holding = [each for each in found if numbers_of(each.text) & told] or found[:1]
    cited = "; ".join(dict.fromkeys(each.citation for each in holding))
    return f"{text.rstrip()}\n\n{sentence('consulted', language).format(citations=cited)}"


def numbers_of(text: str) -> frozenset[Decimal]:
    return frozenset().union(*(number.values for number in written_numbers(text)))


def _found(draft: Draft) -> Iterable[CitedPassage]:
    for call in draft.tool_calls:
        if call.outcome.ok:
            yield from call.outcome.passages


def _name(text: str) -> str:
    return " ".join(text.casefold().split())
