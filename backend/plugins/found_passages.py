"""What the playbook says to a question: its own pages and the tenant's documents, in one order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.domain.language import Language
from backend.plugins.citation import citation
from backend.plugins.quoting import LEFT_OUT, without_orders
from backend.plugins.scope import TurnScope

#: A tenant's own document outweighs a page that it began with.
_OWN_WEIGHT = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """`text` is what may be quoted of it; `citation` says where it stands."""

    title: str
    citation: str
    text: str
    updated: date
    #: How much of the question it holds.
    weight: float


def found_passages(turn: TurnScope, question: str, *, most: int) -> list[FoundPassage]:
    """Best first. A document with a page's title stands in its place. Raises StoreUnavailable."""
    own = list(_of_documents(turn, question, most))
    titles = {each.title.casefold() for each in own}
    pages = [
        each for each in _of_pages(turn, question, most) if each.title.casefold() not in titles
    ]
    quotable = [each for each in (*own, *pages) if each.text != LEFT_OUT]
    return sorted(quotable, key=lambda each: -each.weight)[:most]


def _of_documents(turn: TurnScope, question: str, most: int) -> Iterator[FoundPassage]:
    if turn.documents is None:
        return
    for found in turn.documents.find(question, most=most):
        # A heading that gives orders is not told either: page or part says where it was.
        section = found.section if without_orders(found.section) == found.section else ""
        yield FoundPassage(
            title=found.title,
            citation=citation(
                turn.language, found.title, section, page=found.page, part=found.part
            ),
            text=without_orders(found.text),
            updated=found.updated,
            weight=found.lexical * _OWN_WEIGHT,
        )


def _of_pages(turn: TurnScope, question: str, most: int) -> Iterator[FoundPassage]:
    if turn.playbook is None:
        return
    for share, page in turn.playbook.ranked(question, most=most):
        yield FoundPassage(
            title=page.title,
            citation=citation(turn.language, page.title, page.section),
            text=without_orders(page.text),
            updated=page.updated,
            weight=share,
        )


def speaks(turn: TurnScope, language: Language) -> bool:
    """Whether something is there in this language; of documents, nobody knows before looking."""
    return turn.documents is not None or (
        turn.playbook is not None and turn.playbook.speaks(language)
    )
