"""What is asked of a history, each with the messages that answer it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Literal

from tests.evals.recall.history import History, Told
from tests.evals.recall.material import Account, Material

Kind = Literal["single fact", "several facts", "time", "updated fact", "unanswerable"]
KINDS: Sequence[Kind] = ("single fact", "several facts", "time", "updated fact", "unanswerable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    kind: Kind
    text: str
    #: The day on which it is asked.
    today: date
    #: Names of the messages that answer it; none where nothing does.
    evidence: frozenset[str]


#: Of each kind, of a person: as many as there can be, and no more.
MOST: dict[Kind, int] = {
    "single fact": 20,
    "several facts": 12,
    "time": 14,
    "updated fact": 10,
    "unanswerable": 8,
}


def questions(words: Material, said: History, random: Random) -> list[Question]:
    made: dict[Kind, Iterator[tuple[str, Sequence[Told]]]] = {
        "single fact": _single(said, random),
        "several facts": _several(words, said, random),
        "time": _time(words, said, random),
        "updated fact": _updated(said, random),
        "unanswerable": _unanswerable(words, random),
    }
    today = said.ended + timedelta(days=1)
    return [
        Question(
            kind=kind,
            text=text[:1].upper() + text[1:],
            today=today,
            evidence=frozenset(each.turn for each in told),
        )
        for kind, found in made.items()
        for text, told in _first(found, MOST[kind])
    ]


Asked = Iterator[tuple[str, Sequence[Told]]]


def _first(found: Asked, most: int) -> Asked:
    for number, each in enumerate(found):
        if number == most:
            return
        yield each


def _single(said: History, random: Random) -> Asked:
    steady = [each for each in said.told if each.holds and not each.changed]
    for each in random.sample(steady, len(steady)):
        yield random.choice(each.fact.asked).format(**each.account.forms), [each]


def _updated(said: History, random: Random) -> Asked:
    for each in said.told:
        if each.holds and each.changed and each.fact.asked_now:
            yield random.choice(each.fact.asked_now).format(**each.account.forms), [each]


def _several(words: Material, said: History, random: Random) -> Asked:
    """One fact of all customers, and two facts of one, by turns."""
    holding = [each for each in said.told if each.holds]
    of_all = [
        (random.choice(fact.all_asked), [each for each in holding if each.fact == fact])
        for fact in words.facts
        if fact.all_asked
    ]
    of_one = [_both(words, account, holding, random) for account in words.accounts]
    mixed = [(text, told) for text, told in [*of_all[:], *of_one] if text and 2 <= len(told) <= 6]
    yield from random.sample(mixed, len(mixed))


def _both(
    words: Material, account: Account, holding: Sequence[Told], random: Random
) -> tuple[str, Sequence[Told]]:
    told = [each for each in holding if each.account == account and not each.changed]
    if len(told) < 2:
        return "", ()
    two = random.sample(told, 2)
    first, second = (random.choice(each.fact.asked).format(**account.forms) for each in two)
    text = random.choice(words.both_asked)
    return text.format(**account.forms, first=first, second=second), two


def _time(words: Material, said: History, random: Random) -> Asked:
    """What of a customer came up when, where that customer came up at other times, too."""
    yield from _lately(words, said, random)
    by_month = groupby(said.told, key=lambda each: (each.day.year, each.day.month))
    months = [list(told) for _, told in by_month]
    quiet = min(months, key=len)
    asked = random.choice(words.time_asked["month_only"])
    yield asked.format(month=words.month_of(quiet[0].day)), quiet
    pairs = [(account, told) for told in months for account in words.accounts]
    for number, (account, told) in enumerate(random.sample(pairs, len(pairs))):
        its = [each for each in told if each.account == account]
        if not its or len(its) == len([each for each in said.told if each.account == account]):
            continue
        kind = "day" if number % 3 == 0 else "month"
        if kind == "day":
            its = [each for each in its if each.day == its[0].day]
        asked = random.choice(words.time_asked[kind])
        day = its[0].day
        yield (
            asked.format(**account.forms, month=words.month_of(day), day=words.day_of(day)),
            its,
        )


def _lately(words: Material, said: History, random: Random) -> Asked:
    today = said.ended + timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    week = [each for each in said.told if monday - timedelta(days=7) <= each.day < monday]
    yesterday = [each for each in said.told if each.day == said.ended]
    for told, asked in ((week, "last_week"), (yesterday, "yesterday")):
        for account in words.accounts:
            its = [each for each in told if each.account == account]
            if its:
                text = random.choice(words.time_asked[asked])
                yield text.format(**account.forms), its
                break


def _unanswerable(words: Material, random: Random) -> Asked:
    for text in random.sample(words.unanswerable, len(words.unanswerable)):
        yield text.format(**random.choice(words.accounts).forms), ()
