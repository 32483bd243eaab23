"""Words that change nothing where they stand, and those that only seem so."""

from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.sentence import Sentence

#: At the beginning of a question these may ask for a thing; elsewhere they join.
_WHAT_THING = ("what", "o que", "que", "lo que")


def claim_empty_words(sentence: Sentence, draft: Draft) -> None:
    """Claims what no rule wanted and nothing is lost with; "what" only where something is named.

    Alone it asks for something else: "what sold in October" wants the products.
    """
    sentence.claim(*sentence.of(Kind.FUNCTION, Kind.AND, Kind.HAVE))
    for index in sentence.of(Kind.ONLY):
        if not _narrows_what_was_bought(sentence, index):
            sentence.claim(index)
    for index in sentence.of(Kind.WHICH):
        # "Qual o telefone do melhor cliente" asks for no figure, though Telefone is a channel.
        if sentence.kind(sentence.after(index)) is not Kind.MEMBER:
            sentence.claim(index)
    named = any(span.kind is Kind.METRIC and span.meaning.verb is None for span in sentence.spans)
    for index in sentence.of(Kind.WHAT):
        if named or (draft.has_breakdown and not _asks_for_things(sentence, index)):
            sentence.claim(index)


def _asks_for_things(sentence: Sentence, index: int) -> bool:
    """As in "WHAT did our best customers buy": what they spent is no answer."""
    return (
        sentence.before(index) is None
        and sentence.said(index) in _WHAT_THING
        and sentence.kind(sentence.after(index)) not in (Kind.DIMENSION, Kind.UNIT)
        and any(span.meaning.verb is not None for span in sentence.spans)
    )


def _narrows_what_was_bought(sentence: Sentence, index: int) -> bool:
    """As in "clientes que compraram SÓ bebidas": they bought nothing else."""
    before = sentence.before(index)
    if before is None or sentence.kind(sentence.after(index)) is not Kind.MEMBER:
        return False
    meaning = sentence.meaning(before)
    return meaning.verb is Kind.BUYING or (
        meaning.kind is Kind.METRIC and len(sentence.said(before).split()) > 1
    )
