"""A kept table is the table that was read, and what is none is nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answering.kept_table import KeptTable, decoded, encoded
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiler
from backend.semantic.layer import Prepared
from tests.unit.semantic_model import MODEL

QUERY = MetricQuery(metrics=("revenue", "orders"), dimensions=("region",), grain="month")
PREPARED = Prepared(query=QUERY, compiled=Compiler(MODEL).query(QUERY))
READ_AT = "2026-11-24T09:30:00.123+00:00"
ROW = ["2026-10-01", "Sul", "10.5", 3]

CELLS = {
    "text": st.text(),
    "integer": st.integers(),
    # As the layer hands them on: without zeros at the end. No company sells for more.
    "number": st.decimals(min_value=-(10**20), max_value=10**20, places=2).map(
        lambda number: Decimal(f"{number:f}".rstrip("0").rstrip(".")) + 0
    ),
    "date": st.dates(),
    "boolean": st.booleans(),
}


def rows() -> st.SearchStrategy[tuple[dict[str, Any], ...]]:
    columns = zip(PREPARED.compiled.columns, PREPARED.compiled.kinds, strict=True)
    row = st.fixed_dictionaries({name: st.none() | CELLS[kind] for name, kind in columns})
    return st.lists(row, max_size=5).map(tuple)


@given(rows=rows(), truncated=st.booleans(), cost=st.integers(0, 10**12))
def test_what_comes_back_is_what_was_kept(
    rows: tuple[dict[str, Any], ...], *, truncated: bool, cost: int
) -> None:
    table = KeptTable(rows=rows, read_at=READ_AT, truncated=truncated, cost_nano=cost)
    assert decoded(PREPARED, encoded(PREPARED, table)) == table


def test_the_row_of_these_tests_is_one() -> None:
    """What the next test spoils."""
    kept = decoded(PREPARED, msgspec.json.encode([READ_AT, False, 0, [ROW]]))
    assert kept is not None
    assert list(kept.rows[0].values()) == [date(2026, 10, 1), "Sul", Decimal("10.5"), 3]


@pytest.mark.parametrize(
    "spoilt",
    [
        [READ_AT, False, 0, [ROW[:3]]],
        [READ_AT, False, 0, [[*ROW, "more"]]],
        [READ_AT, False, 0, [["yesterday", *ROW[1:]]]],
        [READ_AT, False, 0, [[*ROW[:2], "much", 3]]],
        [READ_AT, False, 0, [[*ROW[:3], "three"]]],
        [READ_AT, False, 0, [[{"a": 1}, *ROW[1:]]]],
        [READ_AT, False, 0, ROW],
        [READ_AT, "no", 0, [ROW]],
        [READ_AT, False, "dear", [ROW]],
        ["some day", False, 0, [ROW]],
        [READ_AT, False, 0, [ROW], "more"],
        [READ_AT, False, 0],
        {"rows": [ROW]},
        None,
    ],
    ids=str,
)
def test_what_does_not_fit_the_statement_is_nothing(spoilt: Any) -> None:
    assert decoded(PREPARED, msgspec.json.encode(spoilt)) is None


@given(st.binary(max_size=64))
def test_bytes_that_are_no_table_are_nothing(raw: bytes) -> None:
    assert decoded(PREPARED, raw) is None
