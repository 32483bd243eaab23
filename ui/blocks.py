"""What a block of a page may be besides its content: loading, empty or failed, each to be told apart.

Text of users, models and the API is drawn here only by `plain` and `source`: never as Markdown.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ui.errors import ApiFailed
from ui.reading import forget_key
from ui.wording import say, say_or


@contextmanager
def block(name: str | None = "page") -> Iterator[None]:
    """Says that it loads while it does, and why it failed if so.

    `name` tells its way to try again from those of other blocks; None: it has none.
    """
    try:
        with st.spinner(say("loading")):
            yield
    except ApiFailed as failure:
        if failure.code == "unauthenticated":
            forget_key()
            st.session_state["sign_in_note"] = "sign_in.ended"
            st.rerun()
        failed(failure)
        if name is not None:
            # What failed was not kept: the run that a click starts asks again.
            st.button(say("state.again"), key=f"again_{name}", icon=":material/refresh:")


def failed(failure: ApiFailed) -> None:
    reason = say_or(f"errors.{failure.code}", say("errors.unknown"))
    st.error(say("state.failed", reason=reason), icon=":material/error:")
    if failure.detail:
        plain(failure.detail)


def empty(key: str) -> None:
    st.info(say(key), icon=":material/inbox:")


def plain(text: str) -> None:
    """Somebody's words, wrapped, as they are."""
    st.text(text)


def source(text: str) -> None:
    """SQL, identifiers, results: in a fixed-width font, to be copied."""
    st.code(text, language=None, wrap_lines=True)


def structure(value: Any) -> None:
    source(json.dumps(value, ensure_ascii=False, indent=2))
