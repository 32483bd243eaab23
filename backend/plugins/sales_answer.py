"""From the semantic layer's table, or its refusal, to what the sales tool gives back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.errors import SalesCrewError, SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.sales import MetricTable, Outcome
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json, failed
from backend.semantic.apologies import say_nothing
from backend.semantic.model import SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.wording import summarise

#: Rows a model gets to read besides the summary, which lists more: a year of months.
_MOST_ROWS = 12


def told(model: SemanticModel, table: MetricTable, language: Language) -> ToolOutcome:
    """The outcome for a table; one without rows is an outcome of its own.

    Every figure is written as the reader will read it, so that a model can only copy it.
    """
    summary = summarise(model, table, language)
    query, words = table.query, phrasebook(language)
    content = {
        "status": Outcome.OK if table.rows else Outcome.NO_ROWS,
        "summary": summary.text,
        "period": {"from": _day(query.from_date), "to": _day(query.to_date)},
        "rows": [_written(model, row, words) for row in table.rows[:_MOST_ROWS]],
        "rows_in_all": len(table.rows),
        "source": table.source,
        "read_at": table.read_at,
    }
    return ToolOutcome(
        content=as_json(content),
        ok=True,
        summary=summary.text,
        figures=summary.figures,
        rows=len(table.rows),
        sql=table.sql,
        sources=(f"{model.title[language]} ({table.source})",),
    )


def refused(model: SemanticModel, error: SalesCrewError, language: Language) -> ToolOutcome:
    """The outcome for one of the other kinds of nothing, in the semantic layer's own words."""
    return failed(
        error.code,
        language,
        summary=say_nothing(model, Outcome(error.code), language),
        # These messages name what the query got wrong, for whoever wrote the query.
        detail=str(error) if isinstance(error, SalesQueryInvalid) else None,
    )


def _written(model: SemanticModel, row: Mapping[str, Any], words: Phrasebook) -> dict[str, Any]:
    return {
        name: written_number(value, model.metrics[name].format, model.currency, words)
        if name in model.metrics and value is not None
        else _plain(value)
        for name, value in row.items()
    }


def _plain(value: Any) -> Any:
    """A period or member as JSON has it."""
    return value if value is None or isinstance(value, bool) else str(value)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
