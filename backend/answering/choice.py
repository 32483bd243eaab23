"""The answer to "which did you mean?": a place in the list, or the words that tell a reading apart. Pure.

Every word of the reply has to belong to the choice. Anything more is a new question, and the figures of
the old one would be a wrong answer to it.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import yaml

from backend.domain.sales import MetricQuery
from backend.semantic.folding import folded
from backend.semantic.model import SemanticModel

#: More words than this are a new question.
_LONGEST = 8


def chosen(reply: str, readings: Sequence[MetricQuery], model: SemanticModel) -> MetricQuery | None:
    """The reading that a short reply picks; None when it picks none, or says something else."""
    said = {word for each in reply.split() if (word := folded(each.strip(".,;:!?()'\"")))}
    if not said or len(said) > _LONGEST or "?" in reply:
        return None
    places, beside = _words()
    places = places[: len(readings)]
    described = [set(_described(reading, readings, model)) for reading in readings]
    if said - beside - set().union(*places, *described):
        return None
    shared = set.intersection(*described)
    named = [
        reading
        for reading, words in zip(readings, described, strict=True)
        if said & (words - shared - beside)
    ]
    if named:
        return named[0] if len(named) == 1 else None
    # "Number one" is a place; "one" beside a place is not another.
    placed = [
        reading
        for reading, words in zip(readings, places, strict=False)
        if said & (words - beside) or (said & words and said <= words | beside)
    ]
    return placed[0] if len(placed) == 1 else None


def _described(
    reading: MetricQuery, readings: Sequence[MetricQuery], model: SemanticModel
) -> Iterator[str]:
    """The words of what this reading narrows and not every other does too: its names and members."""
    for name, members in {**reading.filters, **reading.exclude}.items():
        if all({**each.filters, **each.exclude}.get(name) == members for each in readings):
            continue
        dimension = model.dimensions[name]
        for language, label in dimension.labels.items():
            for text in (label.singular, label.plural, *dimension.synonyms.get(language, ())):
                yield from folded(text).split()
        for member in members:
            yield from folded(member).split()


@cache
def _words() -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The words of each place, and those that may stand beside a choice."""
    text = Path(__file__).with_name("choice_words.yaml").read_text(encoding="utf-8")
    loaded = yaml.safe_load(text)
    places = tuple(frozenset(folded(word) for word in words) for words in loaded["places"])
    beside = frozenset(
        word
        for phrases in loaded["beside"].values()
        for phrase in phrases
        for word in folded(phrase).split()
    )
    return places, beside
