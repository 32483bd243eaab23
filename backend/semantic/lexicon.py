"""What a language says around figures: read once from `grammar/<language>.yaml`.

The lists are words; what is done with each kind is in the rules that `parser.py` lists.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language
from backend.semantic.calendar_unit import Unit
from backend.semantic.kind import Kind
from backend.semantic.phrase_table import PhraseTable
from backend.semantic.tokens import words

Phrase = tuple[str, ...]
#: Their lists are grouped by what the words stand for.
_VALUED = (Kind.GRAIN, Kind.EARLIER, Kind.SCALE, Kind.CURRENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodWords:
    """The words of the period grammar (`period_reader.py`)."""

    days: PhraseTable[int]
    units: PhraseTable[Unit]
    months: PhraseTable[int]
    shy_months: frozenset[str]
    plural_units: frozenset[str]
    ordinals: PhraseTable[int]
    numbers: PhraseTable[int]
    to_date: PhraseTable[Unit]
    #: Monday is 0.
    weekdays: PhraseTable[int]
    #: this, last, previous, before_last, same, span, of, article, bare_before, from, to, since,
    #: until, between, and, onward, start, accumulated, so_far, weekend, working_day, fiscal_year,
    #: fiscal_quarter, fortnight, two_months, four_months, ago, holidays by name, and the rest.
    classes: Mapping[str, PhraseTable[str]]

    def says(self, *names: str, words: Sequence[str]) -> bool:
        """True where a phrase of one of these classes stands anywhere in the words."""
        return any(
            self.classes[name].match(words, start) for name in names for start in range(len(words))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language's words."""

    #: Phrase -> its kind, and for a grain, number or unit which one.
    phrases: Mapping[Phrase, tuple[Kind, str]]
    follow_up: PhraseTable[str]
    #: How a word is typed in a chat -> the word.
    chat: Mapping[str, str]
    #: Verb -> the noun that it does: "pediram" -> "pedidos".
    verbs_of: Mapping[Phrase, Phrase]
    #: Beginnings of words: of what is sold, of what is billed, and of what is better low.
    sold_stems: tuple[str, ...]
    billed_stems: tuple[str, ...]
    closed_stems: tuple[str, ...]
    burden_stems: tuple[str, ...]
    merit_stems: tuple[str, ...]
    #: Ranking words that judge ("melhor", "worst"), and do not say high or low.
    qualities: frozenset[str]
    #: After these, two small letters may be a code ("em sp").
    before_codes: frozenset[str]
    #: After these, the first word of a name may be written small.
    before_names: frozenset[str]
    #: After these, a word that is a member too is a time ("in May").
    before_periods: frozenset[str]
    period: PeriodWords
    #: Names of months that are short for others and other words, too: "mar", "set".
    short_months: frozenset[str]
    #: Every word above, look-alikes and speech: by these a text is known to be of this language.
    words: frozenset[str]
    #: Adjectives and the like: no name of many is read into them.
    everyday: frozenset[str]
    #: Of `words`, those that say something without another beside them.
    lone_words: frozenset[str]
    #: Series of market data -> the phrases that name it.
    market: PhraseTable[str]
    market_talk: PhraseTable[str]
    playbook: tuple[Phrase, ...]
    #: Words that ask which figures there are.
    catalog: PhraseTable[str]


@cache
def lexicon(language: Language) -> Lexicon:
    data = _read(language)
    phrases = dict(_phrases(data))
    period = _period(data)
    follow_up = _table(data["follow_up"])
    known = {word for phrase in phrases for word in phrase} | set(follow_up.words())
    tables: tuple[PhraseTable[Any], ...] = (
        period.days,
        period.units,
        period.months,
        period.ordinals,
        period.to_date,
        period.weekdays,
        *period.classes.values(),
    )
    for table in tables:
        known |= set(table.words())
    verbs_of = {
        words(verb): words(noun) for noun, verbs in data["verbs_of"].items() for verb in verbs
    }
    known |= {word for verb in verbs_of for word in verb}
    known |= _words(data["lookalikes"]) | _words(data["speech"])
    known |= {word for texts in data["market"].values() for word in _words(texts)}
    known |= _words(data["catalog"]) | _words(data["chat"])
    known |= {word for text in data["playbook"] for word in _pattern(text) if word[0] != "*"}
    return Lexicon(
        phrases=phrases,
        follow_up=follow_up,
        chat={words(short)[0]: words(long)[0] for short, long in data["chat"].items()},
        verbs_of=verbs_of,
        sold_stems=tuple(data["sold_stems"]),
        billed_stems=tuple(data["billed_stems"]),
        closed_stems=tuple(data["closed_stems"]),
        burden_stems=tuple(data["burden_stems"]),
        merit_stems=tuple(data["merit_stems"]),
        qualities=_words(data["qualities"]),
        before_codes=_words(data["before_codes"]),
        before_names=_words(data["before_names"]),
        before_periods=_words(data["before_periods"]),
        period=period,
        short_months=period.shy_months - _words(texts[0] for texts in data["period"]["months"]),
        words=frozenset(word for word in known if word.isalpha()),
        everyday=_words(data["everyday"]),
        lone_words=frozenset(_lone_words(data, phrases, tables)),
        market=PhraseTable(
            {words(text): series for series, texts in data["market"].items() for text in texts}
        ),
        market_talk=_table(data["market_talk"]),
        playbook=tuple(_pattern(text) for text in data["playbook"]),
        catalog=_table(data["catalog"]),
    )


def _lone_words(
    data: Mapping[str, Any],
    phrases: Mapping[Phrase, tuple[Kind, str]],
    tables: Iterable[PhraseTable[Any]],
) -> Iterator[str]:
    yield from (phrase[0] for phrase in phrases if len(phrase) == 1)
    yield from _words((*data["lookalikes"], *data["speech"]))
    for table in tables:
        yield from table.words()


def _read(language: Language) -> Mapping[str, Any]:
    home = Path(__file__).parent
    return {
        **_read_file(home / "grammar" / f"{language}.yaml"),
        "period": _read_file(home / "periods" / f"{language}.yaml"),
    }


def _read_file(path: Path) -> Mapping[str, Any]:
    # As text throughout: YAML would read the words "no" and "on" as false and true.
    data: Mapping[str, Any] = yaml.load(
        path.read_text(encoding="utf-8"),
        Loader=yaml.BaseLoader,  # noqa: S506 - it builds strings, lists and mappings only
    )
    return data


def _phrases(data: Mapping[str, Any]) -> Iterable[tuple[Phrase, tuple[Kind, str]]]:
    """Later kinds win over earlier ones, so UNREAD over all."""
    found: dict[Phrase, tuple[Kind, str]] = {}
    for unit, texts in data["period"]["units"].items():
        found.update({words(text): (Kind.UNIT, unit) for text in texts})
    for number, value in data["numbers"].items():
        found[words(number)] = (Kind.NUMBER, value)
    for text in data["courtesy"]:
        found[words(text)] = (Kind.FUNCTION, "")
    for kind in (*Kind,)[: (*Kind,).index(Kind.UNREAD) + 1]:
        if kind in _VALUED:
            for value, texts in data[kind].items():
                found.update({words(text): (kind, value) for text in texts})
        elif kind is not Kind.NUMBER:
            found.update({words(text): (kind, "") for text in data[kind]})
    return found.items()


def _period(data: Mapping[str, Any]) -> PeriodWords:
    period = data["period"]
    tables = {
        "weekdays",
        "days",
        "units",
        "plural_units",
        "months",
        "shy_months",
        "ordinals",
        "to_date",
    }
    return PeriodWords(
        days=PhraseTable({words(text): int(days) for text, days in period["days"].items()}),
        units=PhraseTable(
            {words(text): Unit(unit) for unit, texts in period["units"].items() for text in texts}
        ),
        months=PhraseTable(
            {
                words(text): number
                for number, texts in enumerate(period["months"], start=1)
                for text in texts
            }
        ),
        shy_months=_words(period["shy_months"]),
        plural_units=_words(period["plural_units"]),
        ordinals=PhraseTable(
            {
                words(text): int(number)
                for number, texts in period["ordinals"].items()
                for text in texts
            }
        ),
        numbers=PhraseTable({words(text): int(value) for text, value in data["numbers"].items()}),
        weekdays=PhraseTable(
            {
                words(text): number
                for number, texts in enumerate(period["weekdays"])
                for text in texts
            }
        ),
        to_date=PhraseTable({words(text): Unit(unit) for text, unit in period["to_date"].items()}),
        classes={name: _table(texts) for name, texts in period.items() if name not in tables},
    )


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))


def _table(texts: Iterable[str]) -> PhraseTable[str]:
    return PhraseTable({words(text): text for text in texts})


def _pattern(text: str) -> Phrase:
    """Words, of which one that begins with * stands for any word with that ending."""
    return tuple(part if part.startswith("*") else " ".join(words(part)) for part in text.split())
