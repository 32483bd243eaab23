"""What is said instead of a figure: four kinds of nothing, and words that were not understood."""

from collections.abc import Iterable
from datetime import datetime

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Outcome, Reading
from backend.semantic.model import SemanticModel
from backend.semantic.names import filters_in_words, metric_name, metric_names
from backend.semantic.nearest_names import Members, certified, nearest_names
from backend.semantic.period_words import when, written_moment
from backend.semantic.phrasebook import phrasebook
from backend.semantic.query_words import query_in_words

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
    wanted: Iterable[str] = (),
) -> str:
    """The sentence for an outcome without figures. `query` is what found no rows.

    A source that is down is told with the age of what was last read of it, where that is known.
    `wanted` are the names that are not defined: what is most like them is offered.

    Raises ValueError for Outcome.OK, and for NO_ROWS without its query.
    """
    words = phrasebook(language)
    if outcome is Outcome.OK or (outcome is Outcome.NO_ROWS and query is None):
        raise ValueError(f"{outcome} has no such sentence")
    if outcome is Outcome.NOT_DEFINED:
        return f"{words.say('nothing.metric_not_defined')} {_offer(model, wanted, language)}"
    if outcome is Outcome.SOURCE_DOWN and last_read_at is not None:
        moment = written_moment(last_read_at.isoformat(), model.time_zone, words)
        last = words.say("nothing.last_read", moment=moment)
        return f"{words.say('nothing.source_unavailable')} {last}"
    if query is None or outcome is not Outcome.NO_ROWS:
        return words.say(f"nothing.{outcome}")
    said = words.say(
        "nothing.no_rows",
        metrics=metric_names(model, query, language),
        when=when(query.from_date, query.to_date, words),
    )
    if not (query.filters or query.exclude or query.having):
        return said
    return f"{said} {words.say('filters', filters=filters_in_words(model, query, language))}"


def say_not_understood(
    model: SemanticModel,
    reading: Reading,
    language: Language,
    members: Members | None = None,
) -> str:
    """For a reading that is not complete: what was understood, which words were not, and what there is
    that is most like them. `members` are names that the asker may see.
    """
    words = phrasebook(language)
    if not reading.not_understood:
        return f"{words.say('understood.no_metric')} {_offer(model, (), language)}"
    quoted = words.joined(
        [words.say("understood.word", word=each) for each in reading.not_understood[:_MOST_WORDS]]
    )
    near = nearest_names(model, reading.not_understood[:_MOST_WORDS], language, members)
    if reading.query is None:
        said = words.say("understood.none", words=quoted)
        return f"{said} {_offered(near, language) or _examples(model, language)}"
    understood = query_in_words(model, reading.query, language)
    said = words.say("understood.part", understood=understood, words=quoted)
    return f"{said} {_offered(near, language) or words.say('understood.again')}"


def _offer(model: SemanticModel, wanted: Iterable[str], language: Language) -> str:
    near = nearest_names(model, wanted, language)
    return _offered(near, language) or _examples(model, language)


def _offered(near: tuple[str, ...], language: Language) -> str:
    words = phrasebook(language)
    return words.say("nearest", names=words.joined(near, last="or")) if near else ""


def _examples(model: SemanticModel, language: Language) -> str:
    words = phrasebook(language)
    names = [metric_name(model, name, language) for name in list(certified(model))[:_EXAMPLES]]
    return words.say("examples", names=words.joined(names)) if names else ""
