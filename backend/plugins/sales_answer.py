"""From the semantic layer's table, or its refusal, to what the sales tool gives back."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from backend.domain.errors import SalesCrewError, SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable, Outcome
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json, failed
from backend.plugins.sales_provenance import provenance
from backend.semantic.apologies import say_nothing
from backend.semantic.change import difference
from backend.semantic.chart import chart_of
from backend.semantic.comparison import previous_days
from backend.semantic.model import SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.standing import standings
from backend.semantic.totals import totals
from backend.semantic.wording import summarise

#: Rows a model gets to read besides the summary, which lists more: a year of months.
_MOST_ROWS = 12


def told(model: SemanticModel, table: MetricTable, language: Language) -> ToolOutcome:
    """The outcome for a table; one without rows is an outcome of its own.

    Every figure is written as the reader will read it, so that a model can only copy it.
    """
    summary = summarise(model, table, language)
    query = table.query
    content = {
        "status": Outcome.OK if table.rows else Outcome.NO_ROWS,
        "summary": summary.text,
        "period": _days(query.from_date, query.to_date),
        **_told(model, table, phrasebook(language)),
        "source": table.source,
        "read_at": table.read_at,
        "provenance": provenance(model, table),
    }
    return ToolOutcome(
        content=as_json(content),
        ok=True,
        summary=summary.text,
        figures=summary.figures,
        rows=len(table.rows),
        sql=table.sql,
        sources=(f"{model.title.get(language, model.name)} ({table.source})",),
        chart=chart_of(model, table, language),
        cached=table.cached,
        read_at=table.read_at,
    )


def refused(
    model: SemanticModel,
    error: SalesCrewError,
    language: Language,
    *,
    last_read_at: datetime | None = None,
    wanted: Iterable[str] = (),
) -> ToolOutcome:
    """The outcome for one of the other kinds of nothing, in the semantic layer's own words.

    `wanted` are the names that were asked for and are not defined.
    """
    return failed(
        error.code,
        language,
        summary=say_nothing(
            model, Outcome(error.code), language, last_read_at=last_read_at, wanted=wanted
        ),
        # These messages name what the query got wrong, for whoever wrote the query.
        detail=str(error) if isinstance(error, SalesQueryInvalid) else None,
    )


def _told(model: SemanticModel, table: MetricTable, words: Phrasebook) -> dict[str, Any]:
    """The rows, each with its place and its differences, and what they add up to."""
    places = standings(table.query, table.rows)
    shown = zip(table.rows[:_MOST_ROWS], places, strict=False)
    content: dict[str, Any] = {
        "rows": [
            {**_written(model, table.query, row, words), **({"rank": place} if place else {})}
            for row, place in shown
        ],
        "rows_in_all": len(table.rows),
    }
    sums = totals(model, table)
    if sums:
        content["totals"] = {name: _cell(model, name, value, words) for name, value in sums.items()}
    if table.query.compare is not None and table.query.from_date is not None:
        content["compared_with"] = _days(*previous_days(table.query))
    return content


def _written(
    model: SemanticModel, query: MetricQuery, row: Mapping[str, Any], words: Phrasebook
) -> dict[str, Any]:
    told = {name: _cell(model, name, value, words) for name, value in row.items()}
    if query.compare is None:
        return told
    for name in query.metrics:
        by = difference(model, name, row)
        if by is not None:
            text = written_number(by, model.metrics[name].format, model.currency, words)
            told[f"{name}_difference"] = f"+{text}" if by > 0 else text
    return told


def _cell(model: SemanticModel, name: str, value: Any, words: Phrasebook) -> Any:
    """Every figure as the reader will read it; a change or a share in percent."""
    if value is None:
        return None
    if name in model.metrics:
        return written_number(value, model.metrics[name].format, model.currency, words)
    metric, _, kind = name.rpartition("_")
    if metric in model.metrics and kind == "previous":
        return written_number(value, model.metrics[metric].format, model.currency, words)
    if metric in model.metrics and kind in ("change", "share"):
        text = written_number(value, "percent", model.currency, words)
        return f"+{text}" if kind == "change" and value > 0 else text
    return _plain(value)


def _plain(value: Any) -> Any:
    """A period or member as JSON has it."""
    return value if value is None or isinstance(value, bool) else str(value)


def _days(first: date | None, last: date | None) -> dict[str, str | None]:
    return {
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }
