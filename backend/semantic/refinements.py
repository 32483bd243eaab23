"""What a query asks besides its metrics, members and days, in words: order, limit, comparison, share."""

from collections.abc import Iterator

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.model import SemanticModel
from backend.semantic.names import column_name, metric_name
from backend.semantic.phrasebook import phrasebook
from backend.semantic.standing import ranked_by


def refinements(model: SemanticModel, query: MetricQuery, language: Language) -> Iterator[str]:
    """One part for each: "5 primeiros", "do maior para o menor", "comparado com o período anterior"."""
    words = phrasebook(language)
    if query.without is not None:
        yield words.say("echo.without", metric=metric_name(model, query.without, language))
    column = ranked_by(query)
    if query.order is not None or query.order_by is not None:
        direction = query.order or ("desc" if column is not None else "asc")
        if column is None and query.order_by is not None:
            yield words.say(f"echo.by_name.{direction}")
        elif column in (None, query.metrics[0]):
            yield words.say(f"echo.{direction}")
        else:
            named = column_name(model, column or "", language)
            yield words.say(f"echo.{direction}") + words.say("heading.by", column=named)
    if query.limit is not None:
        yield words.say(
            "echo.limit.one" if query.limit == 1 else "echo.limit.many", number=query.limit
        )
    if query.other:
        yield words.say("echo.other")
    if query.compare is not None:
        yield words.say(f"echo.{query.compare}")
    if query.share:
        yield words.say("echo.share")
    if query.cumulative:
        yield words.say("echo.cumulative")
