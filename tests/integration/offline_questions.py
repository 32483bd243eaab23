"""The questions of `data/offline_questions.yaml`, and how a person would write what SQL gives.

Nothing here is the semantic layer's: dates, sums and numerals are made a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import psycopg
import yaml

QUESTIONS = Path(__file__).parent / "data" / "offline_questions.yaml"
MONTHS = {
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    language: str
    ask: str
    after: str | None = None
    sql: str | None = None
    kinds: Sequence[str] = ()
    each: str | None = None
    may_ask_back: bool = False
    market: str | None = None
    tool: str | None = None
    small_talk: bool = False
    beyond: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the answer: what it is about, and its figures with how they read."""

    about: str
    values: tuple[Decimal, ...]
    texts: tuple[str, ...]


def questions() -> list[Question]:
    tables = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return [
        Question(language=language, **entry)
        for language, entries in tables.items()
        for entry in entries
    ]


def truth(dsn: str, question: Question, today: date) -> list[Line]:
    """What the question's own SQL gives on the company's database, row by row."""
    assert question.sql is not None
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(question.sql.encode(), {"today": today}).fetchall()
    return [line for row in rows if (line := _line(row, question)).values]


def written(value: Decimal, kind: str, language: str) -> str:
    """The figure as a reader of this language writes it. `percent` is given as a fraction."""
    if kind == "money":
        sign = "R$" if language == "en" else "R$ "
        return sign + _digits(value, 2, language)
    if kind == "count":
        return _digits(value, 0, language)
    hundredths = value * 100
    digits = _digits(hundredths, 2 if abs(hundredths) < 1 else 1, language)
    return (digits.rstrip("0").rstrip(".,") or "0") + "%"


def _line(row: tuple[Any, ...], question: Question) -> Line:
    keys = [cell for cell in row if isinstance(cell, str | date)]
    values = tuple(Decimal(cell) for cell in row if isinstance(cell, int | Decimal))
    return Line(
        about=" ".join(_name(key, question) for key in keys),
        values=values,
        texts=tuple(
            written(value, kind, question.language)
            for value, kind in zip(values, question.kinds, strict=bool(values))
        ),
    )


def _name(key: str | date, question: Question) -> str:
    if isinstance(key, str):
        return key
    if question.each == "quarter":
        assert question.language == "en"
        return f"Q{(key.month + 2) // 3} {key.year}"
    month = MONTHS[question.language].split()[key.month - 1]
    return f"{month} {key.year}" if question.language == "en" else f"{month} de {key.year}"


def _digits(value: Decimal, places: int, language: str) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:,.{places}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))
