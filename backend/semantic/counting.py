"""Who is counted by what they do: "quantas padarias compraram", and not "quantos clientes fechamos"."""

from collections.abc import Container, Mapping

from backend.semantic.draft import Draft
from backend.semantic.joins import path
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.sentence import Sentence


def read_counted(
    sentence: Sentence,
    draft: Draft,
    model: SemanticModel,
    *,
    who: Mapping[Kind, str],
    counts: Mapping[str, str],
) -> None:
    """As in "quantas padarias compraram": the customers that bought, of one segment.

    `who`: verb -> the dimension that does it. `counts`: dimension -> the metric of its members.
    """
    if any(span.kind is Kind.METRIC and span.meaning.verb is None for span in sentence.spans):
        return
    for index in sentence.of(Kind.COUNT):
        counted = sentence.after(index)
        for place, span in enumerate(sentence.spans):
            doer = who.get(span.meaning.verb or Kind.UNKNOWN, "")
            if doer in counts and _is_kind_of(sentence, counted, doer, model):
                draft.add_metric(counts[doer])
                sentence.claim(index, place)


def read_closing(
    sentence: Sentence, draft: Draft, counts: Mapping[str, str], closings: Container[str]
) -> None:
    """Claims "fechamos" in "quantos contratos fechamos": it tells nothing that the noun does not.

    Beside those who are counted it does: customers that were closed are new ones. And beside orders
    it may: not all that are placed are closed.
    """
    if not set(draft.metrics) & set(counts.values()) and any(
        metric in closings for metric in draft.metrics
    ):
        sentence.claim(*sentence.of(Kind.CLOSING))


def _is_kind_of(
    sentence: Sentence, index: int | None, dimension: str, model: SemanticModel
) -> bool:
    """True for a member that says which of the dimension's members are meant: by their segment."""
    if index is None:
        return False
    start = model.dimensions[dimension].table
    return any(
        each.dimension != dimension
        and path(model, start, model.dimensions[each.dimension].table) is not None
        for each in sentence.meaning(index).members
    )
