"""A table whose cells are plain text, and whose rows open what they stand for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui import formats, links
from ui.wording import say

Row = Mapping[str, Any]
#: How each column is shown; the others hold text as it is.
_SHOWN: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(
        ("asked_at", "created_at", "last_turn_at", "updated_at", "uploaded_at"), formats.moment
    ),
    **dict.fromkeys(("time_ms", "mean_time_ms", "p95_time_ms", "started"), formats.duration),
    "cost_usd": formats.money,
    "status": lambda value: say(f"status.{value}"),
    "decision": lambda value: formats.NOTHING if value is None else say(f"decision.{value}"),
    "tools": lambda value: ", ".join(value) or formats.NOTHING,
}
#: In pixels: what would else take as much as it holds.
_WIDTHS = {"question": 260, "tools": 160, "user_id": 110, "user": 160}
#: Of a page number.
_MOST_DIGITS = 7


def table(rows: Sequence[Row], columns: Sequence[str], key: str) -> tuple[Row, str] | None:
    """Draw the rows; the row and the column that were clicked, if any were."""
    cells = {name: [cell(name, row.get(name)) for row in rows] for name in columns}
    event = st.dataframe(
        cells,
        height="content",
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={name: _column(name, rows) for name in columns},
    )
    chosen = event["selection"]["cells"]
    if not chosen or chosen[0][0] >= len(rows):
        return None
    number, column = chosen[0]
    return rows[number], column


def page_links(params: Mapping[str, str], following: Mapping[str, str] | None) -> None:
    """Ways to a list's next page (`following` is what leads there; None: it ends) and its first."""
    page = page_number()
    with st.container(horizontal=True, vertical_alignment="center"):
        if page > 1:
            st.caption(say("lists.page", page=formats.count(page)))
            links.turn_page(say("lists.first"), params, ":material/first_page:")
        if following is not None:
            whole = {**params, **following, "page": str(page + 1)}
            links.turn_page(say("lists.next"), whole, ":material/chevron_right:")


def cursor_links(params: Mapping[str, str], cursor: str | None) -> None:
    """The same for a list that goes on from a cursor."""
    page_links(params, None if cursor is None else {"cursor": cursor})


def page_number() -> int:
    """`page` of the address, from 1."""
    value = st.query_params.get("page", "1")
    known = value.isascii() and value.isdecimal() and len(value) < _MOST_DIGITS
    return max(int(value), 1) if known else 1


def shown(name: str) -> Callable[[Any], str]:
    """How the values of a column are written."""
    return lambda value: cell(name, value)


def cell(name: str, value: Any) -> str:
    if name in _SHOWN:
        return _SHOWN[name](value)
    if value is None or value == "":
        return formats.NOTHING
    return formats.count(value) if isinstance(value, int) else str(value)


def _column(name: str, rows: Sequence[Row]) -> Any:
    figures = name == "cost_usd" or any(isinstance(row.get(name), int | float) for row in rows)
    return st.column_config.TextColumn(
        say(f"columns.{name}"),
        width=_WIDTHS.get(name),
        alignment="right" if figures else "left",
    )
