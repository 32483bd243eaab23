"""What an answer says: a sentence or a short list that answers by itself, and every figure in it.

    figures (one sentence, a ranking, a breakdown or a series) · filters · source

The words are in `phrases/<language>.yaml`, the names in the model. Nothing is computed here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricQuery, MetricTable
from backend.domain.trace import Figure
from backend.semantic.calendar_unit import Unit
from backend.semantic.comparison import previous_days
from backend.semantic.figure_writer import FigureWriter
from backend.semantic.model import Label, SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.period import Period, whole
from backend.semantic.period_words import name_of, when, written_day, written_moment
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.query_words import (
    dimension_names,
    filters_in_words,
    metric_name,
    metric_names,
)

#: A month of days is shown whole; more lines than that nobody reads in a chat.
MOST_LINES = 31
#: The metric of a figure that counts lines left out.
LINES = "rows"

_PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """`figures` are all that `text` says, in its order; their tool_call is 0, for the caller to set."""

    text: str
    figures: tuple[Figure, ...]


def summarise(model: SemanticModel, table: MetricTable, language: Language) -> Summary:
    """The table in words of the reader's language. Without rows: that there are none."""
    words, query = phrasebook(language), table.query
    writer = FigureWriter(model, query, language)
    if not table.rows:
        days = when(query.from_date, query.to_date, words)
        names = metric_names(model, query, language)
        paragraphs = [words.say("nothing.no_rows", metrics=names, when=days)]
    elif query.grain or query.dimensions:
        paragraphs = _listed(model, table, language, writer, words)
    else:
        total = _sentence(_total(model, table, language, writer, words))
        paragraphs = [" ".join((total, *_compared(model, table, language, writer, words)))]
    if query.filters or query.exclude or query.having:
        paragraphs.append(words.say("filters", filters=filters_in_words(model, query, language)))
    read = written_moment(table.read_at, model.time_zone, words)
    paragraphs.append(words.say("source", source=table.source, moment=read))
    return Summary(text="\n".join(paragraphs), figures=tuple(writer.figures))


def _total(
    model: SemanticModel,
    table: MetricTable,
    language: Language,
    writer: FigureWriter,
    words: Phrasebook,
) -> str:
    """One row without a breakdown."""
    query, row = table.query, table.rows[0]
    days = when(query.from_date, query.to_date, words)
    names = query.metrics
    known = all(row[name] is not None for name in names)
    group = _group_label(model, names, language) if known else None
    if group is not None and not writer.is_counted(names[0]):
        said = words.say(
            "total.group",
            subject=_the(group, words, plural=True),
            when=days,
            first=writer.value(names[0], row[names[0]], words),
        )
        return said + "".join(
            words.say(
                "total.group_count",
                value=writer.value(name, row[name], words),
                label=writer.label(name, row[name]),
            )
            for name in names[1:]
        )
    if len(names) > 1 or not known:
        items = words.joined([writer.item(name, row[name], words) for name in names])
        return words.say("total.several", when=days, items=items)
    name, value = names[0], row[names[0]]
    text = writer.value(name, value, words)
    if writer.is_counted(name):
        number = {0: "none", 1: "singular"}.get(value, "plural")
        return words.say(
            f"total.count.{number}", when=days, value=text, label=writer.label(name, value)
        )
    subject = _the(model.metrics[name].labels[language], words)
    return words.say("total.amount", subject=subject, when=days, value=text)


def _compared(
    model: SemanticModel,
    table: MetricTable,
    language: Language,
    writer: FigureWriter,
    words: Phrasebook,
) -> Iterator[str]:
    """A sentence for each metric of a total that is compared with another period's."""
    query, row = table.query, table.rows[0]
    if query.compare is None:
        return
    first, last = previous_days(query)
    days = when(first, last, words)
    several = len(query.metrics) > 1
    for name in query.metrics:
        previous, change = row[f"{name}_previous"], row[f"{name}_change"]
        label = model.metrics[name].labels[language].singular
        subject = words.say("compared.subject", label=label) if several else ""
        if previous is None:
            yield words.say("compared.nothing", when=days, subject=subject)
            continue
        said = writer.value(name, previous, words, kind="previous")
        if change is None:
            yield words.say("compared.no_base", when=days, previous=said, subject=subject)
            continue
        direction = "same" if not change else "rise" if change > 0 else "fall"
        part = writer.value(name, change, words, kind="change").lstrip("+-") if change else ""
        yield words.say(
            f"compared.{direction}", when=days, previous=said, change=part, subject=subject
        )


def _listed(
    model: SemanticModel,
    table: MetricTable,
    language: Language,
    writer: FigureWriter,
    words: Phrasebook,
) -> list[str]:
    """A heading and one line for each row."""
    query = table.query
    lines = []
    for position, row in enumerate(table.rows[:MOST_LINES], start=1):
        within = _period_of(query, row)
        about = words.say("keys").join(_keys(model, query, row, within, language, words))
        members = _members(query, row, words)
        # Whoever is listed for having nothing needs no figure to say so.
        shown = () if query.without else query.metrics
        values = words.say("items").join(writer.items(shown, row, words, within, members))
        rest = OTHER in members.values()
        bullet = f"{position}." if query.order and not rest else "-"
        said = about if query.without else words.say("line", about=about, values=values)
        lines.append(f"{bullet} {said}")
    left = len(table.rows) - MOST_LINES
    if left > 0:
        number = written_number(left, "count", model.currency, words)
        writer.figures.append(Figure(text=number, value=left, metric=LINES, tool_call=0))
        lines.append(words.say("more", number=number))
    if table.truncated:
        lines.append(words.say("truncated"))
    return [_capitalised(_heading(model, query, language, words)) + ":", *lines]


def _heading(
    model: SemanticModel, query: MetricQuery, language: Language, words: Phrasebook
) -> str:
    days = when(query.from_date, query.to_date, words)
    if query.without is not None:
        return words.say(
            "heading.without",
            metric=metric_name(model, query.without, language),
            dimensions=words.joined(
                [model.dimensions[name].labels[language].plural for name in query.dimensions]
            ),
            when=days,
        )
    said = words.say(
        "heading.breakdown" if query.dimensions else "heading.series",
        metrics=metric_names(model, query, language),
        dimensions=dimension_names(model, query, language),
        when=days,
    )
    if query.cumulative:
        said += words.say("heading.cumulative")
    if query.compare is not None:
        said += words.say(f"heading.{query.compare}")
    return said + (words.say(f"heading.{query.order}") if query.order else "")


def _keys(
    model: SemanticModel,
    query: MetricQuery,
    row: Mapping[str, Any],
    within: Period | None,
    language: Language,
    words: Phrasebook,
) -> list[str]:
    """What a row is about: its period, then its members."""
    keys = []
    if query.grain and within is not None:
        keys.append(name_of(within, Unit(query.grain), words))
    for name in query.dimensions:
        member, label = row[name], model.dimensions[name].labels[language].singular
        if member is None:
            keys.append(words.say("item.without", label=label))
        elif member == OTHER:
            keys.append(words.say("item.others"))
        else:
            keys.append(written_day(member, words) if isinstance(member, date) else str(member))
    return keys


def _members(query: MetricQuery, row: Mapping[str, Any], words: Phrasebook) -> dict[str, str]:
    """Whose row it is, as the reader is told."""
    return {
        name: written_day(row[name], words) if isinstance(row[name], date) else str(row[name])
        for name in query.dimensions
        if row[name] is not None
    }


def _period_of(query: MetricQuery, row: Mapping[str, Any]) -> Period | None:
    """The whole unit that a row of a series is about; its first day is a date or ISO text."""
    if query.grain is None:
        return None
    first = row[_PERIOD]
    day = first if isinstance(first, date) else date.fromisoformat(str(first)[:10])
    # A week is named by its first day, whichever weekday the company's begins on.
    return whole(Unit(query.grain), day, day.weekday())


def _group_label(model: SemanticModel, names: tuple[str, ...], language: Language) -> Label | None:
    """The name of the group that these metrics are."""
    return next(
        (
            group.labels[language]
            for group in model.groups.values()
            if group.metrics == names and language in group.labels
        ),
        None,
    )


def _the(label: Label, words: Phrasebook, *, plural: bool = False) -> str:
    number = "plural" if plural else "singular"
    text = label.plural if plural else label.singular
    return words.say(f"the.{label.gender or 'none'}.{number}", label=text)


def _sentence(text: str) -> str:
    return _capitalised(text) + "."


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
