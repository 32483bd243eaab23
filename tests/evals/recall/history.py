"""A seller's months of talk with the assistant: what was said, and of which turn each fact is.

The same seed gives the same history. Most of it is of no use to any question; facts come alone or
after an opening that alone names the customer, and some change later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from tests.evals.recall.material import Account, Fact, Material

PLACE = ZoneInfo("America/Sao_Paulo")
BEGAN = date(2026, 1, 12)
SESSIONS = 42
#: Of a person, with the facts that change counted once.
FACTS = 84
CHANGED = 12
_LEAST_TURNS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message. Its `name` is what an import calls it."""

    name: str
    session: str
    speaker: Literal["user", "assistant"]
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact, and the message that tells it."""

    fact: Fact
    account: Account
    day: date
    turn: str
    #: Told before otherwise.
    changed: bool
    #: No later message tells it otherwise.
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    said: list[Said]
    told: list[Told]

    @property
    def ended(self) -> date:
        return self.said[-1].at.date()


@dataclass(frozen=True, slots=True)
class _Line:
    speaker: Literal["user", "assistant"]
    text: str
    told: tuple[Fact, Account, bool] | None = None


def history(words: Material, random: Random) -> History:
    days = list(_days(random))
    told_on = _plan(words, random, len(days))
    said: list[Said] = []
    told: list[Told] = []
    for number, day in enumerate(days):
        at = datetime.combine(day, time(random.randint(8, 17), random.randint(0, 59)), PLACE)
        for place, line in enumerate(_session(words, random, told_on[number])):
            name = f"S{number + 1}:{place + 1}"
            at += timedelta(seconds=random.randint(20, 150))
            said.append(
                Said(
                    name=name, session=f"S{number + 1}", speaker=line.speaker, text=line.text, at=at
                )
            )
            if line.told is not None:
                fact, account, changed = line.told
                told = [
                    replace(each, holds=False)
                    if (each.fact, each.account) == (fact, account)
                    else each
                    for each in told
                ]
                told.append(
                    Told(
                        fact=fact, account=account, day=day, turn=name, changed=changed, holds=True
                    )
                )
    assert len(said) >= _LEAST_TURNS
    return History(said=said, told=told)


def _days(random: Random) -> Iterator[date]:
    day = BEGAN
    for _ in range(SESSIONS):
        yield day
        day += timedelta(days=random.choice((1, 3, 4, 5, 7, 9)))
        while day.weekday() > 4:
            day += timedelta(days=1)


def _plan(words: Material, random: Random, sessions: int) -> list[list[tuple[Fact, Account, bool]]]:
    """Which facts come in which session; the change of one comes in a later one."""
    pairs = [(fact, account) for fact in words.facts for account in words.accounts]
    chosen = random.sample(pairs, FACTS)
    plan: list[list[tuple[Fact, Account, bool]]] = [[] for _ in range(sessions)]
    left = CHANGED
    for number, (fact, account) in enumerate(chosen):
        session = number * sessions // FACTS
        plan[session].append((fact, account, False))
        if left and fact.updated and session < sessions - 6:
            left -= 1
            plan[random.randint(session + 4, sessions - 1)].append((fact, account, True))
    return plan


def _session(
    words: Material, random: Random, told: list[tuple[Fact, Account, bool]]
) -> list[_Line]:
    blocks = [_telling(words, random, *each) for each in told]
    blocks += [_small_talk(words, random) for _ in range(random.randint(2, 4))]
    random.shuffle(blocks)
    return [
        *_pair(random.choice(words.greetings)),
        *(line for block in blocks for line in block),
        *_pair(random.choice(words.closings)),
    ]


def _telling(
    words: Material, random: Random, fact: Fact, account: Account, changed: bool
) -> list[_Line]:
    told = (fact, account, changed)
    forms = {**account.forms, "value": random.choice(fact.values)}
    if changed:
        text = _sentence(random.choice(fact.updated), forms)
        lines = [] if fact.speaker == "user" else [_opening(words, random, account)[0]]
        return [*lines, _Line(fact.speaker, text, told), *_reply(words, random, fact)]
    if random.random() < 0.5:
        opening = _opening(words, random, account)
        text = _sentence(random.choice(fact.then), forms)
    else:
        text = _sentence(random.choice(fact.said), forms)
        opening = _pair(random.choice(words.greetings)) if fact.speaker == "assistant" else []
    if fact.speaker == "assistant":
        opening = opening[:1]
    return [*opening, _Line(fact.speaker, text, told), *_reply(words, random, fact)]


def _reply(words: Material, random: Random, fact: Fact) -> list[_Line]:
    return [_Line("assistant", random.choice(words.replies))] if fact.speaker == "user" else []


def _opening(words: Material, random: Random, account: Account) -> list[_Line]:
    return _pair([_sentence(text, account.forms) for text in random.choice(words.openers)])


def _small_talk(words: Material, random: Random) -> list[_Line]:
    amount = random.randint(900, 60_000)
    forms = {
        **random.choice(words.accounts).forms,
        "amount": f"${amount:,}" if words.language == "en" else f"{amount:,}".replace(",", "."),
        "count": str(random.randint(8, 240)),
        "percent": f"{random.randint(3, 97)}%",
        "product": random.choice(words.products),
    }
    return _pair([_sentence(text, forms) for text in random.choice(words.small_talk)])


def _pair(texts: Sequence[str]) -> list[_Line]:
    first, second = texts
    return [_Line("user", first), _Line("assistant", second)]


def _sentence(text: str, forms: Mapping[str, str]) -> str:
    filled = text.format(**forms)
    return filled[:1].upper() + filled[1:]
