"""What was asked and what it cost, by user, model, day, channel or agent."""

from typing import Any

import streamlit as st

from ui import charts, filters, formats, links, tables
from ui.blocks import block, empty
from ui.days import every_day
from ui.reading import read
from ui.table_file import table_file
from ui.wording import say

Row = dict[str, Any]
_GROUPS = ("day", "user", "model", "channel", "agent")
#: The filter that a row of a group stands for.
_FILTERS = {"user": "user_id", "model": "model", "channel": "channel", "agent": "agent"}
_FIGURES = (
    "turns",
    "cost_usd",
    "tokens_used",
    "answered",
    "failed",
    "p95_time_ms",
    "mean_time_ms",
    "llm_calls",
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "cache_hits",
)
#: Columns that count a part of a row's turns: a click on one leads to these only.
_STATUSES = ("answered", "failed")
#: As many bars as can be read, and as many rows as a page should hold.
_MOST_BARS = 15
_MOST_ROWS = 100


def show() -> None:
    st.title(say("pages.costs"))
    filters.form(filters.OF_USAGE, say("filters.default_days"), also=("group_by",))
    group = _group()
    chosen = filters.asked(filters.OF_USAGE)
    with block():
        report = read("/usage", filters.with_zone({**chosen, "group_by": group}))
        days = {"from": report["from"], "to": report["to"]}
        _totals(report, {**chosen, **days})
        if not report["rows"]:
            empty("state.empty_usage")
            return
        rows = _in_order(report["rows"], group)
        _plots(report, rows, group)
        _file(report, rows, group)
        opened = _table(rows, group)
        # Of those who were erased nothing is left to look at.
        if opened is not None and not _is_erased(opened[0], group):
            links.go("turns", {**chosen, **days, **_narrowed(*opened, group)})


def _group() -> str:
    """Kept in the address as `group_by`."""
    asked = st.query_params.get("group_by")
    before = asked if asked in _GROUPS else _GROUPS[0]
    chosen = st.segmented_control(
        say("costs.by"),
        _GROUPS,
        default=before,
        format_func=lambda group: say(f"costs.{group}"),
    )
    if chosen is not None and chosen != before:
        st.query_params["group_by"] = chosen
        st.query_params.pop("page", None)
        st.rerun()
    return before


def _totals(report: dict[str, Any], params: dict[str, str]) -> None:
    totals = report["totals"]
    first, last = formats.day(report["from"]), formats.day(report["to"])
    st.caption(say("costs.period", first=first, last=last, zone=report["time_zone"]))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, value in (
            ("cost_usd", formats.money(totals["cost_usd"])),
            ("tokens_used", formats.count(totals["tokens_used"])),
            ("turns", formats.count(totals["turns"])),
            ("llm_calls", formats.count(totals["llm_calls"])),
            ("cache_hits", formats.count(totals["cache_hits"])),
            ("p95_time_ms", formats.duration(totals["p95_time_ms"])),
        ):
            st.metric(say(f"columns.{name}"), value, border=True, width=150)
        label = say("costs.see_list", count=formats.count(totals["turns"]))
        links.link("turns", label, params, ":material/list_alt:")
    if not totals["priced"]:
        st.warning(say("costs.unpriced"))


def _in_order(rows: list[Row], group: str) -> list[Row]:
    """Days as they passed, all else by what it cost."""
    if group == "day":
        return sorted(rows, key=lambda row: row["key"])
    return sorted(
        rows, key=lambda row: (-float(row["cost_usd"]), -row["tokens_used"], -row["turns"])
    )


def _plots(report: dict[str, Any], rows: list[Row], group: str) -> None:
    cost, tokens = st.columns(2, border=True)
    with cost:
        _plot(report, rows, group, "cost_usd")
    with tokens:
        _plot(report, rows, group, "tokens_used")


def _plot(report: dict[str, Any], rows: list[Row], group: str, field: str) -> None:
    title, shown = say(f"columns.{field}"), tables.shown(field)
    money = field == "cost_usd"
    st.subheader(title)
    if float(report["totals"][field]) == 0:
        st.caption(say("costs.nothing"))
    elif group == "day":
        charts.over_days(every_day(report, field, shown), title, money=money)
    else:
        most = sorted(rows, key=lambda row: -float(row[field]))[:_MOST_BARS]
        drawn = [
            {"label": _label(row, group), "value": float(row[field]), "shown": shown(row[field])}
            for row in most
        ]
        charts.largest(drawn, title, money=money)
        if len(rows) > _MOST_BARS:
            st.caption(say("costs.most", count=formats.count(_MOST_BARS)))


def _table(rows: list[Row], group: str) -> tuple[tables.Row, str] | None:
    page = tables.page_number()
    begin = (page - 1) * _MOST_ROWS
    shown = rows[begin : begin + _MOST_ROWS]
    st.caption(f"{say('lists.total', count=formats.count(len(rows)))} · {say('costs.open_hint')}")
    labelled = [{**row, group: _label(row, group)} for row in shown]
    opened = tables.table(labelled, (group, *_FIGURES), f"costs_{group}")
    params = {**filters.asked(filters.OF_USAGE), "group_by": group}
    more = len(rows) > begin + _MOST_ROWS
    tables.page_links(params, {} if more else None)
    return opened


def _narrowed(row: tables.Row, column: str, group: str) -> dict[str, str]:
    """The filters which find the turns of a row, or of one of its counts, and no others."""
    part = {"status": column} if column in _STATUSES else {}
    if group == "day":
        return {"from": row["key"], "to": row["key"], **part}
    return {_FILTERS[group]: "none" if row["key"] is None else row["key"], **part}


def _file(report: dict[str, Any], rows: list[Row], group: str) -> None:
    """Figures as a program reads them, in UTF-8: the reader's spreadsheet knows its own forms."""
    name = f"{group}_{report['from']}_{report['to']}.csv"
    whole = table_file(
        [group, *_FIGURES], ([row["key"], *(row[field] for field in _FIGURES)] for row in rows)
    )
    st.download_button(
        say("costs.csv"), whole, name, "text/csv", on_click="ignore", icon=":material/download:"
    )


def _is_erased(row: tables.Row, group: str) -> bool:
    return group == "user" and row["key"] is None


def _label(row: Row, group: str) -> str:
    if _is_erased(row, group):
        return say("costs.erased")
    if row["key"] is None:
        return say("costs.none")
    return formats.day(row["key"]) if group == "day" else str(row["key"])


show()
