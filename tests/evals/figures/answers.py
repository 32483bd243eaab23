"""True answers to plant errors in: what the product says itself, and how models put it.

Each is made from a table of figures drawn at random, worded by the product or by a template of a kind
that models write, in three languages.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.domain.trace import ToolOutcome
from backend.plugins.sales_answer import told
from backend.semantic.number_format import written_number
from backend.semantic.phrasebook import phrasebook
from tests.unit.parser_questions import MEMBERS
from tests.unit.semantic_model import MODEL

TODAY = date(2026, 11, 24)
OCTOBER = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
YEAR = {"from_date": date(2025, 1, 1), "to_date": date(2025, 12, 31)}
PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH

#: How models tell one total: {m} metric, {v} value, {w} when.
_TOTALS = {
    PT: ("Em outubro de 2026, o faturamento foi de {v}.", "Vocês faturaram {v} em outubro.", "Faturamento de outubro: **{v}**."),
    EN: ("In October 2026, revenue was {v}.", "You made {v} in revenue in October.", "October revenue: **{v}**."),
    ES: ("En octubre de 2026, la facturación fue de {v}.", "La facturación de octubre fue {v}.", "Facturación de octubre: **{v}**."),
}  # fmt: skip
#: A change: {v} now, {p} before, {c} without its sign, {up} one of two words.
_CHANGES = {
    PT: (("O faturamento {up} {c} em outubro, de {p} em setembro para {v}.", "cresceu", "caiu"),
         ("Em outubro foram {v}, uma {up} de {c} sobre setembro ({p}).", "alta", "queda")),
    EN: (("Revenue {up} {c} in October, from {p} in September to {v}.", "rose", "fell"),
         ("In October revenue was {v}, {up} {c} from {p} in September.", "up", "down")),
    ES: (("La facturación {up} {c} en octubre, de {p} en septiembre a {v}.", "aumentó", "cayó"),),
}  # fmt: skip
#: A ranking: {a}/{x} the first, {b}/{y} the second.
_RANKINGS = {
    PT: ("A maior região foi {a}, com {x}; depois vem {b}, com {y}.", "{a} lidera com {x}. Em segundo lugar, {b} com {y}.",
         "O faturamento por região em outubro:\n1. {a}: {x}\n2. {b}: {y}", "| Região | Faturamento |\n| {a} | {x} |\n| {b} | {y} |"),
    EN: ("The largest region was {a} with {x}, followed by {b} with {y}.", "Revenue by region in October:\n1. {a}: {x}\n2. {b}: {y}",
         "{a} made {x} and {b} made {y}."),
    ES: ("La región más grande fue {a}, con {x}; luego {b}, con {y}.", "Facturación por región en octubre:\n1. {a}: {x}\n2. {b}: {y}"),
}  # fmt: skip
_SHARES = {
    PT: (
        "{a} representa {x} do total do faturamento de outubro.",
        "Participação em outubro: {a} {x}, {b} {y}.",
    ),
    EN: ("{a} accounts for {x} of total revenue in October.",),
    ES: ("{a} representa el {x} del total en octubre.",),
}
_SERIES = {
    PT: (
        "Em janeiro de 2025 foram {x} e em fevereiro de 2025, {y}.",
        "- janeiro de 2025: {x}\n- fevereiro de 2025: {y}",
    ),
    EN: ("Revenue was {x} in January 2025 and {y} in February 2025.",),
    ES: ("En enero de 2025 fueron {x} y en febrero de 2025, {y}.",),
}


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
        outcome = _outcome(table, language)
        assert outcome.summary
        yield TrueAnswer(
            shape=f"own.{name}.{language}", language=language, text=outcome.summary, outcome=outcome
        )


def _modelled(chance: random.Random, language: Language) -> Iterator[TrueAnswer]:
    """What models write."""
    total = _total(chance)
    yield from _told(
        total,
        language,
        "total",
        _TOTALS[language],
        lambda: {"v": _money(total.rows[0]["revenue"], language)},
    )
    compared = _compared(chance)
    row = compared.rows[0]
    for number, (template, rise, fall) in enumerate(_CHANGES[language]):
        words = {
            "v": _money(row["revenue"], language),
            "p": _money(row["revenue_previous"], language),
            "c": _percent(abs(row["revenue_change"]), language),
            "up": rise if row["revenue_change"] > 0 else fall,
        }
        yield from _told(
            compared, language, f"change{number}", (template,), lambda words=words: words
        )
    ranked = _regions(chance, order="desc")
    yield from _told(
        ranked,
        language,
        "rank",
        _RANKINGS[language],
        lambda: _pair(ranked, "revenue", _money, language),
    )
    shared = _regions(chance, share=True)
    yield from _told(
        shared,
        language,
        "share",
        _SHARES[language],
        lambda: _pair(shared, "revenue_share", _percent, language),
    )
    months = _months(chance)
    yield from _told(
        months,
        language,
        "series",
        _SERIES[language],
        lambda: _pair(months, "revenue", _money, language),
    )


def _told(
    table: MetricTable, language: Language, name: str, templates: Sequence[str], words: Any
) -> Iterator[TrueAnswer]:
    outcome = _outcome(table, language)
    for number, template in enumerate(templates):
        yield TrueAnswer(
            shape=f"model.{name}.{number}.{language}",
            language=language,
            text=template.format(**words()),
            outcome=outcome,
        )


def _pair(table: MetricTable, column: str, write: Any, language: Language) -> dict[str, str]:
    first, second = table.rows[:2]
    return {
        "a": str(first.get("region")),
        "b": str(second.get("region")),
        "x": write(first[column], language),
        "y": write(second[column], language),
    }


def _outcome(table: MetricTable, language: Language) -> ToolOutcome:
    return replace(told(MODEL, table, language), sql="SELECT 1")


def _money(value: Decimal, language: Language) -> str:
    return written_number(value, "money", MODEL.currency, phrasebook(language))


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
