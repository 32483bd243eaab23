"""From the semantic layer's table, or its refusal, to what the sales tool gives back."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from backend.domain.errors import SalesCrewError, SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.sales import MetricTable, Outcome
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json, failed
from backend.semantic.apologies import say_nothing
from backend.semantic.chart import chart_of
from backend.semantic.model import SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.wording import summarise

#: Rows a model gets to read besides the summary, which lists more: a year of months.
_MOST_ROWS = 12
#: Enough to tell two answers apart.
_HASH_DIGITS = 16


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
        "provenance": _provenance(model, table),
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
) -> ToolOutcome:
    """The outcome for one of the other kinds of nothing, in the semantic layer's own words."""
    return failed(
        error.code,
        language,
        summary=say_nothing(model, Outcome(error.code), language, last_read_at=last_read_at),
        # These messages name what the query got wrong, for whoever wrote the query.
        detail=str(error) if isinstance(error, SalesQueryInvalid) else None,
    )


def _provenance(model: SemanticModel, table: MetricTable) -> dict[str, Any]:
    """Where the figures come from, as short as a model can quote it and a person check it."""
    query = table.query
    digest = sha256(repr((table.sql, table.rows)).encode()).hexdigest()
    return {
        "metrics": list(query.metrics),
        "filters": {name: list(members) for name, members in query.filters.items()},
        "exclude": {name: list(members) for name, members in query.exclude.items()},
        "time_zone": model.time_zone,
        "model_version": table.model_version,
        "hash": digest[:_HASH_DIGITS],
    }


def _written(model: SemanticModel, row: Mapping[str, Any], words: Phrasebook) -> dict[str, Any]:
    return {name: _cell(model, name, value, words) for name, value in row.items()}


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
        return written_number(value, "percent", model.currency, words)
    return _plain(value)


def _plain(value: Any) -> Any:
    """A period or member as JSON has it."""
    return value if value is None or isinstance(value, bool) else str(value)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
