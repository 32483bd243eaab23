"""Writes the figures of one answer, and keeps each that was written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.domain.trace import Figure, FigureKind
from backend.semantic.change import difference
from backend.semantic.comparison import previous_days
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

    def value(
        self,
        name: str,
        value: Any,
        words: Phrasebook,
        within: Period | None = None,
        members: Mapping[str, str] | None = None,
        kind: FigureKind = "value",
    ) -> str:
        """The figure in the reader's format. `within` is its row's period, where it has one."""
        form = (
            self.metric(name).format if kind in ("value", "previous", "difference") else "percent"
        )
        text = written_number(value, form, self._model.currency, words)
        if kind in ("change", "difference") and value > 0:
            text = f"+{text}"
        from_date, to_date = self._days(within, kind)
        self.figures.append(
            Figure(
                text=text,
                value=float(value),
                metric=name,
                kind=kind,
                members=members or {},
                from_date=from_date,
                to_date=to_date,
                tool_call=0,
            )
        )
        return text

    def beside(
        self,
        name: str,
        row: Mapping[str, Any],
        words: Phrasebook,
        within: Period | None = None,
        members: Mapping[str, str] | None = None,
    ) -> str:
        """What is told in brackets behind a row's figure: the one before, the change, the share."""
        told = []
        if f"{name}_change" in row:
            told.append(self._compared(name, row, words, within, members))
        share = row.get(f"{name}_share")
        if share is not None:
            part = self.value(name, share, words, within, members, "share")
            told.append(words.say("beside.share", share=part))
        return words.say("beside.all", told=words.say("list").join(told)) if told else ""

    def _compared(
        self,
        name: str,
        row: Mapping[str, Any],
        words: Phrasebook,
        within: Period | None,
        members: Mapping[str, str] | None,
    ) -> str:
        previous, change = row[f"{name}_previous"], row[f"{name}_change"]
        if previous is None:
            return words.say("beside.no_previous")
        before = self.value(name, previous, words, within, members, "previous")
        told = [words.say("beside.previous", previous=before)]
        by = difference(self._model, name, row)
        if by:
            told.append(self.value(name, by, words, within, members, "difference"))
        if change is not None:
            told.append(self.value(name, change, words, within, members, "change"))
        return words.say("list").join(told)

    def totals(self, sums: Mapping[str, Any], words: Phrasebook) -> list[str]:
        """What rows add up to, with names where several metrics have been told."""
        alone = len(self._query.metrics) == 1
        return [
            self._item(name, value, words, None, None, alone=alone) for name, value in sums.items()
        ]

    def cells(
        self,
        name: str,
        row: Mapping[str, Any],
        words: Phrasebook,
        within: Period | None = None,
        members: Mapping[str, str] | None = None,
    ) -> list[str]:
        """The metric's cells of a table's row: one for each of `columns`."""
        told = []
        for kind in self.columns(name):
            if kind == "difference":
                value = difference(self._model, name, row)
            else:
                value = row.get(name if kind == "value" else f"{name}_{kind}")
            told.append(
                words.say("table.nothing")
                if value is None
                else self.value(name, value, words, within, members, kind)
            )
        return told

    def columns(self, name: str) -> tuple[FigureKind, ...]:
        """What a table tells of a metric, in order."""
        query, form = self._query, self.metric(name).format
        told: list[FigureKind] = ["value"]
        if query.compare is not None:
            told.append("previous")
            if form not in ("percent", "ratio"):
                told.append("difference")
            told.append("change")
        if query.share:
            told.append("share")
        return tuple(told)

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
        members: Mapping[str, str] | None = None,
    ) -> list[str]:
        """The row's figures, each with its name where the figure alone would not tell."""
        amounts = [name for name in names if not self.is_counted(name)]
        said = []
        for name in names:
            alone = len(names) == 1 or (not self.is_counted(name) and len(amounts) == 1)
            item = self._item(name, row[name], words, within, members, alone=alone)
            said.append(item + self.beside(name, row, words, within, members))
        return said

    def item(self, name: str, value: Any, words: Phrasebook) -> str:
        """A figure with its name: "faturamento de R$ 10,00", "42 contratos fechados"."""
        return self._item(name, value, words, None, None, alone=False)

    def _item(
        self,
        name: str,
        value: Any,
        words: Phrasebook,
        within: Period | None,
        members: Mapping[str, str] | None,
        *,
        alone: bool,
    ) -> str:
        if value is None:
            key = "item.bare_missing" if alone else "item.missing"
            return words.say(key, label=self.label(name))
        text = self.value(name, value, words, within, members)
        if alone:
            return text
        key = "item.count" if self.is_counted(name) else "item.amount"
        return words.say(key, label=self.label(name, value), value=text)

    def _days(self, within: Period | None, kind: FigureKind) -> tuple[date | None, date | None]:
        """A row's own days, cut to those that were asked for; of what was before, those days before."""
        first, last = self._query.from_date, self._query.to_date
        if within is not None and within.from_date is not None:
            first = max(within.from_date, first or date.min)
            last = min(within.to_date, last or date.max)
        if kind == "previous":
            return previous_days(replace(self._query, from_date=first, to_date=last))
        return first, last
