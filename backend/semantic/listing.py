"""Several rows in words: a heading, then a line for each row, or a table where a row has several
metrics, then what they add up to.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricQuery, MetricTable
from backend.domain.trace import Figure
from backend.semantic.figure_writer import FigureWriter
from backend.semantic.model import SemanticModel
from backend.semantic.names import (
    column_name,
    dimension_names,
    metric_name,
    metric_names,
)
from backend.semantic.number_format import written_number
from backend.semantic.period_words import when
from backend.semantic.phrasebook import Phrasebook
from backend.semantic.row_words import keys, members_of, period_of
from backend.semantic.standing import ranked_by, standings
from backend.semantic.totals import totals

#: A month of days is shown whole; more lines than that nobody reads in a chat.
MOST_LINES = 31
#: The metric of a figure that counts lines left out.
LINES = "rows"


class Listing:
    """The rows of one answer, told in a language."""

    def __init__(
        self, model: SemanticModel, table: MetricTable, language: Language, writer: FigureWriter
    ) -> None:
        self._model = model
        self._table = table
        self._query = table.query
        self._language = language
        self._writer = writer
        self._rows = table.rows[:MOST_LINES]

    def lines(self, words: Phrasebook) -> list[str]:
        """The heading first. An empty line stands where Markdown needs one around a table."""
        heading = _capitalised(self._heading(words)) + ":"
        several = len(self._query.metrics) > 1 and len(self._rows) > 1
        if several and not self._query.without:
            told = [heading, "", *self._as_table(words), ""]
        else:
            told = [heading, *self._as_list(words)]
        left = len(self._table.rows) - MOST_LINES
        if left > 0:
            number = written_number(left, "count", self._model.currency, words)
            figure = Figure(text=number, value=left, metric=LINES, tool_call=0)
            self._writer.figures.append(figure)
            told.append(words.say("more", number=number))
        if self._table.truncated:
            told.append(words.say("truncated"))
        sums = totals(self._model, self._table)
        if sums:
            items = self._writer.totals(sums, words)
            told.append(words.say("total_line", items=words.joined(items)))
        return told[:-1] if told[-1] == "" else told

    def _as_list(self, words: Phrasebook) -> Iterator[str]:
        query = self._query
        places = standings(query, self._table.rows)
        for number, row in enumerate(self._rows, start=1):
            about = words.say("keys").join(self._keys(row, words))
            if query.without:
                # Whoever is listed for having nothing needs no figure to say so.
                yield f"- {about}"
                continue
            members = members_of(query, row, words)
            within = period_of(query, row)
            items = self._writer.items(query.metrics, row, words, within, members)
            said = words.say("line", about=about, values=words.say("items").join(items))
            numbered = ranked_by(query) is not None and OTHER not in members.values()
            place = places[number - 1]
            tied = words.say("item.tied") if place and places.count(place) > 1 else ""
            yield f"{number}. {said}{tied}" if numbered else f"- {said}"

    def _as_table(self, words: Phrasebook) -> Iterator[str]:
        """In Markdown."""
        query, writer = self._query, self._writer
        columns = [(name, kind) for name in query.metrics for kind in writer.columns(name)]
        head = [words.say("table.period")] if query.grain else []
        head += [
            self._model.dimensions[name].labels[self._language].singular
            for name in query.dimensions
        ]
        rules = [words.say("table.rule")] * len(head)
        head += [
            words.say(f"column.{kind}", metric=metric_name(self._model, name, self._language))
            for name, kind in columns
        ]
        yield _row([_capitalised(name) for name in head], words)
        yield _row([*rules, *(words.say("table.rule_right") for _ in columns)], words)
        for row in self._rows:
            members = members_of(query, row, words)
            within = period_of(query, row)
            cells = self._keys(row, words)
            for name in query.metrics:
                cells += writer.cells(name, row, words, within, members)
            yield _row(cells, words)

    def _keys(self, row: Mapping[str, Any], words: Phrasebook) -> list[str]:
        return keys(self._model, self._query, row, self._language, words)

    def _heading(self, words: Phrasebook) -> str:
        model, query, language = self._model, self._query, self._language
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
        return said + self._order(query, words)

    def _order(self, query: MetricQuery, words: Phrasebook) -> str:
        """Names the figure where it is not the first that is told."""
        column = ranked_by(query)
        if column is None:
            return ""
        said = words.say(f"heading.{query.order or 'desc'}")
        if column == query.metrics[0]:
            return said
        named = column_name(self._model, column, self._language)
        return said + words.say("heading.by", column=named)


def _row(cells: Sequence[str], words: Phrasebook) -> str:
    """No name may end its cell."""
    plain = (cell.replace("|", "\\|") for cell in cells)
    return words.say("table.row", cells=words.say("table.between").join(plain))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
