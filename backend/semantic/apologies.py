"""What is said instead of a figure: four kinds of nothing, and words that were not understood."""

from datetime import datetime

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Outcome, Reading
from backend.semantic.model import SemanticModel
from backend.semantic.period_words import when, written_moment
from backend.semantic.phrasebook import phrasebook
from backend.semantic.query_words import (
    filters_in_words,
    metric_name,
    metric_names,
    query_in_words,
)

#: Metrics named to somebody who asked for something else: enough to see what kind there is.
_EXAMPLES = 5
#: Words quoted back; of a long message more would be an echo.
_MOST_WORDS = 6


def say_nothing(
    model: SemanticModel,
    outcome: Outcome,
    language: Language,
    query: MetricQuery | None = None,
    *,
    last_read_at: datetime | None = None,
) -> str:
    """The sentence for an outcome without figures. `query` is what found no rows.

    A source that is down is told with the age of what was last read of it, where that is known.

    Raises ValueError for Outcome.OK, and for NO_ROWS without its query.
    """
    words = phrasebook(language)
    if outcome is Outcome.OK or (outcome is Outcome.NO_ROWS and query is None):
        raise ValueError(f"{outcome} has no such sentence")
    if query is None or outcome is not Outcome.NO_ROWS:
        said = words.say(f"nothing.{outcome}", examples=_examples(model, language))
        if outcome is not Outcome.SOURCE_DOWN or last_read_at is None:
            return said
        moment = written_moment(last_read_at.isoformat(), model.time_zone, words)
        return f"{said} {words.say('nothing.last_read', moment=moment)}"
    said = words.say(
        "nothing.no_rows",
        metrics=metric_names(model, query, language),
        when=when(query.from_date, query.to_date, words),
    )
    if not (query.filters or query.exclude or query.having):
        return said
    return f"{said} {words.say('filters', filters=filters_in_words(model, query, language))}"


def say_not_understood(model: SemanticModel, reading: Reading) -> str:
    """Say "I understood X, but not the words Y", for a reading that is not complete."""
    language = reading.language
    words = phrasebook(language)
    if not reading.not_understood:
        return words.say("understood.no_metric", examples=_examples(model, language))
    quoted = words.joined(
        [words.say("understood.word", word=each) for each in reading.not_understood[:_MOST_WORDS]]
    )
    if reading.query is None:
        return words.say("understood.none", words=quoted, examples=_examples(model, language))
    understood = query_in_words(model, reading.query, language)
    return words.say("understood.part", understood=understood, words=quoted)


def _examples(model: SemanticModel, language: Language) -> str:
    names = [metric_name(model, name, language) for name in list(model.metrics)[:_EXAMPLES]]
    return phrasebook(language).joined(names)
