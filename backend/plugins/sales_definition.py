"""What one metric means, for a reader: definition, formula, filter, tables, owner, and how fresh it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backend.domain.errors import SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json
from backend.plugins.sales_catalog import named
from backend.plugins.words import say
from backend.semantic.expression import condition, formula, tables_of
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.names import metric_name
from backend.semantic.parts import aggregate_of, parts_of
from backend.semantic.period_words import written_moment
from backend.semantic.phrasebook import phrasebook


def explained(
    model: SemanticModel, name: str, language: Language, last_read_at: datetime | None = None
) -> ToolOutcome:
    """One metric. Raises SalesQueryInvalid for a name that the model does not define."""
    metric = model.metrics.get(name)
    if metric is None:
        raise SalesQueryInvalid(f"no metric is called {name!r}")
    definition = metric.definition.get(language) or next(iter(metric.definition.values()), "")
    made_of = _made_of(model, metric, language)
    tables = list(_tables(model, name))
    said = [_who(model, metric, definition.rstrip("."), language)]
    said.append(say(language, "explained.made_of", formula=made_of))
    if metric.filter is not None:
        said.append(say(language, "explained.only_where", filter=metric.filter))
    said.append(say(language, "explained.tables", tables=phrasebook(language).joined(tables)))
    if last_read_at is not None:
        moment = written_moment(last_read_at.isoformat(), model.time_zone, phrasebook(language))
        said.append(say(language, "explained.read", moment=moment))
    content: dict[str, Any] = {
        "status": "ok",
        "summary": " ".join(said),
        **named(metric, language),
        "means": definition,
        "made_of": made_of,
        "only_where": metric.filter,
        "format": metric.format,
        "owner": metric.owner or None,
        "certified": metric.certified,
        "tables": tables,
        "source": model.title.get(language, model.name),
        "model_version": model.version,
        "changes_seen_by": model.freshness.probe if model.freshness else None,
        "last_read_at": last_read_at.isoformat(timespec="milliseconds") if last_read_at else None,
    }
    return ToolOutcome(
        content=as_json({key: value for key, value in content.items() if value is not None}),
        ok=True,
        summary=content["summary"],
        rows=1,
    )


def _who(model: SemanticModel, metric: Metric, definition: str, language: Language) -> str:
    key = "certified" if metric.certified else "plain"
    return say(
        language,
        f"explained.{key}" if metric.owner else f"explained.{key}_nobodys",
        label=_capitalised(metric_name(model, metric.name, language)),
        definition=definition,
        owner=metric.owner,
    )


def _made_of(model: SemanticModel, metric: Metric, language: Language) -> str:
    """An aggregate in the model's own SQL; what is made of other metrics by their names."""
    if metric.numerator is not None and metric.denominator is not None:
        return say(
            language,
            "explained.ratio",
            numerator=metric_name(model, metric.numerator, language),
            denominator=metric_name(model, metric.denominator, language),
        )
    if metric.cumulative is not None:
        return say(
            language,
            f"explained.since.{metric.since}",
            metric=metric_name(model, metric.cumulative, language),
        )
    if metric.formula is not None:
        tree = formula(metric.formula, model.metrics)
        return str(
            tree.transform(
                lambda node: (
                    type(node)(this=metric_name(model, node.name, language))
                    if node.key == "identifier"
                    else node
                )
            ).sql()
        )
    return metric.sql or ""


def _tables(model: SemanticModel, name: str) -> Iterator[str]:
    """The names of all that the metric's rows are read from, each once."""
    seen: dict[str, None] = {}
    for part in parts_of(model, name):
        metric = model.metrics[part.metric]
        home = metric.table or ""
        trees = [aggregate_of(model, part.metric)]
        if metric.filter is not None:
            trees.append(condition(metric.filter, home, model.tables))
        seen[home] = None
        seen.update(dict.fromkeys(sorted(tables_of(trees))))
        if metric.date is not None:
            seen[metric.date.partition(".")[0]] = None
    yield from seen


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
