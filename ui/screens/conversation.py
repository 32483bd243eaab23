"""One conversation: its turns with what was said, in order."""

from datetime import datetime
from typing import Any

import streamlit as st

from ui import filters, formats, links
from ui.blocks import block, empty, failed, plain
from ui.errors import ApiFailed
from ui.identifiers import asked_identifier
from ui.reading import read
from ui.wording import say

#: Turns on one page.
_MOST = "50"
#: How the API's authors are drawn.
_SIDES = {
    "user": ("user", ":material/person:"),
    "agent": ("assistant", ":material/support_agent:"),
    "human": ("assistant", ":material/badge:"),
    "system": ("assistant", ":material/settings:"),
}


def show() -> None:
    identifier = asked_identifier()
    if identifier is None:
        st.title(say("pages.conversation"))
        empty("state.no_conversation")
        links.back_to_list("conversations", say("pages.conversations"))
        return
    with block():
        asked = {"limit": _MOST, **filters.asked(("after",))}
        found = read(f"/conversations/{identifier}", asked)
        st.title(say("conversation.of", at=formats.moment(found["created_at"])))
        plain(" · ".join((found["user_id"], found["channel"], found["agent"])))
        with st.container(horizontal=True):
            links.back_to_list("conversations", say("pages.conversations"))
            _to_turns(found)
        for turn in found["turns"]:
            _turn(turn)
        if found["next_after"] is not None:
            following = {"id": identifier, "after": str(found["next_after"])}
            links.turn_page(say("conversation.next"), following, ":material/chevron_right:")


def _to_turns(found: dict[str, Any]) -> None:
    """The list's days begin with the conversation: without them it would know thirty only."""
    first, last = (
        datetime.fromisoformat(found[name]).astimezone(formats.zone_info()).date().isoformat()
        for name in ("created_at", "last_turn_at")
    )
    params = {"conversation_id": found["conversation_id"], "from": first, "to": last}
    label = say("conversation.turns", count=formats.count(found["turn_count"]))
    links.link("turns", label, params, ":material/list_alt:")


def _turn(turn: dict[str, Any]) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            label = say("conversation.turn", seq=formats.count(turn["seq"]))
            links.link("turn", label, {"id": turn["turn_id"]}, ":material/timeline:")
            status = say(f"status.{turn['status']}")
            took = formats.duration(turn["time_ms"])
            st.caption(f"{formats.moment(turn['asked_at'])} · {status} · {took}")
        for message in turn["messages"]:
            side, picture = _SIDES[message["author"]]
            with st.chat_message(side, avatar=picture):
                author = say(f"author.{message['author']}")
                st.caption(f"{author} · {formats.moment(message['at'])}")
                plain(message["text"])
        if turn["error"] is not None:
            failed(ApiFailed(turn["error"]["code"], turn["error"]["message"]))


show()
