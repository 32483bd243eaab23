"""What the law gives a person: a copy of all that is held about them, and its erasure."""

from typing import Any

import streamlit as st

from ui import api_client, formats, tables
from ui.blocks import block, failed, plain, source
from ui.errors import ApiFailed
from ui.reading import forget_what_was_read, key
from ui.users import user_path
from ui.wording import say

#: What the console holds for a download. Of more there is a command that streams.
MOST_BYTES = 50 * 1024**2
_RECEIPT = "erasure_receipt"
_EXPORT = "exported"


def show(user: str) -> None:
    with st.container(horizontal=True, gap="medium"):
        with st.container(border=True):
            st.caption(say("memory.export_hint"))
            _export(user)
        with st.container(border=True):
            st.caption(say("memory.forget_hint"))
            _forget(user)


def receipt() -> None:
    """The receipt of what was erased in this session, until another user is chosen."""
    kept: dict[str, Any] | None = st.session_state.get(_RECEIPT)
    if kept is None:
        return
    if kept["status"] == "done":
        st.success(say("memory.erased"))
    else:
        st.info(say("memory.erasing"))
    plain(kept["user_id"] or "")
    source(kept["receipt_id"])
    if kept["erased_at"] is not None:
        st.caption(say("memory.erased_at", at=formats.moment(kept["erased_at"])))
    rows = [{"store": name, "taken": count} for name, count in kept["stores"].items() if count]
    tables.table(rows, ("store", "taken"), "receipt")
    st.caption(say("memory.erased_hint"))


def has_receipt() -> bool:
    return _RECEIPT in st.session_state


def put_away() -> None:
    for name in (_RECEIPT, _EXPORT):
        st.session_state.pop(name, None)


def _export(user: str) -> None:
    ready: tuple[str, bytes] | None = st.session_state.get(_EXPORT)
    if ready is not None and ready[0] == user:
        st.download_button(
            say("memory.download"),
            ready[1],
            "export.ndjson",
            "application/x-ndjson",
            on_click="ignore",
            icon=":material/download:",
        )
    elif st.button(say("memory.prepare"), icon=":material/inventory_2:"):
        with block(None):
            _told(lambda: _prepare(user))


def _prepare(user: str) -> None:
    whole = api_client.download(user_path(user, "export"), key() or "", MOST_BYTES)
    st.session_state[_EXPORT] = (user, whole)
    st.rerun()


def _forget(user: str) -> None:
    with st.form("forget", border=False, clear_on_submit=True):
        typed = st.text_input(say("memory.type_to_forget"), autocomplete="off")
        sent = st.form_submit_button(say("memory.forget"), icon=":material/delete_forever:")
    if not sent:
        return
    if typed.strip() != user:
        st.warning(say("memory.not_the_same"))
        return
    with block(None):
        _told(lambda: _erase(user))


def _erase(user: str) -> None:
    st.session_state[_RECEIPT] = api_client.delete(user_path(user), key() or "")
    st.session_state.pop(_EXPORT, None)
    forget_what_was_read()
    for parameter in ("user_id", "query"):
        st.query_params.pop(parameter, None)
    st.rerun()


def _told(call: Any) -> None:
    """What only a larger key may do says so, and nobody is told from what failed."""
    try:
        call()
    except ApiFailed as failure:
        notes = {
            "not_allowed": "memory.needs_admin",
            "not_found": "memory.nobody",
            "too_large": "memory.too_large",
        }
        if failure.code == "unauthenticated":
            raise
        if failure.code in notes:
            st.error(say(notes[failure.code]))
        else:
            failed(failure)
