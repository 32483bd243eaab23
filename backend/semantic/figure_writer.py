"""Writes the figures of one answer, and keeps each that was written."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.domain.trace import Figure
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.period import Period
from backend.semantic.phrasebook import Phrasebook

_COUNTED = ("count", "quantity")


class FigureWriter:
    """One answer's figures, in the order in which they are said."""

    def __init__(self, model: SemanticModel, query: MetricQuery, language: Language) -> None:
        self._model = model
        self._query = query
        self._language = language
        self.figures: list[Figure] = []

    def metric(self, name: str) -> Metric:
        return self._model.metrics[name]

    def is_counted(self, name: str) -> bool:
        """True for what is said as "42 contratos", not as "faturamento de R$ 42"."""
        return self.metric(name).format in _COUNTED

    def value(self, name: str, value: Any, words: Phrasebook, within: Period | None = None) -> str:
        """The figure in the reader's format. `within` is its row's period, where it has one."""
        text = written_number(value, self.metric(name).format, self._model.currency, words)
        from_date, to_date = self._days(within)
        self.figures.append(
            Figure(
                text=text,
                value=float(value),
                metric=name,
                from_date=from_date,
                to_date=to_date,
                tool_call=0,
            )
        )
        return text

    def label(self, name: str, value: Any = None) -> str:
        """A metric's name: singular for an amount and for one of something counted."""
        label = self.metric(name).labels[self._language]
        if self.is_counted(name) and value not in (1, None):
            return label.plural
        return label.singular

    def items(
        self,
        names: Sequence[str],
        row: Mapping[str, Any],
        words: Phrasebook,
        within: Period | None = None,
    ) -> list[str]:
        """The row's figures, each with its name where the figure alone would not tell."""
        amounts = [name for name in names if not self.is_counted(name)]
        said = []
        for name in names:
            alone = len(names) == 1 or (not self.is_counted(name) and len(amounts) == 1)
            said.append(self._item(name, row[name], words, within, alone=alone))
        return said

    def item(self, name: str, value: Any, words: Phrasebook) -> str:
        """A figure with its name: "faturamento de R$ 10,00", "42 contratos fechados"."""
        return self._item(name, value, words, None, alone=False)

    def _item(
        self, name: str, value: Any, words: Phrasebook, within: Period | None, *, alone: bool
    ) -> str:
        if value is None:
            key = "item.bare_missing" if alone else "item.missing"
            return words.say(key, label=self.label(name))
        text = self.value(name, value, words, within)
        if alone:
            return text
        key = "item.count" if self.is_counted(name) else "item.amount"
        return words.say(key, label=self.label(name, value), value=text)

    def _days(self, within: Period | None) -> tuple[date | None, date | None]:
        """A row's own days, cut to those that were asked for."""
        first, last = self._query.from_date, self._query.to_date
        if within is None or within.from_date is None:
            return first, last
        return max(within.from_date, first or date.min), min(within.to_date, last or date.max)
