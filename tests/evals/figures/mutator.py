"""Errors as models make them, planted one at a time in true answers, the same for the same seed."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from backend.domain.language import Language
from tests.evals.figures.answers import TrueAnswer
from tests.unit.parser_questions import MEMBERS

_NUMBER = r"\d[\d.,]*\d|\d"
_MONEY = re.compile(rf"(?:R\$|US\$)\s?({_NUMBER})")
_PERCENT = re.compile(rf"({_NUMBER})%")
_COUNT = re.compile(r"(?<![\d/.,-])(\d{3,4}|\d[.,]\d{3})(?= (?:pedidos|orders|ped))")
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    Language.PORTUGUESE: ("janeiro", "fevereiro", "março", "julho", "setembro", "outubro"),
    Language.ENGLISH: ("January", "February", "March", "July", "September", "October"),
    Language.SPANISH: ("enero", "febrero", "marzo", "julio", "septiembre", "octubre"),
}
_SIGNS = (
    ("cresceu", "caiu"), ("alta", "queda"), ("Alta", "Queda"), ("rose", "fell"), (" up ", " down "),
    ("Up", "Down"), ("aumentó", "cayó"), ("Aumento", "Caída"),
)  # fmt: skip
_METRICS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    Language.PORTUGUESE: (("faturamento", "ticket médio"), ("Faturamento", "Margem"), ("pedidos", "contratos fechados")),
    Language.ENGLISH: (("revenue", "margin"), ("Revenue", "Average ticket"), ("orders", "contracts closed")),
    Language.SPANISH: (("facturación", "margen"), ("Facturación", "Ticket promedio"), ("pedidos", "contratos cerrados")),
}  # fmt: skip
_LINE = re.compile(r"^(\d+\. )(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """An answer with one error."""

    answer: TrueAnswer
    error: str
    text: str


def planted(answer: TrueAnswer, chance: random.Random) -> Iterator[Planted]:
    """One of each class of error that the answer can have."""
    for error, plant in _CLASSES.items():
        text = plant(answer, chance)
        if text is not None and text != answer.text:
            yield Planted(answer=answer, error=error, text=text)


def _value(answer: TrueAnswer, chance: random.Random) -> str | None:
    found = [*_MONEY.finditer(answer.text), *_COUNT.finditer(answer.text)]
    return _with_other_digit(answer.text, chance.choice(found), chance) if found else None


def _percent(answer: TrueAnswer, chance: random.Random) -> str | None:
    found = list(_PERCENT.finditer(answer.text))
    return _with_other_digit(answer.text, chance.choice(found), chance) if found else None


def _with_other_digit(text: str, found: re.Match[str], chance: random.Random) -> str:
    """The first digit, or one of the next two, becomes another."""
    places = [at for at in range(found.start(1), found.end(1)) if text[at].isdigit()][:3]
    at = chance.choice(places)
    digit = chance.choice([each for each in "123456789" if each != text[at]])
    return text[:at] + digit + text[at + 1 :]


def _period(answer: TrueAnswer, chance: random.Random) -> str | None:
    months = _MONTHS[answer.language]
    # What is asked states nothing.
    stated = re.sub(r"[^.!?\n]*\?", "", answer.text)
    named = [month for month in months if re.search(rf"\b{month}\b", stated)]
    if not named:
        return None
    month = chance.choice(named)
    free = [each for each in months if each not in answer.text]
    other = chance.choice(free or [each for each in named if each != month])
    swapped = {month: other, other: month}
    text = re.sub(f"{month}|{other}", lambda found: swapped[found[0]], answer.text)
    # The dates in brackets would give it away: a model that errs in one errs in both.
    return re.sub(r" \([\d/ a-]+\)| \([\d-]+ to [\d-]+\)", "", text)


def _unit(answer: TrueAnswer, chance: random.Random) -> str | None:
    found = list(_MONEY.finditer(answer.text))
    if not found:
        return None
    match = chance.choice(found)
    number = match[1]
    if chance.random() < 0.5:
        return answer.text[: match.start()] + f"{number}%" + answer.text[match.end() :]
    scale = " million" if answer.language is Language.ENGLISH else " mil"
    return answer.text[: match.end()] + scale + answer.text[match.end() :]


def _sign(answer: TrueAnswer, chance: random.Random) -> str | None:
    del chance
    for rise, fall in _SIGNS:
        for one, other in ((rise, fall), (fall, rise)):
            if one in answer.text:
                return answer.text.replace(one, other)
    if re.search(r"[+-]\d[\d.,]*%", answer.text):
        return re.sub(
            r"([+-])(\d[\d.,]*%)",
            lambda found: {"+": "-", "-": "+"}[found[1]] + found[2],
            answer.text,
            count=1,
        )
    return None


def _member(answer: TrueAnswer, chance: random.Random) -> str | None:
    named = [each for each in MEMBERS["region"] if re.search(rf"\b{each}\b", answer.text)]
    others = [each for each in MEMBERS["region"] if each not in named] or named
    if not named:
        return None
    one = chance.choice(named)
    other = chance.choice([each for each in others if each != one] or [one])
    if _written_of(answer, one) & _written_of(answer, other):
        # Told of the other, the same figure is as true.
        return None
    swapped = {one: other, other: one}
    pattern = rf"\b({re.escape(one)}|{re.escape(other)})\b(?!-)"
    return re.sub(pattern, lambda found: swapped[found[1]], answer.text)


def _written_of(answer: TrueAnswer, member: str) -> frozenset[str]:
    return frozenset(
        figure.text for figure in answer.outcome.figures if member in figure.members.values()
    )


def _rank(answer: TrueAnswer, chance: random.Random) -> str | None:
    lines = list(_LINE.finditer(answer.text))
    if len(lines) < 2:
        return None
    first = chance.randrange(len(lines) - 1)
    one, other = lines[first], lines[first + 1]
    return (
        answer.text[: one.start(2)]
        + other[2]
        + answer.text[one.end(2) : other.start(2)]
        + one[2]
        + answer.text[other.end(2) :]
    )


def _metric(answer: TrueAnswer, chance: random.Random) -> str | None:
    del chance
    for one, other in _METRICS[answer.language]:
        if one in answer.text:
            return answer.text.replace(one, other)
    return None


_CLASSES: Mapping[str, Callable[[TrueAnswer, random.Random], str | None]] = {
    "value": _value,
    "percent": _percent,
    "period": _period,
    "unit": _unit,
    "sign": _sign,
    "member": _member,
    "rank": _rank,
    "metric": _metric,
}
