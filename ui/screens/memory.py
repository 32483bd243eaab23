"""What is remembered of one user: search, facts, export, and forgetting."""

import streamlit as st

from ui import facts, forgetting, formats, tables
from ui.blocks import block, empty, plain
from ui.errors import ApiFailed
from ui.reading import read
from ui.users import user_path
from ui.wording import say

#: What the API takes of a question, and of a name.
_MOST_CHARACTERS = 8_000
_MOST_OF_A_NAME = 128
#: As many as can be looked through.
_FOUND = "20"
_COLUMNS = ("score", "at", "role", "said", "found", "conversation", "external_id")


def show() -> None:
    st.title(say("pages.memory"))
    _chosen()
    forgetting.receipt()
    user = st.query_params.get("user_id", "")
    if not user:
        if not forgetting.has_receipt():
            empty("memory.no_user")
        return
    query = st.query_params.get("query", "")
    if query:
        st.subheader(say("memory.found"))
        with block("search"):
            _search(user, query)
    st.subheader(say("memory.facts"))
    with block("facts"):
        facts.show(user)
    st.subheader(say("memory.rights"))
    forgetting.show(user)


def _chosen() -> None:
    """The user and what to look for, kept in the address."""
    with (
        st.form("memory", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        user = st.text_input(
            say("memory.user"),
            value=st.query_params.get("user_id", ""),
            max_chars=_MOST_OF_A_NAME,
            autocomplete="off",
            width=220,
        )
        query = st.text_input(
            say("memory.query"),
            value=st.query_params.get("query", ""),
            max_chars=_MOST_CHARACTERS,
            placeholder=say("memory.example"),
            autocomplete="off",
        )
        sent = st.form_submit_button(say("memory.search"), type="primary")
    if not sent:
        return
    forgetting.put_away()
    for parameter, value in (("user_id", user.strip()), ("query", query.strip())):
        if value:
            st.query_params[parameter] = value
        else:
            st.query_params.pop(parameter, None)


def _search(user: str, query: str) -> None:
    try:
        items = read(user_path(user, "memory"), {"query": query, "k": _FOUND})["items"]
    except ApiFailed as failure:
        if failure.code != "not_found":
            raise
        empty("memory.nobody")
        return
    if not items:
        empty("memory.nothing_found")
        return
    st.caption(say("memory.found_hint"))
    shown = [
        {
            **item,
            "score": formats.figure(item["score"]),
            "at": formats.moment(item["at"]),
            "role": say(f"role.{item['role']}"),
            "said": item["text"],
            "found": _found(item),
            "conversation": item["conversation_id"],
        }
        for item in items
    ]
    opened = tables.table(shown, _COLUMNS, "found_memories")
    if opened is not None:
        plain(opened[0]["said"])


def _found(item: dict[str, object]) -> str:
    """Why it is there: by its words, by its meaning, or for standing beside another."""
    if item["beside"]:
        return say("memory.beside")
    ways = [
        say("memory.by_words") if item["lexical"] else "",
        say("memory.by_meaning") if item["semantic"] is not None else "",
    ]
    return ", ".join(way for way in ways if way) or formats.NOTHING


show()
