"""Signing in with a key that may read the console's data. It stays in the session's memory."""

import streamlit as st

from ui import api_client
from ui.blocks import failed
from ui.errors import ApiFailed
from ui.reading import forget_key, keep_key
from ui.wording import say

#: What the API says to a key, in the words of a door.
_REFUSALS = {"unauthenticated": "sign_in.wrong", "not_allowed": "sign_in.too_little"}


def show() -> None:
    st.title(say("product"))
    st.subheader(say("sign_in.title"))
    note = st.session_state.pop("sign_in_note", None)
    if note is not None:
        st.warning(say(note))
    with st.form("sign_in", width=420, enter_to_submit=True):
        value = st.text_input(say("sign_in.key"), type="password", autocomplete="off").strip()
        entered = st.form_submit_button(say("sign_in.enter"), type="primary")
    st.caption(say("sign_in.hint"))
    if entered and value:
        _enter(value)


def leave() -> None:
    """The key, and all that was read with it."""
    for name in ("chat", "sign_in_note", "erasure_receipt", "exported"):
        st.session_state.pop(name, None)
    forget_key()


def _enter(value: str) -> None:
    try:
        if not (value.isascii() and value.isprintable()):
            raise ApiFailed("unauthenticated")
        # Any call of the operator's scope would do; this one is small.
        api_client.get("/queue", value)
    except ApiFailed as failure:
        if failure.code in _REFUSALS:
            st.error(say(_REFUSALS[failure.code]))
        else:
            failed(failure)
        return
    keep_key(value)
    st.rerun()
