"""Conversations, the newest first."""

import streamlit as st

from ui import filters, formats, links, tables
from ui.blocks import block, empty
from ui.reading import read
from ui.wording import say

_COLUMNS = (
    "last_turn_at",
    "user_id",
    "channel",
    "agent",
    "turn_count",
    "created_at",
    "external_id",
)


def show() -> None:
    st.title(say("pages.conversations"))
    filters.form(filters.OF_CONVERSATIONS, say("filters.all_days"))
    chosen = filters.asked(filters.OF_CONVERSATIONS)
    links.remember_list("conversations", {**chosen, **filters.asked(("cursor", "page"))})
    with block():
        page = read("/conversations", filters.with_zone({**chosen, **filters.asked(("cursor",))}))
        if not page["conversations"]:
            empty("state.empty_conversations")
            return
        st.caption(
            f"{say('lists.total', count=formats.count(page['total']))} · {say('lists.open_hint')}"
        )
        opened = tables.table(page["conversations"], _COLUMNS, "conversations")
        tables.cursor_links(chosen, page["next_cursor"])
        if opened is not None:
            links.go("conversation", {"id": opened[0]["conversation_id"]})


show()
