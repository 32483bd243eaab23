"""The CSV: no cell that a spreadsheet would run, and every cell as it was."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from ui.table_file import table_file

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.one_of(CELLS, CELLS.map(lambda text: f"={text}")), min_size=1, max_size=4))
@example(["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "a,b", 'a"b', "a\r\nb"])
def test_no_cell_begins_as_a_formula_and_none_is_lost(row: list[str]) -> None:
    heading, read = _read(table_file(row, [row]))

    assert heading == read
    assert len(read) == len(row)
    for before, after in zip(row, read, strict=True):
        assert not after.lstrip(" \u00a0\ufeff").startswith(STARTS)
        assert after in (before, f"'{before}")


def test_figures_stay_figures() -> None:
    assert _read(table_file(["cost"], [[-1.5, 3, None, True]]))[1] == ["-1.5", "3", "", "True"]


def test_a_spreadsheet_knows_its_letters() -> None:
    assert table_file(["ação"], []).startswith(b"\xef\xbb\xbf")


def _read(file: bytes) -> list[list[str]]:
    text = io.StringIO(file.decode("utf-8-sig"), newline="")
    return list(csv.reader(text))
