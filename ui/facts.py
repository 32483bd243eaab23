"""The facts about a user: a list, and ways to add to it, to correct and to delete."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui import api_client, formats, tables
from ui.blocks import empty, failed
from ui.errors import ApiFailed
from ui.reading import forget_what_was_read, key, read
from ui.users import user_path
from ui.wording import say

#: As long as the API lets a fact be.
_MOST_CHARACTERS = 200
_COLUMNS = ("fact", "subject", "topic", "said_at", "valid_from", "valid_to", "by")
#: Of a fact in the list that one is chosen from.
_MOST_SHOWN = 80
#: What is drawn anew after a change: a field that was sent is empty then.
_ROUND = "facts_round"


def show(user: str) -> None:
    """Raises ApiFailed."""
    with_history = st.toggle(say("memory.history"), key="facts_history")
    try:
        found = read(user_path(user, "facts"), {"history": str(with_history).lower()})["items"]
    except ApiFailed as failure:
        # Of an API that has none, and of a user whom it does not know.
        if failure.code in ("not_found", "not_allowed"):
            reasons = {"not_found": "memory.no_facts_here", "not_allowed": "memory.needs_admin"}
            st.caption(say(reasons[failure.code]))
            return
        raise
    if found:
        tables.table([_shown(each) for each in found], _COLUMNS, "facts")
    else:
        empty("memory.no_facts")
    _change(user, [each for each in found if not each.get("valid_to")])


def _shown(fact: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        name: None if fact.get(name) is None else formats.day(str(fact[name])[:10])
        for name in ("said_at", "valid_from", "valid_to")
    }
    about = say("memory.the_user") if fact["subject"] == "self" else fact["subject"]
    return {**fact, "fact": fact["text"], "subject": about, **days}


def _change(user: str, facts: Sequence[Mapping[str, Any]]) -> None:
    texts = {str(fact["id"]): str(fact["text"]) for fact in facts}
    number = st.session_state.setdefault(_ROUND, 0)
    with st.expander(say("memory.change")):
        if texts:
            chosen = st.selectbox(
                say("memory.fact"),
                list(texts),
                format_func=lambda fact_id: texts[fact_id][:_MOST_SHOWN],
                key=f"fact_{number}",
            )
            text = st.text_input(
                say("memory.new_text"),
                value=texts[chosen],
                max_chars=_MOST_CHARACTERS,
                key=f"fact_text_{number}_{chosen}",
            )
            path = user_path(user, "facts", chosen)
            with st.container(horizontal=True):
                if st.button(say("memory.correct"), icon=":material/edit:"):
                    _done(lambda: api_client.patch(path, key() or "", {"text": text.strip()}))
                if st.button(say("memory.delete"), icon=":material/delete:"):
                    _done(lambda: api_client.delete(path, key() or ""))
        new = st.text_input(
            say("memory.new_fact"), max_chars=_MOST_CHARACTERS, key=f"fact_new_{number}"
        )
        if st.button(say("memory.add"), icon=":material/add:") and new.strip():
            body = {"text": new.strip()}
            _done(lambda: api_client.post(user_path(user, "facts"), key() or "", body))


def _done(change: Callable[[], object]) -> None:
    """Make a change, and show what is there then; or say why not."""
    try:
        change()
    except ApiFailed as failure:
        if failure.code == "not_allowed":
            st.error(say("memory.needs_admin"))
        else:
            failed(failure)
        return
    forget_what_was_read()
    st.session_state[_ROUND] += 1
    st.rerun()
