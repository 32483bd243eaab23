"""True answers to plant errors in: what the product says itself, and how models put it.

Each is made from figures drawn at random, worded by the product or by a phrasing, in three languages.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.domain.trace import ToolOutcome
from backend.plugins.sales_answer import told
from backend.semantic.calendar_unit import Unit
from backend.semantic.number_format import written_number
from backend.semantic.period import whole
from backend.semantic.period_words import name_of
from backend.semantic.phrasebook import phrasebook
from tests.unit.parser_questions import MEMBERS
from tests.unit.semantic_model import MODEL

TODAY = date(2026, 11, 24)
OCTOBER = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
YEAR = {"from_date": date(2025, 1, 1), "to_date": date(2025, 12, 31)}
PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH

_PHRASINGS = yaml.safe_load(Path(__file__).with_name("phrasings.yaml").read_text(encoding="utf-8"))
#: What a region's figure did, to put in a phrasing: up and down.
_MOVED = {PT: ("cresceu", "caiu"), EN: ("grew", "fell"), ES: ("creció", "cayó")}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueAnswer:
    """A text in which every figure is right, and what it was told from."""

    shape: str
    language: Language
    text: str
    outcome: ToolOutcome
    question: str = ""


def answers(chance: random.Random, rounds: int) -> Iterator[TrueAnswer]:
    """Every shape, so many times, each time with other figures."""
    for _ in range(rounds):
        for language in Language:
            yield from _own(chance, language)
            yield from _modelled(chance, language)


def _own(chance: random.Random, language: Language) -> Iterator[TrueAnswer]:
    """The product's own words."""
    for name, table in (
        ("total", _total(chance)),
        ("two", _two(chance)),
        ("count", _count(chance)),
        ("compare", _compared(chance)),
        ("regions", _regions(chance)),
        ("ranked", _regions(chance, order="desc", limit=3)),
        ("worst", _regions(chance, order="asc", limit=3)),
        ("shares", _regions(chance, share=True)),
        ("changes", _regions(chance, compare="previous_period")),
        ("months", _months(chance)),
        ("filtered", _filtered(chance)),
    ):
        outcome = outcome_of(table, language)
        assert outcome.summary
        yield TrueAnswer(
            shape=f"own.{name}.{language}", language=language, text=outcome.summary, outcome=outcome
        )


def _modelled(chance: random.Random, language: Language) -> Iterator[TrueAnswer]:
    """What models write."""
    for kind, (table, words) in _told_of(chance, language).items():
        outcome = outcome_of(table, language)
        for number, phrasing in enumerate(_PHRASINGS[kind][language.value]):
            template, rise, fall = (phrasing, "", "") if isinstance(phrasing, str) else phrasing
            up = rise if table.rows[0].get("revenue_change", 0) > 0 else fall
            yield TrueAnswer(
                shape=f"model.{kind}.{number}.{language}",
                language=language,
                text=template.format(**{"up": up, **words}),
                outcome=outcome,
            )


def _told_of(
    chance: random.Random, language: Language
) -> dict[str, tuple[MetricTable, dict[str, str]]]:
    """Kind of phrasing -> the table it tells of, and what to put in it."""
    total, two, compared = _total(chance), _two(chance), _compared(chance)
    ranked, shared = _regions(chance, order="desc"), _regions(chance, share=True)
    months, moved = _months(chance), _regions(chance, compare="previous_period")
    row = compared.rows[0]
    best = max(months.rows, key=lambda each: each["revenue"])
    month = name_of(whole(Unit.MONTH, best["period"]), Unit.MONTH, phrasebook(language))
    return {
        "total": (total, {"v": _money(total.rows[0]["revenue"], language)}),
        "two": (
            two,
            {
                "v": _money(two.rows[0]["revenue"], language),
                "n": _count_of(two.rows[0]["orders"], language),
            },
        ),
        "change": (
            compared,
            {
                "v": _money(row["revenue"], language),
                "p": _money(row["revenue_previous"], language),
                "c": _percent(abs(row["revenue_change"]), language),
                "d": _money(abs(row["revenue"] - row["revenue_previous"]), language),
            },
        ),
        "ranking": (
            ranked,
            {**_pair(ranked, "revenue", _money, language), "z": str(ranked.rows[-1]["region"])},
        ),
        "share": (shared, _pair(shared, "revenue_share", _percent, language)),
        "series": (
            months,
            {
                **_pair(months, "revenue", _money, language),
                "m": re.split(r" (?:de )?\d", month)[0],
                "w": _money(best["revenue"], language),
            },
        ),
        "moves": (moved, _moves(moved, language)),
    }


def _moves(table: MetricTable, language: Language) -> dict[str, str]:
    up, down = _MOVED[language]
    first, second = (row["revenue_change"] for row in table.rows[:2])
    return {
        **_pair(table, "revenue", _money, language),
        "p": _money(table.rows[0]["revenue_previous"], language),
        "c": _percent(abs(first), language),
        "e": _percent(abs(second), language),
        "sc": ("+" if first > 0 else "") + _percent(first, language),
        "se": ("+" if second > 0 else "") + _percent(second, language),
        "up": up if first > 0 else down,
        "down": up if second > 0 else down,
    }


def _pair(table: MetricTable, column: str, write: Any, language: Language) -> dict[str, str]:
    first, second = table.rows[:2]
    return {
        "a": str(first.get("region")),
        "b": str(second.get("region")),
        "x": write(first[column], language),
        "y": write(second[column], language),
    }


def outcome_of(table: MetricTable, language: Language) -> ToolOutcome:
    return replace(told(MODEL, table, language), sql="SELECT 1")


def _money(value: Decimal, language: Language) -> str:
    return written_number(value, "money", MODEL.currency, phrasebook(language))


def _count_of(value: int, language: Language) -> str:
    return written_number(value, "count", MODEL.currency, phrasebook(language))


def _percent(value: Decimal, language: Language) -> str:
    return written_number(value, "percent", MODEL.currency, phrasebook(language))


def _amount(chance: random.Random) -> Decimal:
    return Decimal(chance.randrange(1_000_00, 9_999_999_99)) / 100


def _total(chance: random.Random) -> MetricTable:
    return _table([{"revenue": _amount(chance)}], metrics=("revenue",), **OCTOBER)


def _count(chance: random.Random) -> MetricTable:
    return _table([{"orders": chance.randrange(100, 9_000)}], metrics=("orders",), **OCTOBER)


def _two(chance: random.Random) -> MetricTable:
    row = {"revenue": _amount(chance), "orders": chance.randrange(100, 9_000)}
    return _table([row], metrics=("revenue", "orders"), **OCTOBER)


def _compared(chance: random.Random) -> MetricTable:
    row = _with_change(chance, {"revenue": _amount(chance)})
    return _table([row], metrics=("revenue",), compare="previous_period", **OCTOBER)


def _regions(chance: random.Random, **query: Any) -> MetricTable:
    amounts = sorted(
        (_amount(chance) for _ in MEMBERS["region"]), reverse=query.get("order") != "asc"
    )
    regions = chance.sample(MEMBERS["region"], len(MEMBERS["region"]))
    rows: list[dict[str, Any]] = [
        {"region": region, "revenue": amount}
        for region, amount in zip(regions, amounts, strict=True)
    ][: query.get("limit")]
    if query.get("share"):
        whole = sum(row["revenue"] for row in rows)
        rows = [{**row, "revenue_share": round(row["revenue"] / whole, 10)} for row in rows]
    if query.get("compare"):
        rows = [_with_change(chance, row) for row in rows]
    return _table(rows, metrics=("revenue",), dimensions=("region",), **OCTOBER, **query)


def _months(chance: random.Random) -> MetricTable:
    rows = [{"period": date(2025, month, 1), "revenue": _amount(chance)} for month in range(1, 13)]
    return _table(rows, metrics=("revenue",), grain="month", **YEAR)


def _filtered(chance: random.Random) -> MetricTable:
    region = chance.choice(MEMBERS["region"])
    return _table(
        [{"revenue": _amount(chance)}],
        metrics=("revenue",),
        filters={"region": (region,)},
        **OCTOBER,
    )


def _with_change(chance: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    previous = _amount(chance)
    change = round((row["revenue"] - previous) / previous, 10)
    return {**row, "revenue_previous": previous, "revenue_change": change}


def _table(rows: list[dict[str, Any]], **query: Any) -> MetricTable:
    return MetricTable(
        query=MetricQuery(**query),
        columns=tuple(rows[0]),
        rows=tuple(rows),
        sql="SELECT 1",
        source="demo",
        model_version="1",
        read_at="2026-11-24T12:00:00.000+00:00",
    )
