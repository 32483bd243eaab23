"""What an answer says: a sentence or a short list that answers by itself, and every figure in it.

    figures (one sentence, a ranking, a breakdown or a series) · filters · source

The words are in `phrases/<language>.yaml`, the names in the model. Nothing is computed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from backend.domain.language import Language
from backend.domain.sales import MetricTable
from backend.domain.trace import Figure
from backend.semantic.change import difference
from backend.semantic.comparison import previous_days
from backend.semantic.figure_writer import FigureWriter
from backend.semantic.listing import Listing
from backend.semantic.model import Label, SemanticModel
from backend.semantic.names import filters_in_words, metric_name, metric_names
from backend.semantic.period_words import when, written_moment
from backend.semantic.phrasebook import Phrasebook, phrasebook


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
        paragraphs = Listing(model, table, language, writer).lines(words)
    else:
        total = _sentence(_total(model, table, language, writer, words))
        compared = _compared(model, table, language, writer, words)
        paragraphs = [" ".join((total, *map(_capitalised, compared)))]
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
        label = metric_name(model, name, language)
        subject = words.say("compared.subject", label=label) if several else ""
        if previous is None:
            yield words.say("compared.nothing", when=days, subject=subject)
            continue
        said = writer.value(name, previous, words, kind="previous")
        if writer.is_counted(name):
            # "10 em outubro" could be a day.
            said = words.say("item.count", label=writer.label(name, previous), value=said)
        by = difference(model, name, row)
        if change is None:
            yield words.say("compared.no_base", when=days, previous=said, subject=subject)
            yield from _difference(name, by, subject, writer, words)
            continue
        direction = "same" if not change else "rise" if change > 0 else "fall"
        part = writer.value(name, change, words, kind="change").lstrip("+-") if change else ""
        yield words.say(
            f"compared.{direction}", when=days, previous=said, change=part, subject=subject
        )
        yield from _difference(name, by, subject, writer, words)


def _difference(
    name: str,
    by: int | Decimal | None,
    subject: str,
    writer: FigureWriter,
    words: Phrasebook,
) -> Iterator[str]:
    """In a sentence of its own: beside the days compared with, it would seem to be of those."""
    if by:
        said = writer.value(name, by, words, kind="difference")
        yield words.say("compared.difference", difference=said, subject=subject)


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
