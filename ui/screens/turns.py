"""Turns, the newest first: the list behind every figure."""

import streamlit as st

from ui import filters, formats, links, tables
from ui.blocks import block, empty
from ui.reading import read
from ui.wording import say

_COLUMNS = (
    "asked_at",
    "question",
    "user_id",
    "status",
    "time_ms",
    "cost_usd",
    "tokens_used",
    "model",
    "tools",
    "decision",
    "channel",
    "failed_calls",
)


def show() -> None:
    st.title(say("pages.turns"))
    filters.form(filters.OF_TURNS, say("filters.default_days"))
    chosen = filters.asked(filters.OF_TURNS)
    links.remember_list("turns", {**chosen, **filters.asked(("cursor", "page"))})
    with block():
        page = read("/turns", filters.with_zone({**chosen, **filters.asked(("cursor",))}))
        if not page["turns"]:
            empty("state.empty_turns")
            return
        st.caption(
            f"{say('lists.total', count=formats.count(page['total']))} · {say('lists.open_hint')}"
        )
        opened = tables.table(page["turns"], _COLUMNS, "turns")
        tables.cursor_links(chosen, page["next_cursor"])
        if opened is not None:
            links.go("turn", {"id": opened[0]["turn_id"]})


show()
