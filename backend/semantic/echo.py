"""How a question was understood, in one short line: "Faturamento, região Sul, 01–31/10/2026"."""

from collections.abc import Iterator, Mapping
from datetime import date

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.model import SemanticModel
from backend.semantic.names import bounds_in_words, dimension_names, metric_names
from backend.semantic.period_words import written_day
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.refinements import refinements


def echo(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    """All that the query asks, so that whoever reads it sees a misunderstanding: two queries that
    find other rows never have one echo.
    """
    words = phrasebook(language)
    said = metric_names(model, query, language)
    if query.dimensions:
        said += words.say("understood.by", dimensions=dimension_names(model, query, language))
    if query.grain:
        said += words.say(f"understood.grain.{query.grain}")
    parts = (
        said,
        *_members(model, query.filters, "echo.member", language),
        *_members(model, query.exclude, "echo.except", language),
        *bounds_in_words(model, query, language),
        *refinements(model, query, language),
        days(query.from_date, query.to_date, words),
    )
    line = words.say("list").join(parts)
    return line[:1].upper() + line[1:]


def days(first: date | None, last: date | None, words: Phrasebook) -> str:
    """A period in as few digits as tell it: "01–31/10/2026", "since 2026-10-01"."""
    if first is None and last is None:
        return words.say("when.always")
    if first is None or last is None:
        key = "until" if first is None else "since"
        given = first or last or date.max
        day = written_day(given, words)
        return words.say(f"when.{key}", **{"from": day, "to": day})
    if first == last:
        return written_day(first, words)
    begins, ends = _shortened(written_day(first, words), written_day(last, words))
    return words.say("echo.period", first=begins, last=ends)


def _shortened(first: str, last: str) -> tuple[str, str]:
    """Of days that end in their year, the first without what both say. Nobody writes others so."""
    mark = next(letter for letter in first if not letter.isdigit())
    begins, ends = first.split(mark), last.split(mark)
    if len(begins[-1]) <= len(begins[0]):
        return first, last
    while begins[-1] == ends[len(begins) - 1]:
        begins.pop()
    return mark.join(begins), last


def _members(
    model: SemanticModel, chosen: Mapping[str, tuple[str, ...]], key: str, language: Language
) -> Iterator[str]:
    words = phrasebook(language)
    # In the model's order: however a query was put together, it has one echo.
    for name, dimension in model.dimensions.items():
        if name in chosen:
            yield words.say(
                key,
                dimension=dimension.labels[language].singular,
                members=words.joined(chosen[name], last="or"),
            )
