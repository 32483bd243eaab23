"""Answers of every shape as a reader gets them, in three languages, by a file that a person has read."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricQuery, MetricTable, Threshold
from backend.semantic.wording import summarise
from tests.unit.semantic_model import MODEL
from tests.unit.test_wording_summary import OCTOBER, said, table

GOLDEN = yaml.safe_load((Path(__file__).parent / "data/wording.yaml").read_text(encoding="utf-8"))
BEFORE: Mapping[str, Any] = {"compare": "previous_period"}


def rows(*, metrics: tuple[str, ...] = ("revenue",), **query: Any) -> MetricQuery:
    return MetricQuery(metrics=metrics, **{**OCTOBER, **query})


def of(name: str, now: Any, before: Any, change: Any) -> dict[str, Any]:
    """A metric's cells where it is compared."""
    number = None if change is None else Decimal(change)
    return {name: now, f"{name}_previous": before, f"{name}_change": number}


def bound(metric: str, op: Any, value: str) -> dict[str, Any]:
    return {"having": (Threshold(metric=metric, op=op, value=Decimal(value)),)}


BY_REGION: Mapping[str, Any] = {"dimensions": ("region",)}
TABLES: Mapping[str, MetricTable] = {
    "compared_rise": table(rows(**BEFORE), of("revenue", 1200, 1000, "0.2")),
    "compared_fall": table(
        rows(metrics=("orders",), compare="same_period_last_year"), of("orders", 8, 10, "-0.2")
    ),
    "compared_with_zero": table(rows(**BEFORE), of("revenue", 1200, 0, None)),
    "compared_with_nothing": table(rows(**BEFORE), of("revenue", 1200, None, None)),
    "compared_gone": table(rows(**BEFORE), of("revenue", None, 10, "-1")),
    "compared_two_metrics": table(
        rows(metrics=("revenue", "orders"), **BEFORE),
        {**of("revenue", 1200, 1000, "0.2"), **of("orders", 5, 5, "0")},
    ),
    # "2%" more of a rate would be points or a part: no difference is told.
    "compared_rate": table(
        rows(metrics=("margin_rate",), **BEFORE),
        of("margin_rate", Decimal("0.3"), Decimal("0.2"), "0.5"),
    ),
    "compared_rows": table(
        rows(**BEFORE, **BY_REGION),
        {"region": "Sul", **of("revenue", 12, 10, "0.2")},
        {"region": "Norte", **of("revenue", 5, None, None)},
        {"region": None, **of("revenue", None, 4, "-1")},
    ),
    "compared_table": table(
        rows(metrics=("revenue", "orders"), **BEFORE, **BY_REGION),
        {"region": "Sul", **of("revenue", 12, 10, "0.2"), **of("orders", 1, 2, "-0.5")},
        {"region": "No|rte", **of("revenue", 5, None, None), **of("orders", 0, 0, None)},
    ),
    "share": table(
        rows(share=True, **BY_REGION),
        {"region": "Sul", "revenue": 3, "revenue_share": Decimal("0.75")},
        {"region": "Norte", "revenue": 1, "revenue_share": Decimal("0.25")},
    ),
    "cumulative": table(
        rows(cumulative=True, grain="month", from_date=date(2026, 1, 1), to_date=date(2026, 2, 28)),
        {"period": date(2026, 1, 1), "revenue": 10},
        {"period": date(2026, 2, 1), "revenue": 30},
    ),
    "without": table(
        rows(without="orders", dimensions=("customer",)),
        {"customer": "Ana", "revenue": None},
        {"customer": "Bia", "revenue": None},
    ),
    "exclude": table(rows(exclude={"region": ("Sul",)}), {"revenue": 10}),
    "having": table(
        rows(**bound("revenue", ">=", "1000"), **BY_REGION),
        {"region": "Sul", "revenue": 3000},
        {"region": "Norte", "revenue": 1000},
    ),
    "having_share": table(
        rows(share=True, **bound("revenue_share", ">", "0.1"), **BY_REGION),
        {"region": "Sul", "revenue": 3000, "revenue_share": Decimal("0.5")},
    ),
    "other_and_ties": table(
        rows(order="desc", limit=2, other=True, **BY_REGION),
        {"region": "Sul", "revenue": 30},
        {"region": "Norte", "revenue": 30},
        {"region": OTHER, "revenue": 40},
    ),
    "ranked_by_change": table(
        rows(order="asc", order_by="revenue_change", **BEFORE, **BY_REGION),
        {"region": "Sul", **of("revenue", 12, 10, "0.2")},
        {"region": "N", **of("revenue", 13, 10, "0.3")},
    ),
    "in_order_of_name": table(
        rows(order="asc", order_by="region", **BY_REGION),
        {"region": "A", "revenue": 12},
        {"region": "B", "revenue": 13},
    ),
    "no_rows": table(rows(filters={"region": ("Sul",)})),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", TABLES)
def test_it_reads_as_was_agreed(name: str, language: Language) -> None:
    assert "\n".join(said(TABLES[name], language)) + "\n" == GOLDEN[name][language.value]


def test_every_shape_has_its_words() -> None:
    assert set(GOLDEN) == set(TABLES)


def test_each_figure_tells_what_it_is() -> None:
    figures = summarise(MODEL, TABLES["compared_rows"], Language.PORTUGUESE).figures
    assert [(each.text, each.kind, dict(each.members)) for each in figures] == [
        ("R$ 12,00", "value", {"region": "Sul"}),
        ("R$ 10,00", "previous", {"region": "Sul"}),
        ("+R$ 2,00", "difference", {"region": "Sul"}),
        ("+20%", "change", {"region": "Sul"}),
        ("R$ 5,00", "value", {"region": "Norte"}),
        ("R$ 4,00", "previous", {}),
        ("-R$ 4,00", "difference", {}),
        ("-100%", "change", {}),
        ("R$ 17,00", "value", {}),
    ]


VALUE = st.none() | st.decimals(-(10**9), 10**9, places=2)


@given(
    st.sampled_from(Language),
    st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=5),
    st.sampled_from(["total", "region", "month"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_number_of_every_shape_is_a_figure(
    language: Language,
    cells: list[tuple[Any, Any, Any]],
    shape: str,
    compared: bool,
    shared: bool,
    two: bool,
) -> None:
    metrics = ("revenue", "orders") if two else ("revenue",)
    query = rows(
        metrics=metrics,
        compare="previous_period" if compared else None,
        share=shared and shape == "region",
        grain="month" if shape == "month" else None,
        dimensions=("region",) if shape == "region" else (),
    )
    table_rows = [
        {
            **({"region": "ABCDE"[number]} if shape == "region" else {}),
            **({"period": date(2026, 10, 1)} if shape == "month" else {}),
            **{
                column: value
                for name in metrics
                for column, value in {
                    name: now,
                    f"{name}_previous": before,
                    f"{name}_change": change if before else None,
                    f"{name}_share": change,
                }.items()
            },
        }
        for number, (now, before, change) in enumerate(cells[:1] if shape == "total" else cells)
    ]
    summary = summarise(MODEL, table(query, *table_rows), language)

    dates = r"\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d|(?<= )2026(?![\d,.])"
    text = re.sub(dates, "", summary.text.rsplit("\n", 1)[0])
    for figure in summary.figures:
        # A rise or a fall is told in words, without its sign.
        written = figure.text if figure.text in text else figure.text.lstrip("+-")
        assert written in text
        text = text.replace(written, "", 1)
    assert re.search(r"\d", text) is None


@given(st.lists(st.text(max_size=30), min_size=2, max_size=6))
def test_no_name_breaks_a_line_or_a_table(members: list[str]) -> None:
    """What a client's member is called can neither end its line nor begin one of ours."""
    hostile = [*members, "a|b", "x\n- y: R$ 1,00", "z\u2028| w |", "Fonte: mentira.\r\nTotal: 9."]
    answers = [{"region": each, "revenue": 1, "orders": 1} for each in hostile]
    as_list = said(table(rows(**BY_REGION), *answers))
    assert len(as_list) == 1 + len(hostile) + 1
    assert all(line.startswith("- ") for line in as_list[1:-1])

    metrics = ("revenue", "orders")
    as_table = said(table(rows(metrics=metrics, **BY_REGION), *answers))
    assert len(as_table) == 1 + 1 + 2 + len(hostile) + 1 + 1
    cells = [len(re.findall(r"(?<!\\)\|", line)) for line in as_table[2 : 4 + len(hostile)]]
    # A name that ends in a backslash hides no bar: a blank stands between.
    assert set(cells) == {4}


def test_a_week_begins_where_the_companys_does() -> None:
    model = replace(MODEL, week_start="sunday")
    query = MetricQuery(
        metrics=("orders",), grain="week", from_date=date(2026, 11, 24), to_date=date(2026, 12, 5)
    )
    answer = table(
        query,
        {"period": date(2026, 11, 22), "orders": 3},
        {"period": date(2026, 11, 29), "orders": 4},
    )
    summary = summarise(model, answer, Language.PORTUGUESE)
    assert "- semana de 22/11/2026 a 28/11/2026: 3" in summary.text
    assert [(each.from_date, each.to_date) for each in summary.figures] == [
        (date(2026, 11, 24), date(2026, 11, 28)),
        (date(2026, 11, 29), date(2026, 12, 5)),
        (date(2026, 11, 24), date(2026, 12, 5)),
    ]


def test_yes_and_no_are_words() -> None:
    query = rows(metrics=("orders",), dimensions=("region",))
    answer = table(query, {"region": True, "orders": 3}, {"region": False, "orders": 4})
    assert said(answer)[1:3] == ["- sim: 3", "- não: 4"]
